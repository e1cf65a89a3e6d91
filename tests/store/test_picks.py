"""A pick is kept with its reason, term by term, and what a reader has already is told from what they have not."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.store import editions, history, outbox, papers, picks, subscribers
from dailypapers.store.contents import about_from_text
from dailypapers.store.database import GROUP, reading, writing
from dailypapers.store.picks import PickRow, StoredPick

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
REASON = Reason(
    (
        Term(TermKind.WORDS, "graph, “net”", 0.75, "graphs"),
        Term(TermKind.TRENDING, "", 0.25, counts=(("upvotes", 12), ("stars", 3))),
        Term(TermKind.AVOIDED, "survey", -0.125, "survey"),
    )
)


@pytest.fixture
def paper_ids(engine: sa.Engine) -> list[int]:
    """Three papers."""
    made = [Paper(PaperId("file", str(n)), f"The Paper With the Number {n}") for n in range(3)]
    with writing(engine) as tx:
        papers.keep(tx, made, now=NOW)
        ids = papers.ids_by_name(tx, [str(paper.id) for paper in made])
        return [ids[str(paper.id)] for paper in made]


def subscribe(tx: sa.Connection, name: str) -> int:
    """Make somebody of the cast a reader; returns their id."""
    added = subscribers.add(
        tx,
        f"{name}@example.org",
        state=SubscriberState.ACTIVE,
        rhythm=Rhythm(),
        amount=Amount(),
        consent=Consent("test"),
        now=NOW,
    )
    assert added is not None
    return added


def put(tx: sa.Connection, reader: int, *chosen: Pick, days: int = 0) -> int:
    """Queue a digest of these picks for the edition of a day; returns the delivery's id."""
    now = NOW + days * DAY
    edition = editions.close(tx, now.date(), now=now)
    mail = outbox.NewDelivery(reader, "x@example.org", MailKind.DIGEST, now + DAY, edition.id, chosen)
    assert outbox.put(tx, [mail], now=now) == 1
    return max(delivery.id for delivery in history.of_subscriber(tx, reader))


def pick(paper_id: int, score: float = 0.5, *, outside: bool = False, reason: Reason = REASON) -> Pick:
    return Pick(f"file:{paper_id}", score, reason, outside=outside, paper_id=paper_id)


def test_picks_come_back_in_their_order_with_every_term_of_the_reason(engine: sa.Engine, paper_ids: list[int]) -> None:
    last, first, apart = paper_ids
    with writing(engine) as tx:
        alice = subscribe(tx, "alice")
        chosen = (pick(first, 0.75), pick(last, 0.5, reason=Reason(())), pick(apart, 0.25, outside=True))
        delivery = put(tx, alice, *chosen)
        assert picks.of_deliveries(tx, [delivery, 99]) == {
            delivery: (
                StoredPick(first, 0.75, REASON),
                StoredPick(last, 0.5, Reason(())),
                StoredPick(apart, 0.25, REASON, outside=True),
            )
        }


def test_what_stood_beside_a_paper_is_kept_with_its_pick_and_not_with_the_mail(
    engine: sa.Engine, paper_ids: list[int]
) -> None:
    then = AboutPaper(("arxiv",), Signals(upvotes=3), frozenset({"abstract"}))
    with writing(engine) as tx:
        alice = subscribe(tx, "alice")
        chosen = (pick(paper_ids[0]), pick(paper_ids[1], outside=True))
        content = Content(notes=("A note.",), papers={f"file:{paper_ids[0]}": then})
        edition = editions.close(tx, NOW.date(), now=NOW)
        mail = outbox.NewDelivery(
            *(alice, "x@example.org", MailKind.DIGEST, NOW + DAY, edition.id, chosen),
            content=content,
        )
        outbox.put(tx, [mail], now=NOW)
        (delivery,) = history.of_subscriber(tx, alice)
        with_about, without = (PickRow(*row) for row in picks.rows_of(tx, [delivery.id]))
        assert history.contents_of(tx, [delivery.id]) == {delivery.id: Content(notes=("A note.",))}
    assert (with_about.paper_id, bool(with_about.outside), without.about) == (paper_ids[0], False, None)
    assert (without.paper_id, bool(without.outside)) == (paper_ids[1], True)
    assert about_from_text(with_about.about or "") == then
    assert picks.reason_from_text(with_about.reason) == REASON


def test_the_newest_digest_comes_first_and_of_one_digest_the_best(engine: sa.Engine, paper_ids: list[int]) -> None:
    old, best, second = paper_ids
    with writing(engine) as tx:
        alice, bob = subscribe(tx, "alice"), subscribe(tx, "bob")
        put(tx, alice, pick(old))
        put(tx, alice, pick(best, 0.9), pick(second, 0.3), days=1)
        put(tx, bob, pick(old), days=1)
        newest = picks.newest_of(tx, alice, limit=99)
        assert [(chosen.paper_id, at) for chosen, at in newest] == [
            (best, NOW + DAY),
            (second, NOW + DAY),
            (old, NOW),
        ]
        assert picks.newest_of(tx, alice, limit=2) == newest[:2]
        assert picks.newest_of(tx, 99, limit=2) == []


def test_who_has_a_paper_already_is_told_by_reader(engine: sa.Engine, paper_ids: list[int]) -> None:
    first, second, third = paper_ids
    with writing(engine) as tx:
        alice, bob, carol = (subscribe(tx, name) for name in ("alice", "bob", "carol"))
        put(tx, alice, pick(first), pick(second))
        put(tx, alice, pick(third), days=1)
        put(tx, bob, pick(third))
    with reading(engine) as tx:
        assert picks.already_sent(tx, [alice, bob, carol], [third, first]) == {
            alice: frozenset({first, third}),
            bob: frozenset({third}),
        }
        assert picks.already_sent(tx, [alice], []) == picks.already_sent(tx, [], paper_ids) == {}


def test_more_readers_and_papers_may_be_asked_for_than_one_statement_carries(
    engine: sa.Engine, paper_ids: list[int]
) -> None:
    with writing(engine) as tx:
        alice = subscribe(tx, "alice")
        delivery = put(tx, alice, *map(pick, paper_ids))
        nobody = range(10_000, 10_000 + GROUP)
        assert picks.already_sent(tx, [*nobody, alice], [*paper_ids, *nobody]) == {alice: frozenset(paper_ids)}
        assert set(picks.of_deliveries(tx, [*nobody, delivery])) == {delivery}


_COUNTS = st.lists(st.tuples(st.text(), st.integers()), max_size=3).map(tuple)
_WEIGHTS = st.floats(allow_nan=False, allow_infinity=False)
_TERMS = st.builds(Term, st.sampled_from(TermKind), st.text(), _WEIGHTS, st.text(), _COUNTS)


@given(st.lists(_TERMS, max_size=4).map(lambda terms: Reason(tuple(terms))))
def test_of_a_reason_nothing_is_lost_on_the_way_into_json_and_out(reason: Reason) -> None:
    written = json.loads(json.dumps(picks.kept(reason)))
    assert picks.reason_of(written) == reason
    assert all(("counts" in fields) == bool(term.counts) for fields, term in zip(written, reason.terms, strict=True))
