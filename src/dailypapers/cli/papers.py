"""Commands about papers: archive, rank."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    from dailypapers.domain.digest import Reason


def rank(
    papers: Annotated[Path, typer.Option(help="JSON Lines of papers, or text with a title and an abstract line each.")],
    topic: Annotated[list[str] | None, typer.Option(help="A subject in your own words.")] = None,
    phrase: Annotated[list[str] | None, typer.Option(help="Words that stand next to each other.")] = None,
    category: Annotated[list[str] | None, typer.Option(help="Such as cs.LG; cs is all of cs.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="A name to follow.")] = None,
    unwanted: Annotated[list[str] | None, typer.Option("--not", help="Words that push a paper down.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Words that keep a paper out.")] = None,
    paper: Annotated[list[str] | None, typer.Option(help="A paper of the file, by its id: more like this.")] = None,
    archive: Annotated[Path | None, typer.Option(help="Earlier papers to learn from, JSON Lines.")] = None,
    model: Annotated[str | None, typer.Option(help="An encoder, by name or path.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show every term of each score with its weight.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = 20,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Rank papers of a file for somebody, with reasons; needs no settings and no database."""
    from dailypapers.library.rank_file import rank as run
    from dailypapers.subscriptions.import_ import interests

    stated = {
        "topics": topic,
        "phrases": phrase,
        "categories": category,
        "authors": author,
        "papers": paper,
        "avoid": unwanted,
        "exclude": exclude,
    }
    wanted = tuple(interests({name: value for name, value in stated.items() if value}))
    with progress("reading and ranking"):
        ranked = run(papers, wanted, limit=limit, now=clock(now)(), archive=archive, model=model)
    for sentence in (*ranked.warnings, *(f"{item.where}: {item.why}" for item in ranked.skipped)):
        say(sentence)
    records = [
        {
            "rank": place,
            "id": str(paper.id),
            "title": paper.title,
            "score": round(pick.score, 4),
            "reason": pick.reason.sentence(),
            **({"terms": _terms(pick.reason, as_json=as_json)} if explain else {}),
        }
        for place, (paper, pick) in enumerate(ranked.picks, 1)
    ]
    rows(f"{len(records)} of {ranked.papers} papers", records, as_json=as_json, wide=("title", "reason", "terms"))
    if not ranked.papers:
        raise BadInput(f"{papers} holds no paper that could be read.")
    raise typer.Exit(ATTENTION if ranked.skipped else OK)


def _terms(reason: "Reason", *, as_json: bool) -> Any:
    if as_json:
        return [asdict(term) for term in reason.terms]
    return "\n".join(f"{term.weight:+.3f} {term.kind} {term.text or term.interest}" for term in reason.terms)


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
