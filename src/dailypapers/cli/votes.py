"""The command about votes."""

from typing import Annotated

import typer

from dailypapers.cli.output import say
from dailypapers.cli.shared import Now, clock
from dailypapers.cli.subscribers import known
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput


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
