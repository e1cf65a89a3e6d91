"""What can be read without asking anybody: a reader for each kind of answer, by name."""

import datetime as dt
from collections.abc import Callable, Mapping

from dailypapers.sources import arxiv, arxiv_listing, feed, huggingface
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


READERS: Mapping[str, Reader] = {
    "arxiv": _arxiv,
    "arxiv-page": _arxiv_page,
    "feed": _feed,
    "huggingface": _huggingface,
}
