"""Pieces: parts of a mail that are encoded once and filled for one reader after the other.

Knows how what was rendered with slots becomes bytes with places, and how values get into them. Does not know how text
is encoded, nor what the values are.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeVar

from markupsafe import escape

from dailypapers.rendering.html import weight, weight_of_plain
from dailypapers.rendering.slots import Fill, Named, Slots

#: Encoded text, and its weight.
Weighed = tuple[bytes, int]
V = TypeVar("V")
#: Sentences that are kept for the next readers, some 200 bytes each.
_SENTENCES = 20_000
#: Addresses that no encoding and no escaping changes, and that are safe to link to.
_PLAIN_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?/[\w./#~-]{0,1000}", re.ASCII)
_MARKUP = re.compile("[&<>\"']")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a mail encoded, with places for what is a reader's; its weight is that of what is shared."""

    shape: bytes
    #: What to fill in, with its name where it is a value as it is, and in how many places.
    fills: tuple[tuple[Fill, str, int], ...]
    #: Puts what was filled in into the order of the places.
    ordered: Callable[[Sequence[bytes]], tuple[bytes, ...]]
    is_html: bool
    weight: int


@dataclass(slots=True)
class Pieces:
    """Makes pieces, and fills them; `encode` encodes text as whole lines, `encode_plain` addresses of plain letters."""

    encode: Callable[[str], bytes]
    encode_plain: Callable[[str], bytes]
    _weighed: dict[tuple[bool, str], Weighed] = field(default_factory=dict)

    def cut(self, text: str, slots: Slots, *, is_html: bool) -> Piece:
        """Encode a text that was rendered with slots."""
        cut = slots.cut(text)
        encoded = [self.encode(part).replace(b"%", b"%%") for part in cut.parts]
        fills = tuple(
            (fill, fill.name if isinstance(fill, Named) else "", cut.order.count(place))
            for place, fill in enumerate(cut.fills)
        )
        ordered: Any = itemgetter(*cut.order) if len(cut.order) > 1 else tuple
        return Piece(b"%b".join(encoded), fills, ordered, is_html, sum(map(weight, cut.parts)))

    def fill(self, piece: Piece, values: Mapping[str, str], ready: Mapping[str, Weighed]) -> Weighed:
        """Return a piece with a reader's values, and its weight; what is `ready` is encoded already."""
        contents, total = [], piece.weight
        for fill, name, times in piece.fills:
            content, heavy = ready.get(name) or self.encoded(fill(values), is_html=piece.is_html)
            contents.append(content)
            total += heavy * times
        return piece.shape % piece.ordered(contents), total

    def encoded(self, text: str, *, is_html: bool) -> Weighed:
        """Encode a value, and weigh it; readers share many."""
        key = (is_html, text)
        weighed = self._weighed.get(key)
        if weighed is None:
            written = str(escape(text)) if is_html and _MARKUP.search(text) else text
            weighed = kept(self._weighed, key, (self.encode(written), weight(written)), _SENTENCES)
        return weighed

    def address(self, url: str) -> Weighed | None:
        """Encode an address that stands as it is in both parts, as ours do; `None` where it is another one."""
        return (self.encode_plain(url), weight_of_plain(url)) if _PLAIN_ADDRESS.fullmatch(url) else None


def kept(cache: dict[Any, V], key: object, value: V, most: int) -> V:
    """Keep a value for later; where there are too many, what was kept before is forgotten."""
    if len(cache) >= most:
        cache.clear()
    cache[key] = value
    return value
