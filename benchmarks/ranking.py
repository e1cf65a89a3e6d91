"""How well papers are ranked for readers whose likes are known, beside the methods others use, in one run.

    DAILYPAPERS_RECORDINGS=… python benchmarks/ranking.py [--model NAME]

The protocol is `dailypapers.evaluation.protocol`; what is learned in general comes from papers before 2025-06-01.
"""

import argparse
import datetime as dt
import os
import platform
import warnings
from pathlib import Path

from dailypapers.evaluation.files import Files
from dailypapers.evaluation.measures import interval
from dailypapers.evaluation.methods import METHODS
from dailypapers.evaluation.protocol import Task
from dailypapers.evaluation.run import Evaluated, evaluate
from dailypapers.ranking.embeddings.models import load

UNTIL = dt.date(2025, 6, 1)
TASKS = (Task(0, topics=True), Task(3, topics=True), Task(None))


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="")
    model = parser.parse_args().model
    folder = Path(os.environ["DAILYPAPERS_RECORDINGS"]) / "ranking"
    files = Files(folder / "papers.jsonl.gz", folder / "users.jsonl", folder / "test_days.json")
    names = [name for name in METHODS if model or name != "zotero"]
    warnings.simplefilter("ignore")  # The SVM says of some readers that it did not converge.
    report(evaluate(files, names, TASKS, encoder=load(model) if model else None, until=UNTIL), model)


def report(done: Evaluated, model: str) -> None:
    """Print a row per task and method; the last columns say how far ours is ahead, with its own interval."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine}, {f'model {model}' if model else 'no model'}")
    print(
        f"{len(done.study.papers)} papers, {len(done.study.days)} days, learned from {done.background} before {UNTIL}"
    )
    print(f"{'task':<18}{'method':<30}{'nDCG@10':>8}  {'95 %':<12}{'recall':>7}{'MRR':>7}{'ms':>6}  ahead, 95 %")
    first = {outcome.task: outcome for outcome in reversed(done.outcomes) if outcome.method == "dailypapers"}
    for outcome in done.outcomes:
        low, high = interval(outcome.means().tolist())
        ahead, least, most = first[outcome.task].over(outcome)
        other = f"{ahead:+.3f} ({least:+.3f} to {most:+.3f})" if outcome is not first[outcome.task] else ""
        recalled, placed = outcome.means("recall").mean(), outcome.means("reciprocal_rank").mean()
        each = 1000 * outcome.seconds / outcome.lists
        print(
            f"{outcome.task.name:<18}{outcome.method:<30}{outcome.means().mean():>8.3f}  {f'{low:.3f}-{high:.3f}':<12}"
            f"{recalled:>7.3f}{placed:>7.3f}{each:>6.1f}  {other}"
        )


if __name__ == "__main__":
    main()
