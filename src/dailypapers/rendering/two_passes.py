"""Render once, send many: a digest's mail put together from what its readers share.

The first pass renders the templates with slots (`slots`) in place of all that is one reader's, and encodes what comes
out, once: the frame of a mail for each shape it can have, and each paper's block (`blocks`). The second pass fills the
slots for one reader and joins the pieces:

    templates + slots → cut → encoded ─┐
    reason, links, notes → encoded ────┴→ joined

Both are of the very same templates that `digest.render_digest` renders whole. What it needs of a template is that an
entry is a block named `entry`, and one outside the reader's topics a block named `outside_entry`. Where a template does
something with a reader's value that cannot be done beforehand, or the two ways disagree on a digest made up to find
that out, the reason is logged once, and every mail is rendered whole. Does not know how text is encoded.
"""

import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jinja2
import structlog

from dailypapers.domain.digest import Digest, Entry, QuietEntry
from dailypapers.domain.link import Links
from dailypapers.domain.message import EncodedMessage, Message
from dailypapers.domain.paper import Paper
from dailypapers.domain.subscriber import Style
from dailypapers.errors import NotShareable, TakenForSlots
from dailypapers.rendering.blocks import Blocks, Filled, Place, names
from dailypapers.rendering.digest import Frame, digest_values, fitting, render_digest, subject_of
from dailypapers.rendering.html import most_bytes
from dailypapers.rendering.items import BARE, QuietItem, Shown, steps_of, title_of
from dailypapers.rendering.pieces import Parts, Piece, Pieces, Weighed, filled, joined, kept
from dailypapers.rendering.slots import Fill, Slots, is_reserved, recording

log = structlog.get_logger()

#: What a piece ends with that goes on.
_SOFT_BREAK = b"=\r\n"
#: Frames that are kept for later mails, of some 10 KB each.
_FRAMES = 500
#: Of one shape, frames for so many counts of entries.
_COUNTS = 20
#: Titles of papers, and what stands in a frame of each, that are kept likewise.
_VALUES = 4000
#: A link that does not stand in a frame, in HTML and in text.
_NOTHING: tuple[Weighed, Weighed] = ((b"", 0), (b"", 0))
#: The links of a frame that are one reader's.
_LINKS = ("unsubscribe", "unsubscribe_mailto", "preferences", "web")
#: A mail of another shape, to see whether a block shows anything of it.
_OTHERWISE = {"total": 97, "considered": 98, "trending": True, "voted": False, "instead": False, "quiet_days": 99}
_OTHERWISE |= {"several_days": True}
#: A reason unlike others, to see whether a template does more with it than print it.
_PROBE = "<Probe> & “Straße” 'q' {n} %(n)s https://example.org/a?b=1&c=2 and some more WORDS, so that lines are wrapped"


@dataclass(frozen=True, slots=True)
class _FramePart:
    """A part of a frame, and what was made for it of values that readers share, as titles of papers are."""

    piece: Piece
    #: What is made of one value alone: by its name, and what was made of each; an empty name where it takes several.
    made: tuple[tuple[Fill, str, dict[str, Weighed]], ...]


@dataclass(frozen=True, slots=True)
class _FrameOf:
    """The frame of mails of one shape: all but what stands in a paper's block."""

    html: _FramePart | None
    text: _FramePart
    #: The places of entries whose titles stand in it.
    titles: tuple[int, ...]
    #: Which of `_LINKS` stand in it as they are.
    links: tuple[bool, ...]
    #: By the first entry's title.
    subjects: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What frames of mails depend on, but for how many entries they show; and the frames by that."""

    values: dict[str, Any]
    frames: dict[int, _FrameOf] = field(default_factory=dict)


#: The names of the places of a frame's entries, in their order; no mail has as many.
_ENTRIES, _OUTSIDE = (tuple(f"{name} {n}" for n in range(200)) for name in ("entry", "outside"))


@dataclass(frozen=True, slots=True)
class _Joined:
    """A mail's two parts."""

    html: bytes
    text: bytes
    weight: int

    @property
    def size(self) -> int:
        return most_bytes(self.weight)


@dataclass(slots=True)
class TwoPasses:
    """Makes digests of one folder of templates; it is given what encodes them."""

    env: jinja2.Environment
    pieces: Pieces
    #: Why mails are rendered whole, in a sentence; empty where they need not be.
    why_not: str = ""
    blocks: Blocks = field(init=False)
    _shapes: dict[tuple[object, ...], _Shape] = field(default_factory=dict)
    _titles: dict[int, tuple[Paper, str]] = field(default_factory=dict)
    _probed: set[tuple[object, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.blocks = Blocks(self.env, self.pieces)

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
        mail = self._mail(digest, frame, links, style)
        parts = fitting(len(digest.entries), steps_of(style), mail.filled, frame.template)
        return EncodedMessage(
            self.subject(mail), parts.text.removesuffix(_SOFT_BREAK), parts.html.removesuffix(_SOFT_BREAK)
        )

    def _mail(self, digest: Digest, frame: Frame, links: Links, style: Style) -> "_Mail":
        key: tuple[object, ...] = (
            *(frame.template, frame.day, frame.status, frame.name, links.home, style.text_only),
            *(bool(links.web), bool(links.preferences), bool(links.unsubscribe), bool(links.unsubscribe_mailto)),
            *(len(digest.entries), digest.considered, digest.trending, digest.voted, digest.instead),
            *(digest.is_of_several_days, digest.quiet_days, len(digest.outside)),
        )
        if not (digest.notes or digest.quiet):
            shape = self._shapes.get(key)
            if shape is None:
                values = digest_values(self.env, digest, frame)
                shape = kept(self._shapes, key, _Shape(values), _FRAMES)
            return _Mail(self, digest, frame, links, style, shape.values, shape)
        values = digest_values(self.env, digest, frame)
        key += (
            *(values["more_quiet"], values["unusable"], *map(bool, values["notes"])),
            *[(bool(quiet.title), bool(quiet.url)) for quiet in values["quiet"]],
        )
        shape = self._shapes.get(key) or kept(self._shapes, key, _Shape(values), _FRAMES)
        return _Mail(self, digest, frame, links, style, values, shape)

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
        known = mail.shape.frames.get(count)
        if known is None:
            known = kept(mail.shape.frames, count, self._new_frame(mail, count), _COUNTS)
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
                given = (*_LINKS, *_ENTRIES[:count], *_OUTSIDE[: len(mail.digest.outside)])
                parts[file] = _ended(self.pieces.cut(rendered, slots, is_html=file == "body.html", given=given))
            if self.blocks.has_one_way(file):
                with recording() as slots:
                    self._rendered_frame(mail, file, slots, count, **_OTHERWISE)
        fills = [fill for piece in parts.values() for fill in piece.fills]
        html = _part(parts["body.html"]) if "body.html" in parts else None
        times = zip(*(piece.times[: len(_LINKS)] for piece in parts.values()), strict=True)
        return _FrameOf(html, _part(parts["body.txt"]), tuple(_titles(fills)), tuple(map(any, times)))

    def made(self, part: _FramePart, values: Mapping[str, str]) -> list[Weighed]:
        """Return what stands in a part of a frame of one reader's values."""
        made = list[Weighed]()
        for fill, name, known in part.made:
            weighed = known.get(values[name]) if name else None
            if weighed is None:
                weighed = self.pieces.encoded(fill(values), is_html=part.piece.is_html)
                if name:
                    kept(known, values[name], weighed, _VALUES)
            made.append(weighed)
        return made

    def title(self, paper: Paper) -> str:
        """Return the title of a paper, which stands in the mails of many."""
        known = self._titles.get(id(paper)) or kept(self._titles, id(paper), (paper, title_of(paper)), _VALUES)
        return known[1]

    def _rendered_frame(self, mail: "_Mail", file: str, slots: Slots, count: int, **changed: object) -> str:
        template = self.env.get_template(f"email/{mail.frame.template}/{file}")
        context = template.new_context(mail.slotted(slots, count) | changed)
        for name in ("entry", "outside_entry"):
            context.blocks[name] = [self.blocks.placing(slots, template, file, name), *context.blocks.get(name, ())]
        text = "".join(template.root_render_func(context))
        return text if file == "body.html" else text.strip() + "\n"

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


def _ended(piece: Piece) -> Piece:
    """Return the piece that a mail's part ends with: nothing goes on behind it."""
    *before, last = piece.lines
    return replace(piece, lines=(*before, tuple([(line or b"").removesuffix(_SOFT_BREAK) for line in last])))


def _part(piece: Piece) -> _FramePart:
    needed = [(fill, {*names([fill])}) for fill, _ in piece.made]
    return _FramePart(piece, tuple((fill, next(iter(own)) if len(own) == 1 else "", {}) for fill, own in needed))


def _titles(fills: Iterable[Fill]) -> Iterator[int]:
    """Yield the entries whose titles fills need."""
    for name in names(fills):
        kind, _, place = name.partition(" ")
        if kind == "title":
            yield int(place)


@dataclass(slots=True)
class _Mail:
    """One reader's mail in the making."""

    passes: TwoPasses
    digest: Digest
    frame: Frame
    links: Links
    style: Style
    values: dict[str, Any]
    shape: _Shape
    #: What the address to vote begins with, as it stands in HTML and in text; of no weight where there is none.
    _vote: tuple[Weighed, Weighed] = field(init=False)
    #: The entries as they were shown last.
    _entries: tuple[Shown, Filled] | None = None
    _outside: Filled | None = None

    def __post_init__(self) -> None:
        self._vote = self.passes.pieces.safe_link(self.links.feedback)

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
            "items": [Place(f"entry {n}", n + 1, not n, slots.named(f"title {n}")) for n in range(len(entries))],
            "outside": [
                Place(f"outside {n}", 0, first=False, title=slots.named(f"outside_title {n}"))
                for n in range(len(outside))
            ],
        }

    def _slotted_links(self, slots: Slots) -> Links:
        slotted = {name: _slot(slots, name, getattr(self.links, name)) for name in _LINKS}
        return self.links._replace(feedback="", **slotted)

    def filled(self, count: int, shown: Shown) -> _Joined:
        """Return the mail with so many entries, and so much of each."""
        # The frame comes first: how blocks are rendered is learned with it.
        frame = self.passes.frame(self, count)
        (htmls, texts, weights), outside = self._filled_entries(shown), self._filled_outside()
        values, html, weight_of_html = self._frame_values(frame), b"", 0
        (in_html, weights_in_html), (in_text, weights_in_text) = self._encoded_links(frame)
        (vote_in_html, _), (vote_in_text, _) = self._vote
        if frame.html:
            given, made = (*in_html, *htmls[:count], *outside[0]), self.passes.made(frame.html, values)
            lines, weight_of_html = filled(frame.html.piece, given, weights_in_html, made)
            html = joined(lines, vote_in_html)
        given, made = (*in_text, *texts[:count], *outside[1]), self.passes.made(frame.text, values)
        lines, weight_of_text = filled(frame.text.piece, given, weights_in_text, made)
        weight = sum(weights[:count]) + sum(outside[2]) + weight_of_html + weight_of_text
        return _Joined(html, joined(lines, vote_in_text), weight)

    def _encoded_links(self, frame: _FrameOf) -> tuple[tuple[list[Parts], list[int]], ...]:
        """Return the links that are one reader's, as they stand in HTML and in text, and what they weigh there."""
        link, (_, unsubscribe, mailto, preferences, web, _) = self.passes.pieces.link, self.links
        pairs = zip((unsubscribe, mailto, preferences, web), frame.links, strict=True)
        encoded = [link(url) if stands else _NOTHING for url, stands in pairs]
        return (
            ([(html,) for (html, _), _ in encoded], [weight for (_, weight), _ in encoded]),
            ([(text,) for _, (text, _) in encoded], [weight for _, (_, weight) in encoded]),
        )

    def _frame_values(self, frame: _FrameOf) -> dict[str, str]:
        entries, title, links = self.digest.entries, self.passes.title, self.links
        values = {f"title {n}": title(entries[n].paper) for n in frame.titles}
        values["unsubscribe"], values["unsubscribe_mailto"] = links.unsubscribe, links.unsubscribe_mailto
        values["preferences"], values["web"] = links.preferences, links.web
        for n, note in enumerate(self.values["notes"]):
            values[f"note {n}"] = note
        for n, quiet in enumerate(self.values["quiet"]):
            values |= {f"topic {n}": quiet.topic, f"nearest {n}": quiet.title, f"nearest_url {n}": quiet.url}
        return values

    def _filled_entries(self, shown: Shown) -> Filled:
        if self._entries is None or self._entries[0] is not shown:
            self._entries = shown, self._filled("entry", self.digest.entries, shown, first=1)
        return self._entries[1]

    def _filled_outside(self) -> Filled:
        if self._outside is None:
            outside = self.digest.outside
            self._outside = self._filled("outside_entry", outside, BARE, first=0) if outside else ((), (), ())
        return self._outside

    def _filled(self, name: str, entries: Sequence[Entry], shown: Shown, *, first: int) -> Filled:
        (_, weight_in_html), (_, weight_in_text) = self._vote
        weights, has_html = (weight_in_html, weight_in_text), not self.style.text_only
        return self.passes.blocks.filled(name, entries, shown, weights, first=first, has_html=has_html)


def _slot(slots: Slots, name: str, value: str) -> str:
    """Return a slot for a value that is there, and one that is not as it is."""
    return slots.named(name) if value else value


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

    return links._replace(
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
