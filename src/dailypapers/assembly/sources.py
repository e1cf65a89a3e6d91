"""The sources of the settings, and how their hosts are asked."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import sqlalchemy as sa

from dailypapers.intake.host_gate import KeptGate
from dailypapers.settings import Settings, SourceSettings
from dailypapers.sources.arxiv import Arxiv
from dailypapers.sources.base import Source
from dailypapers.sources.biorxiv import Biorxiv
from dailypapers.sources.crossref import Crossref
from dailypapers.sources.feed import Feed
from dailypapers.sources.file import File
from dailypapers.sources.http.client import Http
from dailypapers.sources.huggingface import HuggingFace
from dailypapers.sources.openreview import OpenReview
from dailypapers.sources.pubmed import PubMed

if TYPE_CHECKING:
    pass


def make_source(settings: SourceSettings) -> Source:
    """Make the source that an entry of the settings describes."""
    if settings.kind == "feed":
        return Feed(settings.label(), settings.url)
    if settings.kind == "file":
        return File(settings.path or Path(), name=settings.label())
    source = _known_source(settings)
    return replace(source, base_url=settings.url) if settings.url else source


def _known_source(settings: SourceSettings) -> Arxiv | HuggingFace | Biorxiv | OpenReview | Crossref | PubMed:
    """Make a source whose address is known; a setting may put a mirror in its place."""
    name = settings.label()
    if settings.kind == "arxiv":
        return Arxiv(settings.categories, format=settings.format, name=name, pages_url=settings.pages_url)
    if settings.kind in {"biorxiv", "medrxiv"}:
        server: Literal["biorxiv", "medrxiv"] = "medrxiv" if settings.kind == "medrxiv" else "biorxiv"
        return Biorxiv(server, settings.categories, name=name)
    if settings.kind == "openreview":
        return OpenReview(settings.venue, name=name)
    if settings.kind == "crossref":
        return Crossref(settings.issns, name=name)
    if settings.kind == "pubmed":
        return PubMed(settings.query, name=name)
    return HuggingFace(name=name)


def make_http(settings: Settings, engine: sa.Engine, *, max_bytes: int = 50_000_000, retries: int = 3) -> Http:
    """Return what asks the hosts of sources, at the pace of their settings; an answer has at most `max_bytes`."""
    local = settings.service.allow_local_sources
    contact = settings.service.contact or settings.mail.owner_address or settings.mail.from_address
    gate = KeptGate(engine, _paces(settings))
    return Http(contact=contact, allow_private=local, gate=gate, max_bytes=max_bytes, retries=retries)


def _paces(settings: Settings) -> dict[str, float]:
    """Return the seconds between two requests that were set, by host."""
    paces: dict[str, float] = {}
    for source in settings.sources:
        if source.url and source.seconds_between_requests:
            host = urlsplit(source.url).hostname or ""
            paces[host] = max(paces.get(host, 0.0), source.seconds_between_requests)
    return paces
