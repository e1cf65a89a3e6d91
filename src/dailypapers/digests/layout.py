"""Render: from outbox rows to mails ready to send.

The same rows, papers and templates give the same bytes: for a retry, for a preview, for a replay.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dailypapers.digests.book import Book, load_book
from dailypapers.digests.contents import contents_of_today
from dailypapers.digests.group_entries import load_digest
from dailypapers.digests.test_mode import with_banner
from dailypapers.domain.address import domain_of
from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.delivery import Delivery, MailKind
from dailypapers.domain.digest import Digest, Entry, Pick, QuietEntry, QuietTopic, Reason, TermKind
from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.group import GroupDigest
from dailypapers.domain.link import Bearer, Links, Purpose
from dailypapers.domain.message import EncodedMessage, Envelope, Message, OutgoingMail, Sender
from dailypapers.domain.subscriber import AS_USUAL, Style, SubscriberState
from dailypapers.errors import BadInput, BadSettings
from dailypapers.mail.message import mime, quoted_printable
from dailypapers.mail.message.dkim import Key
from dailypapers.rendering.book import render_book
from dailypapers.rendering.digest import Frame, render_digest
from dailypapers.rendering.environment import Templates, language_of, translator_of
from dailypapers.rendering.group_digest import render_group, render_invitation
from dailypapers.rendering.notices import render_answer, render_confirm, render_links
from dailypapers.rendering.pieces import Pieces
from dailypapers.rendering.two_passes import TwoPasses
from dailypapers.store import controls, editions, groups, history, papers, subscribers
from dailypapers.store.picks import StoredPick, of_deliveries
from dailypapers.tokens import Signer


@dataclass(frozen=True, slots=True)
class MailRenderer:
    """What every mail is made with."""

    templates: Templates
    signer: Signer
    sender: Sender
    home: str
    secret: bytes = field(repr=False)
    #: The address for unsubscribing by mail, to which a token is added behind a plus; empty where there is none.
    unsubscribe_address: str = ""
    #: The address that answers to a digest go to, likewise; empty where nobody would read them.
    reply_address: str = ""
    #: What mails are signed with (DKIM); none where the mail server signs them.
    keys: tuple[Key, ...] = ()
    #: Makes the templates in each of the other languages that readers may choose.
    others: Mapping[str, Callable[[], Templates]] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """What readers may choose, the service's own language first."""
        return (language_of(self.templates), *self.others)

    def templates_in(self, language: str) -> Templates:
        """Return the templates in a language; in the service's own where the language is not offered."""
        make = self.others.get(language)
        return make() if make else self.templates


@dataclass(frozen=True, slots=True)
class RenderInput:
    """A delivery with all that its mail shows."""

    delivery: Delivery
    #: Whom its links are for.
    bearer: Bearer
    edition: Edition | None = None
    digest: Digest | None = None
    style: Style = AS_USUAL
    #: What an answer or a notice says.
    answer: Content | None = None
    #: What a group's mail shows; without papers where it invites.
    group: GroupDigest | None = None
    #: What a book holds.
    book: Book | None = None
    #: In test mode: to whom it goes in place of its reader.
    test_address: str = ""


@dataclass(slots=True)
class Shared:
    """What many mails of one run show, loaded once: papers by their internal ids, and editions.

    Holds as many papers as a few large editions have; where there would be more, it begins anew.
    """

    paper_by_id: dict[int, papers.Listed] = field(default_factory=dict)
    edition_by_id: dict[int, Edition] = field(default_factory=dict)
    #: With what stood beside the paper, so that its identity is not another's while this is kept.
    _entries: dict[tuple[int, int, int], tuple[AboutPaper | None, Entry]] = field(default_factory=dict)

    def entry(self, item: papers.Listed, reason: Reason, about: AboutPaper | None) -> Entry:
        """Return a paper as an entry, the very same one wherever the same is said of it."""
        key = (item.paper_id, id(reason), id(about))
        known = self._entries.get(key)
        if known is None:
            if len(self._entries) > _MOST_SHARED:
                self._entries.clear()
            known = self._entries[key] = (about, entry_of(item, reason, about))
        return known[1]

    def load(self, tx: sa.Connection, paper_ids: set[int], edition_ids: set[int]) -> None:
        """Load those of these papers and editions that are not here yet."""
        if len(self.paper_by_id) > _MOST_SHARED:
            self.paper_by_id.clear()
            self._entries.clear()
        if new := paper_ids - self.paper_by_id.keys():
            self.paper_by_id.update(papers.of_delivery(tx, sorted(new)))
        if unknown := edition_ids - self.edition_by_id.keys():
            self.edition_by_id.update(editions.by_id(tx, unknown))


#: Some 2 KB each.
_MOST_SHARED = 20_000


#: Mails that say sentences, and nothing else.
_ANSWERS = frozenset((MailKind.ANSWER, MailKind.NOTICE))
#: Mails of groups.
_OF_GROUPS = frozenset((MailKind.GROUP, MailKind.INVITATION))


def load_inputs(tx: sa.Connection, deliveries: Sequence[Delivery], shared: Shared | None = None) -> list[RenderInput]:
    """Load what the mails of these deliveries show, all at once; what is in `shared` need not be loaded again."""
    shared = shared or Shared()
    ids = [delivery.id for delivery in deliveries]
    chosen, contents = of_deliveries(tx, ids), _contents(tx, deliveries)
    picked = {pick.paper_id for picks in chosen.values() for pick in picks}
    nearest = {quiet.nearest_id for content in contents.values() for quiet in content.quiet if quiet.nearest_id}
    shared.load(tx, picked | nearest, {delivery.edition for delivery in deliveries if delivery.edition is not None})
    listed, editions_by_id = shared.paper_by_id, shared.edition_by_id
    bearers, test_mode = _bearers(tx, deliveries), controls.control(tx, controls.Name.TEST_MODE)
    styles = _styles_of_notices(tx, deliveries)
    inputs = []
    for delivery in deliveries:
        bearer = bearers[delivery.subscriber]
        content = contents.get(delivery.id, Content())
        if delivery.kind is not MailKind.DIGEST or delivery.edition is None:
            style, answer = styles[delivery.subscriber], content if delivery.kind in _ANSWERS else None
            group = _group(tx, delivery, content) if delivery.kind in _OF_GROUPS else None
            book = _book(tx, delivery, content) if delivery.kind is MailKind.BOOK else None
            inputs.append(RenderInput(delivery, bearer, style=style, answer=answer, group=group, book=book))
            continue
        picks = chosen.get(delivery.id, ())
        digest = laid_out(editions_by_id[delivery.edition], picks, listed, content, entry=shared.entry)
        inputs.append(RenderInput(delivery, bearer, editions_by_id[delivery.edition], digest, content.style))
    return [replace(each, test_address=test_mode.value) for each in inputs] if test_mode else inputs


def _group(tx: sa.Connection, delivery: Delivery, content: Content) -> GroupDigest | None:
    """Return what a group's mail shows; `None` where its reader is not, or not any more, to see it."""
    group_id, edition_id = content.group
    if delivery.kind is MailKind.GROUP:
        return load_digest(tx, group_id, edition_id, delivery.subscriber, composed_at=delivery.created_at)
    group = groups.one(tx, group_id)
    reader, day = subscribers.one(tx, delivery.subscriber), delivery.created_at.date()
    if group is None or reader is None or groups.member(tx, group_id, delivery.subscriber) is None:
        return None
    return GroupDigest(group_id, group.name, day, (), invites_stranger=reader.state is SubscriberState.PENDING)


def _book(tx: sa.Connection, delivery: Delivery, content: Content) -> Book:
    return load_book(tx, delivery.subscriber, content.book, delivery.created_at.date())


def _styles_of_notices(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Style]:
    """Return how the mails look that are no digests, by subscriber: as their readers have it now."""
    ids = sorted({delivery.subscriber for delivery in deliveries if delivery.kind is not MailKind.DIGEST})
    return dict.fromkeys(ids, AS_USUAL) | (subscribers.styles(tx, ids) if ids else {})


def _bearers(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Bearer]:
    """Return whom the links of each subscriber's mails are for; those of the erased open nothing."""
    ids = sorted({delivery.subscriber for delivery in deliveries})
    return {key: Bearer(key) for key in ids} | subscribers.bearers(tx, ids)


def entry_of(item: papers.Listed, reason: Reason, about: AboutPaper | None = None) -> Entry:
    """Return a paper as an entry, with what stood beside it when the digest was composed, where that is known."""
    beside = about or item
    return Entry(
        item.paper,
        reason,
        beside.sources,
        beside.signals,
        reason.followed,
        item.paper_id,
        item.presentation,
        item.summary,
        None if about and about.without_figure else item.thumbnail,
    )


def laid_out(
    edition: Edition,
    picks: Sequence[Pick | StoredPick],
    listed: Mapping[int, papers.Listed],
    content: Content,
    *,
    entry: Callable[[papers.Listed, Reason, AboutPaper | None], Entry] = entry_of,
) -> Digest:
    """Return the digest of these picks, by the ids of their papers: what is for the reader apart from what is not."""
    entries: tuple[list[Entry], list[Entry]] = ([], [])
    for pick in picks:
        item = listed[pick.paper_id]
        entries[pick.outside].append(entry(item, pick.reason, content.papers.get(str(item.paper.id))))
    digest = digest_of(entries[False], edition, notes=content.notes, outside=entries[True])
    if content.considered:
        digest = replace(digest, considered=content.considered, is_of_several_days=True)
    if not (content.quiet or content.quiet_days or content.instead or content.saved):
        return digest
    return replace(
        digest,
        quiet=quiet_entries(content.quiet, listed),
        quiet_days=content.quiet_days,
        instead=content.instead,
        saved=content.saved,
    )


def quiet_entries(quiet: Iterable[QuietTopic], listed: Mapping[int, papers.Listed]) -> tuple[QuietEntry, ...]:
    """Return quiet topics as a digest shows them; `listed` are papers by their internal ids."""
    return tuple(
        QuietEntry(one.topic, listed[one.nearest_id].paper if one.nearest_id in listed else None) for one in quiet
    )


def _contents(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Content]:
    """Return what each digest, answer and notice says, by delivery; what older versions did not store is made now."""
    digests = {delivery.id: delivery.subscriber for delivery in deliveries if delivery.kind is MailKind.DIGEST}
    answers = (delivery.id for delivery in deliveries if delivery.kind in _ANSWERS | _OF_GROUPS | {MailKind.BOOK})
    stored = history.contents_of(tx, [*digests, *answers])
    without = {key: reader for key, reader in digests.items() if key not in stored}
    today = contents_of_today(tx, sorted(set(without.values()))) if without else {}
    return stored | {key: today[reader] for key, reader in without.items() if reader in today}


def digest_of(
    entries: Sequence[Entry], edition: Edition, *, notes: Sequence[str] = (), outside: Sequence[Entry] = ()
) -> Digest:
    """Put entries together as a digest; `outside` are those from outside the reader's topics."""
    kinds = {term.kind for entry in entries if isinstance(entry.reason, Reason) for term in entry.reason.terms}
    return Digest(
        tuple(entries),
        trending=kinds <= _ANYBODYS,
        voted=TermKind.TRENDING in kinds,
        considered=edition.papers,
        notes=tuple(notes),
        outside=tuple(outside),
    )


#: What is said of papers that were picked for nobody in particular.
_ANYBODYS = frozenset((TermKind.TRENDING, TermKind.NEW))


def message(renderer: MailRenderer, render_input: RenderInput) -> Message:
    """Render the message of a delivery by itself."""
    return _message(renderer, render_input, _links_of(renderer, render_input))


def _message(renderer: MailRenderer, render_input: RenderInput, links: Links | None) -> Message:
    if render_input.digest is not None and render_input.edition is not None and links is not None:
        frame = _frame(renderer, render_input, render_input.edition)
        return render_digest(
            _templates(renderer, render_input),
            render_input.digest,
            day=frame.day,
            links=links,
            style=render_input.style,
            status=frame.status,
            name=frame.name,
        )
    if render_input.answer is not None:
        return render_answer(
            _templates(renderer, render_input),
            render_input.answer.notes,
            template=render_input.delivery.kind.value,
            preferences=_link(renderer, Purpose.PREFERENCES, render_input),
            home=renderer.home,
            name=renderer.sender.name,
        )
    if render_input.delivery.kind in _OF_GROUPS:
        return _group_message(renderer, render_input)
    if book := render_input.book:
        templates, name = _templates(renderer, render_input), renderer.sender.name
        return render_book(templates, book.entries, day=book.day, remarks=book.remarks, name=name)
    if render_input.delivery.kind is MailKind.LINKS:
        pages = (Purpose.PREFERENCES, Purpose.SAVED, Purpose.UNSUBSCRIBE)
        return render_links(
            _templates(renderer, render_input),
            **{purpose.value: _link(renderer, purpose, render_input) for purpose in pages},
            home=renderer.home,
            name=renderer.sender.name,
        )
    return render_confirm(
        _templates(renderer, render_input),
        confirm_url=_link(renderer, Purpose.CONFIRM, render_input),
        home=renderer.home,
        name=renderer.sender.name,
    )


def _group_message(renderer: MailRenderer, render_input: RenderInput) -> Message:
    """Render a group's mail. Raises `BadInput` where its reader has left, or the group has ended."""
    group = render_input.group
    if group is None:
        raise BadInput("its reader is not in the group")
    templates, name = _templates(renderer, render_input), renderer.sender.name
    if render_input.delivery.kind is MailKind.INVITATION:
        invitation = _link(renderer, Purpose.INVITATION, render_input, about=group.group)
        return render_invitation(templates, group, invitation=invitation, home=renderer.home, name=name)
    links = {
        purpose.value: _link(renderer, purpose, render_input, about=group.group)
        for purpose in (Purpose.BALLOT, Purpose.LEAVE)
    }
    page = _link(renderer, Purpose.GROUP, render_input, about=group.group)
    return render_group(templates, group, page=page, **links, home=renderer.home, name=name)


def _templates(renderer: MailRenderer, render_input: RenderInput) -> Templates:
    return renderer.templates_in(render_input.style.language)


def _frame(renderer: MailRenderer, render_input: RenderInput, edition: Edition) -> Frame:
    return _frame_of(_templates(renderer, render_input), edition, renderer.sender.name)


@lru_cache(maxsize=32)
def _frame_of(templates: Templates, edition: Edition, name: str) -> Frame:
    return Frame(edition.day, doubts(edition.sources, translator_of(templates)), name)


def _encoded(renderer: MailRenderer, render_input: RenderInput, links: Links | None) -> Message | EncodedMessage:
    """Return a delivery's message put together from what its readers share, where the templates let it."""
    if render_input.delivery.max_bytes is not None:
        return _packed(renderer, render_input, links, render_input.delivery.max_bytes)
    if render_input.digest is not None and render_input.edition is not None and links is not None:
        frame, passes = (
            _frame(renderer, render_input, render_input.edition),
            _two_passes(_templates(renderer, render_input)),
        )
        if not render_input.digest.saved and (
            encoded := passes.render(render_input.digest, frame, links, render_input.style)
        ):
            return encoded
    return _message(renderer, render_input, links)


def _packed(renderer: MailRenderer, render_input: RenderInput, links: Links | None, max_bytes: int) -> Message:
    """Return a digest that a server takes which has refused a larger mail: abstracts are cut, then papers left out.

    Raises `BadInput` where nothing would be left of it.
    """
    if render_input.digest is None or render_input.edition is None or links is None:
        return _message(renderer, render_input, links)
    frame = _frame(renderer, render_input, render_input.edition)
    options: dict[str, Any] = {
        "status": frame.status,
        "name": frame.name,
        "max_bytes": max(max_bytes - _HEADER_BYTES, 1),
    }
    try:
        return render_digest(
            _templates(renderer, render_input),
            render_input.digest,
            day=frame.day,
            links=links,
            style=render_input.style,
            **options,
        )
    except BadSettings as error:
        raise BadInput(f"no digest is as small as the mail server wants it, {max_bytes} bytes: {error}") from error


#: What the header of a mail takes, with signatures and what parts its parts.
_HEADER_BYTES = 4000


@lru_cache(maxsize=32)
def _two_passes(templates: Templates) -> TwoPasses:
    return TwoPasses(templates, Pieces(quoted_printable.piece, quoted_printable.plain_piece))


def _links_of(renderer: MailRenderer, render_input: RenderInput) -> Links | None:
    """Return what a digest links to, signed for its reader; one that is not in the outbox has no web view."""
    if render_input.digest is None:
        return None
    delivery = render_input.delivery
    return Links(
        home=renderer.home,
        unsubscribe=_link(renderer, Purpose.UNSUBSCRIBE, render_input),
        unsubscribe_mailto=_mailto(renderer, render_input),
        preferences=_link(renderer, Purpose.PREFERENCES, render_input),
        web=_link(renderer, Purpose.DIGEST, render_input, about=delivery.id) if delivery.id else "",
        feedback=_feedback(renderer, render_input),
    )


def _feedback(renderer: MailRenderer, render_input: RenderInput) -> dict[str, str]:
    """Return where a reader votes on each paper shown, by the paper's name."""
    digest = render_input.digest
    entries = (*digest.entries, *digest.outside) if digest else ()
    ids = {str(entry.paper.id): entry.paper_id for entry in entries if entry.paper_id}
    issued = render_input.delivery.created_at
    urls = renderer.signer.urls(Purpose.FEEDBACK, render_input.bearer, issued=issued, about=ids.values())
    return dict(zip(ids, urls, strict=True))


def _link(renderer: MailRenderer, purpose: Purpose, render_input: RenderInput, *, about: int = 0) -> str:
    return renderer.signer.url(purpose, render_input.bearer, issued=render_input.delivery.created_at, about=about)


def _mailto(renderer: MailRenderer, render_input: RenderInput) -> str:
    name, at, domain = renderer.unsubscribe_address.partition("@")
    token = renderer.signer.mail_token(render_input.bearer, issued=render_input.delivery.created_at)
    return f"mailto:{name}+{token}{at}{domain}?subject=unsubscribe" if at else ""


def mail(renderer: MailRenderer, render_input: RenderInput) -> tuple[str, OutgoingMail]:
    """Make the mail of a delivery ready to leave; returns its Message-ID as well.

    The Message-ID is an HMAC of who and what, so that a duplicate that cannot be avoided is recognised as one.
    """
    if render_input.test_address:
        return _test_mail(renderer, render_input)
    delivery = render_input.delivery
    what = f"edition {delivery.edition}" if delivery.edition is not None else f"delivery {delivery.id}"
    domain = domain_of(renderer.sender.address)
    name = mime.message_id(renderer.secret, f"{delivery.kind} {delivery.subscriber} {what}", domain)
    links = _links_of(renderer, render_input)
    content = mime.build(
        _encoded(renderer, render_input, links),
        sender=renderer.sender,
        recipient=delivery.address,
        message_id=name,
        now=delivery.created_at,
        headers=_bulk_headers(renderer, render_input, links),
        in_reply_to=render_input.answer.in_reply_to if render_input.answer else "",
        keys=renderer.keys,
    )
    envelope = Envelope(_bounce_address(renderer, delivery), delivery.address)
    return name, OutgoingMail(envelope, content, delivery.id, is_canonical=True)


def _test_mail(renderer: MailRenderer, render_input: RenderInput) -> tuple[str, OutgoingMail]:
    """Make the mail that goes to an operator in place of its reader: for nobody to act by, and no key to a bounce."""
    delivery, address = render_input.delivery, render_input.test_address
    rendered = message(renderer, replace(render_input, bearer=Bearer(0)))
    name = mime.message_id(
        renderer.secret, f"test {delivery.id} {delivery.attempts}", domain_of(renderer.sender.address)
    )
    content = mime.build(
        with_banner(rendered, reader=delivery.address, translate=translator_of(_templates(renderer, render_input))),
        sender=renderer.sender,
        recipient=address,
        message_id=name,
        now=delivery.created_at,
        keys=renderer.keys,
    )
    return name, OutgoingMail(
        Envelope(renderer.sender.bounce_address, address), content, delivery.id, is_canonical=True
    )


def _bounce_address(renderer: MailRenderer, delivery: Delivery) -> str:
    """Return the envelope sender of one mail: its own, where the bounce address takes any behind a plus."""
    address = renderer.sender.bounce_address
    if not renderer.sender.bounce_plus:
        return address
    name, at, domain = address.rpartition("@")
    return f"{name}+{renderer.signer.bounce_token(delivery.id)}{at}{domain}"


def _reply_address(renderer: MailRenderer, render_input: RenderInput) -> str:
    """Return the address that answers to one digest go to; empty for one that is not in the outbox."""
    name, at, domain = renderer.reply_address.partition("@")
    delivery = render_input.delivery
    if not at or not delivery.id:
        return ""
    token = renderer.signer.reply_token(render_input.bearer, delivery.id, issued=delivery.created_at)
    return f"{name}+{token}{at}{domain}"


def _bulk_headers(renderer: MailRenderer, render_input: RenderInput, links: Links | None) -> mime.BulkHeaders | None:
    if render_input.delivery.kind is MailKind.GROUP and render_input.group:
        return _group_headers(renderer, render_input, render_input.group)
    if render_input.edition is None or links is None:
        return None
    is_trending = bool(render_input.digest and render_input.digest.trending)
    about = _headers_of_all(render_input.edition.day, is_trending, renderer.sender, renderer.home)
    return mime.BulkHeaders(
        unsubscribe=links.unsubscribe,
        unsubscribe_mailto=links.unsubscribe_mailto,
        archived_at=links.web,
        reply_to=_reply_address(renderer, render_input),
        **about,
    )


def _group_headers(renderer: MailRenderer, render_input: RenderInput, group: GroupDigest) -> mime.BulkHeaders:
    """Return what a group's mail says of its list: who unsubscribes from it leaves the group, not the service."""
    sender = renderer.sender
    return mime.BulkHeaders(
        unsubscribe=_link(renderer, Purpose.LEAVE, render_input, about=group.group),
        help=renderer.home,
        reply_to=_reply_address(renderer, render_input),
        feedback_id=f"{group.day:%Y%m%d}:group:digest:{sender.feedback_id}",
        issue=f"{group.day:%Y-%m-%d}",
        complaints=sender.complaints,
    )


@lru_cache(maxsize=64)
def _headers_of_all(day: dt.date, is_trending: bool, sender: Sender, home: str) -> Mapping[str, str]:
    """Return what all mails of an edition say of their list."""
    segment = "trending" if is_trending else "topics"
    return {
        # The preferences are their reader's alone; who needs help with the list begins at the front page.
        "help": home,
        "subscribe": home,
        "archive": f"{home}archive",
        "feedback_id": f"{day:%Y%m%d}:{segment}:digest:{sender.feedback_id}",
        "issue": f"{day:%Y-%m-%d}",
        "complaints": sender.complaints,
    }
