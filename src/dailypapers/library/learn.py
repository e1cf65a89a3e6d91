"""Learn: what the ranking knows before it meets a reader, made once for an edition and read by every process.

library | background model
votes   | calibration
papers  | term frequencies, and vectors where an encoder is used
"""

import datetime as dt
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from weakref import WeakValueDictionary

import sqlalchemy as sa
import structlog

from dailypapers.domain.paper import Presentation
from dailypapers.library.vectors import vector_rows
from dailypapers.ranking.calibration import Calibration, calibrate
from dailypapers.ranking.corpus.background import Background, fit, is_enough
from dailypapers.ranking.corpus.serialization import (
    assemble_counts,
    pack_background,
    pack_counts_of,
    unpack_background,
)
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.features import Features, build
from dailypapers.store import models as knowledge
from dailypapers.store import papers, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.papers import Listed

log = structlog.get_logger()

#: How many of the newest papers are learned from: more gain little, and memory and time grow with each.
LIBRARY = 20_000
#: Votes that calibration is fitted to: none older, and no more of them.
VOTES_SINCE, MOST_VOTES = dt.timedelta(days=90), 20_000


@dataclass(frozen=True)
class Learned:
    """What is known; without a background, papers are ranked against themselves."""

    background: Background | None = None
    calibration: Calibration = field(default_factory=Calibration)
    encoder: Encoder | None = None


def learn(engine: sa.Engine, edition_id: int, *, encoder: Encoder | None = None, now: dt.datetime) -> Learned:
    """Return what is known for an edition; learned now if no process has."""
    # Whoever asks meanwhile waits for what is being made, rather than making it too.
    with _LEARNING:
        with reading(engine) as tx:
            stored = knowledge.of_edition(tx, edition_id)
        if stored is None:
            stored = _make_and_keep(engine, edition_id, now)
        _count(engine, edition_id)
    return _learned(engine, stored, encoder)


_LEARNING = threading.Lock()


def _make_and_keep(engine: sa.Engine, edition_id: int, now: dt.datetime) -> knowledge.Kept:
    model = _make(engine, edition_id, now)
    with writing(engine) as tx:
        knowledge.keep(tx, edition_id, model, now=now)
        stored = knowledge.of_edition(tx, edition_id) or model
    log.info("learned", edition=edition_id, papers=len(model.library), votes=model.calibration["votes"])
    return stored


def would_learn(engine: sa.Engine, edition_id: int, *, encoder: Encoder | None = None, now: dt.datetime) -> Learned:
    """Return what `learn` returns, without keeping it where nobody has learned for this edition yet."""
    with reading(engine) as tx:
        stored = knowledge.of_edition(tx, edition_id)
    return _learned(engine, stored or _make(engine, edition_id, now), encoder)


def newest(engine: sa.Engine, *, encoder: Encoder | None = None) -> Learned:
    """Return what was learned last."""
    with reading(engine) as tx:
        stored = knowledge.newest(tx)
    return _learned(engine, stored, encoder) if stored else Learned(encoder=encoder)


def _make(engine: sa.Engine, edition_id: int, now: dt.datetime) -> knowledge.Kept:
    with reading(engine) as tx:
        ids = knowledge.library(tx, edition_id, limit=LIBRARY)
        loaded = papers.by_id(tx, ids) if is_enough(len(ids)) else {}
        cast = votes.on_picks(tx, since=now - VOTES_SINCE, limit=MOST_VOTES)
    ordered = sorted(loaded, key=lambda paper_id: str(loaded[paper_id].id))
    background = pack_background(fit([loaded[paper_id] for paper_id in ordered])) if ordered else b""
    return knowledge.Kept(tuple(ordered), background, asdict(calibrate([(score, liked) for score, liked, _ in cast])))


def _learned(engine: sa.Engine, stored: knowledge.Kept, encoder: Encoder | None) -> Learned:
    calibration = Calibration(**stored.calibration)
    if not stored.background:
        return Learned(None, calibration, encoder)
    background = _unpacked(stored.background)
    if encoder:
        with reading(engine) as tx:
            loaded = papers.by_id(tx, stored.library)
        ordered = {paper_id: loaded[paper_id] for paper_id in stored.library}
        background = background.with_dense(vector_rows(engine, encoder, ordered))
    return Learned(background, calibration, encoder)


#: A background is hundreds of megabytes once it is used: whoever needs the same one in a process shares it.
_SHARED: WeakValueDictionary[bytes, Background] = WeakValueDictionary()
_ONE_AT_A_TIME = threading.Lock()


def _unpacked(packed: bytes) -> Background:
    name = hashlib.blake2b(packed).digest()
    with _ONE_AT_A_TIME:
        background = _SHARED.get(name)
        if background is None:
            background = _SHARED[name] = unpack_background(packed)
    return background


def _count(engine: sa.Engine, edition_id: int) -> None:
    with reading(engine) as tx:
        if knowledge.counts(tx, [edition_id]):
            return
        listed = papers.in_editions(tx, after=edition_id - 1, upto=edition_id)
    loaded_papers = [item.paper for item in listed]
    packed = pack_counts_of(loaded_papers)
    with writing(engine) as tx:
        knowledge.keep_counts(tx, edition_id, packed)


def features(engine: sa.Engine, listed: Sequence[Listed], editions: Sequence[int], learned: Learned) -> Features:
    """Return the features of papers; counts that are stored with their editions are not made again."""
    with reading(engine) as tx:
        packed = knowledge.counts(tx, editions)
        shown = papers.presentations(tx, [item.paper_id for item in listed])
    by_id = {item.paper_id: item.paper for item in listed}
    dense = None
    # Of no papers an encoder's dimensions are unknown, and nothing is asked of them.
    if by_id and learned.encoder and learned.background:
        dense = vector_rows(engine, learned.encoder, by_id)
    loaded_papers = tuple(by_id.values())
    counts = assemble_counts(loaded_papers, packed.values())
    built = build(loaded_papers, background=learned.background, counts=counts, dense=dense, ids=tuple(by_id))
    return replace(built, affiliations={str(by_id[key].id): _places(each) for key, each in shown.items()})


def _places(shown: Presentation) -> tuple[str, ...]:
    """Return where a paper's authors work, and who made it."""
    return (*shown.affiliations, shown.organization)
