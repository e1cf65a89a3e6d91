"""Signed links: what a mail may carry so that its reader, and nobody else, can act.

A token names a subscriber and ends at a moment; each purpose signs with a salt of its own, so that a token for one
opens nothing else. Knows nothing of what the purposes do.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, field
from functools import cache

from itsdangerous import BadData, URLSafeSerializer

from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Claim, Purpose
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
    Purpose.UNDO: dt.timedelta(hours=1),
    Purpose.ERASE: dt.timedelta(hours=1),
}
#: A form that was opened longer ago than this is shown once more.
STAMP_LIFETIME = dt.timedelta(days=1)
#: A mail address's local part holds 64 characters (RFC 5321 4.5.3.1.1); 80 bits are enough for what is checked online.
_MAIL_MAC = 10
_MAIL_ID = 8
_MAIL_DAY = 2
#: Days are counted from here, so that two bytes last until 2199.
_EPOCH = dt.date(2020, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and reads tokens with the service's secret."""

    base_url: str
    secret: bytes = field(repr=False)

    def url(self, purpose: Purpose, subscriber: int, *, issued: dt.datetime, about: int = 0) -> str:
        """The address of a page where this subscriber, and only for this purpose, can act.

        `issued` is when the mail came to be, so that a mail rendered again carries the same link.
        """
        return f"{self.base_url}/{purpose}/{self.token(purpose, subscriber, issued=issued, about=about)}"

    def token(self, purpose: Purpose, subscriber: int, *, issued: dt.datetime, about: int = 0) -> str:
        """What the address of such a page ends with."""
        ends = int((issued + LIFETIME[purpose]).timestamp())
        return self._serializer(purpose).dumps([subscriber, ends, about] if about else [subscriber, ends])

    def subscriber(self, purpose: Purpose, token: str, *, now: dt.datetime) -> int:
        """Whose token this is. Raises `BadToken` where it is forged, for another purpose, or over."""
        return self.claim(purpose, token, now=now).subscriber

    def claim(self, purpose: Purpose, token: str, *, now: dt.datetime) -> Claim:
        """What this token says. Raises `BadToken` where it is forged, for another purpose, or over."""
        try:
            subscriber, ends, *about = self._serializer(purpose).loads(token)
        except (BadData, ValueError, TypeError):
            raise BadToken(N_("This link is not complete: please use the one in your newest mail.")) from None
        if now.timestamp() > int(ends):
            raise BadToken(N_("This link is too old: please use the one in your newest mail."))
        return Claim(int(subscriber), int(about[0]) if about else 0)

    def stamp(self, *, now: dt.datetime, about: str = "") -> str:
        """What a form carries to say when it was made; one made `about` something is good for nothing else."""
        return URLSafeSerializer(self.secret, salt=f"dailypapers.form.{about}").dumps(int(now.timestamp()))

    def age(self, stamp: str, *, now: dt.datetime, about: str = "") -> dt.timedelta | None:
        """How long ago a form was made; `None` where its stamp is forged, about something else, or over."""
        try:
            made = URLSafeSerializer(self.secret, salt=f"dailypapers.form.{about}").loads(stamp)
            age = now - dt.datetime.fromtimestamp(int(made), dt.UTC)
        except (BadData, ValueError, TypeError, OverflowError):
            return None
        return age if age <= STAMP_LIFETIME else None

    def blind(self, kind: str, value: str) -> str:
        """A keyed hash (HMAC-SHA256, 128 bits): equal for equal values, and tells nothing to who lacks the secret."""
        key = f"dailypapers.blind.{kind}\0{value}".encode()
        return hmac.new(self.secret, key, hashlib.sha256).hexdigest()[:32]

    def mail_token(self, subscriber: int, *, issued: dt.datetime) -> str:
        """What an address to unsubscribe by mail carries: short, and without upper case, which mail may lose."""
        ends = (issued + LIFETIME[Purpose.UNSUBSCRIBE]).date().toordinal() - _EPOCH
        said = subscriber.to_bytes(_MAIL_ID).lstrip(b"\0") + ends.to_bytes(_MAIL_DAY)
        return base64.b32encode(said + self._mail_mac(said)).decode().rstrip("=").lower()

    def mail_subscriber(self, token: str, *, now: dt.datetime) -> int:
        """Whose token this is. Raises `BadToken` where it is forged or over."""
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (ValueError, binascii.Error):
            raw = b""
        said, mac = raw[:-_MAIL_MAC], raw[-_MAIL_MAC:]
        if len(said) <= _MAIL_DAY or not hmac.compare_digest(mac, self._mail_mac(said)):
            raise BadToken("This address is not complete.")
        if now.date().toordinal() - _EPOCH > int.from_bytes(said[-_MAIL_DAY:]):
            raise BadToken("This address is too old.")
        return int.from_bytes(said[:-_MAIL_DAY])

    def _mail_mac(self, said: bytes) -> bytes:
        return hmac.new(self.secret, b"dailypapers.mail.unsubscribe\0" + said, hashlib.sha256).digest()[:_MAIL_MAC]

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return _serializer(self.secret, purpose)


@cache
def _serializer(secret: bytes, purpose: Purpose) -> URLSafeSerializer:
    """Made once: a digest carries a link for each of its papers."""
    return URLSafeSerializer(secret, salt=f"dailypapers.{purpose}")
