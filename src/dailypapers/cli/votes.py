"""The command about votes."""

from typing import Annotated

import typer

from dailypapers.cli.output import say
from dailypapers.cli.shared import Now, clock
from dailypapers.cli.subscribers import require_subscriber
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput


def vote(
    context: typer.Context,
    address: str,
    paper: Annotated[str, typer.Argument(help="The paper's arXiv id, DOI or URL.")],
    word: Annotated[str, typer.Argument(help="like, dislike or save; none removes the vote.", metavar="VOTE")],
    now: Now = None,
) -> None:
    """Record a subscriber's vote on a paper; their next digest takes it into account."""
    from dailypapers.domain.paper import PaperId
    from dailypapers.store import papers, votes
    from dailypapers.store.database import writing

    if word not in {*Vote, "none"}:
        raise BadInput(f"“{word}” is not a vote; use like, dislike, save or none.")
    with writing(context.obj.app().engine) as tx:
        reader = require_subscriber(tx, address)
        paper_id = papers.named(tx, str(PaperId.parse(paper)))
        if paper_id is None:
            raise BadInput(f"There is no paper {paper} in the database; only papers that were fetched can be voted on.")
        if word == "none":
            votes.withdraw(tx, reader.id, paper_id)
        else:
            votes.cast(tx, reader.id, paper_id, Vote(word), now=clock(now)())
    say("Vote recorded." if word != "none" else "Vote removed.")
