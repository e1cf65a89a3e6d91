"""A command, as it is typed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from dailypapers.cli.main import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command in an empty folder; returns its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    logging = structlog.get_config()

    def type_command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["dailypapers", *words])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    yield type_command
    structlog.configure(**logging)
