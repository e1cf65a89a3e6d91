"""What a day is made with; put together by `app`, handed to the jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.delivery.deliver import Sending
from dailypapers.delivery.send import SenderOptions
from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.sources.base import Source
from dailypapers.sources.http.client import Http


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything a day is made with."""

    engine: sa.Engine
    sources: Sequence[Source]
    make_http: Callable[[], Http]
    zone: str
    digest_options: DigestOptions
    renderer: MailRenderer
    make_sender_options: Callable[[], SenderOptions]

    @property
    def sending(self) -> Sending:
        """What it takes to empty the outbox."""
        return Sending(self.engine, self.renderer, self.make_sender_options)
