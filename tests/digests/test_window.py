"""One rule for a reader's window and threshold: previews show what compose puts."""

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from tests.conftest import Copies
from tests.digests.test_preview import announce, close

from dailypapers.digests.choose import DigestOptions, ReaderContext, picked_for
from dailypapers.digests.compose import compose
from dailypapers.digests.preview import Previews, next_digest
from dailypapers.digests.window import Window, Windows, filled
from dailypapers.domain.edition import Edition
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, Subscriber, SubscriberState
from dailypapers.domain.vote import Vote, Votes
from dailypapers.store import editions, history, papers, picks, subscribers, votes
from dailypapers.store.database import reading, writing

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOW = DigestOptions(relevance=0.3, window_days=7, deadline=dt.timedelta(hours=20))
FIELDS = ("graph neural networks", "single-cell genomics", "weather in the mountains")
KINDS = ("a survey of {0}", "{0} at scale", "notes on {0} and graph learning", "a remark about {0} in passing")
TOPIC, OTHER = (Interest(InterestKind.TOPIC, text) for text in FIELDS[:2])
#: Readers of all kinds: how much they want, their interests, and whether they have liked papers.
CAST: dict[str, tuple[Amount, tuple[Interest, ...], bool]] = {
    "about one a day": (Amount(10, about=1), (TOPIC,), False),
    "about two of two topics": (Amount(10, about=2), (TOPIC, OTHER), True),
    "only what is relevant": (Amount(10, relevance=0.7), (TOPIC,), False),
    "nearly everything": (Amount(10, relevance=0.1), (TOPIC, OTHER), False),
    "only votes": (Amount(10), (), True),
    "one paper from elsewhere": (Amount(4, explore=True), (TOPIC,), False),
    "nothing in particular": (Amount(3), (), False),
    "no mail for less than nine": (Amount(20, least=9), (OTHER,), False),
}


def a_week(engine: sa.Engine) -> None:
    """Four editions, each with papers of every field; the newest has most."""
    for day, start in ((-3, 0), (-2, 1), (-1, 2), (0, 0)):
        titles = [kind.format(field) + f" {day}" for kind in KINDS[start:] for field in FIELDS]
        announce(engine, titles, NOW + day * DAY, upvotes=range(len(titles)))
        close(engine, NOW + day * DAY)


@pytest.fixture
def week(engine: sa.Engine, copies: Copies) -> Iterator[sa.Engine]:
    """A database with that week."""
    with copies.of(engine, "week", a_week) as copied:
        yield copied


def a_reader(engine: sa.Engine, name: str, *, accepted: int | None) -> Subscriber:
    amount, interests, has_liked = CAST[name]
    with writing(engine) as tx:
        key = subscribers.add(
            tx,
            f"{name.replace(' ', '.')}@example.org",
            state=SubscriberState.ACTIVE,
            rhythm=Rhythm(),
            amount=amount,
            consent=Consent("test"),
            now=NOW,
        )
        assert key
        subscribers.state_interests(tx, key, interests)
        if accepted:
            subscribers.accepted(tx, {key: accepted})
        if has_liked:
            known = papers.in_editions(tx, after=0, upto=1)
            for item in known[:2]:
                votes.cast(tx, key, item.paper_id, Vote.LIKE, now=NOW)
        reader = subscribers.one(tx, key)
    assert reader
    return reader


def composed(engine: sa.Engine, reader: Subscriber) -> list[tuple[int, float, object, bool]]:
    with reading(engine) as tx:
        (delivery,) = history.of_subscriber(tx, reader.id)
        kept = picks.of_deliveries(tx, [delivery.id]).get(delivery.id, ())
    return [(pick.paper_id, pick.score, pick.reason, pick.outside) for pick in kept]


@pytest.mark.parametrize("accepted", [None, 3])
def test_a_preview_right_before_compose_shows_what_compose_puts(week: sa.Engine, accepted: int | None) -> None:
    readers = {name: a_reader(week, name, accepted=accepted) for name in CAST}
    shown = {name: next_digest(week, HOW, reader, zone="UTC", now=NOW).picks for name, reader in readers.items()}
    assert compose(week, HOW, now=NOW).digests >= len(CAST) - 1
    for name, reader in readers.items():
        told = [(pick.paper_id, pick.score, pick.reason, pick.outside) for pick in shown[name]]
        assert told == composed(week, reader), name
    # They are of different kinds indeed.
    counts = [len(picked_for(shown[name])) for name in ("about one a day", "nearly everything")]
    assert 0 < counts[0] < counts[1]


def test_a_live_preview_of_the_same_window_shows_it_too(week: sa.Engine) -> None:
    previews = Previews(week, HOW)
    previews.load(now=NOW)
    readers = {name: a_reader(week, name, accepted=None) for name in CAST}
    shown = {}
    for name, reader in readers.items():
        with reading(week) as tx:
            cast = votes.of_subscribers(tx, [reader.id]).get(reader.id, Votes())
        digest = previews.of(ReaderContext(reader.amount, CAST[name][1], cast), now=NOW)
        assert digest
        shown[name] = [(entry.paper_id, entry.reason) for entry in digest[1].entries]
    compose(week, HOW, now=NOW)
    for name, reader in readers.items():
        if name != "no mail for less than nine":
            assert shown[name] == [(key, why) for key, _, why, outside in composed(week, reader) if not outside], name


def test_what_waits_for_the_next_edition_is_shown_before_it_closes(week: sa.Engine) -> None:
    reader = a_reader(week, "about one a day", accepted=4)
    assert next_digest(week, HOW, reader, zone="UTC", now=NOW).picks == ()
    announce(week, ["graph neural networks"], NOW + DAY)
    following = next_digest(week, HOW, reader, zone="UTC", now=NOW + DAY)
    shown = following.picks
    assert (following.edition.day, len(following.candidates.listed), len(shown)) == ((NOW + DAY).date(), 1, 1)
    close(week, NOW + DAY)
    compose(week, HOW, now=NOW + DAY)
    assert composed(week, reader) == [(pick.paper_id, pick.score, pick.reason, pick.outside) for pick in shown]


def test_a_window_begins_after_the_last_accepted_edition_and_is_no_longer_than_the_longest() -> None:
    windows = Windows(newest=20, waiting=False, earliest=13)
    assert [windows.since(13), windows.since(18)] == [Window(13, 20), Window(18, 20)]
    assert windows.recent == Window(9, 19)
    assert Windows(20, waiting=True, earliest=13).recent == Window(10, 20)
    assert Windows(1, waiting=False, earliest=0).recent == Window(0, 0)
    assert list(Window(18, None).editions(20)) == list(Window(18, 20).editions(20)) == [19, 20]


def test_thin_editions_are_shown_together_up_to_enough_papers_or_days() -> None:
    known = [Edition(n, NOW.date() + n * DAY, NOW, 50, ()) for n in range(1, 11)]
    assert filled(known, days=7, papers=100) == 8
    assert filled(known, days=7, papers=1000) == 3
    assert filled(known[:2], days=7, papers=1000) == 0


def test_the_newest_edition_is_read_by_its_day(week: sa.Engine) -> None:
    with reading(week) as tx:
        newest = editions.newest(tx)
    assert newest
    assert (newest.id, newest.day) == (4, NOW.date())
