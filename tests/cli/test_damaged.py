"""A database that is none ends every command in one sentence."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run


@pytest.mark.parametrize("command", [("subscribers", "list"), ("serve",), ("migrate",), ("day",)])
def test_a_damaged_database_is_one_sentence_and_no_traceback(
    run: Run, tmp_path: Path, migrated: Path, command: tuple[str, ...]
) -> None:
    run("init", "--no-check-mail")
    assert not (tmp_path / "dailypapers.db-wal").exists()
    migrated.write_bytes(b"rubbish " * 1000)
    code, _, said = run(*command)
    assert (code, said.count("\n")) == (3, 1), said
    assert "is damaged (file is not a database)" in said
