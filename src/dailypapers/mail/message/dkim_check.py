"""Whether a signed mail would verify (RFC 6376 6): read from its bytes alone, apart from what signs.

bytes → header fields, body → canonical again (relaxed) → hashes compared, signature checked with the public key
"""

import base64
import hashlib
import re
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from dailypapers.mail.message.dkim import Key

_SPACES = re.compile(rb"[ \t]+")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
#: The value of the tag b=, which is not signed itself.
_B_TAG = re.compile(rb"(\bb=)[^;]*$")


def verifies(content: bytes, key: Key) -> str:
    """Return why the signature that names this key's selector would not verify; empty where it would."""
    header, _, body = content.partition(b"\r\n\r\n")
    fields = _FIELD.findall(header + b"\r\n")
    for value in (value for name, value in fields if name.lower() == b"dkim-signature"):
        tags = _tags(value)
        if (tags.get("s"), tags.get("d")) == (key.selector, key.domain):
            return _checked(fields, body, value, tags, key)
    return f"there is no signature by {key.selector}"


def _tags(value: bytes) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in b"".join(value.split()).decode("ascii", "replace").split(";"))
    return {name: text for name, _, text in pairs}


def _checked(fields: Sequence[tuple[bytes, bytes]], body: bytes, value: bytes, tags: dict[str, str], key: Key) -> str:
    hashed = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    if hashed != tags.get("bh"):
        return "the hash of the body differs"
    signed = _signed_fields(fields, tags.get("h", "").lower().split(":"))
    signed += _relaxed(b"dkim-signature", _B_TAG.sub(rb"\1", value))
    return "" if _is_signed(key, signed, base64.b64decode(tags.get("b", ""))) else "the signature does not fit"


def _signed_fields(fields: Sequence[tuple[bytes, bytes]], names: Sequence[str]) -> bytes:
    """Return the signed fields: of several with a name the last that was not taken yet; one too many is empty."""
    left = [(name.lower().decode(), value) for name, value in fields]
    fields_bytes = b""
    for name in names:
        at = next((n for n in range(len(left) - 1, -1, -1) if left[n][0] == name), None)
        if at is not None:
            fields_bytes += _relaxed(name.encode(), left.pop(at)[1]) + b"\r\n"
    return fields_bytes


def _relaxed(lower_name: bytes, value: bytes) -> bytes:
    return lower_name + b":" + _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _relaxed_body(body: bytes) -> bytes:
    lines = [_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _is_signed(key: Key, data: bytes, signature: bytes) -> bool:
    try:
        if isinstance(key.private, RSAPrivateKey):
            key.private.public_key().verify(signature, data, PKCS1v15(), hashes.SHA256())
        else:
            key.private.public_key().verify(signature, hashlib.sha256(data).digest())
    except InvalidSignature:
        return False
    return True
