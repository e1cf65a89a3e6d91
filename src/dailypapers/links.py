"""Signed links: what a mail may carry so that its reader, and nobody else, can act.

A token names a subscriber and ends at a moment; each purpose signs with a salt of its own, so that a token for one
opens nothing else. Knows nothing of what the purposes do.
"""

import datetime as dt
from dataclasses import dataclass, field

from itsdangerous import BadData, URLSafeSerializer

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
}


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
            raise BadToken("This link is not complete: please use the one in your newest mail.") from None
        if now.timestamp() > int(ends):
            raise BadToken("This link is too old: please use the one in your newest mail.")
        return Claim(int(subscriber), int(about[0]) if about else 0)

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=f"dailypapers.{purpose}")
