"""A digest that alice has got: two papers of a closed edition, and why."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import editions, history, outbox, papers, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
GRAPHS = Paper(
    PaperId("arxiv", "2604.00001"),
    "Deeper Graph Neural Networks & <Friends>",
    "They go deeper. " * 40,
    ("Ann Lee", "Bo Roy"),
    ("cs.LG",),
    "https://arxiv.org/abs/2604.00001",
    dt.date(2026, 4, 17),
)
CELLS = Paper(PaperId("doi", "10.1101/2026.04.17.1"), "Faster Single-Cell Genomics", url="https://doi.org/10.1101/x")
REASON = Reason((Term(TermKind.WORDS, "graph, networks", 0.7, "graph neural networks"),))


@dataclass(frozen=True)
class Got:
    """Internal ids: who got it, the delivery, the papers in the digest's order."""

    reader: int
    delivery: int
    papers: tuple[int, int]


def a_digest(engine: sa.Engine, name: str = "alice", *, outside: bool = False) -> Got:
    """Let somebody subscribe and get the digest; its second paper may be from outside their topics."""
    with writing(engine) as tx:
        address, preferences = (
            f"{name}@example.org",
            Preferences(Rhythm(), Amount(5), (Interest(InterestKind.TOPIC, "graphs"),)),
        )
        sign_up.admit(tx, address, preferences, consent=Consent("web", "1", "hash"), now=NOW)
        papers.add(tx, [Announcement(paper, "arxiv", NOW.date()) for paper in (GRAPHS, CELLS)], now=NOW)
        edition = editions.close(tx, NOW.date(), now=NOW)
        reader = subscribers.by_address(tx, address)
        assert reader is not None
        ids = papers.ids_by_name(tx, [str(GRAPHS.id), str(CELLS.id)])
        graphs, cells = (ids[str(paper.id)] for paper in (GRAPHS, CELLS))
        picks = (
            Pick(str(GRAPHS.id), 0.7, REASON, paper_id=graphs),
            Pick(str(CELLS.id), 0.7, REASON, outside=outside, paper_id=cells),
        )
        mail = outbox.NewDelivery(reader.id, address, MailKind.DIGEST, NOW + dt.timedelta(days=1), edition.id, picks)
        outbox.put(tx, [mail], now=NOW)
        (delivery,) = history.of_subscriber(tx, reader.id)
    return Got(reader.id, delivery.id, (graphs, cells))
