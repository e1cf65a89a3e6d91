"""Commands in a process of their own, and waiting until something has come of them.

The processes are forked from one that has imported what the commands need: each import takes longer than most of what a
test wants of the command. That they start from nothing too is seen in tests/test_serve.py.
"""

import multiprocessing
import os
import random
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TextIO, TypeVar

import httpx
import pytest

Value = TypeVar("Value")
_FORKS = multiprocessing.get_context("forkserver")
#: A name that is not there would be passed over in silence; see tests/test_running.py.
PRELOADED = [
    "dailypapers.cli.main",
    "dailypapers.app",
    "dailypapers.serve",
    "dailypapers.jobs.day",
    "dailypapers.demo.serve",
]
_FORKS.set_forkserver_preload(PRELOADED)


#: Seconds after which a command is killed, so that a test that waits for what it never says fails instead of hanging.
LONGEST = 600


def free_port() -> int:
    """A port for a command that is started later.

    None of those the system hands out itself: it could hand it to somebody else meanwhile, or to whoever asks whether
    the command answers yet, who would then be connected to themselves and keep the command from its port.
    """
    for port in random.sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    pytest.fail("no port is free")


class Command:
    """A command that runs in a process of its own."""

    def __init__(self, process: ForkServerProcess, out: Path, errors: TextIO) -> None:
        self._process = process
        self._out = out
        self.errors = errors
        """What it says, line by line as it says it."""

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative where a signal ended it; None while it runs."""
        return self._process.exitcode

    @property
    def out(self) -> str:
        """What it has printed."""
        return self._out.read_text("utf-8")

    def wait(self, seconds: float = 60) -> int:
        """Wait until it ends; returns its exit code."""
        self._process.join(seconds)
        assert self.returncode is not None, f"still running after {seconds} s"
        return self.returncode

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process.pid
        os.kill(self._process.pid, number)


@contextmanager
def running(*words: str, folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Command]:
    """A command that runs in a folder until it ends or the test does; `env` is added to the environment."""
    out = Path(tempfile.mkdtemp(dir=folder, prefix=".printed-")) / "out"
    reading, writing = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_command, args=(words, folder, {**os.environ, **(env or {})}, out, writing))
    process.start()
    writing.close()
    too_long = threading.Timer(LONGEST, process.kill)
    too_long.start()
    with reading, open(reading.fileno(), encoding="utf-8", closefd=False) as errors:
        try:
            yield Command(process, out, errors)
        finally:
            too_long.cancel()
            process.kill()
            process.join()
            process.close()


def _command(words: tuple[str, ...], folder: Path, env: Mapping[str, str], out: Path, errors: Connection) -> None:
    """Be that command: nothing but the modules is left of where this process came from."""
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    with out.open("wb") as file:
        os.dup2(file.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    errors.close()
    sys.argv = ["dailypapers", *words]
    from dailypapers.cli.main import main  # noqa: PLC0415 - in the process that runs it

    main()


def ran(*words: str, folder: Path, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command to its end; returns its exit code, what it printed, and what it said."""
    with running(*words, folder=folder, env=env) as command:
        said = command.errors.read()
        return command.wait(), command.out, said


def soon(find: Callable[[], Value | None], what: str, *, seconds: float = 60) -> Value:
    """Look until there is something, every hundredth of a second; returns it, fails after so many seconds."""
    end = time.monotonic() + seconds
    while not (value := find()):
        if time.monotonic() > end:
            pytest.fail(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return value


def answer(url: str) -> httpx.Response:
    """Ask until somebody answers."""

    def ask() -> httpx.Response | None:
        with suppress(httpx.TransportError):
            return client.get(url)
        return None

    # Nobody here speaks TLS, and who asks again and again would take more time to trust certificates than to ask.
    with httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as client:
        # An answer is false where it is no success, and an answer all the same.
        return soon(lambda: [found] if (found := ask()) is not None else None, f"{url} answers")[0]
