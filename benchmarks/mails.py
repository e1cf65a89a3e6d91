"""What a mail costs before it leaves, in milliseconds of the processor: loading, links, rendering, MIME, signature.

    DAILYPAPERS_RECORDINGS=… python benchmarks/mails.py [--readers 1000] [--papers 300] [--picks 10] [--own-topics]

Readers share one edition of recorded papers. Each has ten of those on their topics, with reasons that name the topic.
Mails are loaded in groups as delivery loads them. What readers share is made before anything else is measured, as a run
of many thousands has soon made it; what the mails of the first half cost without that is printed apart. Processor time
of this process; the median of five passes, each over other mails, since what is one reader's is not made again. “The
same mails again” has all that can be shared. With `--own-topics` no two readers have a reason in common, as in
`benchmarks/day.py`. A signature of RSA-2048 is measured beside, as a measure of the machine.
"""

import argparse
import datetime as dt
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dailypapers.digests import layout
from dailypapers.digests.layout import MailRenderer
from dailypapers.digests.render_input import RenderInput, Shared, load_inputs
from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.delivery import Delivery, MailKind
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.message import Sender
from dailypapers.domain.paper import Paper, Signals
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.mail.message import dkim
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.sources.file import read_papers
from dailypapers.store import editions, history, outbox, papers, subscribers
from dailypapers.store.database import connect, groups, migrate, reading, writing
from dailypapers.subscriptions import sign_up
from dailypapers.tokens import Signer

NOW = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
GROUP = 50
PASSES = 5
TOPICS = Path(__file__).with_name("data") / "relevance_topics.tsv"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--picks", type=int, default=10)
    parser.add_argument("--own-topics", action="store_true", help="no two readers share a topic")
    asked = parser.parse_args()
    file = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz"
    items = sorted(read_papers(file, now=NOW).announcements, key=lambda item: (item.day, str(item.paper.id)))
    recorded = [item.paper for item in items[-asked.papers :]]
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/papers.db")
        migrate(engine)
        deliveries = fill(engine, recorded, asked.readers, asked.picks, own_topics=asked.own_topics)
        report(engine, renderer(), deliveries, asked.papers)


def renderer() -> MailRenderer:
    """What mails are made with, as the service makes it."""
    home = "https://papers.example.org/"
    secret = b"a secret of some length for measuring"
    sender = Sender("Daily Papers", "papers@example.org", "bounces@example.org", "papers.example.org", "o@example.org")
    templates = environment(shipped("templates"))
    return MailRenderer(templates, Signer(home.rstrip("/"), secret), sender, home, secret, "leave@example.org")


def fill(
    engine: sa.Engine, recorded: Sequence[Paper], readers: int, picks: int, *, own_topics: bool = False
) -> list[Delivery]:
    """Store the edition, the readers and their digests."""
    with writing(engine) as tx:
        papers.add(tx, [Announcement(paper, "arxiv", NOW.date()) for paper in recorded], now=NOW)
        edition = editions.close(tx, NOW.date(), now=NOW)
        ids = papers.ids_by_name(tx, [str(paper.id) for paper in recorded])
    chance = random.Random(3)  # noqa: S311 - the same made-up digests in every run
    topics = [line.split("\t")[4] for line in TOPICS.read_text("utf-8").splitlines()[1:]]
    for group in groups(range(readers), size=1000):
        with writing(engine) as tx:
            for number in group:
                address = f"reader{number}@example.org"
                preferences = Preferences(Rhythm(), Amount(picks))
                sign_up.admit(tx, address, preferences, consent=Consent("benchmark"), now=NOW)
            admitted = [reader for reader in subscribers.every(tx) if int(reader.address[6:-12]) in group]
            mails = []
            for reader in admitted:
                theirs = [f"{topic} of {reader.id}" for topic in topics] if own_topics else topics
                best = chosen(recorded, ids, theirs, picks, chance)
                mails.append(digest(reader.id, reader.address, edition.id, best))
            editions.count_due(tx, edition.id, outbox.put(tx, mails, now=NOW))
    with reading(engine) as tx:
        return history.of_edition(tx, edition.id)


def digest(reader: int, address: str, edition: int, picks: tuple[Pick, ...]) -> outbox.NewDelivery:
    """A digest as composing puts it into the outbox."""
    about = {pick.paper: AboutPaper(("arxiv",), Signals(upvotes=len(pick.paper) % 7)) for pick in picks}
    content = Content(papers=about)
    return outbox.NewDelivery(
        reader, address, MailKind.DIGEST, NOW + dt.timedelta(days=1), edition, picks, content=content
    )


def chosen(
    recorded: Sequence[Paper], ids: dict[str, int], topics: Sequence[str], picks: int, chance: random.Random
) -> tuple[Pick, ...]:
    """The papers of three topics, best first.

    The same paper has the same reason for all readers of a topic, as in a day that was really ranked: 396 readers with
    three of 199 topics each had 3,700 picks of 1,000 recorded papers, and 1,611 different pairs of paper and reason.
    """
    found: dict[str, Pick] = {}
    for topic in chance.sample(topics, 3):
        for pick in _of_topic(topic, picks, recorded, ids):
            found.setdefault(pick.paper, pick)
    return tuple(sorted(found.values(), key=lambda pick: -pick.score)[:picks])


def _of_topic(topic: str, picks: int, recorded: Sequence[Paper], ids: dict[str, int]) -> list[Pick]:
    """The papers on a topic; the first ones of the list are on more topics than others."""
    chance = random.Random(topic)  # noqa: S311 - the same for all readers
    places: dict[int, None] = {}
    while len(places) < picks:
        places[int(len(recorded) * chance.random() ** 2)] = None
    return [picked(recorded[place], ids, topic, chance) for place in places]


def picked(paper: Paper, ids: dict[str, int], topic: str, chance: random.Random) -> Pick:
    """A paper with a reason of two or three terms, as ranking gives it."""
    words = ", ".join(chance.sample(paper.title.split(), min(2, len(paper.title.split()))))
    terms = (
        Term(TermKind.WORDS, words, chance.random() + 1, topic),
        Term(TermKind.CATEGORY, paper.categories[0] if paper.categories else "cs.LG", 0.8),
        Term(TermKind.CLOSE, words, 0.1, topic),
    )
    return Pick(str(paper.id), 0.5 + chance.random() / 2, Reason(terms), paper_id=ids[str(paper.id)])


def report(engine: sa.Engine, made_with: MailRenderer, deliveries: Sequence[Delivery], papers_count: int) -> None:
    """Print a row per part."""
    half = len(deliveries) // 2
    first, measured, shared = deliveries[:half], deliveries[half:], Shared()
    started = time.process_time()
    sizes = [len(layout.mail(made_with, each)[1].content) for each in loaded(engine, first, shared)]
    cold = (time.process_time() - started) / len(first) * 1000
    passes = [measured[n :: 2 * PASSES] for n in range(2 * PASSES)]
    inputs = [loaded(engine, each, shared) for each in passes]
    others, signed_with = inputs[PASSES:], replace(made_with, keys=(key(),))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}")
    print(f"{len(deliveries):,} readers, {papers_count} papers, {statistics.mean(sizes) / 1000:.1f} KB a mail")
    for each in (one for chunk in inputs for one in chunk):
        layout.mail(made_with, for_nobody(each))
    links, sign = layout._links_of, key().sign  # noqa: SLF001 - a part, measured by itself
    rows: list[tuple[str, Callable[[int], object]]] = [
        ("loading", lambda n: loaded(engine, passes[n], shared)),
        ("links, by themselves", lambda n: [links(made_with, each) for each in inputs[n]]),
        ("making the mail", lambda n: [layout.mail(made_with, each) for each in inputs[n]]),
        ("the same mails again", lambda n: [layout.mail(made_with, each) for each in inputs[n]]),
        ("making and signing other mails", lambda n: [layout.mail(signed_with, each) for each in others[n]]),
        ("a signature of RSA-2048", lambda n: [sign(b"a few bytes") for _ in inputs[n]]),
    ]
    print(f"{'loading and making, the first half':<36}{cold:>8.3f} ms")
    for name, part in rows:
        print(f"{name:<36}{milliseconds(part, len(passes[0])):>8.3f} ms")


def for_nobody(of: RenderInput) -> RenderInput:
    """The same papers with a reason that is no reader's."""
    assert of.digest is not None
    entries = tuple(replace(entry, reason="Not to be measured") for entry in of.digest.entries)
    return replace(of, digest=replace(of.digest, entries=entries))


def key() -> dkim.Key:
    """A key of RSA-2048, made now."""
    private = load_pem_private_key(dkim.new_key(), password=None)
    assert isinstance(private, RSAPrivateKey)
    return dkim.Key("example.org", "papers", private)


def loaded(engine: sa.Engine, deliveries: Sequence[Delivery], shared: Shared) -> list[RenderInput]:
    """What the mails show, in groups as delivery loads them in one run."""
    inputs = []
    for group in groups(deliveries, size=GROUP):
        with reading(engine) as tx:
            inputs.extend(load_inputs(tx, group, shared))
    return inputs


def milliseconds(part: Callable[[int], object], mails: int) -> float:
    """The median over the passes."""
    taken = []
    for number in range(PASSES):
        started = time.process_time()
        part(number)
        taken.append((time.process_time() - started) / mails * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
