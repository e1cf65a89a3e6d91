"""What our own mail server found out about who sent a mail (RFC 8601).

Anybody can write such a header field; only the one that our server put on top, under its own name, says anything.
"""

import re

from dailypapers.mail.incoming.parts import Headers

_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s{0,9}=\s{0,9}(\w{1,20})", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")


def is_forged(headers: Headers, server: str) -> bool:
    """Return whether our server, which calls itself `server`, found that a mail is not from whom it says.

    That is where DMARC failed (RFC 7489), or, without a result of DMARC, where DKIM or SPF failed and neither passed.
    Without a name nothing is believed, and nothing is forged.
    """
    fields = headers.every("authentication-results") if server else []
    own = next((field for field in fields if _server_of(field) == server.lower()), "")
    results: dict[str, set[str]] = {}
    for method, result in _RESULT.findall(_COMMENT.sub(" ", own)):
        results.setdefault(method.lower(), set()).add(result.lower())
    if "dmarc" in results and results["dmarc"] & {"pass", "fail"}:
        return "pass" not in results["dmarc"]
    others = results.get("dkim", set()) | results.get("spf", set())
    return "fail" in others and "pass" not in others


def _server_of(field: str) -> str:
    """Return the name of the server that a field is by, without the version that may follow it."""
    words = _COMMENT.sub(" ", field).partition(";")[0].split()
    return words[0].lower() if words else ""
