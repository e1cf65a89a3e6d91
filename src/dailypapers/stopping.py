"""Stopping: a signal asks, and what is in flight is finished."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM or SIGINT sets, instead of ending the process half-way; for the main thread.

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
    listener = threading.Thread(target=_listen, args=(told, stop), name="signals", daemon=True)
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


def _listen(told: socket.socket, stop: threading.Event) -> None:
    while numbers := told.recv(64):
        if any(number in _SIGNALS for number in numbers):
            stop.set()
