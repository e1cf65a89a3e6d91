"""Commands about papers: archive, paper, rank."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, counted, print_json, progress, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import datetime as dt

    import sqlalchemy as sa

    from dailypapers.library.rank_file import Ranked
    from dailypapers.store.provenance import Provenance


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

    fields = {
        "topics": topic, "phrases": phrase, "categories": category, "authors": author, "papers": paper,
        "avoid": unwanted, "exclude": exclude,
    }  # fmt: skip
    preferred = tuple(interests({name: value for name, value in fields.items() if value}))
    with progress("reading and ranking"):
        least = DigestDefaults().relevance if relevance is None else relevance
        request = Wanted(preferred, limit, least)
        ranked = run(papers, request, now=clock(now)(), archive=archive, model=model)
    _show(ranked, explain=explain, as_json=as_json)
    if not ranked.papers:
        raise BadInput(f"{papers} has no papers that could be read.")
    raise typer.Exit(ATTENTION if ranked.skipped else OK)


def _show(ranked: "Ranked", *, explain: bool, as_json: bool) -> None:
    for sentence in (*ranked.warnings, *(f"{item.where}: {item.why}" for item in ranked.skipped)):
        say(sentence)
    records = [*_records(ranked, explain=explain)]
    title = f"{len(records)} of {ranked.papers} papers"
    rows(title, records, as_json=as_json, table=[_row(record) for record in records], wide=("paper, and why",))
    if ranked.papers and not records:
        say("No paper is relevant enough; --relevance 0 shows what comes nearest.")


def _records(ranked: "Ranked", *, explain: bool) -> Iterator[dict[str, Any]]:
    for place, (paper, pick) in enumerate(ranked.picks, 1):
        yield {
            "rank": place,
            "id": str(paper.id),
            "title": paper.title,
            "score": round(pick.score, 4),
            "reason": pick.reason.sentence(),
            **({"terms": [asdict(term) for term in pick.reason.terms]} if explain else {}),
        }


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    terms = (
        f"{term['weight']:+.3f} {term['kind']} {term['text'] or term['interest']}" for term in record.get("terms", ())
    )
    row = {name: record[name] for name in ("rank", "id", "score")}
    return {**row, "paper, and why": "\n".join(filter(None, (record["title"], record["reason"], *terms)))}


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


def paper(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(help="The paper's arXiv id, DOI or URL.", metavar="PAPER")],
    split: Annotated[
        str | None, typer.Option(metavar="RECORD", help="Make this record, which was merged, a paper of its own again.")
    ] = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Show where a paper came from and when, its signals, and the records that were merged into it."""
    from dailypapers.store import provenance
    from dailypapers.store.database import reading, writing

    engine = context.obj.app().engine
    name = _name(paper)
    if split is not None:
        with writing(engine) as tx:
            _split(tx, name, _name(split), clock(now)())
    with reading(engine) as tx:
        origin = provenance.of(tx, name)
    if origin is None:
        raise _unknown(name)
    if as_json:
        print_json(_origin_record(origin))
    else:
        _print_origin(origin)


def _name(text: str) -> str:
    """Read how a paper is named: by an id, an address that holds one, or the address of a paper that has none."""
    from dailypapers.domain.paper import PaperId
    from dailypapers.references.ids import ids_in

    if text.startswith(("https://", "http://")):
        return str(next(ids_in(text), PaperId("url", text)))
    return str(PaperId.parse(text))


def _unknown(name: str) -> BadInput:
    return BadInput(f"There is no paper {name} in the database.")


def _split(tx: "sa.Connection", name: str, record: str, now: "dt.datetime") -> None:
    from dailypapers.store import identities

    paper_id = identities.known(tx, [name]).get(name)
    if paper_id is None:
        raise _unknown(name)
    if identities.split(tx, paper_id, record, now=now) is None:
        raise BadInput(f"{record} is not merged into {name}; without --split, this command shows what is.")
    say(f"{record} is a paper of its own from now on.")


def _origin_record(origin: "Provenance") -> dict[str, Any]:
    paper = origin.paper
    fields = {"title": paper.title, "authors": paper.authors, "categories": paper.categories, "url": paper.url}
    rest = {
        "published": paper.published,
        "first_seen_at": origin.first_seen_at,
        "names": origin.names,
        "announcements": [asdict(each) for each in origin.announcements],
        "signals": [asdict(each) for each in origin.readings],
        "merges": [asdict(each) for each in origin.merges],
    }
    return {"id": str(paper.id), **fields, **rest}


def _print_origin(origin: "Provenance") -> None:
    paper = origin.paper
    typer.echo(f"{paper.id}  {paper.title}")
    for line in (", ".join(paper.authors), ", ".join(paper.categories), paper.url):
        if line:
            typer.echo(line)
    other_names = f"; also known as {', '.join(origin.names)}" if origin.names else ""
    typer.echo(f"First seen {_moment(origin.first_seen_at)}{other_names}.\n")
    announced = [{**asdict(each), "seen_at": _moment(each.seen_at)} for each in origin.announcements]
    rows("announcements", announced, as_json=False)
    if origin.readings:
        rows("signals", [asdict(each) for each in origin.readings], as_json=False)
    if origin.merges:
        rows("merged records", [_merge_row(asdict(each)) for each in origin.merges], as_json=False)


def _merge_row(merge: Mapping[str, Any]) -> dict[str, Any]:
    split_at = _moment(merge["split_at"]) if merge["split_at"] else None
    return {**merge, "merged_at": _moment(merge["merged_at"]), "split_at": split_at}


def _moment(moment: "dt.datetime") -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
