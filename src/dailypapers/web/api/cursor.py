"""Where a page of a list begins: behind a value, signed, so that it works for this list with these filters only."""

import base64
import binascii
import hmac

from dailypapers.tokens import Signer
from dailypapers.web.api.problem import Kind, Problem

_MAC = 16


def write_cursor(signer: Signer, list_name: str, value: str) -> str:
    """Return the cursor of the page behind a value."""
    text = base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")
    return f"{_mac(signer, list_name, text)}{text}"


def read_cursor(signer: Signer, list_name: str, cursor: str) -> str:
    """Return the value that a cursor names. Raises a `Problem` for one that was not made for this list."""
    mac, text = cursor[:_MAC], cursor[_MAC:]
    if not hmac.compare_digest(mac.encode("utf-8", "replace"), _mac(signer, list_name, text).encode()):
        raise Problem(Kind.CURSOR)
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (ValueError, binascii.Error):
        raise Problem(Kind.CURSOR) from None


def _mac(signer: Signer, list_name: str, text: str) -> str:
    return signer.keyed_hash("api.cursor", f"{list_name}\0{text}".encode("utf-8", "replace").decode())[:_MAC]
