"""Papers' vectors by an encoder: made once, kept in the store, and removed when their model is used no longer."""

from collections.abc import Callable, Mapping

import sqlalchemy as sa
import structlog

from dailypapers.domain.paper import Paper
from dailypapers.ranking.corpus.serialization import pack_vector, unpack_vector
from dailypapers.ranking.embeddings.encoder import Encoder, Matrix, Vector, encoded, kept_as, stacked
from dailypapers.store import models
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Rows removed in one transaction, so that others can write in between.
BATCH = 5_000
#: Papers encoded before they are kept: a process that is stopped loses the work of so many at most.
_ENCODED_AT_A_TIME = 256


def vectors(
    engine: sa.Engine,
    encoder: Encoder,
    papers: Mapping[int, Paper],
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> dict[int, Vector]:
    """Return papers' vectors by their ids; those that are not kept yet are made and kept, a part at a time."""
    model = kept_as(encoder)
    with reading(engine) as tx:
        by_id = {paper_id: unpack_vector(data) for paper_id, data in models.vectors_of(tx, model, papers).items()}
    missing = sorted(set(papers) - set(by_id))
    for start in range(0, len(missing), _ENCODED_AT_A_TIME):
        part = missing[start : start + _ENCODED_AT_A_TIME]
        rows = encoded(encoder, [papers[paper_id] for paper_id in part])
        packed = {paper_id: pack_vector(row) for paper_id, row in zip(part, rows, strict=True)}
        with writing(engine) as tx:
            models.keep_vectors(tx, model, packed)
        by_id.update({paper_id: unpack_vector(data) for paper_id, data in packed.items()})
        log.info("encoded", model=encoder.name, papers=len(part), left=len(missing) - start - len(part))
        on_progress(len(part))
    return by_id


def vector_rows(engine: sa.Engine, encoder: Encoder, papers: Mapping[int, Paper]) -> Matrix:
    """Return papers' vectors as rows, papers × dimensions, in the mapping's order; made and kept as by `vectors`."""
    by_id = vectors(engine, encoder, papers)
    return stacked([by_id[paper_id] for paper_id in papers])


def forget_other_vectors(engine: sa.Engine, encoder: Encoder | None, *, batch: int = BATCH) -> int:
    """Remove the vectors of other models than this one; returns how many.

    Without an encoder all stay: it may be back tomorrow, and to make them again takes long.
    """
    if encoder is None:
        return 0
    total, removed = 0, 1
    while removed:
        with writing(engine) as tx:
            removed = models.forget_other_vectors(tx, kept_as(encoder), limit=batch)
        total += removed
    return total
