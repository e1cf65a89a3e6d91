"""Exports of other programs are recognised, and nobody who left there is mailed from here."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import NOW

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Admission
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.elsewhere import Standing
from dailypapers.subscriptions.import_ import read, take_all

DEFAULTS = Preferences(Rhythm("UTC", 7), Amount(10))
_MAILCHIMP = "MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
_UNSUB = "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON"
_GHOST = "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels"
_SUBSTACK = "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at"
_LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    'u1,a@example.org,Ann,"{""city"": ""Oslo""}",enabled,,\nu2,b@example.org,Bo,{},disabled,,\n'
    "u3,c@example.org,Cy,{},blocklisted,,\n"
)
_BUTTONDOWN = (
    "id,email_address,creation_date,notes,metadata,tags,type,source\n"
    "1,a@example.org,2024,,{},,regular,form\n2,b@example.org,2024,,{},,unactivated,form\n"
    "3,c@example.org,2024,,{},,unsubscribed,form\n4,d@example.org,2024,,{},,spammy,form\n"
    "5,e@example.org,2024,,{},,a new kind,form\n"
)
R, U, B, C, N = Standing.READING, Standing.UNSUBSCRIBED, Standing.BOUNCED, Standing.COMPLAINED, Standing.UNCONFIRMED

EXPORTS: dict[str, tuple[str, str, list[Standing]]] = {
    "Mailchimp's subscribed": (
        "Mailchimp",
        f'Email Address,First Name,{_MAILCHIMP}\na@example.org,Ann,2,,,,,Europe/Berlin,,1,ab,,"""ml"""\n',
        [R],
    ),
    "Mailchimp's unsubscribed": (
        "Mailchimp",
        f"Email Address,{_MAILCHIMP},{_UNSUB}\na@example.org,2,,,,,,,1,ab,,,2024-01-01 10:00:00,News,NORMAL\n",
        [U],
    ),
    "Mailchimp's cleaned": (
        "Mailchimp",
        f"Email Address,{_MAILCHIMP},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\na@example.org,2,,,,,,,1,ab,,,2024-01-01,News\n",
        [B],
    ),
    "listmonk's": (
        "listmonk",
        _LISTMONK,
        [R, U, C],
    ),
    "Substack's": (
        "Substack",
        f"{_SUBSTACK}\na@example.org,false,,other,false,2024-01-01,\nb@example.org,false,,other,true,2024-01-01,\n",
        [R, U],
    ),
    "Ghost's": (
        "Ghost",
        f"{_GHOST}\n1,a@example.org,Ann,,true,false,,2024,,ml\n2,b@example.org,Bo,,false,false,,2024,,\n",
        [R, U],
    ),
    "Buttondown's": (
        "Buttondown",
        _BUTTONDOWN,
        [R, N, U, C, U],
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_with_how_each_address_stood(tmp_path: Path, name: str) -> None:
    program, text, standings = EXPORTS[name]
    file = tmp_path / "members.csv"
    file.write_text(text, "utf-8")
    lines, skipped = read(file)
    assert (skipped, {line.program for line in lines}) == ([], {program})
    assert [line.standing for line in lines] == standings


def test_json_answers_of_programs_are_read_as_well(tmp_path: Path) -> None:
    member = {"id": "1", "uuid": "u", "email": "a@example.org", "subscribed": False, "labels": [], "status": "free"}
    subscriber = {"id": 1, "uuid": "u", "email": "a@example.org", "attribs": {}, "status": "enabled"}
    for whole, standing in (({"members": [member]}, U), ({"data": {"results": [subscriber]}}, R), ([subscriber], R)):
        file = tmp_path / "members.json"
        file.write_text(json.dumps(whole), "utf-8")
        (line,), skipped = read(file)
        assert (line.address, line.standing, skipped) == ("a@example.org", standing, [])


def taken_in(engine: sa.Engine, folder: Path, text: str, *, dry_run: bool = False) -> list[Admission]:
    file = folder / "members.csv"
    file.write_text(text, "utf-8")
    consent = Consent("import: test")
    return take_all(engine, read(file)[0], defaults=DEFAULTS, consent=consent, now=NOW, dry_run=dry_run)


def test_who_left_is_left_out_and_who_bounced_is_suppressed_and_nobody_is_mailed(
    engine: sa.Engine, tmp_path: Path
) -> None:
    outcomes = taken_in(engine, tmp_path, EXPORTS["Buttondown's"][1])
    assert outcomes == [
        Admission.ADDED,
        Admission.UNCONFIRMED_THERE,
        Admission.LEFT_THERE,
        Admission.COMPLAINED_THERE,
        Admission.LEFT_THERE,
    ]
    with reading(engine) as tx:
        assert [(reader.address, reader.state) for reader in subscribers.every(tx)] == [
            ("a@example.org", SubscriberState.ACTIVE)
        ]
        assert suppressions.is_suppressed(tx, "d@example.org")
        assert not suppressions.is_suppressed(tx, "c@example.org"), "they may subscribe here by themselves"
        assert outbox.waiting(tx) == {}


def test_a_dry_run_says_the_same_and_changes_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    text = EXPORTS["listmonk's"][1]
    told = taken_in(engine, tmp_path, text, dry_run=True)
    with reading(engine) as tx:
        assert (list(subscribers.every(tx)), suppressions.is_suppressed(tx, "c@example.org")) == ([], False)
    assert taken_in(engine, tmp_path, text) == told


def test_who_bounced_there_stays_a_subscriber_here(engine: sa.Engine, tmp_path: Path) -> None:
    taken_in(engine, tmp_path, "email\na@example.org\n")
    taken_in(engine, tmp_path, EXPORTS["Mailchimp's cleaned"][1])
    with writing(engine) as tx:
        assert not suppressions.is_suppressed(tx, "a@example.org")
