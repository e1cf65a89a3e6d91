"""What the world meets at the address in our links: whether one click unsubscribes (RFC 8058), without detours."""

from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dailypapers.domain.finding import Finding, fail, ok, warn
from dailypapers.mail.smtp.connect import reason

_SECONDS = 10.0
#: Nobody's token: the page says that it does not work, and that is what is expected.
_NOBODY = "doctor"
_EXPECTED = {404, 410}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the status is 0 where nothing did."""

    status: int
    headers: dict[str, str]
    why: str = ""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none: providers do not."""


def ask(url: str, body: bytes | None = None) -> Answer:
    """Return what an address answers; with a body it is sent by POST. Redirects are not followed."""
    try:
        with build_opener(_NoRedirect).open(Request(url, data=body), timeout=_SECONDS) as answer:  # noqa: S310 - ours
            return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()})
    except HTTPError as error:
        with error:
            return Answer(error.code, {name.lower(): value for name, value in error.headers.items()})
    except (URLError, OSError, ValueError) as error:
        cause = getattr(error, "reason", error)
        return Answer(0, {}, reason(cause, _SECONDS) if isinstance(cause, BaseException) else str(cause))


def findings(base_url: str) -> list[Finding]:
    """Return whether the pages answer at the address in our links, and whether one click would unsubscribe."""
    health = ask(f"{base_url}/healthz")
    if health.status != 200:  # noqa: PLR2004 - OK
        why = health.why or f"HTTP {health.status}"
        advice = "Start `dailypapers serve`, and check service.base_url and the proxy in front of it."
        return [fail("pages", f"{base_url} does not answer from here: {why}.", advice)]
    return [_tls(base_url), _one_click(base_url)]


def _tls(base_url: str) -> Finding:
    host = urlsplit(base_url).hostname or ""
    if host in _THIS_MACHINE or host.endswith(".localhost"):
        why = f"{base_url} is this machine alone: links in emails lead their readers nowhere."
        return warn("pages", why, "Set service.base_url to where readers reach the pages, with https://.")
    if base_url.startswith("https://"):
        return ok("pages", f"{base_url} answers from here.")
    why = f"{base_url} is not https: providers ignore one-click unsubscribe without it (RFC 8058 3.1)."
    return warn("pages", why, "Put a server that speaks TLS in front, and set service.base_url.")


def _one_click(base_url: str) -> Finding:
    answer = ask(f"{base_url}/unsubscribe/{_NOBODY}", b"List-Unsubscribe=One-Click")
    name, advice = "one-click unsubscribe", "Let POST to /unsubscribe/ through as it is."
    if "location" in answer.headers:
        return fail(name, f"A POST is redirected to {answer.headers['location']}.", advice)
    if "set-cookie" in answer.headers:
        return fail(name, "Something in front of the pages sets a cookie.", advice)
    if answer.status not in _EXPECTED:
        return fail(name, f"A POST is answered by {answer.why or f'HTTP {answer.status}'}.", advice)
    return ok(name, "A POST reaches us, without redirects and cookies.")
