"""What a day is made with; put together by `app`, handed to the jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.delivery.deliver import Sending
from dailypapers.delivery.send import Post
from dailypapers.digests.choose import Composing
from dailypapers.digests.layout import Press
from dailypapers.sources.base import Source
from dailypapers.sources.http.client import Http


@dataclass(frozen=True, slots=True)
class Means:
    """Everything a day is made with."""

    engine: sa.Engine
    sources: Sequence[Source]
    make_http: Callable[[], Http]
    zone: str
    composing: Composing
    press: Press
    make_post: Callable[[], Post]

    @property
    def sending(self) -> Sending:
        """What it takes to empty the outbox."""
        return Sending(self.engine, self.press, self.make_post)
