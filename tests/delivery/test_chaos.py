"""Whatever a sender is killed at, the next one goes on at once, and every mail arrives; `make chaos` is longer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery.chaos import CONNECTIONS, Arena, Figures, a_round, arena_on_postgres, arena_on_sqlite

#: Of some 150: in a claim, before and after a mail was noted and left, in an answer, and near the end.
POINTS = (4, 39, 77, 131)


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
