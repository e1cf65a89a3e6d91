"""Everything is looked at, whatever fails before it."""

import asyncio
import datetime as dt
from pathlib import Path

from tests.doctor.test_local import app_of
from tests.playing_dns import playing_dns

from dailypapers.catcher.server import Catcher
from dailypapers.doctor.run import run
from dailypapers.domain.finding import Level
from dailypapers.mail.records import Records
from dailypapers.store.database import close


def test_everything_is_looked_at(tmp_path: Path, migrated: Path, now: dt.datetime) -> None:
    with Catcher(tmp_path / "mails") as catcher, playing_dns({"localhost": {"A": ("127.0.0.1",)}}) as server:
        mail = f'host = "localhost"\nport = {catcher.port}\nsecurity = "none"\n'
        app = app_of(tmp_path, mail + '[service]\nbase_url = "http://127.0.0.1:1"\n')
        found = {each.name: each for each in asyncio.run(run(app, Records(server.resolver), now=now))}
        close(app.engine)
    assert found[f"mail server localhost:{catcher.port}"].level is Level.OK
    assert {name for name, each in found.items() if each.level is Level.FAIL} == {
        "SPF", "DMARC", "MX ours.example", "pages",
    }  # fmt: skip
    assert found["PTR localhost"].level is Level.WARN
    assert all(each.advice for each in found.values() if each.level is not Level.OK)


def test_without_the_outside_only_this_machine_is_looked_at(tmp_path: Path, migrated: Path, now: dt.datetime) -> None:
    app = app_of(tmp_path)
    found = asyncio.run(run(app, None, outside=False, now=now))
    close(app.engine)
    assert {each.level for each in found} == {Level.OK, Level.WARN}


def test_no_name_server_and_no_mail_server_are_named(tmp_path: Path, migrated: Path, now: dt.datetime) -> None:
    app = app_of(tmp_path, 'host = "127.0.0.1"\nport = 1\nsecurity = "none"\n')
    found = {each.name: each.level for each in asyncio.run(run(app, None, now=now))}
    close(app.engine)
    assert (found["DNS"], found["mail server 127.0.0.1:1"]) == (Level.WARN, Level.FAIL)
