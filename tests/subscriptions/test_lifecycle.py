"""Every verb does one thing to a subscription, does it once however often it is said, and tells what came of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import (
    READING,
    Abstracts,
    Amount,
    Consent,
    Rhythm,
    Style,
    Subscriber,
    SubscriberState,
)
from dailypapers.store import editions, outbox, subscribers, suppressions
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.lifecycle import (
    FEWEST,
    LONGEST_PAUSE,
    NEXT_EDITION,
    fewer_papers,
    first_weekly_at,
    may_pause_until,
    next_digest_at,
    rest_of_pause,
)

ALICE = "alice@example.org"
PREFERENCES = Preferences(
    Rhythm("Europe/Berlin", 7),
    Amount(5),
    (Interest(InterestKind.TOPIC, "graphs"),),
    Style(text_only=True, abstracts=Abstracts.WHOLE),
)


@pytest.fixture
def alice(engine: sa.Engine, now: dt.datetime) -> int:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, PREFERENCES, consent=Consent("web", "form 1", "network"), now=now)
        reader = subscribers.by_address(tx, ALICE)
    assert reader is not None
    return reader.id


def stored(engine: sa.Engine, reader: int) -> Subscriber:
    with reading(engine) as tx:
        return subscribers.by_id(tx, [reader])[reader]


def interests(engine: sa.Engine, reader: int) -> list[tuple[str, Stance]]:
    with reading(engine) as tx:
        return [(interest.text, interest.stance) for interest in subscribers.interests_of(tx, [reader])[reader]]


def test_style_and_consent_are_stored(engine: sa.Engine, alice: int) -> None:
    reader = stored(engine, alice)
    assert reader.style == PREFERENCES.style
    assert reader.consent == Consent("web", "form 1", "network")


def test_a_pause_ends_at_the_readers_hour_of_the_day(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    friday = dt.date(2026, 4, 24)
    with writing(engine) as tx:
        assert lifecycle.pause(tx, alice, until=friday, now=now)
    paused = stored(engine, alice)
    back_at = dt.datetime(2026, 4, 24, 5, 0, tzinfo=dt.UTC)
    assert (paused.state, paused.paused_until, paused.next_digest_at) == (SubscriberState.PAUSED, friday, back_at)
    with writing(engine) as tx:
        assert subscribers.wake(tx, now=back_at - dt.timedelta(seconds=1)) == 0
        assert subscribers.wake(tx, now=back_at) == 1
    assert stored(engine, alice).state is SubscriberState.ACTIVE


def test_a_pause_without_end_ends_when_the_reader_says_so(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    confirmed = stored(engine, alice).confirmed_at
    later = now + dt.timedelta(days=400)
    with writing(engine) as tx:
        assert lifecycle.pause(tx, alice, until=None, now=now)
        assert subscribers.wake(tx, now=later) == 0
        assert lifecycle.resume(tx, alice, now=later)
    back = stored(engine, alice)
    assert (back.state, back.paused_until, back.confirmed_at) == (SubscriberState.ACTIVE, None, confirmed)


@pytest.mark.parametrize("days", [-1, 0])
def test_a_pause_until_a_day_that_has_come_is_none(engine: sa.Engine, alice: int, now: dt.datetime, days: int) -> None:
    with writing(engine) as tx:
        assert not lifecycle.pause(tx, alice, until=now.date() + dt.timedelta(days=days), now=now)
    assert stored(engine, alice).state is SubscriberState.ACTIVE


def test_who_has_left_is_neither_paused_nor_brought_back(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        lifecycle.unsubscribe(tx, alice, now=now)
        assert not lifecycle.pause(tx, alice, until=None, now=now)
        assert not lifecycle.resume(tx, alice, now=now)
    assert stored(engine, alice).state is SubscriberState.UNSUBSCRIBED


def test_what_waits_for_a_paused_reader_is_left_unsent(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        edition = editions.close(tx, now.date(), now=now)
        late = now + dt.timedelta(days=1)
        mail = outbox.NewDelivery(alice, ALICE, MailKind.DIGEST, deadline=late, edition=edition.id)
        outbox.put(tx, [mail], now=now)
        lifecycle.pause(tx, alice, until=None, now=now)
    with writing(engine) as tx:
        assert outbox.claim(tx, "w", 10, now=now) == []


NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
NOBODY = 99
MONDAY, TUESDAY = dt.date(2026, 4, 20), dt.date(2026, 4, 21)


def a_reader(state: SubscriberState = SubscriberState.ACTIVE, **fields: object) -> Subscriber:
    """Alice as she might be stored, without a database."""
    reader = Subscriber(1, ALICE, state, Rhythm("UTC", 7), Amount(5), None, None, NOW)
    return replace(reader, **fields)  # type: ignore[arg-type]


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 4, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("reader", "hour", "received", "expected"),
    [
        # Waits for the next run, or is paused without end: there is no hour to be moved.
        (a_reader(next_digest_at=None), 18, None, None),
        (a_reader(SubscriberState.PAUSED, next_digest_at=None), 18, at(20, 5), None),
        # Has not had the newest edition: today's new hour, also where that has passed.
        (a_reader(next_digest_at=at(20, 21)), 18, None, at(20, 18)),
        (a_reader(next_digest_at=at(20, 21)), 3, None, at(20, 3)),
        # Has had it: the first new hour after the next one can have closed.
        (a_reader(next_digest_at=at(21, 7)), 18, at(20, 5), at(20, 18) + DAY),
        (a_reader(next_digest_at=at(21, 7)), 5, at(20, 5), at(21, 5)),
        (a_reader(next_digest_at=at(21, 7)), 3, at(20, 5), at(22, 3)),
        # The newest is days old: the next hour from now on.
        (a_reader(next_digest_at=at(20, 21)), 9, at(10, 5), at(20, 9)),
        # A pause stays, whatever they have had.
        (
            a_reader(SubscriberState.PAUSED, next_digest_at=at(24, 7), paused_until=at(24, 0).date()),
            18,
            None,
            at(24, 18),
        ),
        (
            a_reader(SubscriberState.PAUSED, next_digest_at=at(24, 7), paused_until=at(24, 0).date()),
            1,
            at(20, 5),
            at(24, 1),
        ),
    ],
)
def test_a_new_rhythm_moves_the_hour_so_that_no_edition_comes_twice_or_is_missed(
    reader: Subscriber, hour: int, received: dt.datetime | None, expected: dt.datetime | None
) -> None:
    assert next_digest_at(reader, Rhythm("UTC", hour), received=received, now=NOW) == expected


@given(hour=st.integers(0, 23), days=st.frozensets(st.integers(0, 6), min_size=1), age=st.integers(0, 96))
def test_who_has_the_newest_edition_gets_nothing_before_the_next_can_have_closed(
    hour: int, days: frozenset[int], age: int
) -> None:
    closed = NOW - dt.timedelta(hours=age)
    moment = next_digest_at(a_reader(next_digest_at=NOW), Rhythm("UTC", hour, days), received=closed, now=NOW)
    assert moment is not None
    assert moment > max(NOW, closed + NEXT_EDITION)
    assert (moment.hour, moment.weekday() in days) == (hour, True)


def test_the_first_weekly_digest_comes_on_the_next_monday_or_with_the_end_of_a_pause() -> None:
    weekly = Rhythm("UTC", 7, frozenset({0}))
    assert first_weekly_at(a_reader(), weekly, now=at(20, 6)) == at(20, 7)
    assert first_weekly_at(a_reader(), weekly, now=at(20, 7)) == at(27, 7)
    paused = a_reader(SubscriberState.PAUSED, paused_until=at(22, 0).date())
    assert first_weekly_at(paused, weekly, now=at(20, 6)) == at(27, 7)
    assert first_weekly_at(a_reader(SubscriberState.PAUSED), weekly, now=at(20, 6)) is None


_MOST = st.integers(1, 50)
_AMOUNTS = st.builds(Amount, _MOST, st.none() | _MOST, _MOST)


@given(amount=_AMOUNTS, than=st.integers(0, 9999))
def test_fewer_papers_are_never_more_and_pressing_twice_is_pressing_once(amount: Amount, than: int) -> None:
    fewer = fewer_papers(amount, than=than)
    assert fewer_papers(fewer, than=than) == fewer
    assert min(amount.max_papers, FEWEST) <= fewer.max_papers <= amount.max_papers
    assert fewer.max_papers <= max(than // 2, FEWEST)
    assert fewer.least <= min(amount.least, fewer.max_papers)
    assert (fewer.about is None) == (amount.about is None)
    assert (fewer.about or 0) <= fewer.max_papers
    assert (fewer.relevance, fewer.explore) == (amount.relevance, amount.explore)


@pytest.mark.parametrize(
    ("day", "may"),
    [
        (MONDAY - DAY, False),
        (MONDAY, False),
        (TUESDAY, True),
        (MONDAY + LONGEST_PAUSE, True),
        (MONDAY + LONGEST_PAUSE + DAY, False),
        (dt.date.max, False),
    ],
)
def test_a_pause_may_end_on_a_day_to_come_within_ten_years(day: dt.date, may: bool) -> None:
    assert may_pause_until(a_reader(), day, now=NOW) is may


def test_which_day_it_is_is_a_matter_of_the_readers_zone() -> None:
    late = at(20, 23)
    assert may_pause_until(a_reader(), TUESDAY, now=late)
    assert not may_pause_until(a_reader(rhythm=Rhythm("Asia/Tokyo")), TUESDAY, now=late)


@pytest.mark.parametrize(
    ("reader", "rest"),
    [
        (a_reader(SubscriberState.UNSUBSCRIBED, confirmed_at=NOW, paused_until=TUESDAY), TUESDAY),
        (a_reader(SubscriberState.UNSUBSCRIBED, confirmed_at=NOW), None),
        (a_reader(SubscriberState.UNSUBSCRIBED, paused_until=TUESDAY), None),
        (a_reader(SubscriberState.PAUSED, confirmed_at=NOW, paused_until=TUESDAY), None),
    ],
)
def test_of_a_pause_the_rest_goes_on_after_an_unsubscription_alone(reader: Subscriber, rest: dt.date | None) -> None:
    assert rest_of_pause(reader) == rest


def test_preferences_are_what_was_asked_for(engine: sa.Engine, alice: int) -> None:
    with reading(engine) as tx:
        reader = subscribers.one(tx, alice)
        assert reader is not None
        assert lifecycle.preferences_of(tx, reader) == PREFERENCES


def test_confirming_is_idempotent_and_leaving_is_final(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        reader = sign_up.subscribe(tx, ALICE, PREFERENCES, consent=Consent("web"), now=now)
        assert reader is not None
        assert lifecycle.confirm(tx, reader, now=now)
        assert lifecycle.confirm(tx, reader, now=now + DAY)
        assert stored_in(tx, reader).confirmed_at == now
        assert lifecycle.unsubscribe(tx, reader, now=now)
        assert not lifecycle.unsubscribe(tx, reader, now=now)
        assert not lifecycle.confirm(tx, reader, now=now)


def stored_in(tx: sa.Connection, reader: int) -> Subscriber:
    return subscribers.by_id(tx, [reader])[reader]


def test_weekly_is_on_mondays_from_the_next_one_on(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        assert lifecycle.weekly(tx, alice, now=now)
        reader = stored_in(tx, alice)
    assert reader.rhythm == replace(PREFERENCES.rhythm, days=frozenset({0}))
    # Seven in Berlin has passed on this Monday.
    assert reader.next_digest_at == at(27, 5)
    assert (reader.amount, reader.style) == (PREFERENCES.amount, PREFERENCES.style)


def test_fewer_papers_change_nothing_else(engine: sa.Engine, alice: int) -> None:
    with writing(engine) as tx:
        before = stored_in(tx, alice)
        assert lifecycle.fewer(tx, alice, than=8)
        assert lifecycle.fewer(tx, alice, than=8)
        assert stored_in(tx, alice) == replace(before, amount=replace(before.amount, max_papers=4))


@pytest.mark.parametrize("left", [SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED, SubscriberState.COMPLAINED])
def test_nothing_is_done_to_who_reads_no_longer(
    engine: sa.Engine, alice: int, now: dt.datetime, left: SubscriberState
) -> None:
    with writing(engine) as tx:
        subscribers.transition(tx, alice, to=left, now=now)
        before = stored_in(tx, alice)
        assert not lifecycle.weekly(tx, alice, now=now)
        assert not lifecycle.fewer(tx, alice, than=8)
        assert not lifecycle.pause(tx, alice, until=None, now=now)
        assert not lifecycle.resume(tx, alice, now=now)
        assert not lifecycle.confirm(tx, alice, now=now)
        assert not lifecycle.unsubscribe(tx, alice, now=now)
        assert stored_in(tx, alice) == before


_VERBS: list[Callable[[sa.Connection], bool]] = [
    lambda tx: lifecycle.confirm(tx, NOBODY, now=NOW),
    lambda tx: lifecycle.weekly(tx, NOBODY, now=NOW),
    lambda tx: lifecycle.fewer(tx, NOBODY, than=8),
    lambda tx: lifecycle.pause(tx, NOBODY, until=None, now=NOW),
    lambda tx: lifecycle.resume(tx, NOBODY, now=NOW),
    lambda tx: lifecycle.unsubscribe(tx, NOBODY, now=NOW),
    lambda tx: lifecycle.resubscribe(tx, NOBODY, now=NOW),
    lambda tx: lifecycle.lift(tx, "nobody@example.org", now=NOW),
]


@pytest.mark.parametrize("verb", _VERBS)
def test_nobody_is_told_from_somebody(engine: sa.Engine, verb: Callable[[sa.Connection], bool]) -> None:
    with writing(engine) as tx:
        assert not verb(tx)
        assert list(subscribers.every(tx)) == []


@pytest.mark.parametrize("until", [None, dt.date(2026, 4, 24)])
def test_who_comes_back_after_unsubscribing_is_paused_as_before(
    engine: sa.Engine, alice: int, now: dt.datetime, until: dt.date | None
) -> None:
    with writing(engine) as tx:
        lifecycle.pause(tx, alice, until=until, now=now)
        before = stored_in(tx, alice)
        lifecycle.unsubscribe(tx, alice, now=now)
        assert lifecycle.resubscribe(tx, alice, now=now)
        again = stored_in(tx, alice)
    assert again.state in READING
    if until:
        assert again == before


def test_a_pause_is_undone_and_undoing_twice_is_undoing_once(engine: sa.Engine, alice: int, now: dt.datetime) -> None:
    with writing(engine) as tx:
        lifecycle.pause(tx, alice, until=now.date() + DAY, now=now)
        for _ in range(2):
            assert lifecycle.resubscribe(tx, alice, now=now)
            assert (stored_in(tx, alice).state, stored_in(tx, alice).paused_until) == (SubscriberState.ACTIVE, None)


def test_who_never_confirmed_is_pending_again_and_reads_nothing(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        reader = sign_up.subscribe(tx, ALICE, PREFERENCES, consent=Consent("web"), now=now)
        assert reader is not None
        lifecycle.unsubscribe(tx, reader, now=now)
        assert not lifecycle.resubscribe(tx, reader, now=now)
        assert stored_in(tx, reader).state is SubscriberState.PENDING


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (SubscriberState.BOUNCED, SubscriberState.ACTIVE),
        (SubscriberState.COMPLAINED, SubscriberState.COMPLAINED),
        (SubscriberState.UNSUBSCRIBED, SubscriberState.UNSUBSCRIBED),
        (SubscriberState.PAUSED, SubscriberState.PAUSED),
    ],
)
def test_lifting_a_suppression_brings_back_who_bounced_and_nobody_who_left(
    engine: sa.Engine, alice: int, now: dt.datetime, state: SubscriberState, after: SubscriberState
) -> None:
    with writing(engine) as tx:
        suppressions.suppress(tx, ALICE, reason="dead", detail="550 5.1.1", now=now)
        subscribers.transition(tx, alice, to=state, now=now)
        assert lifecycle.lift(tx, ALICE, now=now)
        assert not lifecycle.lift(tx, ALICE, now=now)
        assert stored_in(tx, alice).state is after
        assert not suppressions.is_suppressed(tx, ALICE)


def test_what_is_avoided_is_added_once_and_can_be_undone(engine: sa.Engine, alice: int) -> None:
    for _ in range(2):
        with writing(engine) as tx:
            lifecycle.avoid(tx, alice, ["surveys", "survey papers"])
    assert interests(engine, alice) == [
        ("survey papers", Stance.AVOID),
        ("surveys", Stance.AVOID),
        ("graphs", Stance.WANT),
    ]
    for _ in range(2):
        with writing(engine) as tx:
            lifecycle.allow(tx, alice, ["surveys", "graphs", "never avoided"])
    assert interests(engine, alice) == [("survey papers", Stance.AVOID), ("graphs", Stance.WANT)]
