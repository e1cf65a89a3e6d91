"""The command that measures the ranking."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    from dailypapers.evaluation.protocol import Outcome, Task
    from dailypapers.ranking.embeddings.encoder import Encoder

METHOD_HELP = "dailypapers, words, bm25, tfidf, svm or zotero (which needs --model); can be repeated. By default all."
Likes = Annotated[str, typer.Option(help="How many of a reader's latest likes the methods may use: a number, or all.")]


evaluating = typer.Typer(help="Measure the ranking, compared with other methods.", invoke_without_command=True)


@evaluating.callback()
def evaluate(
    context: typer.Context,
    papers: Annotated[Path | None, typer.Option(help="Papers as JSON Lines, each with its day.")] = None,
    users: Annotated[Path | None, typer.Option(help="Readers as JSON Lines: user, list, topic, likes.")] = None,
    test_days: Annotated[Path | None, typer.Option(help="The days to rank, as a JSON list.")] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Use this service's own editions and votes instead of files.")
    ] = False,
    method: Annotated[list[str] | None, typer.Option(help=METHOD_HELP)] = None,
    likes: Likes = "all",
    heading: Annotated[
        bool | None,
        typer.Option(
            help="Whether the methods may also use the reader's topic; by default, only if --likes is a number."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or folder.")] = None,
    until: Annotated[
        dt.datetime | None,
        typer.Option("--background-until", formats=["%Y-%m-%d"], help="Learn only from papers before this day."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure how well papers are ranked, compared with other methods: nDCG@10, recall@10, MRR, 95 % intervals."""
    from dailypapers.evaluation.files import Files
    from dailypapers.evaluation.methods import METHODS
    from dailypapers.evaluation.run import evaluate as run
    from dailypapers.ranking.embeddings.models import load

    if context.invoked_subcommand:
        return
    names = method or [name for name in METHODS if model or name != "zotero"]
    files = Files(papers, users, test_days) if papers and users and test_days and not replay else None
    if files is None and not replay:
        raise BadInput("evaluate needs --papers, --users and --test-days, or --replay for this service's own votes.")
    task = _task(likes, topics=True if replay and heading is None else heading)
    encoder = load(model) if model else None
    if files is None:
        _replay(context, names, task, encoder, as_json=as_json)
        return
    with progress("days ranked") as on_progress:
        done = run(files, names, [task], encoder=encoder, until=until and until.date(), on_progress=on_progress)
    for item in done.skipped:
        say(f"{item.where}: {item.why}")
    if done.without_papers:
        say(f"There are no papers for these days: {', '.join(done.without_papers)}.")
    title = f"{task.name}: {len(done.study.days)} days, learned from {done.background:,} earlier papers"
    _print(title, done.outcomes, as_json=as_json)
    raise typer.Exit(ATTENTION if done.skipped else OK)


def _replay(
    context: typer.Context, names: list[str], task: "Task", encoder: "Encoder | None", *, as_json: bool
) -> None:
    from dailypapers.evaluation.run import replay as run

    with progress("ranking past editions"):
        outcomes = run(context.obj.app().engine, names, task=task, encoder=encoder)
    _print(f"This service's own editions and votes: {task.name}", tuple(outcomes), as_json=as_json)


def _print(title: str, outcomes: "tuple[Outcome, ...]", *, as_json: bool) -> None:
    measured = records(outcomes, as_json=as_json)
    of = f"{title}; {measured[0]['readers']:,} readers, {measured[0]['lists']:,} lists"
    rows(of, measured, as_json=as_json, table=[_row(record) for record in measured], wrap=("method",))


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Give what fits on 80 columns, intervals as one cell."""
    return {
        "method": record["method"],
        "nDCG@10": record["ndcg@10"],
        "95 % interval": f"{record['from']:.3f}–{record['to']:.3f}",
        "recall@10": record["recall@10"],
        "MRR": record["mrr"],
        "first ahead by": f"{record['at least']:.3f}–{record['at most']:.3f}",
        "ms/list": f"{record['ms a list']:.1f}",
    }


@evaluating.command()
def trending(
    listings: Annotated[Path, typer.Option(help="Hugging Face's daily papers as JSON Lines, each with its day.")],
    readings: Annotated[Path, typer.Option(help="Later counts, tab-separated: arxiv_id, observed_at, upvotes.")],
    as_json: Json = False,
) -> None:
    """Measure how well early scores forecast which of a day's papers are popular a week later."""
    from dailypapers.evaluation.run import forecasts

    results = forecasts(listings, readings)
    rows("Forecasts of the order a week later", [asdict(order) for order in results], as_json=as_json)


@evaluating.command()
def interleaved(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="Use the votes of the last N days.")] = 90,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Show which of two ranking variants readers preferred, from votes on interleaved lists."""
    from dailypapers.evaluation.run import interleaved as run

    sides = run(context.obj.app().engine, now=clock(now)(), days=days)
    rows("Votes on interleaved lists", [asdict(side) for side in sides], as_json=as_json)


def _task(likes: str, *, topics: bool | None) -> "Task":
    from dailypapers.evaluation.protocol import Task

    if likes != "all" and not (likes.isascii() and likes.isdigit()):
        raise BadInput(f"--likes must be a number or all, not “{likes}”.")
    liked = None if likes == "all" else int(likes)
    with_topic = liked is not None if topics is None else topics
    if liked == 0 and not with_topic:
        raise BadInput("Without likes and without a topic there is nothing to rank by.")
    return Task(liked, topics=with_topic)


def records(outcomes: "tuple[Outcome, ...]", *, as_json: bool) -> list[dict[str, Any]]:
    """Return a row for each method: means over readers, and how far ahead of it the first method is."""
    from dailypapers.evaluation.measures import interval

    rows = []
    for outcome in outcomes:
        low, high = interval(outcome.means().tolist())
        ahead, least, most = outcomes[0].over(outcome)
        rows.append(
            {
                "method": outcome.method,
                "ndcg@10": float(outcome.means().mean()),
                "from": low,
                "to": high,
                "recall@10": float(outcome.means("recall").mean()),
                "mrr": float(outcome.means("reciprocal_rank").mean()),
                "first ahead by": ahead,
                "at least": least,
                "at most": most,
                "readers": len(outcome.by_reader),
                "lists": outcome.lists,
                "ms a list": 1000 * outcome.seconds / outcome.lists,
            }
        )
        if as_json:
            rows[-1] |= {"task": outcome.task.name, "readers_ndcg@10": _by_reader(outcome)}
    return rows


def _by_reader(outcome: "Outcome") -> dict[str, float]:
    return dict(zip(sorted(outcome.by_reader), outcome.means().tolist(), strict=True))
