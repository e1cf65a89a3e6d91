"""Commands that run in a process of their own until they are asked to stop."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest


def free_port() -> int:
    """A port for a command that is started later.

    None of those the system hands out itself: it could hand it to somebody else meanwhile, or to whoever asks whether
    the command answers yet, who would then be connected to themselves and keep the command from its port.
    """
    for port in random.sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    pytest.fail("no port is free")


@contextmanager
def running(*words: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is asked to stop."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "dailypapers", *words], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answer(url: str) -> httpx.Response:
    """Ask until somebody answers."""
    for _ in range(300):
        try:
            return httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{url} never answered")
