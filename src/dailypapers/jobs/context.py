"""What jobs run with; put together by `app` and `serve`."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.delivery.companions import CompanionOptions
from dailypapers.delivery.deliver import Sending
from dailypapers.delivery.send import SenderOptions
from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.layout import MailRenderer
from dailypapers.domain.clock import Clock
from dailypapers.domain.retention import FOR_EVER, Retention
from dailypapers.domain.timetable import Timetable
from dailypapers.posting.post_due import PostOptions
from dailypapers.profiles.read import Services
from dailypapers.reporting.tell import OperatorOptions
from dailypapers.sources.base import Source
from dailypapers.sources.http.client import Http
from dailypapers.tools.push import ToolOptions


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
    companions: CompanionOptions = field(default=CompanionOptions())
    retention: Retention = FOR_EVER
    #: Who is told how things are; `None` where nobody is named.
    operator: OperatorOptions | None = None
    posting: PostOptions = field(default=PostOptions())
    #: To which tools readers may send what they save; `None` where to none.
    tools: ToolOptions | None = None
    #: Who lists the papers of readers' profiles.
    profiles: Services = field(default=Services())
    #: Who is asked what was published about saved papers; empty where nobody is.
    crossref_url: str = ""

    @property
    def sending(self) -> Sending:
        """What it takes to empty the outbox."""
        return Sending(self.engine, self.renderer, self.make_sender_options, self.companions)


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job of the scheduler runs with: by which timetable and clock, and in whose name leases are taken."""

    dependencies: Dependencies
    timetable: Timetable
    holder: str
    clock: Clock
    #: Set when the process is asked to stop: what is in flight is finished, and nothing more begun.
    stop: threading.Event
    #: Takes mail from a mailbox, where one is set.
    receive: Callable[[], int] | None = None
    #: What jobs of this process remember from one tick to the next, by their names; what is lost is only done again.
    remembered: dict[str, object] = field(default_factory=dict)

    @property
    def engine(self) -> sa.Engine:
        """The database."""
        return self.dependencies.engine
