"""DKIM (RFC 6376): a domain's signature on a mail, so that receivers know who answers for it.

    header fields → relaxed form, hashed with the body's hash → signed → DKIM-Signature

Signs what `mime` builds: its bodies are canonical already, so that they are hashed as they are. The same mail, key and
moment give the same signature, byte for byte. Private keys stand in no representation and no error.
"""

import base64
import binascii
import datetime as dt
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from textwrap import wrap

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dailypapers.errors import BadSettings

#: What is signed where it is there: whom a mail is from and to, what it says, and how to leave (RFC 8058 4). Receivers
#: of complaints want theirs signed (RFC 9477 3.1). What relays change on the way is not here.
_SIGNED = frozenset(
    {
        *("from", "reply-to", "to", "subject", "date", "message-id", "mime-version", "content-type"),
        *("content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post"),
        *("feedback-id", "cfbl-address"),
    }
)
#: Named once more than it is there, so that a second one cannot be added (RFC 6376 5.4.2).
_OVERSIGNED = "from"
#: Shorter keys can be broken (RFC 8301 3.2 asks for 2048 bits); receivers need not verify longer ones than 4096.
SHORTEST_RSA, LONGEST_RSA = 2048, 4096
#: A selector and a domain are names in the DNS (RFC 6376 3.1).
_DNS_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)
#: A string of a TXT record holds 255 bytes (RFC 1035 3.3.14).
_TXT_STRING = 255
_SIGNATURE_LINE = 72


class Algorithm(StrEnum):
    """How a signature is made, as its tag `a` has it (RFC 6376 3.3, RFC 8463)."""

    RSA = "rsa-sha256"
    ED25519 = "ed25519-sha256"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, and where in the DNS its public part is."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """How it signs."""
        return Algorithm.RSA if isinstance(self.private, RSAPrivateKey) else Algorithm.ED25519

    def sign(self, data: bytes) -> bytes:
        """Sign data by its SHA-256 hash: PKCS #1 1.5, or Ed25519 over the hash (RFC 8463 3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), hashes.SHA256())
        return self.private.sign(hashlib.sha256(data).digest())


def signature(key: Key, fields: Sequence[tuple[str, str]], body: bytes, *, signed_at: dt.datetime) -> tuple[str, str]:
    """Return the header field DKIM-Signature of a mail, relaxed/relaxed, as a name and a folded value.

    `body` must be canonical already and not empty, as `mime` builds it. All of it is signed: there is no tag l=.
    """
    return signature_of(key, *signed_part(fields), hashlib.sha256(body).digest(), signed_at=signed_at)


def signed_part(fields: Iterable[tuple[str, str]]) -> tuple[str, bytes]:
    """Return the names of the fields that are signed, as the tag h= has them, and these fields in relaxed form."""
    signed = [(name.lower(), value) for name, value in fields if name.lower() in _SIGNED]
    relaxed_fields = [b"%b:%b\r\n" % (name.encode(), relaxed(value)) for name, value in signed]
    return _listed(tuple([name for name, _ in signed])), b"".join(relaxed_fields)


def signature_of(
    key: Key, names: str, relaxed_fields: bytes, body_hash: bytes, *, signed_at: dt.datetime
) -> tuple[str, str]:
    """Return the same of a mail whose signed part is at hand, with the SHA-256 hash of its body."""
    unsigned = (
        f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain};\r\n s={key.selector};"
        f" t={int(signed_at.timestamp())};\r\n h={names};\r\n bh={_base64(body_hash)};\r\n b="
    )
    signature_bytes = key.sign(b"%bdkim-signature:%b" % (relaxed_fields, relaxed(unsigned)))
    return "DKIM-Signature", unsigned + "\r\n ".join(_cut(_base64(signature_bytes), _SIGNATURE_LINE))


@lru_cache(maxsize=64)
def _listed(names: tuple[str, ...]) -> str:
    """Return the names of the signed fields, folded; the same for all mails of a kind."""
    oversigned = [name for each in names for name in ([each, each] if each == _OVERSIGNED else [each])]
    return "\r\n  ".join(wrap(": ".join(oversigned), _SIGNATURE_LINE, break_on_hyphens=False)).replace(": ", ":")


def relaxed(value: str) -> bytes:
    """Return a header field's value on one line, its runs of white space as one space (RFC 6376 3.4.2)."""
    return b" ".join(value.encode().split())


def _cut(text: str, length: int) -> Iterator[str]:
    yield from (text[start : start + length] for start in range(0, len(text), length))


def new_key(algorithm: Algorithm = Algorithm.RSA) -> bytes:
    """Make a private key, RSA with 2048 bits or Ed25519; returns it as PEM (PKCS #8)."""
    private_key = (
        generate_private_key(public_exponent=65537, key_size=SHORTEST_RSA)
        if algorithm is Algorithm.RSA
        else Ed25519PrivateKey.generate()
    )
    return private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_new_key(file: Path, algorithm: Algorithm = Algorithm.RSA) -> None:
    """Make a private key and store it in a new file that we alone can read. Raises `BadSettings` where it cannot."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadSettings(f"{file} already exists; a new key needs a new file and a new selector.") from None
    except OSError as error:
        raise BadSettings(f"{file} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "wb") as out:
        out.write(new_key(algorithm))


def load_key(file: Path, *, domain: str, selector: str, algorithm: Algorithm = Algorithm.RSA) -> Key:
    """Load a private key from a PEM file.

    Raises `BadSettings` where the file is missing, can be read by other users, or does not hold a key of that
    algorithm that receivers verify.
    """
    for name in (domain, selector):
        if not _DNS_NAME.fullmatch(name):
            raise BadSettings(f"dkim: “{name}” is not a name that the DNS can hold.")
    private = _private_key(file)
    kind = RSAPrivateKey if algorithm is Algorithm.RSA else Ed25519PrivateKey
    if not isinstance(private, kind):
        raise BadSettings(f"dkim: the key in {file} is not for {algorithm}.")
    if isinstance(private, RSAPrivateKey) and not SHORTEST_RSA <= private.key_size <= LONGEST_RSA:
        raise BadSettings(
            f"dkim: the key in {file} has {private.key_size} bits; use {SHORTEST_RSA} to {LONGEST_RSA}. "
            "`dailypapers dkim new-key` makes one."
        )
    return Key(domain, selector, private)


def _private_key(file: Path) -> object:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            pem = opened.read()
    except FileNotFoundError:
        raise BadSettings(
            f"dkim: the key file {file} does not exist; create it with `dailypapers dkim new-key`."
        ) from None
    except OSError as error:
        raise BadSettings(f"dkim: the key file {file} cannot be read: {error.strerror}.") from None
    if os.name == "posix" and mode & (stat.S_IROTH | stat.S_IWOTH):
        raise BadSettings(f"dkim: every user of this machine can read or change {file}; run chmod 600 {file}.")
    try:
        return load_pem_private_key(pem, password=None)
    # The reason may quote what is in the file, so it is not passed on.
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        raise BadSettings(f"dkim: {file} does not hold an unencrypted private key in PEM format.") from None


def record_name(key: Key) -> str:
    """Return the name in the DNS at which receivers look for the public key."""
    return f"{key.selector}._domainkey.{key.domain}"


def record_value(key: Key) -> str:
    """Return the public key as the text of that TXT record (RFC 6376 3.6.1, RFC 8463 4)."""
    public = key.private.public_key()
    if key.algorithm is Algorithm.RSA:
        return f"v=DKIM1; k=rsa; p={_base64(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))}"
    return f"v=DKIM1; k=ed25519; p={_base64(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}"


def zone_line(key: Key) -> str:
    """Return the record as a line of a zone file, its text in strings of at most 255 bytes (RFC 1035 5.1)."""
    strings = " ".join(f'"{part}"' for part in _cut(record_value(key), _TXT_STRING))
    return f"{record_name(key)}. IN TXT {strings}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
