"""Whatever a sender is killed at, the next one goes on at once, and every mail arrives; `make chaos` is longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery.chaos import (
    CONNECTIONS,
    Arena,
    Figures,
    a_full_disk,
    a_round,
    an_outage,
    arena_on_postgres,
    arena_on_sqlite,
)
from tests.playing_postgres import can_crash, playing_postgres

#: Of some 80: in a claim, before and after a mail was noted and left, in an answer, and near the end.
POINTS = (4, 22, 43, 69)


@pytest.fixture(params=["sqlite", "postgresql"])
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Arena]:
    """A database of each kind, and a mail server."""
    if request.param == "sqlite":
        with arena_on_sqlite(tmp_path) as made:
            yield made
    else:
        with arena_on_postgres(request.getfixturevalue("postgres_url"), tmp_path) as made:
            yield made


def test_nothing_is_lost_and_little_is_doubled(arena: Arena) -> None:
    figures = Figures("")
    for first, second in zip(POINTS, reversed(POINTS), strict=True):
        a_round(arena, figures, first, second)
    assert figures.kills >= len(POINTS)
    assert (figures.lost, figures.residue, figures.unbalanced, figures.foreign_ids) == (0, 0, 0, 0)
    assert figures.most_in_doubt <= CONNECTIONS
    assert figures.doubled <= figures.in_doubt
    assert max(figures.seconds) < 10, "a sender that is restarted goes on at once"


def test_a_disk_that_is_full_for_a_while_costs_nobody_anything(tmp_path: Path) -> None:
    figures = Figures("")
    with arena_on_sqlite(tmp_path) as arena:
        a_full_disk(arena, figures, 9, 40)
    assert (figures.lost, figures.doubled, figures.in_doubt, figures.residue, figures.unbalanced) == (0, 0, 0, 0, 0)


def test_a_database_server_that_crashes_is_waited_for(tmp_path_factory: pytest.TempPathFactory) -> None:
    figures = Figures("")
    with playing_postgres(tmp_path_factory.mktemp("server")) as server:
        if not can_crash(server):
            pytest.skip("only a PostgreSQL of the system can be started again")
        with arena_on_postgres(server, tmp_path_factory.mktemp("arena"), 60) as arena:
            an_outage(arena, figures, server, 5)
    assert (figures.lost, figures.residue, figures.unbalanced, figures.foreign_ids) == (0, 0, 0, 0)
    assert figures.doubled <= 2 * CONNECTIONS, "what was on its way when the server went"


def test_a_database_server_that_does_not_answer_for_a_while_costs_nobody_anything(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    figures = Figures("")
    with playing_postgres(tmp_path_factory.mktemp("server")) as server:
        if not can_crash(server):
            pytest.skip("only a PostgreSQL of the system can be frozen")
        with arena_on_postgres(server, tmp_path_factory.mktemp("arena"), 60) as arena:
            an_outage(arena, figures, server, 5, frozen=True)
    assert figures.received == figures.due == 60
    assert (figures.lost, figures.doubled, figures.residue, figures.unbalanced) == (0, 0, 0, 0)
