"""What the archive and the readers' votes teach reaches the digests, and is learned once."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from tests.conftest import Copies
from tests.world import DAY, MONDAY, ON_SQLITE, TITLES, world

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.compose import compose
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.domain.vote import Vote
from dailypapers.intake.close import close
from dailypapers.jobs.day import day
from dailypapers.library.add_papers import archive
from dailypapers.library.learn import learn
from dailypapers.ranking.calibration import Calibration
from dailypapers.ranking.corpus.background import LEAST_PAPERS
from dailypapers.ranking.corpus.frequencies import Floats
from dailypapers.store import papers, picks, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import features as features_table
from dailypapers.store.schema import knowledge as knowledge_table
from dailypapers.store.schema import outbox as outbox_table
from dailypapers.store.schema import vectors as vectors_table
from dailypapers.subscriptions import sign_up

#: Words of one subject keep company; "ornithology" and "robin" never stand together, but with the same words.
BIRDS = ["nest", "feather", "song", "wing", "migration", "egg", "flock", "beak"]
ORNITHOLOGY = [*BIRDS, "ornithology"]
OTHERS = [
    ["star", "galaxy", "nova", "orbit", "telescope", "comet", "lens", "pulsar"],
    ["bread", "flour", "yeast", "oven", "crust", "dough", "wheat", "loaf"],
    ["law", "court", "judge", "trial", "statute", "appeal", "verdict", "witness"],
]
HOW = DigestOptions(relevance=0.3, window_days=7, deadline=dt.timedelta(hours=20))


def earlier(many: int = LEAST_PAPERS) -> list[Paper]:
    chance = random.Random(5)  # noqa: S311 - made-up papers, the same in every run
    made = []
    for n in range(many):
        subject = [BIRDS, *OTHERS][n % 4]
        rare = ["ornithology"] if n % 8 == 0 else (["robin"] if n % 8 == 4 else [])
        text = text_about(subject + rare, chance)
        made.append(Paper(PaperId("file", f"old{n:05}"), text[:40], text, (), ("x.A",)))
    return made


def text_about(subject: list[str], chance: random.Random) -> str:
    words = chance.choices(subject, k=25) + subject[8:] * 3 + [f"filler{chance.randrange(3000)}" for _ in range(10)]
    chance.shuffle(words)
    return " ".join(words)


def announce(engine: sa.Engine, now: dt.datetime, *texts: str) -> None:
    items = [
        Announcement(Paper(PaperId("file", f"{now:%d}-{n}"), text, text, (), ("x.A",)), "file", now.date())
        for n, text in enumerate(texts)
    ]
    with writing(engine) as tx:
        papers.add(tx, items, now=now)


def keep_earlier(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        papers.keep(tx, earlier(), now=MONDAY)


def more_or_less_about(subject: list[str], chance: random.Random) -> str:
    """A text that says more or less of a subject; about birds it says "ornithology" once or a few times."""
    own = chance.choices(subject, k=chance.randint(3, 25)) + ["ornithology"] * (subject is BIRDS) * chance.randint(1, 5)
    others = [word for other in OTHERS if other is not subject for word in other]
    text = [*own, *chance.choices(others, k=chance.randint(0, 25)), *(f"filler{chance.randrange(3000)}" for _ in own)]
    chance.shuffle(text)
    return " ".join(text)


@pytest.fixture
def taught(engine: sa.Engine, copies: Copies) -> Iterator[sa.Engine]:
    with copies.of(engine, "earlier", keep_earlier) as copied:
        yield copied


def admit(engine: sa.Engine, *interests: Interest, amount: Amount | None = None, name: str = "ann") -> int:
    with writing(engine) as tx:
        preferences = Preferences(Rhythm("UTC", 7), amount or Amount(), interests)
        sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("test"), now=MONDAY)
        reader = subscribers.by_address(tx, f"{name}@example.org")
    assert reader
    return reader.id


def composed(engine: sa.Engine, now: dt.datetime, how: DigestOptions = HOW) -> list[str]:
    """Close and compose a day; the titles picked for the only reader, best first."""
    edition = close(engine, zone="UTC", now=now)
    compose(engine, how, now=now)
    with reading(engine) as tx:
        made = tx.execute(sa.select(outbox_table.c.id).where(outbox_table.c.edition_id == edition.id)).scalars().all()
        chosen = [pick for found in picks.of_deliveries(tx, made).values() for pick in found]
        titles = papers.by_id(tx, [pick.paper_id for pick in chosen])
    return [titles[pick.paper_id].title for pick in chosen]


def topic(text: str) -> Interest:
    return Interest(InterestKind.TOPIC, text)


@ON_SQLITE
def test_a_topics_word_in_the_company_it_keeps_comes_first(taught: sa.Engine) -> None:
    admit(taught, topic("ornithology"))
    announce(
        taught, MONDAY, "bread oven ornithology flour", "feather nest ornithology egg", "judge trial court verdict"
    )
    chosen = composed(taught, MONDAY)
    assert chosen[0] == "feather nest ornithology egg"
    assert "judge trial verdict" not in chosen


@ON_SQLITE
def test_a_day_without_a_topics_word_brings_nothing(taught: sa.Engine) -> None:
    admit(taught, topic("ornithology"))
    announce(taught, MONDAY, "bread oven crust flour", "judge trial court verdict")
    assert composed(taught, MONDAY) == []


def test_without_an_archive_a_topic_matches_by_its_own_words(engine: sa.Engine) -> None:
    admit(engine, topic("ornithology"))
    announce(engine, MONDAY, "feather nest song egg migration", "the ornithology handbook", "judge trial court verdict")
    assert composed(engine, MONDAY) == ["the ornithology handbook"]


@ON_SQLITE
def test_votes_lead_to_more_of_the_kind_the_next_day(taught: sa.Engine) -> None:
    reader = admit(taught)
    announce(taught, MONDAY, "telescope nova orbit", "dough flour yeast bread oven")
    assert len(composed(taught, MONDAY)) == 2
    with writing(taught) as tx:
        liked = papers.named(tx, "file:20-1")
        assert liked
        votes.cast(tx, reader, liked, Vote.LIKE, now=MONDAY)
    announce(
        taught, MONDAY + DAY, "lens galaxy comet pulsar", "crust flour wheat bread oven", "statute witness appeal law"
    )
    assert composed(taught, MONDAY + DAY, replace(HOW, relevance=0)) == ["crust flour wheat bread oven"]


def test_an_edition_is_learned_once_and_read_by_everybody(taught: sa.Engine) -> None:
    announce(taught, MONDAY, "feather nest", "oven crust")
    edition = close(taught, zone="UTC", now=MONDAY)
    first = learn(taught, edition.id, now=MONDAY)
    kept = _kept(taught)
    second = learn(taught, edition.id, now=MONDAY + DAY)
    assert _kept(taught) == kept
    assert first.background
    assert second.background
    assert np.array_equal(first.background.latent_vectors, second.background.latent_vectors)
    assert first.background.papers == LEAST_PAPERS


def test_only_the_newest_knowledge_is_kept(taught: sa.Engine) -> None:
    for later in range(2):
        announce(taught, MONDAY + later * DAY, f"feather nest {later}")
        edition = close(taught, zone="UTC", now=MONDAY + later * DAY)
        learn(taught, edition.id, now=MONDAY)
    with reading(taught) as tx:
        assert tx.execute(sa.select(knowledge_table.c.edition_id)).scalars().all() == [edition.id]
        assert len(tx.execute(sa.select(features_table)).all()) == 2


def _kept(engine: sa.Engine) -> list[tuple[object, ...]]:
    with reading(engine) as tx:
        return [tuple(row) for table in (knowledge_table, features_table) for row in tx.execute(sa.select(table))]


@ON_SQLITE
def test_the_curve_follows_the_votes(taught: sa.Engine) -> None:
    reader = admit(taught, topic("ornithology"))
    chance = random.Random(9)  # noqa: S311 - made-up papers, the same in every run
    announce(taught, MONDAY, *(text_about(ORNITHOLOGY, chance) for n in range(8)))
    picked = composed(taught, MONDAY, replace(HOW, relevance=0))
    with writing(taught) as tx:
        for n in range(8):
            paper = papers.named(tx, f"file:20-{n}")
            assert paper
            votes.cast(tx, reader, paper, Vote.DISLIKE, now=MONDAY)
    announce(taught, MONDAY + DAY, "oven crust")
    edition = close(taught, zone="UTC", now=MONDAY + DAY)
    curve = learn(taught, edition.id, now=MONDAY + DAY).calibration
    assert curve.votes == len(picked) > 0
    assert curve.even_at > Calibration().even_at


@ON_SQLITE
def test_a_thin_day_gives_no_mail_to_who_wants_several_papers(taught: sa.Engine) -> None:
    admit(taught, topic("ornithology"), amount=Amount(least=2))
    announce(taught, MONDAY, "feather nest ornithology egg migration", "bread oven crust flour")
    assert composed(taught, MONDAY) == []
    with reading(taught) as tx:
        assert "fewer papers" in str(tx.execute(sa.select(outbox_table.c.detail)).scalar_one())


@ON_SQLITE
def test_about_so_many_a_day_is_held_over_weeks(taught: sa.Engine) -> None:
    chance = random.Random(7)  # noqa: S311 - made-up papers, the same in every run
    wanted = {
        admit(taught, topic("ornithology"), amount=Amount(about=about, max_papers=50), name=f"about{about}"): about
        for about in (1, 4)
    }
    sent: dict[int, list[int]] = {reader: [] for reader in wanted}
    for n in range(10):
        now = MONDAY + n * DAY
        announce(taught, now, *(more_or_less_about(chance.choice([BIRDS, *OTHERS]), chance) for _ in range(60)))
        edition = close(taught, zone="UTC", now=now)
        compose(taught, HOW, now=now)
        with writing(taught) as tx:
            for reader, picked in _picked(tx, edition.id).items():
                sent[reader].append(picked)
                subscribers.accepted(tx, {reader: edition.id})
    for reader, about in wanted.items():
        held = sent[reader][5:]
        assert len(held) == 5
        assert len(set(held)) > 1, "busy days bring more, calm days less"
        assert about * 0.5 <= sum(held) / len(held) <= about * 1.6


def _picked(tx: sa.Connection, edition_id: int) -> dict[int, int]:
    """How many papers each reader got, none included."""
    box = outbox_table.c
    made = tx.execute(sa.select(box.id, box.subscriber_id).where(box.edition_id == edition_id)).all()
    found = picks.of_deliveries(tx, [row.id for row in made])
    return {row.subscriber_id: len(found.get(row.id, ())) for row in made}


class Directions:
    """An encoder of two dimensions that knows birds from everything else."""

    name = "directions"

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.read += [text for text in texts if text != "ornithology"]
        rows = np.array(
            [[1.0 + sum(w in text for w in (*BIRDS, "ornithology")), 1.0 + 5 * ("bread" in text)] for text in texts]
        )
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_a_paper_is_encoded_once_in_its_life(taught: sa.Engine) -> None:
    encoder = Directions()
    how = replace(HOW, encoder=encoder)
    admit(taught, topic("ornithology"))
    announce(taught, MONDAY, "feather nest ornithology egg migration", "bread oven crust flour")
    assert composed(taught, MONDAY, how) == ["feather nest ornithology egg migration"]
    assert len(encoder.read) == 2 * (LEAST_PAPERS + 2)  # Each paper whole, and its title alone.
    announce(taught, MONDAY + DAY, "wing beak flock song")
    composed(taught, MONDAY + DAY, how)
    assert len(encoder.read) == 2 * (LEAST_PAPERS + 3)
    with reading(taught) as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(vectors_table)).scalar_one() == LEAST_PAPERS + 3


@ON_SQLITE
def test_a_day_without_papers_is_composed_with_an_encoder_too(taught: sa.Engine) -> None:
    admit(taught, topic("ornithology"))
    assert composed(taught, MONDAY, replace(HOW, encoder=Directions())) == []


def test_an_archive_is_announced_to_nobody_and_taken_in_once(engine: sa.Engine, tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    file.write_text('{"id": "2501.00001", "title": "An Old Paper", "abstract": "Old."}\n{"id": 3}\n')
    first, second = archive(engine, file, now=MONDAY), archive(engine, file, now=MONDAY)
    assert (first.papers, first.new, second.new) == (1, 1, 0)
    assert [item.why for item in first.skipped] == ["It has no title."]
    with world(engine) as w:
        w.admit("carol")
        assert day(w.dependencies, clock=lambda: MONDAY).edition.papers == len(TITLES)
        assert "An Old Paper" not in w.got()["carol"][0]
