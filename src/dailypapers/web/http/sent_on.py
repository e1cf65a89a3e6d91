"""After a form has acted, the browser is sent on to a page that says so: to reload that page does nothing again.

What the page is to say goes along in its address: a word that stands for a sentence, or, sealed for a quarter of an
hour, what nobody but us may read there (an address, what somebody has pasted).
"""

import datetime as dt
import json
from collections.abc import Container
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse

from dailypapers.encryption import decrypt, encrypt
from dailypapers.errors import Undecipherable

#: How long a page says what was sealed; afterwards it says the rest.
SEALED_FOR = dt.timedelta(minutes=15)
#: Characters of a sealed value that every server between us and the browser lets pass.
LONGEST = 6000
_PURPOSE = "sent on"


def sent_on(address: str, **said: str) -> RedirectResponse:
    """Return the answer that leads from a form to a page (303, RFC 9110 15.4.4) with what it is to say."""
    query = urlencode({name: text for name, text in said.items() if text})
    return RedirectResponse(f"{address}?{query}" if query else address, 303)


def word(request: Request, among: Container[str], name: str = "done") -> str:
    """Return the word that a page's address carries; empty where it is none of these."""
    text = request.query_params.get(name, "")
    return text if text in among else ""


def sealed(secret: bytes, values: dict[str, Any], *, now: dt.datetime) -> str:
    """Return values as an address may carry them: nobody else can read or make them."""
    text = json.dumps([int(now.timestamp()), values], ensure_ascii=False)
    return encrypt(secret, text, purpose=_PURPOSE, owner=0)


def unsealed(secret: bytes, text: str, *, now: dt.datetime) -> dict[str, Any]:
    """Return what was sealed; nothing where it was by somebody else, or too long ago."""
    try:
        made, values = json.loads(decrypt(secret, text, purpose=_PURPOSE, owner=0))
    except Undecipherable:
        return {}
    age = now - dt.datetime.fromtimestamp(made, dt.UTC)
    return dict(values) if age <= SEALED_FOR else {}
