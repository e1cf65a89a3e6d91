"""Figures: have a small picture of each chosen paper at hand, for the readers who want to see one.

    papers nobody looked at | their thumbnail, or arXiv's first figure | made small and harmless | keep

No picture changes which papers are chosen. Whatever goes wrong, a paper has no figure, and is looked at again on two
other days at most.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import sqlalchemy as sa
import structlog

from dailypapers.domain.paper import Paper, Presentation
from dailypapers.domain.resource import arxiv_id_of
from dailypapers.errors import BadInput, FetchFailed
from dailypapers.sources.figures import ARXIV, from_address, from_arxiv
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.pictures import Picture, small
from dailypapers.store import papers, thumbnails
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

#: Bytes that a page or a picture may have.
MAX_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class FigureOptions:
    """How figures are fetched."""

    #: At most `MAX_BYTES` an answer, and at the pace of the sources.
    make_http: Callable[[], Http]
    arxiv_url: str = ARXIV


@dataclass(frozen=True, slots=True)
class _Sought:
    paper_id: int
    paper: Paper
    thumbnail_url: str

    @property
    def arxiv_id(self) -> str:
        return arxiv_id_of(self.paper)


def fetch_figures(
    engine: sa.Engine,
    options: FigureOptions,
    paper_ids: Sequence[int],
    *,
    day: dt.date,
    seconds: float | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> int:
    """Fetch the figures of these papers that are not there yet, the first ones first; return how many came.

    It takes no longer than so many seconds; and where `is_over`, no other figure is begun.
    """
    with reading(engine) as tx:
        unsought = set(thumbnails.unsought(tx, paper_ids, day=day))
        paper_by_id, presentations = papers.by_id(tx, unsought), papers.presentations(tx, unsought)
    sought = [
        _Sought(key, paper_by_id[key], presentations.get(key, Presentation()).thumbnail_url)
        for key in dict.fromkeys(paper_ids)
        if key in paper_by_id
    ]
    with_places = [one for one in sought if one.thumbnail_url or one.arxiv_id]
    if not with_places:
        return 0
    begun = takewhile(lambda _: not is_over(), with_places)
    fetched = asyncio.run(_fetch_all(engine, options, begun, day, seconds))
    log.info("figures fetched", papers=fetched, sought=len(with_places))
    return fetched


async def _fetch_all(
    engine: sa.Engine, options: FigureOptions, sought: Iterable[_Sought], day: dt.date, seconds: float | None
) -> int:
    fetched = 0
    try:
        async with asyncio.timeout(seconds), options.make_http() as http:
            for one in sought:
                fetched += await _fetch(engine, http, options, one, day)
    except TimeoutError:
        log.info("figures take too long", seconds=seconds)
    return fetched


async def _fetch(engine: sa.Engine, http: Http, options: FigureOptions, sought: _Sought, day: dt.date) -> bool:
    why: Mapping[str, str] = {}
    for place in ("thumbnail", "arxiv"):
        try:
            content = await _content(http, options, sought, place)
            if content:
                picture = await asyncio.to_thread(small, content)
                await asyncio.to_thread(_keep, engine, sought.paper_id, picture, day)
                return True
        except (FetchFailed, BadInput) as error:
            why = {**why, place: str(error)}
    await asyncio.to_thread(_note_in_vain, engine, sought.paper_id, day)
    log.info("no figure", paper=str(sought.paper.id), **why)
    return False


async def _content(http: Http, options: FigureOptions, sought: _Sought, place: str) -> bytes:
    """Return a picture's bytes; none where the paper has no such place."""
    if place == "thumbnail":
        return await from_address(http, sought.thumbnail_url) if sought.thumbnail_url else b""
    return await from_arxiv(http, sought.arxiv_id, base_url=options.arxiv_url) if sought.arxiv_id else b""


def _keep(engine: sa.Engine, paper_id: int, picture: Picture, day: dt.date) -> None:
    with writing(engine) as tx:
        thumbnails.put(tx, paper_id, picture.thumbnail, picture.content, day=day)


def _note_in_vain(engine: sa.Engine, paper_id: int, day: dt.date) -> None:
    with writing(engine) as tx:
        thumbnails.sought_in_vain(tx, paper_id, day=day)
