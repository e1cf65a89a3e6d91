"""Render: from what was loaded for a delivery to a mail ready to send.

The same input and templates give the same bytes: for a retry, for a preview, for a replay.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from dailypapers.digests.render_input import RenderInput
from dailypapers.digests.test_mode import with_banner
from dailypapers.domain.address import domain_of
from dailypapers.domain.delivery import Delivery, MailKind
from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.group import GroupDigest
from dailypapers.domain.link import Bearer, Links, Purpose
from dailypapers.domain.message import EncodedMessage, Envelope, Message, OutgoingMail, Sender
from dailypapers.errors import BadInput, BadSettings
from dailypapers.mail.message import mime, quoted_printable
from dailypapers.mail.message.dkim import Key
from dailypapers.rendering.book import render_book
from dailypapers.rendering.digest import MAX_BYTES, Frame, render_digest
from dailypapers.rendering.environment import Templates, language_of, translator_of
from dailypapers.rendering.group_digest import render_group, render_invitation
from dailypapers.rendering.notices import render_answer, render_confirm, render_links
from dailypapers.rendering.pieces import Pieces, kept
from dailypapers.rendering.two_passes import TwoPasses
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


#: Mails of groups.
_OF_GROUPS = frozenset((MailKind.GROUP, MailKind.INVITATION))


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


def _group_message(renderer: MailRenderer, render_input: RenderInput, *, max_bytes: int = MAX_BYTES) -> Message:
    """Render a group's mail. Raises `BadInput` where its reader has left, or the group has ended."""
    group = render_input.group
    if group is None:
        raise BadInput("its reader is not in the group")
    templates, name = _templates(renderer, render_input), renderer.sender.name
    if render_input.delivery.kind is MailKind.INVITATION:
        invitation = _link(renderer, Purpose.INVITATION, render_input, about=group.group)
        return render_invitation(templates, group, invitation=invitation, home=renderer.home, name=name)
    page, ballot, leave = (
        _link(renderer, purpose, render_input, about=group.group)
        for purpose in (Purpose.GROUP, Purpose.BALLOT, Purpose.LEAVE)
    )
    return render_group(
        templates,
        group,
        page=page,
        ballot=ballot,
        leave=leave,
        home=renderer.home,
        feedback={
            entry.paper_id: _link(renderer, Purpose.FEEDBACK, render_input, about=entry.paper_id)
            for entry in group.entries
            if entry.paper_id
        },
        style=render_input.style,
        name=name,
        max_bytes=max_bytes,
    )


def _templates(renderer: MailRenderer, render_input: RenderInput) -> Templates:
    return renderer.templates_in(render_input.style.language)


def _frame(renderer: MailRenderer, render_input: RenderInput, edition: Edition) -> Frame:
    templates, name = _templates(renderer, render_input), renderer.sender.name
    # An edition is the same object throughout a run; to compare it takes longer than to find what was made of it.
    known = _frames.get((id(templates), id(edition), name))
    if known is None:
        frame = Frame(edition.day, doubts(edition.sources, translator_of(templates)), name)
        known = kept(_frames, (id(templates), id(edition), name), (templates, edition, frame), _FRAMES)
    return known[2]


#: Frames by what they are made of, with that itself, so that its identity is not another's while they are kept.
_frames: dict[tuple[int, int, str], tuple[Templates, Edition, Frame]] = {}
_FRAMES = 32


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

    Of a group's, comments are left out. Raises `BadInput` where nothing would be left of it.
    """
    if render_input.delivery.kind is MailKind.GROUP:
        return _group_message(renderer, render_input, max_bytes=max(max_bytes - _HEADER_BYTES, 1))
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
    urls = renderer.signer.digest_urls(render_input.bearer, issued=delivery.created_at, delivery_id=delivery.id)
    return Links(
        renderer.home, urls.unsubscribe, _mailto(renderer, render_input), urls.preferences, urls.web, urls.feedback
    )


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
    sender = renderer.sender
    alike = _headers_of_all(render_input.edition.day, is_trending, renderer.home, sender.feedback_id, sender.complaints)
    reply_to = _reply_address(renderer, render_input)
    return mime.BulkHeaders(links.unsubscribe, links.unsubscribe_mailto, links.web, reply_to, *alike)


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
def _headers_of_all(
    day: dt.date, is_trending: bool, home: str, feedback_id: str, complaints: str
) -> tuple[str, str, str, str, str, str]:
    """Return what all mails of an edition say of their list, in the order of `mime.BulkHeaders`."""
    segment = "trending" if is_trending else "topics"
    # The preferences are their reader's alone; who needs help with the list begins at the front page.
    return (
        *(home, f"{home}archive", home),
        *(f"{day:%Y%m%d}:{segment}:digest:{feedback_id}", f"{day:%Y-%m-%d}", complaints),
    )
