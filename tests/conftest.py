"""What tests share: databases, recordings, a fixed clock."""

import datetime as dt
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from coverage import Coverage
from hypothesis import HealthCheck, settings
from tests import distribution, leaks
from tests.playing_postgres import playing_postgres
from xdist.remote import Producer

from dailypapers.store.database import close, connect, migrate, writing
from dailypapers.store.schema import metadata

# A noisy machine must not fail a test by being slow; what CI runs must be the same every time. Who has an hour sets
# HYPOTHESIS_EXAMPLES to some thousands.
settings.register_profile(
    "calm",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "50")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("calm")

# As the commands have it: on busy cores threads of linear algebra mostly wait for each other. Libraries read this when
# they are loaded, and some are loaded by the first test that needs them.
for _library in ("OPENBLAS", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# What Python looks for garbage in is mostly modules and tests, which stay: looking as often as by default took an
# eighth of the time.
gc.set_threshold(50_000, 10, 10)
gc.disable()

# Memory holds what the tests write, where there is enough of it: nobody needs it afterwards, and a disk is waited for.
_MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it get names of their own
_ENOUGH = 4 << 30
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

# httpx asks in each request to an application whether trio runs, of a module that need not be there: to look for it
# anew each time took a thirtieth of the time of the pages' tests.
if not find_spec("sniffio"):
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # as Python notes what cannot be imported

leaks.name_temporary_files()

_RESTART_IDS = (
    "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)
ROOT = Path(__file__).parents[1]
NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


#: The folders whose tests show how much of the core packages they cover: their own, and of those that call them most.
MEASURED = frozenset(("domain", "delivery", "intake", "mail", "store", "digests", "inbound", "jobs", "subscriptions"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure coverage while those run; measured, all the others would take half as long again."""
    coverage = Coverage.current()
    if not coverage or item.path.relative_to(ROOT / "tests").parts[0] in MEASURED:
        return (yield)
    coverage.stop()
    try:
        return (yield)
    finally:
        coverage.start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    distribution.longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> distribution.ByFile:
    """Give each process whole files."""
    # Those with the most tests would begin otherwise, which are not those that take longest.
    config.option.loadscopereorder = False
    return distribution.ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Collect garbage from now on, but do not look at the modules and tests: that took a tenth of the time."""
    gc.freeze()
    gc.enable()


#: What shared fixtures have opened; it is there for longer than one test.
_shared: set[str] = set()
_before = pytest.StashKey[frozenset[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """Note what stays with a shared fixture."""
    before = frozenset[str]() if fixturedef.scope == "function" else leaks.things()
    try:
        return (yield)
    finally:
        if fixturedef.scope != "function":
            _shared.update(leaks.things() - before)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Note what is there before a test."""
    item.stash[_before] = leaks.things()
    return (yield)


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: a third of the time one waits for a child, a browser or a clock."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail the test that leaves something behind; a browser keeps connections to a service that several tests share."""
    yield
    if not (isinstance(item, pytest.Function) and "equipment" in item.fixturenames):
        assert leaks.left_since(item.stash[_before] | _shared) == []


@pytest.fixture(autouse=True, scope="session")
def _plain_tracebacks() -> None:
    """As the commands have it: by default each logged exception is drawn in colours, for a quarter of a second."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture
def now() -> dt.datetime:
    """A Monday morning."""
    return NOW


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded answers of real sources, where the machine has it."""
    folder = os.environ.get("DAILYPAPERS_RECORDINGS")
    if not folder:
        pytest.skip("DAILYPAPERS_RECORDINGS is not set")
    return Path(folder)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; a copy of it takes a hundredth of the time of another migration."""
    file = tmp_path_factory.mktemp("template") / "papers.db"
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture
def migrated(tmp_path: Path, sqlite_template: Path) -> Path:
    """A test's own file, named and as private as commands make it: where there is one, they need not."""
    return Path(shutil.copy(sqlite_template, tmp_path / "dailypapers.db"))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """A database of this process's own on a real PostgreSQL, which the processes of a run share."""
    base = tmp_path_factory.getbasetemp()
    with playing_postgres(base if worker_id == "master" else base.parent) as server:
        url = sa.make_url(server)
        _administer(url, f"CREATE DATABASE {worker_id}")
        yield url.set(database=worker_id).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> Iterator[sa.Engine]:
    """The PostgreSQL with all tables."""
    engine = connect(postgres_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """The engine of this process's tests, one after another: statements it has put together once, it knows."""
    made = connect(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'papers.db'}")
    yield made
    made.dispose()


def renewed(sqlite: sa.Engine, template: Path) -> sa.Engine:
    """Put an empty, migrated file in the place of the last test's, and of all that was written beside it."""
    file = Path(str(sqlite.url.database))
    shutil.rmtree(file.parent)
    file.parent.mkdir()
    shutil.copyfile(template, file)
    return sqlite


@dataclass(frozen=True)
class Copies:
    """Databases that many tests begin with, each filled once in a process; a copy takes a tenth of a second or less."""

    folder: Path
    _filled: dict[tuple[str, str], sa.URL] = field(default_factory=dict)

    @contextmanager
    def of(self, empty: sa.Engine, name: str, fill: Callable[[sa.Engine], None]) -> Iterator[sa.Engine]:
        """Copy what `fill` makes of an empty database; the copy is of the same kind and is gone afterwards."""
        kind = (empty.dialect.name, name)
        if kind not in self._filled:
            fill(empty)
            close(empty)
            self._filled[kind] = self._copy(empty.url, name)
        url = self._copy(self._filled[kind], "copy")
        copied = connect(url.render_as_string(hide_password=False))
        try:
            yield copied
        finally:
            copied.dispose()
            self._remove(url)

    def _copy(self, url: sa.URL, name: str) -> sa.URL:
        if url.get_backend_name() == "sqlite":
            return url.set(database=str(shutil.copyfile(str(url.database), self.folder / f"{name}.db")))
        copied = url.set(database=f"{url.database}_{name}")
        _administer(url, f"CREATE DATABASE {copied.database} TEMPLATE {url.database}")
        return copied

    def _remove(self, url: sa.URL) -> None:
        if url.get_backend_name() == "sqlite":
            Path(str(url.database)).unlink()
        else:
            _administer(url, f"DROP DATABASE {url.database}")


def _administer(url: sa.URL, statement: str) -> None:
    server = url.set(database="postgres").render_as_string(hide_password=False)
    admin = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(statement)
    admin.dispose()


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Databases that many tests begin with."""
    return Copies(tmp_path_factory.mktemp("copies"))


Opened = Callable[[str], sa.Engine]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """What connects to the database of a URL until the test ends."""
    with ExitStack() as engines:

        def connected(url: str) -> sa.Engine:
            engine = connect(url)
            engines.callback(engine.dispose)
            return engine

        yield connected


Another = Callable[[str], sa.Engine]


@pytest.fixture
def another(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path, copies: Copies) -> Iterator[Another]:
    """What makes one more empty, migrated database of a kind."""
    numbers = count(1)
    with ExitStack() as made:

        def make(kind: str) -> sa.Engine:
            if kind == "sqlite":
                file = shutil.copyfile(sqlite_template, tmp_path / f"another{next(numbers)}.db")
                engine = connect(f"sqlite:///{file}")
                made.callback(engine.dispose)
                return engine
            postgres: sa.Engine = request.getfixturevalue("postgres")
            empty(postgres)
            return made.enter_context(copies.of(postgres, "empty", lambda _: None))

        yield make


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> sa.Engine:
    """An empty, migrated database: every test that asks for it runs on both."""
    if request.param == "sqlite":
        made: sa.Engine = request.getfixturevalue("sqlite")
    else:
        # Its connections stay for the next test: a new one costs the server as much as most tests do.
        made = request.getfixturevalue("postgres")
        empty(made)
    return made


@pytest.fixture
def sqlite(sqlite_template: Path, sqlite_file: sa.Engine) -> Iterator[sa.Engine]:
    """An empty, migrated SQLite database, for tests that are not about the database."""
    yield renewed(sqlite_file, sqlite_template)
    sqlite_file.dispose()


def empty(postgres: sa.Engine) -> None:
    """Remove every row and start the ids again, in one round trip; TRUNCATE takes six times as long (new files)."""
    with writing(postgres) as tx:
        tx.exec_driver_sql(_emptying())


@cache
def _emptying() -> str:
    deletes = [str(table.delete()) for table in reversed(metadata.sorted_tables)]
    return "; ".join([*deletes, _RESTART_IDS])
