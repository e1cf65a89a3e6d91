"""Signing from the command line: a key is made once, its record printed, and bad keys named in a sentence."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

SETTINGS = '[mail]\nfrom_address = "papers@example.org"\n[dkim]\nkey_file = "dkim.pem"\n'


@pytest.fixture
def _settings(run: Run) -> None:
    Path("dailypapers.toml").write_text(SETTINGS + 'ed25519_key_file = "ed25519.pem"\n', "utf-8")


@pytest.mark.usefixtures("_settings")
def test_each_key_is_made_once_and_its_record_can_be_printed_again(run: Run) -> None:
    for option, file, name in (
        (["--ed25519"], "ed25519.pem", 'papers-ed25519._domainkey.example.org. IN TXT "v=DKIM1; k=ed25519;'),
        ([], "dkim.pem", 'papers._domainkey.example.org. IN TXT "v=DKIM1; k=rsa;'),
    ):
        code, printed, _ = run("dkim", "new-key", *option)
        assert (code, printed.startswith(name)) == (0, True)
        assert Path(file).stat().st_mode & 0o777 == 0o600
        assert run("dkim", "new-key", *option)[0] == 2
    code, printed, _ = run("dkim", "record")
    assert (code, [line.split("=")[2].split(";")[0] for line in printed.splitlines()]) == (0, ["rsa", "ed25519"])


@pytest.mark.usefixtures("_settings")
def test_a_key_that_is_missing_or_open_to_all_is_named(run: Run) -> None:
    code, _, said = run("dkim", "record")
    assert (code, "create it with `dailypapers dkim new-key`" in said) == (2, True)
    run("dkim", "new-key")
    Path("dkim.pem").chmod(0o644)
    code, printed, said = run("dkim", "record")
    assert (code, printed, "chmod 600" in said) == (2, "", True)


def test_without_a_key_file_nothing_is_signed_and_no_key_is_made(run: Run) -> None:
    code, printed, said = run("dkim", "record")
    assert (code, printed, "No key is set" in said) == (0, "", True)
    code, _, said = run("dkim", "new-key")
    assert (code, "dkim.key_file is not set" in said) == (2, True)
