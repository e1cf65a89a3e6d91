"""The web copy of a digest: all its picks, also those that did not fit the mail. Its link may be passed on.

It opens this one digest for reading, and holds no way to preferences or out of the list.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import Delivery
from dailypapers.domain.digest import Digest
from dailypapers.domain.edition import Edition, doubts
from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.subscriber import Style
from dailypapers.errors import BadToken
from dailypapers.store import history
from dailypapers.store.database import reading
from dailypapers.subscriptions.links import bearer_of
from dailypapers.tokens import LIFETIME
from dailypapers.web.http import download
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.token import claim_of
from dailypapers.web.readers import feedback


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a token opens."""

    delivery: Delivery
    bearer: Bearer
    digest: Digest
    edition: Edition
    style: Style


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: the digest as a page."""

    def show_digest(request: Request, token: str) -> HTMLResponse:
        copy = _copy(context, token)
        return context.page(
            request,
            "digest",
            digest=copy.digest,
            edition=copy.edition,
            style=copy.style,
            doubts=doubts(copy.edition.sources, context.translate, is_past=True),
            votes=_votes(context, copy),
            files=f"{context.root}digest/{token}/papers",
        )

    return show_digest


def file(context: WebContext) -> Callable[[str, str], Response]:
    """Answer GET: the digest's papers as BibTeX or RIS."""

    def show_file(token: str, kind: str) -> Response:
        download.require_kind(kind)
        copy = _copy(context, token)
        entries = (*copy.digest.entries, *copy.digest.outside)
        return download.as_file(context.templates, entries, f"papers-{copy.edition.day}", kind)

    return show_file


def _copy(context: WebContext, token: str) -> _Copy:
    """Load a digest. Raises `BadToken` where it is kept no more."""
    claim = claim_of(context, Purpose.DIGEST, token)
    with reading(context.engine) as tx:
        reader = bearer_of(tx, context.signer, claim)
        delivery = history.by_id(tx, claim.about)
        mails = load_inputs(tx, [delivery]) if delivery and reader and delivery.subscriber == reader.id else []
    for mail in mails:
        if mail.digest is not None and mail.edition is not None:
            return _Copy(mail.delivery, mail.bearer, mail.digest, mail.edition, mail.style)
    raise BadToken(N_("This digest is no longer available."))


def _votes(context: WebContext, copy: _Copy) -> dict[str, str]:
    """Return where to vote on each paper, by its id; the links are those of the mail, and end when they do."""
    issued = copy.delivery.created_at
    if context.clock() > issued + LIFETIME[Purpose.FEEDBACK]:
        return {}
    ids = {str(entry.paper.id): entry.paper_id for entry in (*copy.digest.entries, *copy.digest.outside)}
    return feedback.addresses(context, copy.bearer, ids, issued=issued)
