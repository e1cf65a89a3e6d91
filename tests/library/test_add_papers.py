"""A file's papers become earlier papers: announced to nobody, and taken in once."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.world import MONDAY

from dailypapers.errors import BadInput
from dailypapers.library.add_papers import archive
from dailypapers.store import papers
from dailypapers.store.database import reading


def test_papers_are_kept_a_group_at_a_time_and_only_new_ones_are_counted(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dailypapers.library.add_papers._GROUP", 2)
    file, progress = tmp_path / "archive.jsonl", list[int]()
    lines = [f'{{"id": "2501.0000{n}", "title": "Paper {n}"}}' for n in range(5)]
    file.write_text("\n".join(lines[:2]))
    archive(engine, file, now=MONDAY)
    file.write_text("\n".join([*lines, "{"]))
    done = archive(engine, file, now=MONDAY, on_progress=progress.append)
    assert (done.papers, done.new, len(done.skipped)) == (5, 3, 1)
    assert progress == [2, 2, 1]
    with reading(engine) as tx:
        assert len(papers.every(tx)) == 5
        assert papers.first_editions(tx) == {}


def test_a_file_that_is_not_there_is_refused(engine: sa.Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        archive(engine, tmp_path / "nothing.jsonl", now=MONDAY)
