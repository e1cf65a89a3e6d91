"""Commands in processes of their own."""

import signal
from importlib.util import find_spec
from pathlib import Path

from tests.running import PRELOADED, ran, running


def test_what_is_imported_ahead_exists() -> None:
    assert [name for name in PRELOADED if not find_spec(name)] == []


def test_a_command_has_its_own_folder_environment_and_exit_code(tmp_path: Path) -> None:
    (tmp_path / "dailypapers.toml").write_text("x", "utf-8")
    code, out, said = ran("ledger", folder=tmp_path)
    assert (code, out, "dailypapers.toml" in said) == (2, "", True)
    code, out, _ = ran("--help", folder=tmp_path, env={"COLUMNS": "60"})
    assert (code, max(map(len, out.splitlines()))) == (0, 60)


def test_a_signal_ends_it_and_leaves_its_number(tmp_path: Path) -> None:
    words = ("catch", "caught", "--smtp-port", "0", "--web-port", "0")
    with running(*words, folder=tmp_path) as command:
        assert command.errors.readline()
        command.signal(signal.SIGKILL)
        assert command.wait() == -signal.SIGKILL
