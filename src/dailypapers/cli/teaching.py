"""Commands that teach the ranking: earlier papers, and readers' votes."""

from pathlib import Path
from typing import Annotated

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, say
from dailypapers.cli.people import known
from dailypapers.cli.shared import Now, clock
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput


def add(commands: typer.Typer) -> None:
    """Add these commands."""
    for command in (archive, vote):
        commands.command()(command)


def archive(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON Lines of papers, also gzipped.")],
    now: Now = None,
) -> None:
    """Take in earlier papers for the ranking to learn from; nobody is told of them."""
    from dailypapers.library.add_papers import archive as run
    from dailypapers.ranking.corpus.background import LEAST_PAPERS

    app = context.obj.app()
    with progress("papers") as told:
        done = run(app.engine, file, now=clock(now)(), on_progress=told)
    for item in done.skipped:
        say(f"{item.where}: {item.why}")
    say(f"{done.papers:,} papers read, {done.new:,} of them new. The next edition's ranking learns from them.")
    if done.papers < LEAST_PAPERS:
        say(f"With fewer than {LEAST_PAPERS:,} earlier papers in all, topics match by their own words alone.")
    raise typer.Exit(ATTENTION if done.skipped else OK)


def vote(
    context: typer.Context,
    address: str,
    paper: Annotated[str, typer.Argument(help="An arXiv id, a DOI or an address of the paper.")],
    word: Annotated[str, typer.Argument(help="like, dislike, save, or none to take back.", metavar="VOTE")],
    now: Now = None,
) -> None:
    """Note what a subscriber thinks of a paper; the next digest follows it."""
    from dailypapers.domain.paper import PaperId
    from dailypapers.store import papers, votes
    from dailypapers.store.database import writing

    if word not in {*Vote, "none"}:
        raise BadInput(f"“{word}” is no vote: use like, dislike, save, or none.")
    with writing(context.obj.app().engine) as tx:
        reader = known(tx, address)
        paper_id = papers.named(tx, str(PaperId.parse(paper)))
        if paper_id is None:
            raise BadInput(f"There is no paper {paper} here; only papers that were announced can be voted on.")
        if word == "none":
            votes.withdraw(tx, reader.id, paper_id)
        else:
            votes.cast(tx, reader.id, paper_id, Vote(word), now=clock(now)())
    say("Noted.")
