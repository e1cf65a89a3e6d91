"""Signed links: what a mail may carry so that its reader, and nobody else, can act.

A token names a subscription and ends at a moment; each purpose signs with a salt of its own, so that a token for one
opens nothing else. It carries a mark of the subscription's random value: once that is erased, no token of it works,
whoever has its id then. Knows nothing of what the purposes do.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import ABOUT, Bearer, Claim, Purpose
from dailypapers.errors import BadToken

#: How long a link can be used. CAN-SPAM wants unsubscribing for 30 days; people dig out older mails.
LIFETIME = {
    Purpose.CONFIRM: dt.timedelta(days=7),
    Purpose.UNSUBSCRIBE: dt.timedelta(days=400),
    Purpose.PREFERENCES: dt.timedelta(days=90),
    Purpose.FEEDBACK: dt.timedelta(days=90),
    Purpose.DIGEST: dt.timedelta(days=400),
    Purpose.FEED: dt.timedelta(days=1200),
    Purpose.SAVED: dt.timedelta(days=400),
    Purpose.DATA: dt.timedelta(days=1),
    Purpose.RESUBSCRIBE: dt.timedelta(hours=1),
    Purpose.REPLY: dt.timedelta(days=90),
    # An address for alerts ends with the subscription.
    Purpose.ALERT: dt.timedelta(days=36_500),
    Purpose.GROUP: dt.timedelta(days=400),
    Purpose.INVITATION: dt.timedelta(days=7),
    Purpose.BALLOT: dt.timedelta(days=400),
    Purpose.LEAVE: dt.timedelta(days=400),
    Purpose.ERASE: dt.timedelta(hours=1),
}
#: A form that was opened longer ago than this is shown once more.
FORM_LIFETIME = dt.timedelta(days=1)
#: A mail address's local part holds 64 characters (RFC 5321 4.5.3.1.1); 80 bits are enough for what is checked online.
_MAIL_MAC = 10
_MAIL_ID = 8
_MAIL_DAY = 2
_MAIL_MARK = 6
#: Days are counted from here, so that two bytes last until 2199.
_EPOCH = dt.date(2020, 1, 1).toordinal()


class DigestUrls(NamedTuple):
    """The signed addresses of a digest; what is appended to `feedback` says which vote it is, and on what."""

    unsubscribe: str
    preferences: str
    feedback: str
    web: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and reads tokens with the service's secret."""

    base_url: str
    secret: bytes = field(repr=False)

    def url(self, purpose: Purpose, bearer: Bearer, *, issued: dt.datetime, about: int = 0) -> str:
        """Return the address of a page where this subscriber, and only for this purpose, can act.

        `issued` is when the mail came to be, so that a mail rendered again carries the same link.
        """
        return f"{self.base_url}/{purpose}/{self.token(purpose, bearer, issued=issued, about=about)}"

    def token(self, purpose: Purpose, bearer: Bearer, *, issued: dt.datetime, about: int = 0) -> str:
        """Return what the address of such a page ends with.

        It is what itsdangerous makes, but never compressed; here it costs a tenth.
        """
        mark = f',"{self._mark(bearer)}"' if bearer.key else ""
        values = f"[{bearer.subscriber_id},{_ends(purpose, issued)},{about}{mark}]"
        return _signing(self.secret, purpose)(values.encode())

    def digest_urls(self, bearer: Bearer, *, issued: dt.datetime, delivery_id: int) -> DigestUrls:
        """Return what `url` does for each page that a digest links to; no web view of one that is not in the outbox."""
        unsubscribe, preferences, feedback, web = _begun_urls(self.base_url, self.secret, issued)
        mark = f',"{self._mark(bearer)}"]' if bearer.key else "]"
        begin, end = f"[{bearer.subscriber_id},", f",0{mark}"
        return DigestUrls(
            f"{unsubscribe.prefix}{unsubscribe.sign(f'{begin}{unsubscribe.ends}{end}'.encode())}",
            f"{preferences.prefix}{preferences.sign(f'{begin}{preferences.ends}{end}'.encode())}",
            f"{feedback.prefix}{feedback.sign(f'{begin}{feedback.ends}{end}'.encode())}",
            f"{web.prefix}{web.sign(f'{begin}{web.ends},{delivery_id}{mark}'.encode())}" if delivery_id else "",
        )

    def claim(self, purpose: Purpose, token: str, *, now: dt.datetime) -> Claim:
        """Return what a token says. Raises `BadToken` where it is forged, for another purpose, or expired.

        A vote's token may be about any paper, whose id then stands behind it unsigned (`vote_address`). It may be a
        token of somebody who has been erased since: whether its bearer is a subscriber still, `is_held_by` tells.
        """
        try:
            signed, paper_id = _parted(token) if purpose is Purpose.FEEDBACK else (token, 0)
            subscriber_id, ends, *more = self._serializer(purpose).loads(signed)
            about, mark = [*more, 0, ""] if not more else [*more, ""][:2]
        except (BadData, ValueError, TypeError):
            raise BadToken(N_("This link is incomplete. Please use the one in your latest email.")) from None
        if paper_id and about:
            raise BadToken(N_("This link is incomplete. Please use the one in your latest email."))
        if now.timestamp() > int(ends):
            raise BadToken(N_("This link has expired. Please use the one in your latest email."))
        return Claim(purpose, int(subscriber_id), paper_id or int(about), str(mark))

    def is_held_by(self, bearer: Bearer, claim: Claim) -> bool:
        """Tell whether a claim was made for this very subscription, and not for one that had the same id."""
        marks = self._mark(bearer), self._mark_for(claim.purpose, bearer)
        is_marked = any(hmac.compare_digest(claim.mark, mark) for mark in marks)
        return is_marked and claim.subscriber_id == bearer.subscriber_id

    def _mark(self, bearer: Bearer) -> str:
        """Hash a bearer's random value, to 48 bits: a token is signed, so that nobody can try out marks."""
        return _mark_of(self.secret, bearer.subscriber_id, bearer.key) if bearer.key else ""

    def _mark_for(self, purpose: Purpose, bearer: Bearer) -> str:
        """Return the mark that earlier versions gave the tokens of one purpose; addresses for alerts have it still."""
        return self.keyed_hash(f"bearer.{purpose}", f"{bearer.subscriber_id} {bearer.key}")[:12] if bearer.key else ""

    def form_timestamp(self, *, now: dt.datetime, about: str = "") -> str:
        """Return the time a form was made, signed; one made `about` something is valid for nothing else."""
        return URLSafeSerializer(self.secret, salt=f"dailypapers.form.{about}").dumps(int(now.timestamp()))

    def age(self, form_timestamp: str, *, now: dt.datetime, about: str = "") -> dt.timedelta | None:
        """Return how long ago a form was made; `None` where its timestamp is forged, for something else, or expired."""
        try:
            made = URLSafeSerializer(self.secret, salt=f"dailypapers.form.{about}").loads(form_timestamp)
            age = now - dt.datetime.fromtimestamp(int(made), dt.UTC)
        except (BadData, ValueError, TypeError, OverflowError):
            return None
        return age if age <= FORM_LIFETIME else None

    def keyed_hash(self, kind: str, value: str) -> str:
        """Return an HMAC-SHA256 of 128 bits: equal for equal values, and tells nothing to who lacks the secret."""
        return _mac(self.secret)(f"dailypapers.blind.{kind}\0{value}".encode()).hex()[:32]

    def mail_token(self, bearer: Bearer, *, issued: dt.datetime) -> str:
        """Return what an address to unsubscribe by mail carries: short, and in lower case, since mail may lose case."""
        ends = (issued + LIFETIME[Purpose.UNSUBSCRIBE]).date().toordinal() - _EPOCH
        mark = bytes.fromhex(self._mark(bearer))
        body = bearer.subscriber_id.to_bytes(_MAIL_ID).lstrip(b"\0") + ends.to_bytes(_MAIL_DAY) + mark
        return base32(body + self._mail_mac(body, marked=bool(mark)))

    def mail_claim(self, token: str, *, now: dt.datetime) -> Claim:
        """Return what such a token says. Raises `BadToken` where it is forged or expired."""
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (ValueError, binascii.Error):
            raw = b""
        body, mac = raw[:-_MAIL_MAC], raw[-_MAIL_MAC:]
        is_marked = hmac.compare_digest(mac, self._mail_mac(body, marked=True))
        rest, mark = (body[:-_MAIL_MARK], body[-_MAIL_MARK:]) if is_marked else (body, b"")
        if len(rest) <= _MAIL_DAY or not (is_marked or hmac.compare_digest(mac, self._mail_mac(body, marked=False))):
            raise BadToken("This link is incomplete.")
        if now.date().toordinal() - _EPOCH > int.from_bytes(rest[-_MAIL_DAY:]):
            raise BadToken("This link has expired.")
        return Claim(Purpose.UNSUBSCRIBE, int.from_bytes(rest[:-_MAIL_DAY]), mark=mark.hex())

    def reply_token(self, bearer: Bearer, delivery_id: int, *, issued: dt.datetime) -> str:
        """Return what the address carries that answers to one digest go to; in lower case, since mail may lose case."""
        reader, delivery = (each.to_bytes(_MAIL_ID).lstrip(b"\0") for each in (bearer.subscriber_id, delivery_id))
        ends = (issued + LIFETIME[Purpose.REPLY]).date().toordinal() - _EPOCH
        mark = bytes.fromhex(self._mark(bearer))
        lengths = (len(reader) << 4 | len(delivery)).to_bytes()
        body = lengths + reader + delivery + ends.to_bytes(_MAIL_DAY) + mark
        return base32(body + self._reply_mac(body))

    def reply_claim(self, token: str, *, now: dt.datetime) -> Claim:
        """Return what such a token says, about the delivery. Raises `BadToken` where it is forged or expired."""
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (ValueError, binascii.Error):
            raw = b""
        body, mac = raw[:-_MAIL_MAC], raw[-_MAIL_MAC:]
        if not body or not hmac.compare_digest(mac, self._reply_mac(body)):
            raise BadToken("This address is incomplete.")
        begin, end = 1 + (body[0] >> 4), 1 + (body[0] >> 4) + (body[0] & 15)
        if now.date().toordinal() - _EPOCH > int.from_bytes(body[end : end + _MAIL_DAY]):
            raise BadToken("This address has expired.")
        reader, delivery = int.from_bytes(body[1:begin]), int.from_bytes(body[begin:end])
        return Claim(Purpose.REPLY, reader, delivery, mark=body[end + _MAIL_DAY :].hex())

    def _reply_mac(self, body: bytes) -> bytes:
        return _mac(self.secret)(b"dailypapers.mail.reply\0" + body)[:_MAIL_MAC]

    def alert_token(self, bearer: Bearer) -> str:
        """Return what the address carries that somebody forwards alerts to; in lower case, since mail may lose case.

        It ends with the subscription alone: nobody would enter it anew elsewhere every few months.
        """
        body = bearer.subscriber_id.to_bytes(_MAIL_ID).lstrip(b"\0") + bytes.fromhex(
            self._mark_for(Purpose.ALERT, bearer)
        )
        return base32(body + self._alert_mac(body))

    def alert_claim(self, token: str) -> Claim:
        """Return what such a token says. Raises `BadToken` where it is forged."""
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (ValueError, binascii.Error):
            raw = b""
        body, mac = raw[:-_MAIL_MAC], raw[-_MAIL_MAC:]
        if len(body) <= _MAIL_MARK or not hmac.compare_digest(mac, self._alert_mac(body)):
            raise BadToken("This address is incomplete.")
        return Claim(Purpose.ALERT, int.from_bytes(body[:-_MAIL_MARK]), mark=body[-_MAIL_MARK:].hex())

    def _alert_mac(self, body: bytes) -> bytes:
        return _mac(self.secret)(b"dailypapers.mail.alert\0" + body)[:_MAIL_MAC]

    def bounce_token(self, delivery_id: int) -> str:
        """Return what the envelope sender of one mail carries, by which a bounce tells which it was; in lower case."""
        body = delivery_id.to_bytes(_MAIL_ID).lstrip(b"\0")
        return base32(body + self._bounce_mac(body))

    def bounced(self, token: str) -> int:
        """Return the id of the delivery such a token is of. Raises `BadToken` where it is forged."""
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (ValueError, binascii.Error):
            raw = b""
        body, mac = raw[:-_MAIL_MAC], raw[-_MAIL_MAC:]
        if not body or not hmac.compare_digest(mac, self._bounce_mac(body)):
            raise BadToken("This is not an address that an email of ours was sent from.")
        return int.from_bytes(body)

    def _bounce_mac(self, body: bytes) -> bytes:
        return _mac(self.secret)(b"dailypapers.mail.bounce\0" + body)[:_MAIL_MAC]

    def _mail_mac(self, body: bytes, *, marked: bool) -> bytes:
        """Sign a mail token; one without a mark, from before there were any, is signed as another kind of thing."""
        kind = b"dailypapers.mail.unsubscribe.marked\0" if marked else b"dailypapers.mail.unsubscribe\0"
        return _mac(self.secret)(kind + body)[:_MAIL_MAC]

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return _serializer(self.secret, purpose)


@cache
def _serializer(secret: bytes, purpose: Purpose) -> URLSafeSerializer:
    """Return a serializer, made once: a digest carries a link for each of its papers."""
    return URLSafeSerializer(secret, salt=f"dailypapers.{purpose}")


@lru_cache(maxsize=64)
def _ends(purpose: Purpose, issued: dt.datetime) -> int:
    """Return when a link ends; the mails of a run were composed at one moment."""
    return int((issued + LIFETIME[purpose]).timestamp())


class _BegunUrl(NamedTuple):
    """What the addresses of one purpose have in common that were issued at one moment."""

    prefix: str
    ends: int
    sign: Callable[[bytes], str]


@lru_cache(maxsize=64)
def _begun_urls(base_url: str, secret: bytes, issued: dt.datetime) -> tuple[_BegunUrl, ...]:
    """Return how the addresses of a digest begin, in the order of `DigestUrls`."""
    purposes = (Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.FEEDBACK, Purpose.DIGEST)
    return tuple(_BegunUrl(f"{base_url}/{each}/", _ends(each, issued), _signing(secret, each)) for each in purposes)


@lru_cache(maxsize=64)
def _mark_of(secret: bytes, subscriber_id: int, key: str) -> str:
    """Return the mark of a bearer, which all tokens of one mail carry."""
    return _mac(secret)(f"dailypapers.blind.bearer\0{subscriber_id} {key}".encode()).hex()[:12]


def base32(raw: bytes) -> str:
    """Return bytes in base32 (RFC 4648 6), in lower case and unpadded."""
    bits = 8 * len(raw)
    spare = -bits % 10
    number, pairs = int.from_bytes(raw) << spare, _BASE32_PAIRS
    written = "".join([pairs[number >> shift & 1023] for shift in range(bits + spare - 10, -1, -10)])
    return written[: -(-bits // 5)]


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_PAIRS = tuple(first + second for first in _BASE32 for second in _BASE32)


def _parted(token: str) -> tuple[str, int]:
    """Return what is signed of a vote's token, and the paper that stands behind it. Raises `ValueError`."""
    signed, about, paper_id = token.partition(ABOUT)
    return signed, _paper_id(paper_id) if about else 0


def _paper_id(text: str) -> int:
    if not _PAPER_ID.fullmatch(text):
        raise ValueError(text)
    return int(text)


#: A database's ids have no more digits.
_PAPER_ID = re.compile(r"[1-9][0-9]{0,17}")


@cache
def _signing(secret: bytes, purpose: Purpose) -> Callable[[bytes], str]:
    """Return what writes and signs a token's values as the purpose's serializer does."""
    serializer = _serializer(secret, purpose)
    inner, outer = _begun_hmac(serializer.make_signer(serializer.salt).derive_key(), _sha1)
    encode = binascii.b2a_base64

    def sign(values: bytes) -> str:
        written = encode(values, newline=False).rstrip(b"=").translate(_URL_SAFE)
        inside, outside = inner.copy(), outer.copy()
        inside.update(written)
        outside.update(inside.digest())
        signature = encode(outside.digest(), newline=False).rstrip(b"=").translate(_URL_SAFE)
        return (written + b"." + signature).decode()

    return sign


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@cache
def _mac(secret: bytes) -> Callable[[bytes], bytes]:
    return keyed_hmac(secret, hashlib.sha256)


def _sha1(data: bytes) -> "hashlib._Hash":
    """Return SHA-1, which nothing is known against as part of an HMAC (RFC 6194 3.3)."""
    return hashlib.sha1(data, usedforsecurity=False)


def keyed_hmac(key: bytes, hash_of: "Callable[[bytes], hashlib._Hash]") -> Callable[[bytes], bytes]:
    """Return what makes an HMAC (RFC 2104) of one key; the key is hashed once."""
    inner, outer = _begun_hmac(key, hash_of)

    def mac(message: bytes) -> bytes:
        inside, outside = inner.copy(), outer.copy()
        inside.update(message)
        outside.update(inside.digest())
        return outside.digest()

    return mac


def _begun_hmac(key: bytes, hash_of: "Callable[[bytes], hashlib._Hash]") -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Return an HMAC's inner and outer hash; what depends on the key alone is hashed once, which halves its time."""
    block = hash_of(b"").block_size
    padded = (key if len(key) <= block else hash_of(key).digest()).ljust(block, b"\0")
    inner, outer = (hash_of(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))
    return inner, outer
