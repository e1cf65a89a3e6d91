"""Encrypt secrets of others that must be read again: what codes are made from, keys of other services.

    text → AES-256-GCM under a key of its purpose (HKDF of the service's secret), bound to its owner → "1:…"

A copy of the database alone opens none of them, and a value moved to another row or column opens nothing either. What
is only compared is hashed instead. See NIST SP 800-38D and RFC 5869.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dailypapers.errors import Undecipherable

_PREFIX = "1:"
_NONCE_BYTES = 12
_KEY_BYTES = 32


def encrypt(secret: bytes, text: str, *, purpose: str, owner: int) -> str:
    """Return a text as it is stored: encrypted for one purpose and one owner, differently each time."""
    nonce = os.urandom(_NONCE_BYTES)
    encrypted = _cipher(secret, purpose).encrypt(nonce, text.encode(), _bound_to(owner))
    return _PREFIX + base64.b64encode(nonce + encrypted).decode()


def decrypt(secret: bytes, stored: str, *, purpose: str, owner: int) -> str:
    """Return the text that was encrypted.

    Raises `Undecipherable` where it was encrypted with another secret, for another purpose or owner, or is damaged.
    """
    try:
        raw = base64.b64decode(stored.removeprefix(_PREFIX), validate=True)
        text = _cipher(secret, purpose).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound_to(owner))
    except (ValueError, InvalidTag):
        raise Undecipherable(
            "What is stored was encrypted with another secret, or is damaged. Restore the secret that the database was "
            "used with."
        ) from None
    return text.decode()


def is_encrypted(stored: str) -> bool:
    """Tell whether a value was encrypted; some were stored before anything was."""
    return stored.startswith(_PREFIX)


@lru_cache(maxsize=16)
def _cipher(secret: bytes, purpose: str) -> AESGCM:
    info = f"dailypapers.encryption.{purpose}".encode()
    derivation = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info)
    return AESGCM(derivation.derive(secret))


def _bound_to(owner: int) -> bytes:
    return str(owner).encode()
