"""Fail where a core package is covered by less than its floor: `python -m tests.coverage_floors` after the tests.

The floors stand in pyproject.toml, [tool.dailypapers.coverage_floors].
"""

import io
import json
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]


def floors() -> dict[str, int]:
    """Read the least percentage of each package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return dict(project["tool"]["dailypapers"]["coverage_floors"])


def covered(data_file: Path) -> dict[str, float]:
    """Compute the percentage of lines and branches that ran, by package."""
    coverage = Coverage(data_file=str(data_file), config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        stdout, sys.stdout = sys.stdout, io.StringIO()
        coverage.json_report(outfile=report.name)
        sys.stdout = stdout
        files = json.loads(Path(report.name).read_text("utf-8"))["files"]
    ran, there = Counter[str](), Counter[str]()
    for name, file in files.items():
        package = name.partition("dailypapers/")[2].partition("/")[0]
        ran[package] += file["summary"]["covered_lines"] + file["summary"]["covered_branches"]
        there[package] += file["summary"]["num_statements"] + file["summary"]["num_branches"]
    return {package: 100 * ran[package] / there[package] for package in there if there[package]}


def main() -> None:
    """Print each package beside its floor; exit with 1 if one is below."""
    reached = covered(ROOT / ".coverage")
    below = [package for package, floor in floors().items() if reached.get(package, 0) < floor]
    for package, floor in floors().items():
        print(f"{package:10} {reached.get(package, 0):6.1f} %   floor {floor} %")  # noqa: T201 - what it is for
    sys.exit(f"Below its floor: {', '.join(below)}" if below else 0)


if __name__ == "__main__":
    main()
