"""What a test leaves behind: open sockets and files, threads, and what is temporary.

Each becomes somebody else's trouble: Python warns of a socket that nobody has closed when it looks for garbage, in
whichever test that is. Tasks need no look: they end with the event loop of their test.
"""

import os
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

#: Where Linux says what this process has open; elsewhere nobody looks.
_OPEN = Path("/proc/self/fd")
_IS_LINUX = _OPEN.is_dir()
#: The tests' PostgreSQL, connections to which stay for the next test.
_POSTGRES = ".s.PGSQL."
#: Seconds that threads have to end and the other ends of connections to close.
_GRACE = 5


def name_temporary_files() -> None:
    """Let names of temporary files tell which process has made them: the processes of a run share a folder."""
    tempfile.template = f"tmp{os.getpid()}-"


def things() -> frozenset[str]:
    """Return what is open, runs or lies about in this process now, each in words."""
    threads = (f"the thread {thread.name}" for thread in threading.enumerate() if not thread.daemon)
    return frozenset([*threads, *_temporary(), *_opened()])


def left_since(before: frozenset[str]) -> list[str]:
    """Return what has come and not gone; what is about to go is waited for."""
    end = time.monotonic() + _GRACE
    while (left := things() - before) and time.monotonic() < end:
        time.sleep(0.01)
    return sorted(left)


def _temporary() -> Iterator[str]:
    folder, prefix = tempfile.gettempdir(), tempfile.gettempprefix()
    names = os.listdir(folder)  # noqa: PTH208 - twice a test, and paths take three times as long
    return (f"the temporary {folder}/{name}" for name in names if name.startswith(prefix))


def _opened() -> Iterator[str]:
    numbers = os.listdir(_OPEN) if _IS_LINUX else ()  # noqa: PTH208 - as above
    for number in map(int, numbers):
        with suppress(OSError):  # The folder's own is closed by now.
            if stat.S_ISSOCK(mode := os.fstat(number).st_mode):
                yield from _socket(number)
            elif stat.S_ISREG(mode):
                yield f"the open file {(_OPEN / str(number)).readlink()}"


def _socket(number: int) -> Iterator[str]:
    with socket.socket(fileno=os.dup(number)) as opened:
        ours, theirs = opened.getsockname(), ""
        with suppress(OSError):  # It may listen, or be cut off.
            theirs = str(opened.getpeername())
    if _POSTGRES not in theirs:
        yield f"the open socket {number} from {ours!r} to {theirs or 'nobody'}"
