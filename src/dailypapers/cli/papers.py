"""Commands about papers: archive, rank."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, counted, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput


def rank(
    papers: Annotated[
        Path,
        typer.Option(
            help="JSON Lines (id, title, abstract, authors, categories), or text: a line of title, one of abstract."
        ),
    ],
    topic: Annotated[list[str] | None, typer.Option(help="A topic in your own words.")] = None,
    phrase: Annotated[list[str] | None, typer.Option(help="Words that must appear next to each other.")] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="An arXiv category such as cs.LG; cs is all of computer science.")
    ] = None,
    author: Annotated[list[str] | None, typer.Option(help="An author to follow.")] = None,
    unwanted: Annotated[list[str] | None, typer.Option("--not", help="Show less of this.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Never show papers with these words.")] = None,
    paper: Annotated[list[str] | None, typer.Option(help="A paper of the file, by its id: show more like it.")] = None,
    archive: Annotated[
        Path | None, typer.Option(help="Earlier papers to learn word frequencies from, as JSON Lines.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or folder.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show every term of each score, with its weight.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many papers to show.")] = 20,
    relevance: Annotated[
        float | None,
        typer.Option(min=0, max=0.99, help="How likely a paper must be relevant; 0 shows whatever comes nearest."),
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Rank the papers of a file by your interests, with reasons; needs no settings and no database.

    Options that name an interest can be given several times.
    """
    from dailypapers.library.rank_file import Wanted
    from dailypapers.library.rank_file import rank as run
    from dailypapers.settings import DigestDefaults
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
    preferred = tuple(interests({name: value for name, value in stated.items() if value}))
    with progress("reading and ranking"):
        least = DigestDefaults().relevance if relevance is None else relevance
        asked = Wanted(preferred, limit, least)
        ranked = run(papers, asked, now=clock(now)(), archive=archive, model=model)
    for sentence in (*ranked.warnings, *(f"{item.where}: {item.why}" for item in ranked.skipped)):
        say(sentence)
    records = [
        {
            "rank": place,
            "id": str(paper.id),
            "title": paper.title,
            "score": round(pick.score, 4),
            "reason": pick.reason.sentence(),
            **({"terms": [asdict(term) for term in pick.reason.terms]} if explain else {}),
        }
        for place, (paper, pick) in enumerate(ranked.picks, 1)
    ]
    title = f"{len(records)} of {ranked.papers} papers"
    rows(title, records, as_json=as_json, table=[_row(record) for record in records], wide=("paper, and why",))
    if ranked.papers and not records:
        say("No paper is relevant enough; --relevance 0 shows what comes nearest.")
    if not ranked.papers:
        raise BadInput(f"{papers} has no papers that could be read.")
    raise typer.Exit(ATTENTION if ranked.skipped else OK)


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    terms = (
        f"{term['weight']:+.3f} {term['kind']} {term['text'] or term['interest']}" for term in record.get("terms", ())
    )
    shown = {name: record[name] for name in ("rank", "id", "score")}
    return {**shown, "paper, and why": "\n".join(filter(None, (record["title"], record["reason"], *terms)))}


def archive(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Papers as JSON Lines, gzipped or not.")],
    now: Now = None,
) -> None:
    """Add earlier papers for the ranking to learn from; they are not sent to anybody."""
    from dailypapers.library.add_papers import archive as run
    from dailypapers.ranking.corpus.background import LEAST_PAPERS

    app = context.obj.app()
    with progress("papers") as on_progress:
        done = run(app.engine, file, now=clock(now)(), on_progress=on_progress)
    for item in done.skipped:
        say(f"{item.where}: {item.why}")
    read = f"Read {counted(done.papers, 'paper')}, {done.new:,} of them new."
    say(f"{read} The ranking learns from them at the next edition.")
    if done.papers < LEAST_PAPERS:
        say(f"With fewer than {LEAST_PAPERS:,} earlier papers in all, topics are matched only by their own words.")
    raise typer.Exit(ATTENTION if done.skipped else OK)
