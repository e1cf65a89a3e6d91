"""Which process this is, and whether another one still runs: read from Linux's /proc, and unknown elsewhere."""

import os
import re
import socket
from functools import cache
from pathlib import Path

from dailypapers.domain.worker import Process

_PROC = Path("/proc")
#: The host name Docker and Podman give: the container's own id, which its restarts keep.
_CONTAINER_ID = re.compile(r"[0-9a-f]{12}")
#: Fields of /proc/PID/stat behind the command's name: the state, and the start in ticks since boot (proc_pid_stat(5)).
_STATE, _START = 0, 19
_ENDED = ("Z", "X")


def this_process(*, proc: Path = _PROC) -> Process:
    """Return this process; without a place where a process cannot be asked for."""
    fields = _stat(proc, os.getpid())
    return Process(_place(proc), os.getpid(), fields[_START]) if fields and _place(proc) else Process()


def is_running(process: Process, *, proc: Path = _PROC) -> bool | None:
    """Return whether a process runs, `None` where that cannot be told from here."""
    if not process.place or process.place != _place(proc):
        return None
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It is somebody else's, and there.
    fields = _stat(proc, process.pid)
    if fields is None:
        return None
    return fields[_START] == process.started and fields[_STATE] not in _ENDED


@cache
def _place(proc: Path) -> str:
    """Return what processes are told apart by: the host, its boot, and the namespace their ids belong to.

    A restarted container has another namespace, and is known by its name.
    """
    host = socket.gethostname()
    try:
        namespace = "" if _CONTAINER_ID.fullmatch(host) else (proc / "self/ns/pid").readlink()
        return f"{host} {(proc / 'sys/kernel/random/boot_id').read_text('ascii').strip()} {namespace}".strip()
    except OSError:
        return ""


def _stat(proc: Path, pid: int) -> list[str] | None:
    """Return a process's fields behind the name of its command, which may hold anything; `None` if unreadable."""
    try:
        return (proc / f"{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
