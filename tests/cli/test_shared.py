"""What commands share: however one ends, SQLite's file alone holds everything afterwards."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("admin", "list"), 0),
        (("admin", "remove", "nobody@example.org"), 2),
        (("subscribers", "show", "nobody@example.org"), 2),
    ],
)
def test_a_command_leaves_no_log_beside_the_database(
    run: Run, migrated: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], expected: int
) -> None:
    monkeypatch.setenv("DAILYPAPERS_SECRET", "x" * 40)
    assert run(*words)[0] == expected
    assert [file.name for file in Path().glob("dailypapers.db*")] == ["dailypapers.db"]
