"""Blocks: a paper's block in a mail, rendered and encoded once, and filled for one reader after the other.

    templates' block + slots → cut → encoded (`pieces`) → with its reason, for all readers of a topic → with a vote

A block must not know whose mail it stands in, nor where; how it is rendered is learned while the first frame is, and
compared with how it would be in a mail of another shape. Knows nothing of what stands around it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any, NamedTuple, cast

import jinja2
from jinja2.runtime import Context

from dailypapers.domain.digest import Entry
from dailypapers.domain.link import ABOUT
from dailypapers.errors import NotShareable, TakenForSlots
from dailypapers.rendering.html import weight_of_plain
from dailypapers.rendering.items import Item, Shown, item_of, reason_of
from dailypapers.rendering.pieces import Fillable, Parts, Piece, Pieces, fillable, kept
from dailypapers.rendering.slots import NUMBER, Fill, Named, Slot, Slots, is_reserved, recording

#: How much is kept for later mails: blocks of some 5 KB, reasons of some 1 KB, and what of both an entry is made of.
_BLOCKS, _REASONS, _READY = 8000, 8000, 40_000
#: What a block must not know: it is shared by mails that differ in these.
_NOT_IN_BLOCKS = frozenset(
    {
        *("links", "trending", "voted", "notes", "quiet", "more_quiet", "quiet_days", "instead", "total", "considered"),
        *("several_days", "unusable"),
        *("items", "outside", "item", "loop"),
    }
)
#: For how many entries it is looked whether a block shows anything of its mail's shape.
_COMPARED = 20


@dataclass(frozen=True, slots=True)
class _Block:
    """A paper's block in both parts. It holds the entry, so that its identities are not others' while this is kept."""

    entry: Entry
    html: Fillable | None
    text: Fillable
    #: Whether it does more with its number than print it.
    filters_number: bool


class _Ready(NamedTuple):
    """An entry's block in both parts, cut where its number stands; all else but the address to vote is there."""

    #: It is held, so that its identity is not another's while this is kept.
    entry: Entry
    html: tuple[Parts, ...]
    text: tuple[Parts, ...]
    weight: int
    #: In how many places the address stands.
    votes_in_html: int
    votes_in_text: int


@dataclass(slots=True)
class _Way:
    """A way to show entries: which block, how much of it, whether with addresses to vote, and in HTML."""

    name: str
    shown: Shown
    has_votes: bool
    has_html: bool
    #: By number, and by the entries' identity; numbers at which blocks do not differ have the very same.
    ready: list[dict[int, _Ready]] = field(default_factory=list)

    def upto(self, number: int, *, each_apart: bool) -> list[dict[int, _Ready]]:
        """Return what is ready by number, up to this one at least; with `each_apart` blocks do differ at each."""
        while (n := len(self.ready)) <= number:
            # The first one may look another way, and the others by how wide their number is.
            is_other = n <= 2 or each_apart or len(str(n)) > len(str(n - 1))  # noqa: PLR2004
            self.ready.append({} if is_other else self.ready[-1])
        return self.ready


#: Blocks in HTML and in text, and what each weighs in both.
Filled = tuple[Sequence[Parts], Sequence[Parts], Sequence[int]]
#: Stands for the number until a block is cut there; no encoded text holds it.
_NUMBER = b"\0number"
#: What is given to a block encoded.
_GIVEN = ("feedback", NUMBER)


@dataclass(frozen=True, slots=True)
class Place:
    """Stands for an entry in a frame, where only its title is known; templates that ask for more are not shared."""

    place: str
    number: int
    first: bool
    title: Slot


@dataclass(frozen=True, slots=True)
class _BlockSource:
    """How the templates' block of an entry is rendered by itself."""

    template: jinja2.Template
    render: Callable[[Context], Iterator[str]]
    values: Mapping[str, Any]
    blocks: Mapping[str, list[Callable[[Context], Iterator[str]]]]

    def rendered(self, item: object) -> str:
        """Return the block of an entry."""
        context = self.template.new_context({**self.values, "item": item}, shared=True)
        context.blocks = {key: list(renders) for key, renders in self.blocks.items()}
        return "".join(self.render(context))


@dataclass(slots=True)
class Blocks:
    """The blocks of one folder of templates; it is given what encodes them."""

    env: jinja2.Environment
    pieces: Pieces
    _blocks: dict[tuple[object, ...], _Block] = field(default_factory=dict)
    _ways: dict[tuple[object, ...], _Way] = field(default_factory=dict)
    #: How many are ready, of all ways.
    _count: int = 0
    #: Whether a template does more with an entry's number than print it.
    _filters_numbers: bool = False
    #: What the number of an entry is encoded.
    _numbers: list[bytes] = field(default_factory=list)
    #: By what is a paper's own: what templates show of it, with an entry that has it, so that its identity stays taken.
    _items: dict[tuple[object, ...], tuple[Entry, Item]] = field(default_factory=dict)
    #: By all that a part of an entry's block shows: whether it is the first, and how wide its number is, where it does.
    #: With the item, so that its identity stays taken.
    _block_parts: dict[tuple[object, ...], tuple[Item, Piece]] = field(default_factory=dict)
    #: With the reason itself, so that its identity is not another's while this is kept.
    _reasons: dict[int, tuple[object, str]] = field(default_factory=dict)
    #: By part and block: how it is rendered, and how it would be in a mail of another shape.
    _sources: dict[tuple[str, str], list[_BlockSource]] = field(default_factory=dict)
    _compared: Counter[tuple[str, str]] = field(default_factory=Counter)

    def has_one_way(self, file: str) -> bool:
        """Tell whether a part's blocks were seen in a mail of one shape alone."""
        return any(len(sources) == 1 for (part, _), sources in self._sources.items() if part == file)

    def placing(
        self, slots: Slots, template: jinja2.Template, file: str, name: str
    ) -> Callable[[Context], Iterator[str]]:
        """Return a block that puts a slot where an entry's block is to stand, and remembers how that is rendered."""
        sources = self._sources.setdefault((file, name), [])
        before = len(sources)

        def place(context: Context) -> Iterator[str]:
            item = context.get("item")
            if not isinstance(item, Place):
                raise NotShareable(f"{template.name}: the block {name} is not given an entry")
            if len(sources) == before < 2:  # noqa: PLR2004 - one as it is, one otherwise
                own = {key: renders[1:] if key == name else renders for key, renders in context.blocks.items()}
                known = {key: value for key, value in context.get_all().items() if key not in _NOT_IN_BLOCKS}
                sources.append(_BlockSource(template, own[name][0], known, own))
            yield str(slots.named(item.place))

        return place

    def _reason(self, entry: Entry) -> str:
        """Return why an entry was picked; readers of one topic share the very same reasons."""
        known = self._reasons.get(id(entry.reason))
        if known is None:
            known = kept(self._reasons, id(entry.reason), (entry.reason, reason_of(self.env, entry)), _REASONS)
        return known[1]

    def filled(
        self, name: str, entries: Sequence[Entry], shown: Shown, weights: tuple[int, int], *, first: int, has_html: bool
    ) -> Filled:
        """Return the blocks of one reader's entries, whose numbers begin with `first`; 0 where they have none.

        All but the address to vote is shared by the readers of a topic; `weights` are what its beginning weighs in HTML
        and in text, nothing where nobody can vote.
        """
        if not entries:
            return (), (), ()
        way, last = self._way(name, shown, weights[0] > 0, has_html), first + len(entries)
        by_number = way.upto(last, each_apart=self._filters_numbers)
        known = by_number[first:last] if first else repeat(by_number[0])
        ready = [blocks.get(id(entry)) for blocks, entry in zip(known, entries, strict=False)]
        blocks = (
            [
                block or self._new_ready(way, entry, first + place if first else 0)
                for place, (block, entry) in enumerate(zip(ready, entries, strict=True))
            ]
            if None in ready
            else ready
        )
        _, htmls, texts, own_weights, in_htmls, in_texts = zip(*blocks, strict=True)
        numbers, (in_html, in_text) = self._encoded_numbers(last)[first:last], weights
        return (
            [html[0] if len(html) == 1 else _numbered(html, n) for html, n in zip(htmls, numbers, strict=True)],
            # This is most of them, and so is no call.
            [
                (*text[0], n, *text[1]) if len(text) == 2 else _numbered(text, n)  # noqa: PLR2004
                for text, n in zip(texts, numbers, strict=True)
            ],
            [
                weight + in_html * votes_in_html + in_text * votes_in_text
                for weight, votes_in_html, votes_in_text in zip(own_weights, in_htmls, in_texts, strict=True)
            ],
        )

    def _encoded_numbers(self, last: int) -> list[bytes]:
        while len(self._numbers) <= last:
            self._numbers.append(self.pieces.encoded(str(len(self._numbers)), is_html=False)[0])
        return self._numbers

    def _way(self, name: str, shown: Shown, has_votes: bool, has_html: bool) -> _Way:
        key = (name, id(shown), has_votes, has_html)
        way = self._ways.get(key)
        if way is None:
            # It holds what is shown, so that its identity is not another's.
            way = self._ways[key] = _Way(name, shown, has_votes, has_html)
        return way

    def _new_ready(self, way: _Way, entry: Entry, number: int) -> _Ready:
        reason, votes = self._reason(entry), way.has_votes and entry.paper_id > 0
        block = self._block(way.name, entry, way.shown, number, (bool(reason), votes, way.has_html))
        if self._count >= _READY or block.filters_number > self._filters_numbers:
            self._count, self._filters_numbers = 0, self._filters_numbers or block.filters_number
            for each in self._ways.values():
                each.ready.clear()
        self._count += 1
        values = {"reason": reason, NUMBER: str(number)}
        html, weight_of_html = self.pieces.fill(block.html, values) if block.html else ((), 0)
        text, weight_of_text = self.pieces.fill(block.text, values)
        votes_in_html, weight = block.html.votes if block.html else 0, weight_of_html + weight_of_text
        ready = _Ready(entry, _cut(html), _cut(text), weight, votes_in_html, block.text.votes)
        way.upto(number, each_apart=self._filters_numbers)[number][id(entry)] = ready
        return ready

    def _block(self, name: str, entry: Entry, shown: Shown, number: int, has: tuple[bool, bool, bool]) -> _Block:
        """Return an entry's block; `has` tells whether there are a reason and an address to vote, and HTML."""
        key = (name, *_of_paper(entry), shown, number == 1, len(str(number)), has)
        known = self._blocks.get(key)
        return known or kept(self._blocks, key, self._new_block(name, entry, shown, number, has), _BLOCKS)

    def _new_block(self, name: str, entry: Entry, shown: Shown, number: int, has: tuple[bool, bool, bool]) -> _Block:
        with recording() as slots:
            item, first = self._item(entry, shown), _First(number == 1)
            placed = replace(
                item,
                number=slots.number(len(str(number))) if number else 0,
                first=cast("bool", first),
                reason=slots.named("reason") if has[0] else "",
                feedback=slots.named("feedback", behind=f"{ABOUT}{entry.paper_id}") if has[1] else "",
            )
            block = _BlockOf(name, item, placed, first, has)
            html = self._block_part("body.html", block, slots) if has[2] else None
            text = self._block_part("body.txt", block, slots)
        waiting = {name for piece in (html, text) if piece for name in _names_in_filters(piece)}
        if "feedback" in waiting:
            raise NotShareable(f"the block “{name}” passes the address to vote through a filter")
        given, weights = ((None,), (_NUMBER,)), (0, weight_of_plain(str(number)))
        in_html = fillable(html, given, weights) if html else None
        return _Block(entry, in_html, fillable(text, given, weights), NUMBER in waiting)

    def _item(self, entry: Entry, shown: Shown) -> Item:
        """Return what templates show of an entry, wherever it stands and whoever it is for."""
        key = (*_of_paper(entry), shown)
        known = self._items.get(key)
        if known is None:
            item = item_of(self.env, entry, shown, number=0, first=False, reason="", feedback="")
            names = (author.name for author in item.authors)
            texts = (item.title, item.extract, item.rest, item.url, item.venue, item.institution, item.model)
            urls = (resource.url for resource in item.resources)
            if any(map(is_reserved, (*texts, *names, *urls, *item.labels, *item.sources))):
                raise TakenForSlots(str(entry.paper.id))
            known = kept(self._items, key, (entry, item), _BLOCKS)
        return known[1]

    def _block_part(self, file: str, block: "_BlockOf", slots: Slots) -> Piece:
        """Return an entry's block in one part, the same at all places that it does not tell apart."""
        digits, is_first = len(str(block.placed.number)), int(block.first)
        key = (file, block.name, id(block.item), block.has)
        for place in ((None, None), (is_first, None), (None, digits), (is_first, digits)):
            if known := self._block_parts.get((*key, *place)):
                return known[1]
        block.first.was_asked = False
        piece = self.pieces.cut(
            self._rendered_block(file, block.name, block.placed), slots, is_html=file == "body.html", given=_GIVEN
        )
        shows_number = NUMBER in names(piece.fills)
        where = (is_first if block.first.was_asked else None, digits if shows_number else None)
        return kept(self._block_parts, (*key, *where), (block.item, piece), _BLOCKS)[1]

    def _rendered_block(self, file: str, name: str, item: Item) -> str:
        sources = self._sources.get((file, name))
        if not sources:
            raise NotShareable(f"{file} has no block “{name}”")
        text = sources[0].rendered(item)
        if self._compared[file, name] < _COMPARED:
            self._compared[file, name] += 1
            if any(source.rendered(item) != text for source in sources[1:]):
                raise NotShareable(f"{file}: the block “{name}” shows what is not of its paper alone")
        return text


def _cut(parts: Parts) -> tuple[Parts, ...]:
    """Return parts cut where the number stands."""
    if _NUMBER not in parts:
        return (parts,)
    place = parts.index(_NUMBER)
    return (parts[:place], *_cut(parts[place + 1 :]))


def _numbered(between: Sequence[Parts], number: bytes) -> Parts:
    """Return parts that were cut where the number stands, with it."""
    first, *others = between
    return (*first, *[part for parts in others for part in (number, *parts)])


class _First(int):
    """Whether an entry is the first one, which notes that a template asks: a block that does not is that of any place.

    What it cannot note, as an identity that is compared, comes out when a digest is made both ways.
    """

    was_asked = False

    def __bool__(self) -> bool:
        """Return whether it is."""
        self.was_asked = True
        return int.__eq__(self, 1)

    def __str__(self) -> str:
        """Return what a template prints."""
        return str(bool(self))

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same."""
        return bool(self) == other

    def __hash__(self) -> int:
        """Return what it is found by."""
        return hash(bool(self))


@dataclass(frozen=True, slots=True)
class _BlockOf:
    """What an entry's block is rendered with: the item of its paper, and the same at its place, with slots."""

    name: str
    item: Item
    placed: Item
    first: _First
    has: tuple[bool, bool, bool]


def _of_paper(entry: Entry) -> tuple[object, ...]:
    """Return what an entry's block shows of its paper, to be compared."""
    return (
        *(id(entry.paper), entry.paper_id, id(entry.presentation), entry.summary, entry.sources),
        *(entry.upvotes, entry.followed, entry.thumbnail),
    )


def _names_in_filters(piece: Piece) -> Iterator[str]:
    """Yield the names of the values that filters wait for."""
    return names(fill for fill in piece.fills if not isinstance(fill, Named))


def names(fills: Iterable[Fill]) -> Iterator[str]:
    """Yield the names of the values that fills need."""
    for fill in fills:
        if isinstance(fill, Named):
            yield fill.name
        else:
            yield from names(fill.text.fills)
