"""A signal is heard whichever thread it comes to, and whatever the main thread is doing just then."""

import asyncio
import gc
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from dailypapers.stopping import stop_accepting, stop_on_signal

#: Ends a wait that would otherwise never end; nothing that works comes near.
_LONG = 20

#: Raises the signal before each line of `Event.wait` in turn, those that hold the event's lock among them.
_AT_EVERY_LINE = """
import signal, sys, threading
from dailypapers.stopping import stop_on_signal

def raised_before(chosen):
    lines = 0
    def trace(frame, event, _):
        nonlocal lines
        if frame.f_code.co_filename != threading.__file__:
            return None
        lines += event == "line"
        if lines == chosen:
            sys.settrace(None)
            frame.f_trace = None
            signal.raise_signal(signal.SIGTERM)
        return trace
    with stop_on_signal() as stop:
        sys.settrace(trace)
        stop.wait(0.05)
        sys.settrace(None)
        heard = stop.wait(5 if lines >= chosen else 0)
    assert heard or lines < chosen, chosen
    return lines >= chosen

line = 1
while raised_before(line):
    line += 1
print(line - 1)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_any_thread_is_heard(number: signal.Signals) -> None:
    def ask() -> None:
        signal.pthread_kill(threading.get_ident(), number)

    with stop_on_signal() as stop:
        asks = threading.Timer(0.2, ask)
        asks.start()
        assert stop.wait(_LONG)
        asks.join()


def test_a_signal_is_heard_before_any_line_of_the_wait() -> None:
    ran = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", _AT_EVERY_LINE], capture_output=True, text=True, timeout=3 * _LONG, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) > 10


@pytest.mark.parametrize(("seconds", "code", "said"), [(60, 1, True), (0.2, 0, False)])
def test_what_does_not_end_once_it_is_asked_to_is_ended(seconds: float, code: int, said: bool) -> None:
    program = (
        "import signal, time\n"
        "from dailypapers.stopping import stop_on_signal\n"
        "with stop_on_signal(patience=0.5) as stop:\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
        f"    time.sleep({seconds})\n"
        "time.sleep(0.6)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=_LONG, check=False)  # noqa: S603 - ours
    assert ran.returncode == code
    assert ("Still waiting 0.5 seconds after being asked to stop" in ran.stderr) is said


def test_another_signal_does_not_stop_and_everything_is_put_back() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: heard.append(number))
    try:
        handlers = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
        threads, files = set(threading.enumerate()), set(Path("/dev/fd").iterdir())
        with stop_on_signal() as stop:
            signal.raise_signal(signal.SIGUSR1)
            assert not stop.wait(0.2)
        assert heard == [signal.SIGUSR1]
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == handlers
        # What earlier tests began may end meanwhile; nothing may have come.
        assert set(threading.enumerate()) <= threads
        assert set(Path("/dev/fd").iterdir()) <= files
    finally:
        signal.signal(signal.SIGUSR1, before)


class _ClosesAtOnce(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def test_who_connects_while_a_server_stops_is_not_left_waiting() -> None:
    """What asyncio would have forgotten is a warning too, which fails the test."""
    loop = asyncio.get_running_loop()
    for turns in range(5):
        server = await loop.create_server(_ClosesAtOnce, "127.0.0.1", 0)
        with socket.create_connection(server.sockets[0].getsockname()) as client:
            for _ in range(turns):
                await asyncio.sleep(0)
            await stop_accepting(*server.sockets)
            server.close()
            client.settimeout(0)
            async with asyncio.timeout(_LONG):
                # Before it is accepted, it is refused; after that, it is opened and closed.
                with suppress(ConnectionResetError):
                    assert await loop.sock_recv(client, 1) == b""
    gc.collect()
