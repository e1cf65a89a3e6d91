"""Stopping: a signal asks, and what is in flight is finished."""

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: Seconds after which a process that was asked to stop ends in any case: systemd kills after ninety. A thread that
#: waits for a database which is there and never answers would keep it for ever.
PATIENCE = 60.0
#: Shows the cursor of a terminal again, which a progress bar has hidden.
_SHOW_CURSOR = "\x1b[?25h"
#: Turns of a loop from accepting a connection until its protocol has it.
_TURNS_TO_OPEN = 3


@contextmanager
def stop_on_signal(patience: float = PATIENCE) -> Iterator[threading.Event]:
    """Yield an event that SIGTERM or SIGINT sets, instead of ending the process half-way; for the main thread.

    Where the body has not ended so many seconds after, the process ends as if it were killed, which loses nothing.

    Python runs a signal's handler in the main thread, between two of its instructions. A handler that set the event
    could find the main thread holding the event's own lock, and one that comes just before the main thread falls
    asleep is not run until something else wakes it. So the handlers do nothing, and a thread sets the event once it
    reads the number that `signal.set_wakeup_fd` writes at once, whichever thread the signal came to.
    """
    stop = threading.Event()
    told, tells = socket.socketpair()
    tells.settimeout(0)
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in _SIGNALS}
    woken = signal.set_wakeup_fd(tells.fileno())
    listener = threading.Thread(target=_listen, args=(told, stop, patience), name="signals", daemon=True)
    listener.start()
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        tells.close()
        listener.join()
        told.close()


def _listen(told: socket.socket, stop: threading.Event, patience: float) -> None:
    try:
        while numbers := told.recv(64):
            if not stop.is_set() and any(number in _SIGNALS for number in numbers):
                stop.set()
                told.settimeout(patience)
    except TimeoutError:
        end_at_once(patience)


def end_at_once(patience: float) -> None:
    """End this process, so many seconds after it was asked to."""
    cursor = _SHOW_CURSOR if sys.stderr.isatty() else ""
    sys.stderr.write(
        f"{cursor}Still waiting {patience:g} seconds after being asked to stop, and ended. "
        "The next run goes on where this one was.\n"
    )
    sys.stderr.flush()
    os._exit(1)


async def stop_accepting(*listening: socket.socket) -> None:
    """Take no more connections in the running loop, and let those be opened that have been accepted.

    This comes before a server is closed: asyncio forgets a connection that it has accepted and not yet opened by then,
    without closing it (seen with Python 3.11).
    """
    loop = asyncio.get_running_loop()
    for each in listening:
        loop.remove_reader(each.fileno())
    for _ in range(_TURNS_TO_OPEN):
        await asyncio.sleep(0)
