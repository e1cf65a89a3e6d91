"""What tests share: databases, recordings, a fixed clock."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from tests.playing_postgres import playing_postgres
from threadpoolctl import threadpool_limits

from dailypapers.store.database import connect, migrate, writing
from dailypapers.store.schema import metadata

# A noisy machine must not fail a test by being slow; what CI runs must be the same every time.
settings.register_profile(
    "calm", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("calm")

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    """As the commands have it: on busy cores threads of linear algebra mostly wait for each other."""
    with threadpool_limits(1):
        yield


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
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL, started once."""
    with playing_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> Iterator[sa.Engine]:
    """The PostgreSQL with all tables."""
    engine = connect(postgres_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty, migrated database: every test that asks for it runs on both."""
    if request.param == "sqlite":
        made = connect(f"sqlite:///{tmp_path / 'papers.db'}")
        migrate(made)
    else:
        made = request.getfixturevalue("postgres")
        with writing(made) as tx:
            names = ", ".join(table.name for table in metadata.sorted_tables)
            tx.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
    yield made
    made.dispose()
