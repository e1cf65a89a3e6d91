"""What is wrong with a setting is one English sentence; old names are still read."""

import json
import os
import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from dailypapers.app import build
from dailypapers.domain.pace import Limit
from dailypapers.errors import BadSettings
from dailypapers.mail.smtp.servers import Servers
from dailypapers.settings import RENAMED, Mail, Settings, load, providers, shipped
from dailypapers.store.database import close, reading


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("DAILYPAPERS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def _complaint(text: str) -> str:
    Path("dailypapers.toml").write_text(text, "utf-8")
    with pytest.raises(BadSettings) as raised:
        load()
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[service]\nzoen = 'UTC'", "unknown setting service.zoen; did you mean zone?"),
        (
            "[database]\nhost = 'x'\n",
            "unknown setting database.host; it belongs in [mail].",
        ),
        ("[schedule]\nxyz = 1\n", ("unknown setting schedule.xyz; the settings of schedule are "
         "fetch_every_minutes, close_at, close_early.")),
        ("[mial]\nport = 25", "unknown section or setting mial; did you mean [mail]?"),
        ("max_papers = 5", "unknown setting max_papers outside a section; it belongs in [digest]."),
        ("[mail]\nport = 'many'", "mail.port must be a whole number, not “many”."),
        ("[mail]\nport = 0", "mail.port must be at least 1, not “0”."),
        ("[mail]\nport = 70000", "mail.port must be at most 65535, not “70000”."),
        ("[mail]\ntimeout_seconds = 0", "mail.timeout_seconds must be greater than 0, not “0”."),
        ("[digest]\nmax_papers = 5.5", "digest.max_papers must be a whole number, not “5.5”."),
        ("[digest]\nrelevance = 1", "digest.relevance must be less than 1, not “1”."),
        ("[subscribe]\nopen = 'perhaps'", "subscribe.open must be true or false, not “perhaps”."),
        ("[service]\nname = 7", "service.name must be text in quotes, not “7”."),
        ("[schedule]\nclose_at = 'soon'", "schedule.close_at must be a time of day such as “05:30”, not “soon”."),
        (
            "[mail]\nsecurity = 'TLS'",
            "mail.security must be “starttls”, “tls” or “none”, not “TLS”; did you mean “tls”?",
        ),
        ("mail = 25", "mail must be a section: [mail] and its settings below."),
        ("sources = 'arxiv'", "sources must be a list, not “arxiv”."),
        (
            "[[sources]]\nkind = 'huggingface'\n[[sources]]\nkind = 'rss'",
            (
                "sources, entry 2: kind must be “arxiv”, “huggingface”, “biorxiv”, “medrxiv”, "
                "“openreview”, “crossref”, “pubmed”, “feed” or “file”, not “rss”."
            ),
        ),
        ("[[sources]]\nkind = 'feed'", "sources, entry 1: a source of kind feed needs url."),
        ("[[sources]]\nurl = 'x'", "sources, entry 1: kind is missing."),
        (
            "[[sources]]\nkind = 'feed'\nnmae = 'x'",
            "sources, entry 1: unknown setting nmae; did you mean name?",
        ),
        (
            "[[sources]]\nkind = 'huggingface'\n[[sources]]\nkind = 'huggingface'",
            "two sources are named “huggingface”; give each its own name.",
        ),
        ("[service]\nzone = 'Mars/Base'", ("service.zone: “Mars/Base” is not a time zone; use a name such as "
         "Europe/Berlin.")),
        ("[service]\nbase_url = 'papers.org'", ("service.base_url: must start with https:// (or http:// on this "
         "machine).")),
        *(
            (
                f"[service]\nbase_url = '{address}'",
                "service.base_url: must have no user, query or fragment: links are this address with more behind it.",
            )
            for address in ("https://papers.example.org/?list=1", "https://papers.example.org/#top", "http://me@host")
        ),
        *(
            (
                f"[operator]\nwebhook = '{address}'",
                "operator.webhook: must be a web address, with a host and without spaces.",
            )
            for address in ("https://", "https:///path", "https://?x", "https://host/a b")
        ),
        ("[digest]\ndays = 'someday'", ("digest.days: “someday” must be daily, weekdays, weekly, or days such as "
         "mon,thu.")),
        (
            "[web]\ntrusted_proxies = ['10.0.0.0/8', 'proxy']",
            "web.trusted_proxies, entry 2: “proxy” is not an IP address or a network such as 10.0.0.0/8.",
        ),
        (
            "[mail]\nfrom_address = 'Papers <p@example.org>'",
            "mail.from_address: “Papers <p@example.org>” must be an address alone, such as papers@example.org.",
        ),
        (
            "[inbound]\nsubscribe_address = 'join@example.org'",
            "inbound: subscribe_address and unsubscribe_address go together: set both or neither.",
        ),
        (
            "[inbound]\nreply_address = 'reply@example.org'",
            "inbound: reply_address also needs port or imap_host, where the replies arrive.",
        ),
        (
            "[inbound]\nport = 24\nreply_address = 'reply-to-daily-papers@example.org'",
            "inbound: reply_address needs to have at most 16 letters before its @.",
        ),
        ("[inbound]\nimap_host = 'imap.example.org'", "inbound: imap_host also needs imap_username."),
        (
            "[mail]\npassword = 'x'",
            ("mail.password is a secret; set it as DAILYPAPERS_MAIL__PASSWORD or DAILYPAPERS_MAIL__PASSWORD_FILE, not "
            "in this file."),
        ),
        (
            "[summaries]\nbase_url = 'http://localhost:11434/v1'",
            "summaries: base_url needs a model, by the name its server knows it by.",
        ),
        (
            "[summaries]\nbase_url = 'file:///x'\nmodel = 'm'",
            "summaries.base_url: must be an http or https address without user, query and fragment.",
        ),
        ("[service]\nname", "invalid TOML: at the end: expected '=' after a key in a key/value pair."),
        ("[service\n", "invalid TOML: line 1, column 9: expected ']' at the end of a table declaration."),
        (
            "[mail]\nport = 'x'\nhots = 'y'",
            "mail.port must be a whole number, not “x”; unknown setting mail.hots; did you mean host?",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_of_plain_english(text: str, sentence: str) -> None:
    assert _complaint(text) == f"dailypapers.toml: {sentence}"


def test_a_file_that_is_not_text_is_said() -> None:
    Path("dailypapers.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match=r"^dailypapers.toml: invalid TOML: the file is not UTF-8 text\.$"):
        load()


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DAILYPAPERS_MAIL__PORT", "many", "DAILYPAPERS_MAIL__PORT must be a whole number, not “many”."),
        ("DAILYPAPERS_MAIL__PROT", "25", "unknown setting mail.prot; did you mean port?"),
        (
            "DAILYPAPERS_WEB__TRUSTED_PROXIES",
            "127.0.0.1",
            'DAILYPAPERS_WEB__TRUSTED_PROXIES: a list must be valid JSON, such as ["127.0.0.1"].',
        ),
        ("DAILYPAPERS_SOURCES", "arxiv", 'DAILYPAPERS_SOURCES: a list must be valid JSON, such as ["127.0.0.1"].'),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings) as raised:
        load()
    assert str(raised.value) == f"The environment: {sentence}"


def _pairs() -> list[tuple[str, str, str]]:
    return [(section, old, new) for section, names in RENAMED.items() for old, new in names.items()]


@pytest.mark.parametrize(("section", "old", "new"), _pairs())
def test_an_old_name_is_read_with_a_warning(section: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    default = getattr(getattr(Settings(), section), new)
    values: dict[type, bool | int | float] = {bool: True, int: 33, float: 0.25}
    value = values.get(type(default), "words" if new == "interleave" else "a@example.org")
    Path("dailypapers.toml").write_text(f"[{section}]\n{old} = {json.dumps(value)}\n", "utf-8")
    with capture_logs() as logs:
        from_file = getattr(getattr(load(), section), new)
    assert from_file == type(from_file)(value)
    warning = {"event": "a setting has a new name", "log_level": "warning", "where": "dailypapers.toml"}
    assert logs == [warning | {"old": f"{section}.{old}", "new": f"{section}.{new}"}]

    Path("dailypapers.toml").unlink()
    monkeypatch.setenv(f"DAILYPAPERS_{section}__{old}".upper(), str(value))
    with capture_logs() as logs:
        assert getattr(getattr(load(), section), new) == from_file
    assert [entry["where"] for entry in logs] == ["The environment"]


def test_an_old_name_beside_its_new_one_is_refused() -> None:
    sentence = "dailypapers.toml: ranking.compare is the old name of ranking.interleave; remove it."
    assert _complaint("[ranking]\ncompare = ''\ninterleave = 'words'\n") == sentence


def test_the_environment_wins_over_the_file_whichever_name_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("dailypapers.toml").write_text("[schedule]\nfetch_every_minutes = 10\n", "utf-8")
    monkeypatch.setenv("DAILYPAPERS_SCHEDULE__FETCH_MINUTES", "20")
    assert load().schedule.fetch_every_minutes == 20


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("DAILYPAPERS_MAIL_PORT", "DAILYPAPERS_MAIL__PORT"),
        ("DAILYPAPERS_MIAL__PORT", "DAILYPAPERS_MAIL__PORT"),
        ("DAILYPAPERS_MAX_PAPERS", "DAILYPAPERS_DIGEST__MAX_PAPERS"),
        ("DAILYPAPERS_SOURCE", "DAILYPAPERS_SOURCES"),
        ("DAILYPAPERS_SECRETFILE", "DAILYPAPERS_SECRET_FILE"),
        ("dailypapers_mail_password", "DAILYPAPERS_MAIL__PASSWORD"),
        ("DAILYPAPERS_QQQQ", None),
    ],
)
def test_a_variable_that_sets_nothing_is_named_with_the_nearest_that_does(
    monkeypatch: pytest.MonkeyPatch, variable: str, meant: str | None
) -> None:
    monkeypatch.setenv(variable, "25")
    with capture_logs() as logs:
        assert load() == Settings()
    warning = {"event": "unknown environment variable: it sets nothing", "log_level": "warning", "variable": variable}
    assert logs == [warning | ({"did_you_mean": meant} if meant else {})]


def test_variables_that_set_something_are_not_warned_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("a secret", "utf-8")
    monkeypatch.setenv("DAILYPAPERS_CONFIG", "papers.toml")
    monkeypatch.setenv("DAILYPAPERS_SECRET_FILE", str(tmp_path / "word"))
    monkeypatch.setenv("DAILYPAPERS_MAIL__PASSWORD_FILE", str(tmp_path / "word"))
    monkeypatch.setenv("DAILYPAPERS_SOURCES", '[{"kind": "huggingface"}]')
    monkeypatch.setenv("Dailypapers_Mail__Port", "26")
    with capture_logs() as logs:
        settings = load()
    assert logs == []
    assert (settings.mail.port, len(settings.sources)) == (26, 1)


@pytest.mark.parametrize("section", ["mail", "database"])
def test_a_password_is_read_from_the_file_that_a_variable_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, section: str
) -> None:
    (tmp_path / "word").write_text("from the file\n", "utf-8")
    variable = f"DAILYPAPERS_{section.upper()}__PASSWORD_FILE"
    monkeypatch.setenv(variable, str(tmp_path / "word"))
    password = getattr(load(), section).password
    assert password.get_secret_value() == "from the file"
    monkeypatch.setenv(variable, str(tmp_path / "none"))
    with pytest.raises(BadSettings, match=f"^{variable}: .* cannot be read"):
        load()


def test_a_provider_is_a_preset_that_what_is_written_wins_over() -> None:
    mail = Mail.model_validate({"provider": "office365", "connections": 2})
    assert (mail.host, mail.connections, mail.messages_per_second) == ("smtp.office365.com", 2, 0.5)
    assert all(Mail.model_validate({"provider": name}) for name in providers())
    with pytest.raises(ValueError, match="provider must be one of"):
        Mail.model_validate({"provider": "carrier-pigeon"})


SERVERS = """
[mail]
from_address = "papers@example.org"
[[mail.servers]]
name = "ours"
host = "relay.example.org"
weight = 3
password_file = "relay.password"
messages_per_second = 5
[[mail.servers]]
name = "theirs"
provider = "office365"
weight = 1
"""


def written(tmp_path: Path, text: str) -> Path:
    """A settings file."""
    file = tmp_path / "dailypapers.toml"
    file.write_text(text, "utf-8")
    return file


def test_several_mail_servers_each_have_their_own_settings(tmp_path: Path, migrated: Path) -> None:
    (tmp_path / "relay.password").write_text("secret\n", "utf-8")
    settings = load(written(tmp_path, f'{SERVERS}[database]\nurl = "sqlite:///{migrated}"\n'))
    ours, theirs = settings.mail.servers
    assert (theirs.host, theirs.connections, theirs.messages_per_day) == ("smtp.office365.com", 3, 10_000)
    app = build(settings.model_copy(update={"secret": SecretStr("x" * 40)}))
    assert [(str(each), each.password) for each in app.mail_servers] == [
        ("relay.example.org:25", "secret"),
        ("smtp.office365.com:587", ""),
    ]
    options = app.dependencies.make_sender_options()
    assert isinstance(options.transport, Servers)
    with reading(app.engine) as tx:
        rates = [rules.rate for rules, _ in options.pace.stand(tx)]
    assert rates == [Limit(5, timedelta(seconds=1)), Limit(0.5, timedelta(seconds=1))]
    close(app.engine)
    (tmp_path / "relay.password").unlink()
    with pytest.raises(BadSettings, match="password of the mail server ours cannot be read"):
        build(settings.model_copy(update={"secret": SecretStr("x" * 40)}))
    assert ours.weight == 3


@pytest.mark.parametrize(
    ("before", "instead", "said"),
    [
        ("[[mail.servers]]", 'host = "x.example"\n[[mail.servers]]', "each server has its own host; remove mail.host"),
        ('name = "theirs"', 'name = "ours"', "two of the servers are named “ours”"),
        ("weight = 1", "", "servers must all have a weight, or none of them"),
        ("weight = 1", 'weight = 1\npassword = "x"', "entry 2: password is a secret; put it into a file of its own"),
        ("weight = 1", "weight = -1", "mail.servers, entry 2: weight must be at least 0"),
        ("weight = 1", "wight = 1", "mail.servers, entry 2: unknown setting wight; did you mean weight?"),
    ],
)
def test_what_is_wrong_with_several_mail_servers_is_said(tmp_path: Path, before: str, instead: str, said: str) -> None:
    with pytest.raises(BadSettings, match=re.escape(said)):
        load(written(tmp_path, SERVERS.replace(before, instead, 1)))


def test_every_providers_preset_says_when_and_where_its_figures_were_looked_up() -> None:
    presets = tomllib.loads((shipped("config") / "providers.toml").read_text("utf-8"))
    for name, preset in presets.items():
        assert isinstance(preset["as_of"], date), name
        assert preset["source"], name
