"""Processes: what they are called, and what those that send beside this one are told."""

import logging
import os
import pickle
import secrets
import socket
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import sqlalchemy as sa
import structlog

from dailypapers.delivery.companions import CompanionOptions
from dailypapers.domain.clock import Clock
from dailypapers.settings import Settings

#: For fewer readers a process that sends meanwhile takes longer to begin than it saves.
WORTH_EARLY = 500


def worker_name() -> str:
    """Return a name no other process has: whose claims and leases these are."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a process that sends beside this one is told."""

    settings: Settings = field(repr=False)
    processes: int
    """How many there are in all, which share the connections."""
    now: datetime
    """What the clock says, when the clock that nobody sets (`time.monotonic`) says `at`."""
    at: float
    is_verbose: bool


def companions(settings: Settings, *, cores: int | None = None) -> CompanionOptions:
    """Return what it takes to send by several processes, on so many cores, or those of this machine.

    Those of SQLite would wait for one another; only while one composes another sends.
    """
    is_sqlite = sa.make_url(settings.database.url).get_backend_name() == "sqlite"
    connections = min(server.connections for server in settings.mail.servers or (settings.mail,))
    most = min(settings.mail.processes or cores or _cores(), connections)
    processes = 1 if is_sqlite and not settings.mail.processes else most
    early = WORTH_EARLY if most > 1 else 0
    return CompanionOptions(processes, partial(told, settings), while_composing=early)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def told(settings: Settings, processes: int, clock: Clock) -> bytes:
    """Return the bytes that tell a process to send beside this one."""
    is_verbose = structlog.get_logger().is_enabled_for(logging.INFO)
    return pickle.dumps(Told(settings, processes, clock(), time.monotonic(), is_verbose))
