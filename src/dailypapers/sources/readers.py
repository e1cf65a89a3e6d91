"""What can be read without asking anybody: a reader for each kind of answer, by name."""

import datetime as dt
from collections.abc import Callable, Mapping

from dailypapers.sources import arxiv, arxiv_listing, biorxiv, crossref, feed, huggingface, openreview, pubmed
from dailypapers.sources.base import Reading

#: Reads the bytes of an answer, of which the day is taken to be this one. Raises `FetchFailed` for what it is not.
Reader = Callable[[bytes, dt.date], Reading]


def _arxiv(content: bytes, day: dt.date) -> Reading:
    return arxiv.read_feed(content, category="file", day=day)


def _arxiv_page(content: bytes, day: dt.date) -> Reading:
    return arxiv_listing.read_listing(content, category="file", day=day).reading


def _feed(content: bytes, day: dt.date) -> Reading:
    return feed.read_feed(content, url="", day=day, source="file")


def _huggingface(content: bytes, day: dt.date) -> Reading:
    return huggingface.read_day(content, day=day)


def _biorxiv(content: bytes, day: dt.date) -> Reading:
    return biorxiv.read_page(content, day=day).reading


def _openreview(content: bytes, day: dt.date) -> Reading:
    return openreview.read_notes(content, day=day)[0]


def _crossref(content: bytes, day: dt.date) -> Reading:
    return crossref.read_works(content, day=day).reading


def _pubmed(content: bytes, day: dt.date) -> Reading:
    return pubmed.read_articles(content, day=day)


READERS: Mapping[str, Reader] = {
    "arxiv": _arxiv,
    "arxiv-page": _arxiv_page,
    "feed": _feed,
    "huggingface": _huggingface,
    "biorxiv": _biorxiv,
    "openreview": _openreview,
    "crossref": _crossref,
    "pubmed": _pubmed,
}
