"""Pieces: parts of a mail that are encoded once and filled for one reader after the other.

Knows how what was rendered with slots becomes bytes with places, and how values get into them. Does not know how text
is encoded, nor what the values are.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from markupsafe import escape

from dailypapers.rendering.html import weight, weight_of_plain
from dailypapers.rendering.slots import Fill, Named, Slots
from dailypapers.rendering.text import safe_url

#: Encoded text, and its weight.
Weighed = tuple[bytes, int]
#: Encoded text in parts; `None` stands where the address to vote will, the only thing that is one reader's in a block.
Parts = tuple[bytes | None, ...]
V = TypeVar("V")
#: Sentences that are kept for the next readers, some 200 bytes each.
_SENTENCES = 20_000
#: What no encoding and no escaping changes.
_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/:#~_-."
#: Addresses of these alone that are safe to link to.
_PLAIN_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?/[\w./#~-]{0,1000}", re.ASCII)
#: Shorter ones of these are as `safe_url` leaves them.
_SAFE = 1000
_MARKUP = re.compile("[&<>\"']")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail encoded, with places for what is a reader's; its weight is that of what is shared."""

    #: What is shared, and between it the places, still empty.
    lines: tuple[Parts, ...]
    #: All that is filled in.
    fills: tuple[Fill, ...]
    #: Of what is given, in how many places each stands.
    times: tuple[int, ...]
    #: What is made of a reader's values, and in how many places.
    made: tuple[tuple[Fill, int], ...]
    #: Puts what is given, and behind it what is made, into the order of the places.
    ordered: Callable[[Sequence[Parts]], tuple[Parts, ...]]
    is_html: bool
    weight: int


class Fillable(NamedTuple):
    """A piece in one row, with what is given; what is made of a reader's values is all that it lacks."""

    parts: Parts
    #: That of all that is there.
    weight: int
    #: In how many places the address to vote stands.
    votes: int
    #: What is made, and its places among the parts.
    made: tuple[tuple[Fill, tuple[int, ...]], ...]
    is_html: bool


@dataclass(slots=True)
class Pieces:
    """Makes pieces, and fills them; `encode` encodes text as whole lines, `encode_plain` addresses of plain letters."""

    encode: Callable[[str], bytes]
    encode_plain: Callable[[str], bytes]
    _weighed: dict[tuple[bool, str], Weighed] = field(default_factory=dict)

    def cut(self, text: str, slots: Slots, *, is_html: bool, given: Sequence[str] = ()) -> Piece:
        """Encode a text that was rendered with slots; the values named in `given` will come encoded, in this order."""
        cut = slots.cut(text)
        lines: list[Parts] = [()] * (2 * len(cut.parts) - 1)
        lines[::2] = [(self.encode(part),) if part else () for part in cut.parts]
        places, made = list[int](), list[Fill]()
        for fill in cut.fills:
            if isinstance(fill, Named) and fill.name in given:
                places.append(given.index(fill.name))
            else:
                places.append(len(given) + len(made))
                made.append(fill)
        order = [places[place] for place in cut.order]
        return Piece(
            tuple(lines),
            cut.fills,
            tuple(order.count(place) for place in range(len(given))),
            tuple((fill, order.count(len(given) + n)) for n, fill in enumerate(made)),
            _in_order(order),
            is_html,
            sum(map(weight, cut.parts)),
        )

    def made(self, piece: Piece, values: Mapping[str, str]) -> list[Weighed]:
        """Return what stands in a piece of a reader's values, and is not given."""
        return [self.encoded(fill(values), is_html=piece.is_html) for fill, _ in piece.made]

    def fill(self, shared: Fillable, values: Mapping[str, str]) -> tuple[Parts, int]:
        """Return it with what is made of a reader's values, and its weight."""
        parts, weight = [*shared.parts], shared.weight
        for fill, places in shared.made:
            content, heavy = self.encoded(fill(values), is_html=shared.is_html)
            for place in places:
                parts[place] = content
            weight += heavy * len(places)
        return tuple(parts), weight

    def encoded(self, text: str, *, is_html: bool) -> Weighed:
        """Encode a value, and weigh it; readers share many."""
        key = (is_html, text)
        weighed = self._weighed.get(key)
        if weighed is None:
            written = str(escape(text)) if is_html and _MARKUP.search(text) else text
            weighed = kept(self._weighed, key, (self.encode(written), weight(written)), _SENTENCES)
        return weighed

    def link(self, url: str) -> tuple[Weighed, Weighed]:
        """Encode an address as it stands in HTML and in text, which is the same for addresses such as ours."""
        if url.isascii() and not url.encode().translate(None, _PLAIN) and url:
            return self._plain_link(url)
        return self.encoded(url, is_html=True), self.encoded(url, is_html=False)

    def safe_link(self, url: str) -> tuple[Weighed, Weighed]:
        """Return the same of an address as `safe_url` has it; nothing, of no weight, where it is not safe."""
        if len(url) < _SAFE and _PLAIN_ADDRESS.fullmatch(url):
            return self._plain_link(url)
        return self.link(safe_url(url))

    def _plain_link(self, url: str) -> tuple[Weighed, Weighed]:
        plain = self.encode_plain(url), weight_of_plain(url)
        return plain, plain


def filled(
    piece: Piece, given: Sequence[Parts], weights: Sequence[int], made: Sequence[Weighed]
) -> tuple[list[Parts], int]:
    """Return a piece with what is given and what was made of a reader's values, and its weight.

    `weights` are those of the first ones given; the others are weighed elsewhere.
    """
    total, contents = piece.weight, given
    for heavy, times in zip(weights, piece.times, strict=False):
        total += heavy * times
    if made:
        contents = [*given, *[(content,) for content, _ in made]]
        for (_, heavy), (_, times) in zip(made, piece.made, strict=True):
            total += heavy * times
    lines = [*piece.lines]
    lines[1::2] = piece.ordered(contents)
    return lines, total


def fillable(piece: Piece, given: Sequence[Parts], weights: Sequence[int]) -> Fillable:
    """Return a piece with what is given, to be filled often; `weights` are those of the first ones given."""
    marks: list[Weighed] = [(b"\0%d" % n, 0) for n in range(len(piece.made))]
    lines, weight = filled(piece, given, weights, marks)
    parts = tuple(chain.from_iterable(lines))
    made = tuple(
        (fill, tuple(place for place, part in enumerate(parts) if part is mark))
        for (fill, _), (mark, _) in zip(piece.made, marks, strict=True)
    )
    return Fillable(parts, weight, parts.count(None), made, piece.is_html)


def joined(lines: Iterable[Parts], vote: bytes = b"") -> bytes:
    """Return what parts are together, with the address to vote.

    One pass over all parts of a mail: what its readers share is copied once, from where the mails before have it too.
    """
    return b"".join([vote if part is None else part for part in chain.from_iterable(lines)])


def _in_order(places: Sequence[int]) -> Callable[[Sequence[Parts]], tuple[Parts, ...]]:
    """Return what takes these places of a sequence, which may be one or none."""
    if len(places) < 2:  # noqa: PLR2004 - of one place `itemgetter` returns no tuple
        return lambda contents: tuple(contents[place] for place in places)
    return itemgetter(*places)


def kept(cache: dict[Any, V], key: object, value: V, most: int) -> V:
    """Keep a value for later; where there are too many, what was kept before is forgotten."""
    if len(cache) >= most:
        cache.clear()
    cache[key] = value
    return value
