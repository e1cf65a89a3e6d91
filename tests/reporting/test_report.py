"""The report says in whole sentences how everything stands, from an empty database to a bad day."""

import datetime as dt

import sqlalchemy as sa
from tests.delivery.chaos import MAILS, fill

from dailypapers.domain.source import Freshness, State
from dailypapers.reporting.report import Disk, report
from dailypapers.reporting.situation import situation
from dailypapers.store import controls, source_days
from dailypapers.store.database import reading, writing

TODAY = dt.datetime.now(dt.UTC)


def reported(engine: sa.Engine, *, disk: Disk | None = None) -> tuple[str, str]:
    with reading(engine) as tx:
        message = report(situation(tx, now=TODAY), disk=disk, name="Papers", now=TODAY)
    return message.subject, message.text


def test_an_empty_database_says_that_nothing_has_happened_yet(engine: sa.Engine) -> None:
    subject, text = reported(engine)
    assert subject == "Papers: no edition has been closed yet"
    assert text.split("\n\n") == [
        "No edition has been closed yet.",
        "No source has been fetched yet.",
        "Bounces in the last 24 hours: 0 hard, 0 soft, 0 because of us; 0 complaints.",
        "Subscribers: 0 active, 0 paused, 0 pending.\n",
    ]


def test_a_source_that_has_failed_today_is_not_called_well(engine: sa.Engine) -> None:
    for source, state, sentence in (
        ("arxiv", State.FRESH, "All sources are well."),
        ("journal", State.FAILED, "1 source lacks papers today; `dailypapers status` says which."),
        ("blog", State.FAILED, "2 sources lack papers today; `dailypapers status` says which."),
    ):
        with writing(engine) as tx:
            source_days.record(tx, source, "", TODAY.date(), Freshness(state), now=TODAY)
        assert sentence in reported(engine)[1]
    with writing(engine) as tx:
        yesterday = TODAY - dt.timedelta(days=1)
        source_days.record(tx, "blog", "", yesterday.date(), Freshness(State.FAILED), now=yesterday)
    text = reported(engine)[1]
    assert "blog: failed since" in text
    assert "All sources are well." not in text


def test_a_good_day_has_its_number_in_the_subject_and_its_equation(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'accepted'"))
    subject, text = reported(engine, disk=Disk(60_000_000_000, 100_000_000_000))
    assert subject == f"Papers: {MAILS} of {MAILS} digests accepted today"
    assert f"{MAILS} due = {MAILS} accepted + 0 failed" in text
    assert "60.0 GB of the database's disk are free (60%)." in text


def test_what_keeps_emails_from_readers_is_told_until_it_is_switched_off(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        controls.switch_on(tx, controls.Name.PAUSE, by="ann@example.org", now=TODAY, reason="new server")
        controls.switch_on(tx, controls.Name.TEST_MODE, by="bob@example.org", now=TODAY, value="me@example.org")
    subject, text = reported(engine)
    assert subject == "Papers: 1 thing needs your attention"
    assert f"Sending is paused since {TODAY:%Y-%m-%d %H:%M} UTC by ann@example.org (new server): nothing leaves" in text
    assert (
        f"Test mode is on since {TODAY:%Y-%m-%d %H:%M} UTC by bob@example.org: all emails go to me@example.org" in text
    )
    with writing(engine) as tx:
        assert all(controls.switch_off(tx, name) for name in controls.Name)
    assert "admin pages" not in reported(engine)[1]


def test_a_bad_day_says_what_needs_attention(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'on_hold', detail = '550 5.7.1 policy' WHERE id > 2"))
        tx.execute(sa.text("DELETE FROM picks"))
        tx.execute(sa.text("DELETE FROM outbox WHERE id = 1"))
    subject, text = reported(engine, disk=Disk(1, 100))
    assert subject == "Papers: 3 things need your attention"
    assert f"{MAILS - 2} emails are on hold because our mail server refuses us: 550 5.7.1 policy" in text
    assert "does not balance: 1 are missing." in text
    assert "Make room before it is full." in text
