"""The doctor on the command line: a line for each thing, and an exit code for programs."""

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_each_line_says_how_it_is_why_and_what_to_do(run: Run, migrated: Path) -> None:
    assert run("init", "--no-check-mail")[0] == 0
    code, printed, _ = run("doctor", "--no-outside", "--json")
    lines = {line["name"]: line for line in json.loads(printed)}
    assert (code, lines["database"]["level"], lines["sample email"]["level"]) == (0, "ok", "warn")
    Path("dailypapers.secret").chmod(0o644)
    code, printed, _ = run("doctor", "--no-outside")
    assert (code, "chmod 600" in printed) == (1, True)
