"""What a day is made with; put together by `app`, handed to the jobs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.digests.choose import Composing
from dailypapers.digests.render import Press
from dailypapers.jobs.deliver import Post
from dailypapers.sources.base import Source
from dailypapers.sources.http import Http


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
