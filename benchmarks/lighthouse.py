"""What Lighthouse says of the pages that people see first, and what a first visit of each costs.

    python -m benchmarks.lighthouse [--runs 3]

Scores are of 100, the middle one of the runs, as a phone on a slow line would load the page. Performance is timed, so
that it depends on what else the machine does; the tests hold only the scores that do not.
"""

import argparse
import datetime as dt
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from tests.browser import tools
from tests.browser.living import living
from tests.browser.looking import Scores, lighthouse
from tests.browser.pictures import prepare

PAGES = ("front", "preferences", "front-topic", "digest", "search-found", "subscribe", "unsubscribe")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    if lacks := tools.missing():
        sys.exit(lacks)
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores\n")
    print("| page | performance | accessibility | best practices | KB | first paint |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, living(Path(name)) as service:
        addresses = prepare(service)
        for page in PAGES:
            print(row(page, lighthouse(*[addresses[page]] * asked.runs, timed=True)), flush=True)


def row(page: str, runs: list[Scores]) -> str:
    """The middle of the runs, as a line of the table."""
    performance, accessibility, best = (
        round(statistics.median(getattr(run, name) for run in runs))
        for name in ("performance", "accessibility", "best_practices")
    )
    kilobytes, paint = runs[0].transferred / 1000, statistics.median(run.first_paint for run in runs)
    return f"| {page} | {performance} | {accessibility} | {best} | {kilobytes:.1f} | {paint:.1f} s |"


if __name__ == "__main__":
    main()
