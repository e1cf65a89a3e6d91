"""Render once, send many: a digest's mail put together from what its readers share.

The first pass renders the templates with slots (`slots`) in place of all that is one reader's, and encodes what comes
out, once: the frame of a mail for each shape it can have, and each paper's block. The second pass fills the slots for
one reader and joins the pieces:

    templates + slots → cut → encoded ─┐
    reason, links, notes → encoded ────┴→ joined

Both are of the very same templates that `digest.render_digest` renders whole. What it needs of a template is that an
entry is a block named `entry`, and one outside the reader's topics a block named `outside_entry`. Where a template does
something with a reader's value that cannot be done beforehand, or the two ways disagree on a digest made up to find
that out, the reason is logged once, and every mail is rendered whole. Does not know how text is encoded.
"""

import binascii
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

import jinja2
import structlog
from jinja2.runtime import Context

from dailypapers.domain.digest import Digest, Entry, QuietEntry
from dailypapers.domain.link import Links
from dailypapers.domain.message import EncodedMessage, Message
from dailypapers.domain.subscriber import Style
from dailypapers.errors import NotShareable, TakenForSlots
from dailypapers.rendering.digest import Frame, digest_values, fitting, render_digest, subject_of
from dailypapers.rendering.html import most_bytes, weight_of_plain
from dailypapers.rendering.items import BARE, Item, QuietItem, Shown, item_of, reason_of, steps_of, title_of
from dailypapers.rendering.pieces import Piece, Pieces, Weighed, kept
from dailypapers.rendering.slots import NUMBER, Fill, Named, Slot, Slots, is_reserved, recording
from dailypapers.rendering.text import safe_url

log = structlog.get_logger()

#: How much is kept for later mails: blocks of some 5 KB, frames of some 10 KB, reasons of some 1 KB.
_BLOCKS, _FRAMES, _REASONS = 8000, 500, 8000
#: What a block must not know: it is shared by mails that differ in these.
_NOT_IN_BLOCKS = frozenset(
    {
        *("links", "trending", "voted", "notes", "quiet", "more_quiet", "quiet_days", "instead", "total", "considered"),
        *("several_days", "unusable"),
        *("items", "outside", "item", "loop"),
    }
)
#: The links of a frame that are one reader's.
_LINKS = ("unsubscribe", "unsubscribe_mailto", "preferences", "web")
#: A mail of another shape, to see whether a block shows anything of it; and for how many entries that is looked at.
_OTHERWISE = {"total": 97, "considered": 98, "trending": True, "voted": False, "instead": False, "quiet_days": 99}
_OTHERWISE |= {"several_days": True}
_COMPARED = 20
#: A reason unlike others, to see whether a template does more with it than print it.
_PROBE = "<Probe> & “Straße” 'q' {n} %(n)s https://example.org/a?b=1&c=2 and some more WORDS, so that lines are wrapped"


@dataclass(frozen=True, slots=True)
class _Block:
    """A paper's block in both parts. It holds the entry, so that its identities are not others' while this is kept."""

    entry: Entry
    html: Piece | None
    text: Piece


@dataclass(frozen=True, slots=True)
class _FrameOf:
    """The frame of mails of one shape: all but what stands in a paper's block."""

    html: Piece | None
    text: Piece
    #: The places of entries whose titles stand in it.
    titles: tuple[int, ...]
    #: By the first entry's title.
    subjects: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around the address to vote in an entry's block, in both parts; all else but its number is there."""

    #: It is held, so that its identity is not another's while this is kept.
    entry: Entry
    html: tuple[bytes, ...]
    text: tuple[bytes, ...]
    weight: int
    #: Whether the HTML shows the number, as the text does.
    is_numbered: bool


#: What a block is with a reader's values: HTML and text, which are weighed already, and what they weigh together.
_Filled = tuple[Weighed, Weighed, int]
#: An address to vote as it stands in HTML and in text; of no weight where there is none.
_Vote = tuple[Weighed, Weighed]
#: The names of the places of a frame's entries, in their order; no mail has as many.
_ENTRIES, _OUTSIDE = (tuple(f"{name} {n}" for n in range(200)) for name in ("entry", "outside"))
#: Stand for the address to vote, and for the number, while a block is filled; no encoded text holds them.
_ADDRESS, _NUMBER = b"\0", b"\1"


@dataclass(frozen=True, slots=True)
class _Joined:
    """A mail's two parts."""

    html: bytes
    text: bytes
    weight: int

    @property
    def size(self) -> int:
        return most_bytes(self.weight)


@dataclass(frozen=True, slots=True)
class _Place:
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
class TwoPasses:
    """Makes digests of one folder of templates; it is given what encodes them."""

    env: jinja2.Environment
    pieces: Pieces
    #: Why mails are rendered whole, in a sentence; empty where they need not be.
    why_not: str = ""
    _blocks: dict[tuple[object, ...], _Block] = field(default_factory=dict)
    #: By the identity of an entry, how many digits its number has, and the number of how it is shown.
    _around: dict[tuple[int, int, int], _Around] = field(default_factory=dict)
    _ways: dict[tuple[object, ...], int] = field(default_factory=dict)
    #: What the number of an entry is encoded.
    _numbers: list[bytes] = field(default_factory=list)
    #: Whether a template does more with an entry's number than print it.
    _filters_numbers: bool = False
    #: By what is a paper's own: what templates show of it, with an entry that has it, so that its identity stays taken.
    _items: dict[tuple[object, ...], tuple[Entry, Item]] = field(default_factory=dict)
    #: By all that a part of an entry's block shows: whether it is the first, and how wide its number is, where it does.
    #: With the item, so that its identity stays taken.
    _block_parts: dict[tuple[object, ...], tuple[Item, Piece]] = field(default_factory=dict)
    _frames: dict[tuple[object, ...], _FrameOf] = field(default_factory=dict)
    #: With the reason itself, so that its identity is not another's while this is kept.
    _reasons: dict[int, tuple[object, str]] = field(default_factory=dict)
    #: By part and block: how it is rendered, and how it would be in a mail of another shape.
    _sources: dict[tuple[str, str], list[_BlockSource]] = field(default_factory=dict)
    _compared: Counter[tuple[str, str]] = field(default_factory=Counter)
    _probed: set[tuple[object, ...]] = field(default_factory=set)

    def render(self, digest: Digest, frame: Frame, links: Links, style: Style) -> EncodedMessage | None:
        """Return what `render_digest` does, its parts encoded; `None` where the mail must be rendered whole.

        Raises `BadSettings` as it does.
        """
        if self.why_not:
            return None
        try:
            return self._render(digest, frame, links, style)
        except TakenForSlots:
            return None
        except (NotShareable, jinja2.TemplateError) as reason:
            self.why_not = str(reason)
        log.warning("templates are rendered for each reader anew, which takes longer", why=self.why_not)
        return None

    def _render(self, digest: Digest, frame: Frame, links: Links, style: Style) -> EncodedMessage:
        mail = _Mail(self, digest, frame, links, style, digest_values(self.env, digest, frame, links))
        parts = fitting(len(digest.entries), steps_of(style), mail.filled, frame.template)
        return EncodedMessage(self.subject(mail), parts.text.removesuffix(b"=\r\n"), parts.html.removesuffix(b"=\r\n"))

    def _probe(self, digest: Digest, frame: Frame, links: Links, style: Style) -> None:
        """Make the first mail of its kind both ways, and another with made-up values.

        Raises `NotShareable` where the two ways differ.
        """
        options: dict[str, Any] = {"day": frame.day, "style": style, "status": frame.status, "name": frame.name}
        for shown, to in ((digest, links), (_made_up(digest), _made_up_links(links))):
            whole = render_digest(self.env, shown, links=to, template=frame.template, **options)
            if _decoded(self._render(shown, frame, to, style)) != _storable(whole):
                raise NotShareable(f"email/{frame.template}: what it shows depends on what a reader's values are")

    def frame(self, mail: "_Mail", count: int) -> _FrameOf:
        """Return the frame of a mail that shows so many entries."""
        key = mail.shape(count)
        known = self._frames.get(key)
        if known is None:
            known = kept(self._frames, key, self._new_frame(mail, count), _FRAMES)
            kind = _kind(mail.digest, mail.frame, mail.style)
            if kind not in self._probed:
                self._probed.add(kind)
                self._probe(mail.digest, mail.frame, mail.links, mail.style)
        return known

    def _new_frame(self, mail: "_Mail", count: int) -> _FrameOf:
        parts: dict[str, Piece] = {}
        for file in ("body.txt",) if mail.style.text_only else ("body.html", "body.txt"):
            with recording() as slots:
                rendered = self._rendered_frame(mail, file, slots, count)
                parts[file] = self.pieces.cut(rendered, slots, is_html=file == "body.html")
            if any(len(sources) == 1 for (part, _), sources in self._sources.items() if part == file):
                with recording() as slots:
                    self._rendered_frame(mail, file, slots, count, **_OTHERWISE)
        fills = [fill for piece in parts.values() for fill, _, _ in piece.fills]
        return _FrameOf(parts.get("body.html"), parts["body.txt"], tuple(_titles(fills)))

    def _rendered_frame(self, mail: "_Mail", file: str, slots: Slots, count: int, **changed: object) -> str:
        template = self.env.get_template(f"email/{mail.frame.template}/{file}")
        context = template.new_context(mail.slotted(slots, count) | changed)
        for name in ("entry", "outside_entry"):
            context.blocks[name] = [self._placing(slots, template, file, name), *context.blocks.get(name, ())]
        text = "".join(template.root_render_func(context))
        return text if file == "body.html" else text.strip() + "\n"

    def _placing(
        self, slots: Slots, template: jinja2.Template, file: str, name: str
    ) -> Callable[[Context], Iterator[str]]:
        """Return a block that puts a slot where an entry's block is to stand, and remembers how that is rendered."""
        sources = self._sources.setdefault((file, name), [])
        before = len(sources)

        def place(context: Context) -> Iterator[str]:
            item = context.get("item")
            if not isinstance(item, _Place):
                raise NotShareable(f"{template.name}: the block {name} is not given an entry")
            if len(sources) == before < 2:  # noqa: PLR2004 - one as it is, one otherwise
                own = {key: renders[1:] if key == name else renders for key, renders in context.blocks.items()}
                known = {key: value for key, value in context.get_all().items() if key not in _NOT_IN_BLOCKS}
                sources.append(_BlockSource(template, own[name][0], known, own))
            yield str(slots.named(item.place))

        return place

    def reason(self, entry: Entry) -> str:
        """Return why an entry was picked; readers of one topic share the very same reasons."""
        known = self._reasons.get(id(entry.reason))
        if known is None:
            known = kept(self._reasons, id(entry.reason), (entry.reason, reason_of(self.env, entry)), _REASONS)
        return known[1]

    def filled(
        self, name: str, entries: Sequence[Entry], shown: Shown, votes: Sequence[_Vote], *, first: int, has_html: bool
    ) -> list[_Filled]:
        """Return the blocks of one reader's entries, whose numbers begin with `first`; 0 where they have none.

        All but the address to vote and the number is shared by the readers of a topic. This is most of what a mail
        takes, and so is one loop.
        """
        way_of, filled = [self._way(name, shown, (has_votes, has_html)) for has_votes in (False, True)], []
        number = first
        for entry, (in_html, in_text) in zip(entries, votes, strict=True):
            place = number if self._filters_numbers or number < 2 else len(str(number)) + 1  # noqa: PLR2004 - the first
            has_vote = in_html[1] > 0
            around = self._around.get((id(entry), place, way_of[has_vote]))
            if around is None:
                around = self._new_around(name, entry, shown, number, (has_vote, has_html))
                kept(self._around, (id(entry), place, way_of[has_vote]), around, _BLOCKS)
            html, text = in_html[0].join(around.html), in_text[0].join(around.text)
            if number:
                text = text.replace(_NUMBER, self._number(number))
                html = html.replace(_NUMBER, self._number(number)) if around.is_numbered else html
                number += 1
            weight = around.weight + in_html[1] * (len(around.html) - 1) + in_text[1] * (len(around.text) - 1)
            filled.append(((html, 0), (text, 0), weight))
        return filled

    def _way(self, name: str, shown: Shown, has: tuple[bool, bool]) -> int:
        """Return the number of a way to show entries: which block, how much, and whether with votes, and in HTML."""
        return self._ways.setdefault((name, shown, has), len(self._ways))

    def _number(self, number: int) -> bytes:
        while len(self._numbers) <= number:
            self._numbers.append(self.pieces.encoded(str(len(self._numbers)), is_html=False)[0])
        return self._numbers[number]

    def _new_around(self, name: str, entry: Entry, shown: Shown, number: int, has: tuple[bool, bool]) -> _Around:
        reason, (has_votes, has_html) = self.reason(entry), has
        block = self.block(name, entry, shown, number, (bool(reason), has_votes, has_html))
        values = {"reason": reason, NUMBER: str(number)}
        ready = {"feedback": (_ADDRESS, 0), NUMBER: (_NUMBER, weight_of_plain(str(number)))}
        html, weight_of_html = self.pieces.fill(block.html, values, ready) if block.html else (b"", 0)
        text, weight_of_text = self.pieces.fill(block.text, values, ready)
        weight = weight_of_html + weight_of_text
        return _Around(entry, tuple(html.split(_ADDRESS)), tuple(text.split(_ADDRESS)), weight, _NUMBER in html)

    def block(self, name: str, entry: Entry, shown: Shown, number: int, has: tuple[bool, bool, bool]) -> _Block:
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
                feedback=slots.named("feedback") if has[1] else "",
            )
            block = _BlockOf(name, item, placed, first, has)
            html = self._block_part("body.html", block, slots) if has[2] else None
            text = self._block_part("body.txt", block, slots)
        waiting = {name for piece in (html, text) if piece for name in _names_in_filters(piece)}
        if "feedback" in waiting:
            raise NotShareable(f"the block “{name}” passes the address to vote through a filter")
        self._filters_numbers |= NUMBER in waiting
        return _Block(entry, html, text)

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
            self._rendered_block(file, block.name, block.placed), slots, is_html=file == "body.html"
        )
        shows_number = NUMBER in _names(fill for fill, _, _ in piece.fills)
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

    def subject(self, mail: "_Mail") -> str:
        """Return the subject; readers with the same first paper share it."""
        subjects = self.frame(mail, len(mail.digest.entries)).subjects
        top = mail.digest.entries[0].paper.title if mail.digest.entries else ""
        return subjects.get(top) or kept(subjects, top, self._new_subject(mail), _FRAMES)

    def _new_subject(self, mail: "_Mail") -> str:
        with recording() as slots:
            subject = subject_of(self.env, mail.digest, mail.frame, mail.slotted(slots, 0))
            if slots.cut(subject).order:
                raise NotShareable(f"email/{mail.frame.template}/subject.txt shows a value of one reader")
        return subject


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
        *(id(entry.paper), id(entry.presentation), entry.summary, entry.sources, entry.upvotes, entry.followed),
        entry.thumbnail,
    )


def _titles(fills: Iterable[Fill]) -> Iterator[int]:
    """Yield the entries whose titles fills need."""
    for name in _names(fills):
        kind, _, place = name.partition(" ")
        if kind == "title":
            yield int(place)


def _names_in_filters(piece: Piece) -> Iterator[str]:
    """Yield the names of the values that filters wait for."""
    return _names(fill for fill, value, _ in piece.fills if not value)


def _names(fills: Iterable[Fill]) -> Iterator[str]:
    """Yield the names of the values that fills need."""
    for fill in fills:
        if isinstance(fill, Named):
            yield fill.name
        else:
            yield from _names(fill.text.fills)


@dataclass(slots=True)
class _Mail:
    """One reader's mail in the making."""

    passes: TwoPasses
    digest: Digest
    frame: Frame
    links: Links
    style: Style
    values: dict[str, Any]
    _shape: tuple[object, ...] = ()
    _entries: dict[Shown, list[_Filled]] = field(default_factory=dict)
    _outside: list[_Filled] = field(default_factory=list)

    def shape(self, count: int) -> tuple[object, ...]:
        """Return what the frame depends on, in a mail that shows so many entries."""
        if not self._shape:
            links, values, digest = self.links, self.values, self.digest
            self._shape = (
                *(self.frame.day, self.frame.status, self.frame.name, links.home, self.style.text_only),
                *(bool(links.web), bool(links.preferences), bool(links.unsubscribe), bool(links.unsubscribe_mailto)),
                *(values["total"], values["considered"], digest.trending, digest.voted, digest.instead),
                values["several_days"],
                *(values["quiet_days"], values["more_quiet"], len(digest.outside), *map(bool, values["notes"])),
                values["unusable"],
                *[(bool(quiet.title), bool(quiet.url)) for quiet in values["quiet"]],
            )
        return (count, self._shape)

    def slotted(self, slots: Slots, count: int) -> dict[str, object]:
        """Return what the frame is rendered with: slots for whatever is one reader's."""
        entries, outside = self.digest.entries[:count], self.digest.outside
        if is_reserved(self.frame.name + self.frame.status):
            raise TakenForSlots(self.frame.name)
        quiet = enumerate(self.values["quiet"])
        return {
            **self.values,
            "links": self._slotted_links(slots),
            "notes": [_slot(slots, f"note {n}", note) for n, note in enumerate(self.values["notes"])],
            "quiet": [
                QuietItem(
                    slots.named(f"topic {n}"),
                    _slot(slots, f"nearest {n}", one.title),
                    _slot(slots, f"nearest_url {n}", one.url),
                )
                for n, one in quiet
            ],
            "items": [_Place(f"entry {n}", n + 1, not n, slots.named(f"title {n}")) for n in range(len(entries))],
            "outside": [
                _Place(f"outside {n}", 0, first=False, title=slots.named(f"outside_title {n}"))
                for n in range(len(outside))
            ],
        }

    def _slotted_links(self, slots: Slots) -> Links:
        return replace(
            self.links, feedback={}, **{name: _slot(slots, name, getattr(self.links, name)) for name in _LINKS}
        )

    def filled(self, count: int, shown: Shown) -> _Joined:
        """Return the mail with so many entries, and so much of each."""
        frame, fill = self.passes.frame(self, count), self.passes.pieces.fill
        entries, outside = self._filled_entries(shown)[:count], self._filled_outside()
        values, addresses = self._frame_values(frame), self._addresses()
        heavy = sum([each[2] for each in (*entries, *outside)])
        html, weight_of_html = b"", 0
        if frame.html:
            html, weight_of_html = fill(frame.html, values, addresses | _ready(entries, outside, 0))
        text, weight_of_text = fill(frame.text, values, addresses | _ready(entries, outside, 1))
        return _Joined(html, text, heavy + weight_of_html + weight_of_text)

    def _frame_values(self, frame: _FrameOf) -> dict[str, str]:
        links, values = self.links, {f"title {n}": title_of(self.digest.entries[n].paper) for n in frame.titles}
        values |= {name: getattr(links, name) for name in _LINKS}
        for n, note in enumerate(self.values["notes"]):
            values[f"note {n}"] = note
        for n, quiet in enumerate(self.values["quiet"]):
            values |= {f"topic {n}": quiet.topic, f"nearest {n}": quiet.title, f"nearest_url {n}": quiet.url}
        return values

    def _addresses(self) -> dict[str, Weighed]:
        encoded = ((name, self.passes.pieces.address(getattr(self.links, name))) for name in _LINKS)
        return {name: address for name, address in encoded if address}

    def _filled_entries(self, shown: Shown) -> list[_Filled]:
        if shown not in self._entries:
            self._entries[shown] = self._filled("entry", self.digest.entries, shown, first=1)
        return self._entries[shown]

    def _filled_outside(self) -> list[_Filled]:
        if len(self._outside) < len(self.digest.outside):
            self._outside = self._filled("outside_entry", self.digest.outside, BARE, first=0)
        return self._outside

    def _filled(self, name: str, entries: Sequence[Entry], shown: Shown, *, first: int) -> list[_Filled]:
        votes = [self._vote(self.links.feedback.get(str(entry.paper.id), "")) for entry in entries]
        return self.passes.filled(name, entries, shown, votes, first=first, has_html=not self.style.text_only)

    def _vote(self, url: str) -> _Vote:
        pieces = self.passes.pieces
        if plain := pieces.address(url):
            return plain, plain
        safe = safe_url(url)
        return pieces.encoded(safe, is_html=True), pieces.encoded(safe, is_html=False)


def _slot(slots: Slots, name: str, value: str) -> str:
    """Return a slot for a value that is there, and one that is not as it is."""
    return slots.named(name) if value else value


def _ready(entries: Sequence[_Filled], outside: Sequence[_Filled], part: Literal[0, 1]) -> dict[str, Weighed]:
    """Return blocks as what stands in their places; they are weighed already."""
    blocks = dict(zip(_ENTRIES, [filled[part] for filled in entries], strict=False))
    blocks.update(zip(_OUTSIDE, [filled[part] for filled in outside], strict=False))
    return blocks


def _kind(digest: Digest, frame: Frame, style: Style) -> tuple[object, ...]:
    """Return what decides which branches of the templates a digest goes through."""
    return (
        *(frame.template, style, digest.trending, digest.voted, digest.instead, bool(digest.quiet_days)),
        *(min(len(digest.quiet), 2), bool(digest.notes), bool(digest.outside), min(len(digest.entries), 2)),
    )


def _made_up(digest: Digest) -> Digest:
    """Return a digest of the same shape whose reader is nobody."""
    return replace(
        digest,
        entries=tuple(replace(entry, reason=f"{n} {_PROBE}") for n, entry in enumerate(digest.entries)),
        outside=tuple(replace(entry, reason=f"{n} {_PROBE}") for n, entry in enumerate(digest.outside)),
        notes=tuple(f"{n} {_PROBE}" if note else note for n, note in enumerate(digest.notes)),
        quiet=tuple(QuietEntry(f"{n} {_PROBE}", one.nearest) for n, one in enumerate(digest.quiet)),
    )


def _made_up_links(links: Links) -> Links:
    def made_up(url: str) -> str:
        return f"{url}Probe&p=<%22>" if url else url

    return replace(
        links,
        unsubscribe=made_up(links.unsubscribe),
        unsubscribe_mailto=made_up(links.unsubscribe_mailto),
        preferences=made_up(links.preferences),
        web=made_up(links.web),
    )


def _decoded(message: EncodedMessage) -> Message:
    text, html = (
        binascii.a2b_qp(part).decode("utf-8", "replace").replace("\r\n", "\n") for part in (message.text, message.html)
    )
    return Message(message.subject, text, html)


def _storable(message: Message) -> Message:
    """Return a message as it is once it was encoded."""
    text, html = (
        part.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
        for part in (message.text, message.html)
    )
    return Message(message.subject, text, html)
