"""What goes wrong at a source, and what comes of it: the table in the operators' guide is this one.

On Monday all is well, on Tuesday one source has the fault, on Wednesday it has recovered. For each fault: its state
that day is named, the other source is unharmed, and in the end every paper was in one edition and none in two.
"""

import datetime as dt
import logging
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from tests.playing_arxiv import arxiv_feed, numbered
from tests.playing_sources import Answer, Route, playing_sources
from tests.world import DAY, ON_SQLITE, World, world

from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.source import Freshness, State
from dailypapers.intake.close import close
from dailypapers.intake.fetch import SourceReport, fetch
from dailypapers.intake.host_gate import KeptGate
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.http.client import Http
from dailypapers.store.database import close as close_database
from dailypapers.store.database import connect, migrate, reading
from dailypapers.store.schema import announcements

MONDAY = dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)
TUESDAY, WEDNESDAY = MONDAY + DAY, MONDAY + 2 * DAY
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "operators.md"
NEVER = threading.Event()
WHOLE = arxiv_feed(*numbered(TUESDAY, 5))
BUSY = Answer("<rss><item " + " ".join(f"a{n}=''" for n in range(5_000)) + "/></rss>")
ERROR_PAGE = Answer("<!DOCTYPE html><html><body><h1>Rate exceeded.</h1></body></html>")


@dataclass(frozen=True)
class Fault:
    """What a host does on Tuesday, and what is made of it that day."""

    name: str
    answer: Route
    state: State
    outcome: str
    #: Papers of Tuesday that come all the same.
    come: int = 0
    http: Mapping[str, Any] = field(default_factory=dict)


FAULTS = (
    Fault("429 with Retry-After: 3600", Answer(status=429, headers={"Retry-After": "3600"}), State.FAILED,
          "failed; nobody asks the host for an hour, also after a restart"),
    Fault("429 without Retry-After", Answer(status=429), State.FAILED,
          "failed after four attempts; the host is left alone for one to two minutes"),
    Fault("503 for every request", Answer(status=503), State.FAILED, "failed after four attempts"),
    Fault("503 twice, then an answer", [Answer(status=503), Answer(status=503), WHOLE], State.FRESH,
          "fresh", come=5),
    Fault("an answer that drips", Answer("late", until=NEVER), State.FAILED,
          "failed when its time is up; the host is left alone for one to two minutes", http={"deadline": 0.2}),
    Fault("a connection reset in the body", replace(WHOLE, cut_after=300), State.FAILED, "failed after four attempts"),
    Fault("XML that ends in the middle", Answer(WHOLE.content()[:700]), State.FRESH,
          "what is whole is read, and said to be broken; it is asked for in full again", come=3),
    Fault("yesterday's feed with today's date", arxiv_feed(*numbered(MONDAY, 12)), State.WAITING,
          "waiting, and stalled when the edition closes: ids decide, not dates"),
    Fault("an empty feed", arxiv_feed(), State.WAITING, "waiting, and stalled when the edition closes"),
    Fault("a tenth of a feed", arxiv_feed(*numbered(TUESDAY, 1)), State.WAITING,
          "its papers are kept; waiting, and stalled when the edition closes", come=1),
    Fault("a wrong charset", Answer(b"<?xml version='1.0' encoding='utf-8'?>" + WHOLE.content().replace(
          b"More.", "Schrödinger.".encode("latin-1"))), State.FRESH, "read as what it is", come=5),
    Fault("an error page with status 200", ERROR_PAGE, State.FAILED, "failed: not a feed"),
    Fault("a redirect to itself", lambda asked: Answer(status=302, headers={"Location": asked.path}), State.FAILED,
          "failed after five redirects"),
    Fault("a redirect to something that is not the web", Answer(status=302, headers={"Location": "file:///etc/passwd"}),
          State.FAILED, "failed; it is not asked (nor is a private network, unless it is allowed)"),
    Fault("a host whose name cannot be resolved", Answer(status=302, headers={"Location": "http://arxiv.invalid/rss"}),
          State.FAILED, "failed after four attempts; the host is left alone for one to two minutes"),
    Fault("half of a feed with status 206", Answer(WHOLE.content()[:700], status=206), State.FAILED,
          "failed: a part of a feed is none"),
    Fault("a gzip bomb", Answer(b"\0" * 3_000_000, packed=True), State.FAILED, "failed at the limit of bytes",
          http={"max_bytes": 1_000_000}),
    Fault("an element with 5,000 attributes", BUSY,
          State.FAILED, "failed at once: the XML is out of bounds"),
    Fault("an answer without a body (204)", Answer(status=204), State.FAILED, "failed: empty"),
    Fault("an answer packed as nobody asked for", replace(WHOLE, headers={"Content-Encoding": "br"}), State.FAILED,
          "failed: it cannot be unpacked"),
    Fault("a warning of the host's own program before the XML",
          Answer(b"<br /><b>Warning</b>: x<br />" + WHOLE.content()), State.FRESH,
          "read, and said to be broken", come=5),
    Fault("every paper twice", arxiv_feed(*numbered(TUESDAY, 5), *numbered(TUESDAY, 5)), State.FRESH,
          "fresh: each is counted once", come=5),
    Fault("the clock of the host a year ahead", replace(WHOLE, headers={"Date": "Wed, 21 Apr 2027 08:00:00 GMT"}),
          State.FRESH, "fresh: no date of a host is believed", come=5),
)  # fmt: skip


@dataclass(frozen=True)
class Two:
    """arXiv as a test wants it, on a host of its own, and a feed that is well."""

    world: World
    engine: sa.Engine
    routes: dict[str, Route]

    def fetch(self, now: dt.datetime, **options: Any) -> list[SourceReport]:
        """Ask both."""
        settings = {"allow_private": True, "pace": 0, "backoff": 0.001, "retries": 3} | options
        dependencies = self.world.dependencies
        return list(fetch(self.engine, dependencies.sources, make_http=lambda: Http(**settings), now=now))

    def close(self, now: dt.datetime) -> Edition:
        """Close the edition."""
        return close(self.engine, zone="UTC", now=now)

    def arxiv(self, answer: Route) -> None:
        """What arXiv answers from now on."""
        self.routes["/rss/cs.LG"] = answer


@contextmanager
def two_sources(engine: sa.Engine) -> Iterator[Two]:
    routes: dict[str, Route] = {}
    with world(engine) as w, playing_sources(routes) as base:
        w.dependencies = replace(w.dependencies, sources=[Arxiv(("cs.LG",), base_url=base), *w.dependencies.sources])
        yield Two(w, engine, routes)


def papers_by_edition(engine: sa.Engine) -> dict[int, int]:
    query = sa.select(announcements.c.edition_id, sa.func.count()).where(announcements.c.source == "arxiv")
    with reading(engine) as tx:
        return {row[0]: row[1] for row in tx.execute(query.group_by(announcements.c.edition_id))}


@dataclass(frozen=True)
class Tried:
    """What came of a fault: what was made of both sources on Tuesday, and how many papers each edition has."""

    arxiv: Freshness
    feed: Freshness
    is_doubted: bool
    editions: tuple[int, ...]


def try_out(engine: sa.Engine, fault: Fault) -> Tried:
    """Live through three days: all is well, the fault, all is well again and what was missed is there too."""
    with two_sources(engine) as w:
        w.arxiv(arxiv_feed(*numbered(MONDAY, 12)))
        w.fetch(MONDAY)
        w.close(MONDAY)
        w.arxiv(fault.answer)
        w.world.announce("A Paper of Tuesday")
        arxiv, feed = w.fetch(TUESDAY, **fault.http)
        edition = w.close(TUESDAY)
        w.arxiv(arxiv_feed(*numbered(TUESDAY, 12), *numbered(WEDNESDAY, 11)))
        w.fetch(WEDNESDAY)
        w.close(WEDNESDAY)
    editions = tuple(papers_by_edition(engine).values())
    return Tried(arxiv.freshness, feed.freshness, bool(doubts(edition.sources)), editions)


@ON_SQLITE
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_fault_is_named_harms_nobody_else_and_loses_nothing(engine: sa.Engine, fault: Fault) -> None:
    tried = try_out(engine, fault)
    assert tried.arxiv.state is fault.state, tried.arxiv.note
    assert (tried.feed.state, tried.feed.new) == (State.FRESH, 1)
    assert tried.is_doubted is (fault.state is not State.FRESH)
    assert tried.editions == (12, *([fault.come] if fault.come else []), 23 - fault.come)


@ON_SQLITE
def test_a_source_that_is_down_for_three_days_loses_nothing(engine: sa.Engine) -> None:
    with two_sources(engine) as w:
        w.arxiv(arxiv_feed(*numbered(MONDAY, 12)))
        w.fetch(MONDAY)
        w.close(MONDAY)
        w.arxiv(Answer(status=503))
        for n in (1, 2, 3):
            (arxiv, _) = w.fetch(MONDAY + n * DAY)
            assert arxiv.freshness.state is State.FAILED
            w.close(MONDAY + n * DAY)
        w.arxiv(arxiv_feed(*(id_ for n in (1, 2, 3, 4) for id_ in numbered(MONDAY + n * DAY, 6))))
        w.fetch(MONDAY + 4 * DAY)
        w.close(MONDAY + 4 * DAY)
    assert list(papers_by_edition(engine).values()) == [12, 24]


class Killed(BaseException):
    """The process was killed."""


@ON_SQLITE
@pytest.mark.parametrize(
    "step",
    [
        "dailypapers.sources.arxiv.read_feed",
        "dailypapers.store.papers.add",
        "dailypapers.intake.fetch.freshness",
        "dailypapers.store.editions.record_fetch",
        "dailypapers.store.source_days.record",
        "dailypapers.intake.fetch.relist",
        "dailypapers.intake.host_gate.hosts.note",
    ],
)
def test_a_fetch_that_is_killed_at_a_step_is_simply_run_again(
    engine: sa.Engine, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object, **__: object) -> None:
        raise Killed

    with two_sources(engine) as w:
        w.arxiv(replace(arxiv_feed(*numbered(MONDAY, 12)), etag=True))
        gates = [KeptGate(engine, turn_lasts=dt.timedelta(seconds=0.2)) for _ in range(2)]
        with monkeypatch.context() as patched:
            patched.setattr(step, kill)
            with pytest.raises(Killed):
                w.fetch(MONDAY, gate=gates[0])
        arxiv, feed = w.fetch(MONDAY, gate=gates[1])
        assert {arxiv.freshness.state, feed.freshness.state} <= {State.FRESH, State.QUIET}
        assert w.close(MONDAY).papers == 12 + 3


def test_the_guide_has_this_table() -> None:
    rows = "".join(f"| {fault.name} | {fault.outcome} |\n" for fault in FAULTS)
    assert rows in GUIDE.read_text("utf-8"), f"put this into {GUIDE.name}:\n{rows}"


def main() -> None:
    """Try every fault and print what came of it. Of 35 papers, those that are in no edition are lost."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    _write("fault", "state that day", "its note", "new that day", "of 35 in an edition", "the other source")
    _write(*["---"] * 6)
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            engine = connect(f"sqlite:///{folder}/papers.db")
            migrate(engine)
            tried = try_out(engine, fault)
            close_database(engine)
        note = re.sub(r"127\.0\.0\.1:\d+", "export.arxiv.org", tried.arxiv.note)
        _write(fault.name, tried.arxiv.state, note, tried.arxiv.new, sum(tried.editions), tried.feed.state)


def _write(*cells: object) -> None:
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")


if __name__ == "__main__":
    main()
