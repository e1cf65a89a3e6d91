"""Stopping: a signal asks, and what is in flight is finished."""

import signal
import threading
from types import FrameType


def stop_on_signal() -> threading.Event:
    """An event that SIGTERM or SIGINT sets, instead of ending the process half-way."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop
