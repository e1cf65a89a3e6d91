"""What is checked on this machine."""

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.delivery.chaos import fill
from tests.mail.incoming.test_aggregate import DMARC, letter

from dailypapers.app import App, build
from dailypapers.doctor.local import findings
from dailypapers.domain.finding import Level
from dailypapers.mail.incoming.keep import KeptMail
from dailypapers.mail.message.dkim import write_new_key
from dailypapers.settings import load
from dailypapers.store import controls
from dailypapers.store.database import close, writing


def app_of(tmp_path: Path, extra: str = "") -> App:
    file = tmp_path / "dailypapers.toml"
    file.write_text(f'[mail]\nfrom_address = "papers@ours.example"\n{extra}', "utf-8")
    secret = tmp_path / "dailypapers.secret"
    secret.write_text("x" * 40, "utf-8")
    secret.chmod(0o600)
    return build(load(file))


def levels(app: App, now: dt.datetime) -> dict[str, Level]:
    found = {finding.name: finding.level for finding in findings(app, now=now)}
    close(app.engine)
    return found


def test_all_is_well_once_it_is_set_up(tmp_path: Path, migrated: Path, now: dt.datetime) -> None:
    write_new_key(tmp_path / "dkim.pem")
    app = app_of(tmp_path, '[dkim]\nkey_file = "dkim.pem"\n')
    found = levels(app, now)
    assert set(found.values()) == {Level.OK}
    assert {"secret file", "DKIM key", "database file", "database", "templates", "sample email", "sending"} == set(
        found
    )


def test_what_is_wrong_is_named(tmp_path: Path, now: dt.datetime) -> None:
    own = tmp_path / "own" / "email" / "confirm"
    own.mkdir(parents=True)
    (own / "body.txt").write_text("{% if %}", "utf-8")
    app = app_of(tmp_path, '[service]\ntemplates = "own"\n')
    (tmp_path / "dailypapers.secret").chmod(0o644)
    found = levels(app, now)
    assert {name for name, level in found.items() if level is Level.FAIL} >= {"secret file", "database", "templates"}


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("sqlite:///dailypapers.db", "Run `dailypapers migrate`."),
        ("postgresql://nobody@127.0.0.1:1/none", "Start the database server, or correct database.url."),
    ],
)
def test_what_to_do_about_a_database_depends_on_what_is_wrong(
    tmp_path: Path, now: dt.datetime, url: str, advice: str
) -> None:
    app = app_of(tmp_path, f'[database]\nurl = "{url}"\n')
    (database,) = [finding for finding in findings(app, now=now) if finding.name == "database"]
    close(app.engine)
    assert (database.level, database.advice) == (Level.FAIL, advice)


def test_what_keeps_emails_from_readers_is_found(tmp_path: Path, migrated: Path, now: dt.datetime) -> None:
    app = app_of(tmp_path)
    fill(app.engine)
    with writing(app.engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'on_hold', detail = '550 5.7.1 policy'"))
        controls.switch_on(tx, controls.Name.PAUSE, by="ann@example.org", now=now)
    pause, refusal = (finding for finding in findings(app, now=now) if finding.name == "sending")
    close(app.engine)
    assert (pause.level, "paused since" in pause.why) == (Level.WARN, True)
    assert (refusal.level, "refuses us: 550 5.7.1 policy" in refusal.why) == (Level.FAIL, True)


@pytest.mark.parametrize(("seconds", "level"), [(0, Level.OK), (60, Level.FAIL)])
def test_a_clock_that_is_off_the_databases_is_found(
    tmp_path: Path, postgres_url: str, seconds: int, level: Level
) -> None:
    app = app_of(tmp_path, f'[database]\nurl = "{postgres_url}"\n')
    now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    assert levels(app, now)["clock"] is level


@pytest.mark.parametrize(("failed", "level"), [(0, Level.OK), (50, Level.WARN)])
def test_what_receivers_report_is_summed_up(tmp_path: Path, now: dt.datetime, failed: int, level: Level) -> None:
    kept = KeptMail(tmp_path / "unread-mail")
    octets = DMARC.format("").replace("<count>2<", f"<count>{failed}<").replace("<count>5<", "<count>500<")
    for _ in range(2):
        kept.keep(letter(octets.encode()), now=now)
    app = app_of(tmp_path)
    (found,) = [each for each in findings(app, now=now) if each.name == "DMARC reports"]
    close(app.engine)
    assert (found.level, "1000 emails passed" in found.why) == (level, True)


def test_the_largest_email_of_the_newest_edition_is_made(tmp_path: Path, migrated: Path, now: dt.datetime) -> None:
    app = app_of(tmp_path)
    fill(app.engine)
    (found,) = [finding for finding in findings(app, now=now) if finding.name == "largest email"]
    close(app.engine)
    assert found.level is Level.OK
    assert "The largest email of the newest edition has" in found.why
