"""Render: from outbox rows to mails ready to leave.

The same rows, papers and templates give the same bytes: for a retry, for a preview, for a replay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from dailypapers.digests.contents import contents_of_today
from dailypapers.domain.address import domain_of
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import Delivery, MailKind
from dailypapers.domain.digest import Digest, Entry, Pick, Reason, TermKind
from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.link import Bearer, Links, Purpose
from dailypapers.domain.message import Envelope, Message, OutgoingMail, Sender
from dailypapers.domain.subscriber import AS_USUAL, Style
from dailypapers.mail.message import mime
from dailypapers.rendering.digest import render_digest
from dailypapers.rendering.environment import Templates, translator_of
from dailypapers.rendering.notices import render_confirm
from dailypapers.store import editions, outbox, papers, subscribers
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
    #: Where one may unsubscribe by mail, with a token behind a plus; empty: nowhere.
    unsubscribe_address: str = ""


@dataclass(frozen=True, slots=True)
class RenderInput:
    """A delivery with all that its mail shows."""

    delivery: Delivery
    #: Whom its links are for.
    bearer: Bearer
    edition: Edition | None = None
    digest: Digest | None = None
    style: Style = AS_USUAL


def load_inputs(tx: sa.Connection, deliveries: Sequence[Delivery]) -> list[RenderInput]:
    """Load what the mails of these deliveries show, all at once."""
    ids = [delivery.id for delivery in deliveries]
    chosen, said = of_deliveries(tx, ids), _contents(tx, deliveries)
    listed = papers.of_delivery(tx, sorted({pick.paper_id for picks in chosen.values() for pick in picks}))
    known = editions.by_id(tx, [delivery.edition for delivery in deliveries if delivery.edition is not None])
    bearers = _bearers(tx, deliveries)
    inputs = []
    for delivery in deliveries:
        bearer = bearers[delivery.subscriber]
        if delivery.kind is not MailKind.DIGEST or delivery.edition is None:
            inputs.append(RenderInput(delivery, bearer))
            continue
        content = said.get(delivery.id, Content())
        digest = laid_out(known[delivery.edition], chosen.get(delivery.id, ()), listed, content)
        inputs.append(RenderInput(delivery, bearer, known[delivery.edition], digest, content.style))
    return inputs


def _bearers(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Bearer]:
    """Whom the links of each subscriber's mails are for; who was erased meanwhile gets links that open nothing."""
    ids = sorted({delivery.subscriber for delivery in deliveries})
    readers = subscribers.by_id(tx, ids)
    return {key: readers[key].bearer if key in readers else Bearer(key) for key in ids}


def laid_out(
    edition: Edition, picks: Sequence[Pick | StoredPick], listed: Mapping[int, papers.Listed], content: Content
) -> Digest:
    """Return the digest of these picks, by the ids of their papers: what is for the reader apart from what is not."""
    as_composed = {key: _as_composed(listed[key], content) for key in (pick.paper_id for pick in picks)}
    picked, outside = (
        [(as_composed[pick.paper_id], pick.reason) for pick in picks if pick.outside is apart]
        for apart in (False, True)
    )
    return digest_of(picked, edition, notes=content.notes, outside=outside)


def _as_composed(item: papers.Listed, content: Content) -> papers.Listed:
    """A paper with what stood beside it when the digest was composed."""
    about = content.papers.get(str(item.paper.id))
    return replace(item, sources=about.sources, signals=about.signals) if about else item


def _contents(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Content]:
    """By delivery what its digest says; what older versions did not keep is what its reader would be told now."""
    digests = {delivery.id: delivery.subscriber for delivery in deliveries if delivery.kind is MailKind.DIGEST}
    kept = outbox.contents_of(tx, digests)
    without = {key: reader for key, reader in digests.items() if key not in kept}
    today = contents_of_today(tx, sorted(set(without.values()))) if without else {}
    return kept | {key: today[reader] for key, reader in without.items() if reader in today}


def digest_of(
    picked: Iterable[tuple[papers.Listed, Reason]],
    edition: Edition,
    *,
    notes: Sequence[str] = (),
    outside: Iterable[tuple[papers.Listed, Reason]] = (),
) -> Digest:
    """Put papers and their reasons together as a digest; `outside` are those from outside the reader's topics."""
    picked = list(picked)
    kinds = {term.kind for _, reason in picked for term in reason.terms}
    return Digest(
        tuple(_entry(item, reason) for item, reason in picked),
        trending=kinds <= {TermKind.TRENDING, TermKind.NEW},
        voted=TermKind.TRENDING in kinds,
        considered=edition.papers,
        notes=tuple(notes),
        outside=tuple(_entry(item, reason) for item, reason in outside),
    )


def _entry(item: papers.Listed, reason: Reason) -> Entry:
    return Entry(item.paper, reason, item.sources, item.signals, reason.followed, item.paper_id)


def message(renderer: MailRenderer, sheet: RenderInput) -> Message:
    """Render the message of a delivery."""
    return _message(renderer, sheet, _links_of(renderer, sheet))


def _message(renderer: MailRenderer, sheet: RenderInput, links: Links | None) -> Message:
    if sheet.digest is not None and sheet.edition is not None and links is not None:
        return render_digest(
            renderer.templates,
            sheet.digest,
            day=sheet.edition.day,
            links=links,
            style=sheet.style,
            status=doubts(sheet.edition.sources, translator_of(renderer.templates)),
            name=renderer.sender.name,
        )
    return render_confirm(
        renderer.templates,
        confirm_url=_link(renderer, Purpose.CONFIRM, sheet),
        home=renderer.home,
        name=renderer.sender.name,
    )


def _links_of(renderer: MailRenderer, sheet: RenderInput) -> Links | None:
    """What a digest links to, signed for its reader; a digest that is not in the outbox has no copy on the web."""
    if sheet.digest is None:
        return None
    delivery, shown = sheet.delivery, (*sheet.digest.entries, *sheet.digest.outside)
    return Links(
        home=renderer.home,
        unsubscribe=_link(renderer, Purpose.UNSUBSCRIBE, sheet),
        unsubscribe_mailto=_mailto(renderer, sheet),
        preferences=_link(renderer, Purpose.PREFERENCES, sheet),
        web=_link(renderer, Purpose.DIGEST, sheet, about=delivery.id) if delivery.id else "",
        feedback={
            str(entry.paper.id): _link(renderer, Purpose.FEEDBACK, sheet, about=entry.paper_id)
            for entry in shown
            if entry.paper_id
        },
    )


def _link(renderer: MailRenderer, purpose: Purpose, sheet: RenderInput, *, about: int = 0) -> str:
    return renderer.signer.url(purpose, sheet.bearer, issued=sheet.delivery.created_at, about=about)


def _mailto(renderer: MailRenderer, sheet: RenderInput) -> str:
    name, at, domain = renderer.unsubscribe_address.partition("@")
    token = renderer.signer.mail_token(sheet.bearer, issued=sheet.delivery.created_at)
    return f"mailto:{name}+{token}{at}{domain}?subject=unsubscribe" if at else ""


def mail(renderer: MailRenderer, sheet: RenderInput) -> tuple[str, OutgoingMail]:
    """Make the mail of a delivery ready to leave; returns its Message-ID as well.

    The Message-ID is an HMAC of who and what, so that an unavoidable second copy can be told from a first.
    """
    delivery = sheet.delivery
    what = f"edition {delivery.edition}" if delivery.edition is not None else f"delivery {delivery.id}"
    domain = domain_of(renderer.sender.address)
    name = mime.message_id(renderer.secret, f"{delivery.kind} {delivery.subscriber} {what}", domain)
    links = _links_of(renderer, sheet)
    content = mime.build(
        _message(renderer, sheet, links),
        sender=renderer.sender,
        recipient=delivery.address,
        message_id=name,
        now=delivery.created_at,
        headers=_bulk_headers(renderer, sheet, links),
    )
    return name, OutgoingMail(Envelope(renderer.sender.bounce_address, delivery.address), content, delivery.id)


def _bulk_headers(renderer: MailRenderer, sheet: RenderInput, links: Links | None) -> mime.BulkHeaders | None:
    if sheet.edition is None or links is None:
        return None
    return mime.BulkHeaders(
        unsubscribe=links.unsubscribe,
        unsubscribe_mailto=links.unsubscribe_mailto,
        # The preferences are their reader's alone; who needs help with the list begins at the front page.
        help=renderer.home,
        subscribe=renderer.home,
        archive=f"{renderer.home}archive",
        archived_at=links.web,
        feedback_id=f"{sheet.edition.day:%Y%m%d}:digest:dailypapers",
    )
