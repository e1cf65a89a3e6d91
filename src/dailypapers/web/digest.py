"""The web copy of a digest: all its picks, also those that did not fit the mail. Its link may be passed on.

It opens this one digest for reading, and holds no way to preferences or out of the list.
"""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.digests.render import Sheet, lay_out
from dailypapers.domain.edition import status_line
from dailypapers.domain.link import Purpose
from dailypapers.domain.paper import Paper
from dailypapers.errors import BadToken
from dailypapers.links import LIFETIME
from dailypapers.store import outbox, papers
from dailypapers.store.database import reading
from dailypapers.web import download
from dailypapers.web.page import Site


def show(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """GET: the digest as a page."""

    def show_digest(request: Request, token: str) -> HTMLResponse:
        sheet = _sheet(site, token)
        assert sheet.digest is not None and sheet.edition is not None  # noqa: S101, PT018 - _sheet says so
        return site.page(
            request,
            "digest",
            digest=sheet.digest,
            edition=sheet.edition,
            doubts=status_line(sheet.edition.sources),
            votes=_votes(site, sheet),
            files=f"{site.root}digest/{token}/papers",
        )

    return show_digest


def file(site: Site) -> Callable[[str, str], Response]:
    """GET: the digest's papers as BibTeX or RIS."""

    def show_file(token: str, kind: str) -> Response:
        download.known(kind)
        sheet = _sheet(site, token)
        assert sheet.digest is not None and sheet.edition is not None  # noqa: S101, PT018 - _sheet says so
        found = [entry.paper for entry in sheet.digest.entries]
        return download.as_file(found, f"papers-{sheet.edition.day}", kind)

    return show_file


def _sheet(site: Site, token: str) -> Sheet:
    """Load a digest. Raises `BadToken` where it is kept no more."""
    claim = site.signer.claim(Purpose.DIGEST, token, now=site.clock())
    with reading(site.engine) as tx:
        delivery = outbox.by_id(tx, claim.about)
        if delivery is None or delivery.subscriber != claim.subscriber:
            raise BadToken("This digest is not kept any more.")
        (sheet,) = lay_out(tx, [delivery])
    if sheet.digest is None or sheet.edition is None:
        raise BadToken("This digest is not kept any more.")
    return sheet


def _votes(site: Site, sheet: Sheet) -> dict[str, str]:
    """Where to vote on each paper, by its id; the links are those of the mail, and end when they do."""
    delivery = sheet.delivery
    if sheet.digest is None or site.clock() > delivery.created_at + LIFETIME[Purpose.FEEDBACK]:
        return {}
    shown: list[Paper] = [entry.paper for entry in (*sheet.digest.entries, *sheet.digest.outside)]
    with reading(site.engine) as tx:
        ids = papers.ids_of(tx, [str(paper.id) for paper in shown])
    tokens = {
        key: site.signer.token(Purpose.FEEDBACK, delivery.subscriber, issued=delivery.created_at, about=paper_id)
        for key, paper_id in ids.items()
    }
    return {key: f"{site.root}feedback/{token}" for key, token in tokens.items()}
