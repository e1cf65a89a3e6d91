"""Previews: the digest anybody would get, from papers a process keeps in memory."""

import datetime as dt
import threading
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from dailypapers.digests import preview
from dailypapers.digests.choose import DigestOptions, ReaderContext
from dailypapers.digests.preview import Previews
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.source import Announcement, Freshness, State
from dailypapers.domain.subscriber import Amount
from dailypapers.domain.vote import Votes
from dailypapers.errors import Busy
from dailypapers.rendering.environment import in_words
from dailypapers.store import editions, papers
from dailypapers.store.database import writing
from dailypapers.store.schema import metadata

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
LATER = NOW + preview.LOOK_EVERY
HOW = DigestOptions(relevance=0.1, window_days=7, deadline=dt.timedelta(hours=20))
TITLES = ("Deeper graph neural networks", "Faster single-cell genomics", "The weather in the mountains")


def announce(
    engine: sa.Engine, titles: Sequence[str], now: dt.datetime = NOW, upvotes: Sequence[int | None] = ()
) -> None:
    counted = [*upvotes, *[None] * len(titles)]
    items = [
        Announcement(
            Paper(PaperId("file", title), title, f"We speak of {title.lower()}."),
            "feed",
            now.date(),
            signals=Signals(upvotes=count) if count is not None else None,
        )
        for title, count in zip(titles, counted, strict=False)
    ]
    with writing(engine) as tx:
        papers.add(tx, items, now=now)


def close(engine: sa.Engine, now: dt.datetime = NOW) -> None:
    with writing(engine) as tx:
        editions.close(tx, now.date(), now=now)


def fetched(engine: sa.Engine, now: dt.datetime) -> None:
    with writing(engine) as tx:
        editions.record_fetch(tx, "feed", Freshness(State.FRESH), now=now)


def asking(*topics: str, votes: Votes | None = None) -> ReaderContext:
    interests = tuple(Interest(InterestKind.TOPIC, topic) for topic in topics)
    return ReaderContext(Amount(10), interests, votes or Votes())


def titles(previews: Previews, wanted: ReaderContext, now: dt.datetime = NOW) -> list[str]:
    found = previews.of(wanted, now=now)
    assert found is not None
    return [entry.paper.title for entry in found[1].entries]


@pytest.fixture
def previews(engine: sa.Engine) -> Previews:
    announce(engine, TITLES, upvotes=(None, 3, 20))
    close(engine)
    made = Previews(engine, HOW)
    made.load(now=NOW)
    return made


def test_a_topic_finds_its_papers_with_a_reason(previews: Previews) -> None:
    found = previews.of(asking("graph neural networks"), now=NOW)
    assert found is not None
    edition, digest = found
    assert (edition.day, digest.considered) == (NOW.date(), 3)
    assert digest.entries[0].paper.title == TITLES[0]
    assert "graph neural networks" in in_words(digest.entries[0].reason)


def test_without_preferences_it_is_what_is_trending(previews: Previews) -> None:
    snapshot = previews.snapshot(now=NOW)
    assert snapshot is not None
    assert [entry.paper.title for entry in snapshot.trending.entries][:2] == [TITLES[2], TITLES[1]]


def test_a_vote_shows_at_once(previews: Previews) -> None:
    topics = ("graph neural networks", "single-cell genomics")
    assert set(titles(previews, asking(*topics))) == set(TITLES[:2])
    disliked = Votes(disliked=(f"file:{TITLES[0]}",))
    assert titles(previews, asking(*topics, votes=disliked)) == [TITLES[1]]
    # Liking alone is a preference, and what was voted on is no news.
    assert TITLES[1] not in titles(previews, asking(votes=Votes(liked=(f"file:{TITLES[1]}",))))


def test_until_it_is_loaded_it_says_so_and_never_waits(engine: sa.Engine) -> None:
    announce(engine, TITLES)
    close(engine)
    made = Previews(engine, HOW)
    first = made.of(asking("graphs"), now=NOW)
    made.load(now=NOW)
    assert first is None or first[1].considered == len(TITLES)
    assert titles(made, asking("graph neural networks"))[0] == TITLES[0]


def test_before_the_first_edition_there_is_nothing(engine: sa.Engine) -> None:
    made = Previews(engine, HOW)
    made.load(now=NOW)
    assert made.of(asking("graphs"), now=NOW) is None


def test_a_newer_edition_takes_its_place(engine: sa.Engine, previews: Previews) -> None:
    tomorrow = NOW + dt.timedelta(days=1)
    announce(engine, ["Graph neural networks for robins"], tomorrow)
    close(engine, tomorrow)
    assert "Graph neural networks for robins" not in titles(previews, asking("graph neural networks"))
    previews.load(now=tomorrow)
    found = previews.of(asking("robins"), now=tomorrow)
    assert found is not None
    assert (found[0].day, found[1].considered) == (tomorrow.date(), 4)
    assert found[1].entries[0].paper.title == "Graph neural networks for robins"


def test_newer_counts_are_seen_without_loading_the_papers_anew(engine: sa.Engine, previews: Previews) -> None:
    before = previews.snapshot(now=NOW)
    announce(engine, TITLES[:1], LATER, upvotes=(500,))
    fetched(engine, LATER)
    previews.load(now=LATER)
    after = previews.snapshot(now=LATER)
    assert before is not None
    assert after is not None
    assert after.candidates.matcher is before.candidates.matcher
    assert after.trending.entries[0].paper.title == TITLES[0]


def test_what_strangers_type_is_not_remembered_for_ever(previews: Previews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MOST_INTERESTS", 5)
    for n in range(20):
        titles(previews, asking(f"subject number {n}"))
        snapshot = previews.snapshot(now=NOW)
        assert snapshot is not None
        assert len(snapshot.candidates.matcher) <= 6
    assert titles(previews, asking("graph neural networks"))[0] == TITLES[0]


def test_too_many_at_once_are_told_to_come_again(previews: Previews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MAX_WAIT_SECONDS", 0.01)
    with previews.one_at_a_time(), pytest.raises(Busy):
        previews.of(asking("graphs"), now=NOW)
    assert titles(previews, asking("graph neural networks"))


def test_many_threads_get_what_one_gets(previews: Previews, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "MAX_WAIT_SECONDS", 60.0)  # Nobody is to be sent away by a slow machine.
    wanted = [asking("graph neural networks"), asking("single-cell genomics"), asking("mountains")] * 4
    alone = [titles(previews, one) for one in wanted]
    together: dict[int, list[str]] = {}
    threads = [
        threading.Thread(target=lambda n=n, one=one: together.update({n: titles(previews, one)}))
        for n, one in enumerate(wanted)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[n] for n in range(len(wanted))] == alone


def test_previews_change_nothing(engine: sa.Engine, previews: Previews) -> None:
    def everything() -> list[object]:
        with writing(engine) as tx:
            return [tx.execute(sa.select(table)).all() for table in metadata.sorted_tables]

    before = everything()
    titles(previews, asking("graph neural networks", votes=Votes(liked=(f"file:{TITLES[1]}",))))
    previews.load(now=LATER)
    assert everything() == before


def test_a_topic_that_matches_nothing_today_shows_what_it_matched_in_the_week_before(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "ENOUGH_PAPERS", 1)
    long_ago, yesterday = NOW - dt.timedelta(days=9), NOW - dt.timedelta(days=1)
    for title, day in (
        ("Graph neural networks for wrens", long_ago),
        ("Graph neural networks for robins", yesterday),
        ("The weather in the mountains", NOW),
    ):
        announce(engine, [title], day)
        close(engine, day)
    made = Previews(engine, HOW)
    made.load(now=NOW)
    assert titles(made, asking("graph neural networks")) == []
    earlier = made.earlier(["graph neural networks"], now=NOW)
    assert [entry.paper.title for entry in earlier] == ["Graph neural networks for robins"]
    assert "graph neural networks" in in_words(earlier[0].reason)
    assert (made.earlier(["medieval falconry"], now=NOW), made.earlier([], now=NOW)) == ((), ())


def test_on_the_first_day_there_is_no_week_before(previews: Previews) -> None:
    assert previews.earlier(["graph neural networks"], now=NOW) == ()
