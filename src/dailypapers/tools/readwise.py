"""Readwise Reader, by its API 3. An address is one document there, however often it is saved.

See https://readwise.io/reader_api.
"""

from dataclasses import dataclass

from dailypapers.domain.paper import Paper, page_of
from dailypapers.domain.text import one_line
from dailypapers.domain.tool import Checked, Outcome, Refusal, Sent
from dailypapers.sources.http.client import Http
from dailypapers.tools.base import FORBIDDEN, UNAUTHORIZED, Account, asked, refused

_EXISTS, _CREATED, _VALID = 200, 201, 204
_MOST_AUTHORS = 20


@dataclass(frozen=True, slots=True)
class Readwise:
    """A client of it."""

    base_url: str = "https://readwise.io"

    async def check(self, http: Http, account: Account) -> Checked:
        """Try an access token. There is one library, which needs no name."""
        reply, _ = await asked(http, "GET", f"{self.base_url}/api/v2/auth/", _headers(account))
        if reply.status in {UNAUTHORIZED, FORBIDDEN}:
            return Checked(refusal=Refusal.KEY)
        return Checked("library") if reply.status == _VALID else Checked()

    async def save(self, http: Http, account: Account, paper: Paper) -> Outcome:
        """Save the paper's page."""
        address = paper.url or page_of(paper.id)
        if not address:
            return Outcome(Sent.IMPOSSIBLE, "the paper has no page")
        document: dict[str, object] = {
            "url": address,
            "title": one_line(paper.title),
            "author": ", ".join(map(one_line, paper.authors[:_MOST_AUTHORS])),
            "summary": paper.abstract,
            "saved_using": "dailypapers",
            "tags": ["dailypapers"],
        }
        if paper.published:
            document["published_date"] = paper.published.isoformat()
        reply, _ = await asked(http, "POST", f"{self.base_url}/api/v3/save/", _headers(account), document)
        if reply.status in {_CREATED, _EXISTS}:
            return Outcome(Sent.SAVED if reply.status == _CREATED else Sent.EXISTS)
        return refused(reply, account)


def _headers(account: Account) -> dict[str, str]:
    return {"Authorization": f"Token {account.key}"}
