"""Commands that only look: preview, rank, ledger."""

import sys
import webbrowser
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, progress, rows, say
from dailypapers.cli.people import known
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.domain.delivery import Ledger
    from dailypapers.domain.digest import Reason


def add(commands: typer.Typer) -> None:
    """Add these commands."""
    for command in (preview, rank, ledger):
        commands.command()(command)


def preview(
    context: typer.Context,
    address: str,
    now: Now = None,
    output: Annotated[Path | None, typer.Option(help="Write the HTML here instead of printing the text.")] = None,
    browser: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
) -> None:
    """Show the digest somebody would get next, from what is announced so far; nothing is sent or kept."""
    from dailypapers.digests.preview import preview as make
    from dailypapers.store.database import reading

    app = context.obj.app()
    with reading(app.engine) as tx:
        reader = known(tx, address)
    message = make(
        app.engine,
        app.dependencies.renderer,
        app.dependencies.digest_options,
        reader,
        zone=app.dependencies.zone,
        now=clock(now)(),
    )
    if message is None:
        say(f"Nothing that is announced and not yet sent is worth {reader.address}'s time: no digest would be sent.")
        raise typer.Exit(OK)
    target = output or (Path.cwd() / f"preview-{reader.id}.html" if browser else None)
    if target is None:
        sys.stdout.write(f"Subject: {message.subject}\n\n{message.text}\n")
        return
    target.write_text(message.html, "utf-8")
    say(f"Wrote {target}: {message.subject}")
    if browser:
        webbrowser.open(target.resolve().as_uri())


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
    from dailypapers.subscriptions.file import interests

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


def ledger(
    context: typer.Context,
    editions: Annotated[int, typer.Option(min=1, help="How many of the newest editions.")] = 14,
    as_json: Json = False,
) -> None:
    """Show the books: what became of every digest that was due, edition by edition."""
    balanced = print_ledger(context.obj.app().engine, limit=editions, as_json=as_json)
    raise typer.Exit(OK if balanced else ATTENTION)


def print_ledger(engine: "sa.Engine", *, as_json: bool, limit: int = 14, edition: int | None = None) -> bool:
    """Print the books of some editions, or of one; tells whether all of them balance."""
    from dailypapers.store.database import reading
    from dailypapers.store.ledger import ledgers

    with reading(engine) as tx:
        books = ledgers(tx, limit=limit)
    shown = [book for book in books if edition in {None, book.edition}]
    rows("ledger", [_record(book, as_json=as_json) for book in shown], as_json=as_json)
    if not as_json:
        for book in shown:
            say(f"{book.day}: {book.equation()}" + ("" if book.balanced else " (not closed)"))
    return all(book.balanced for book in shown)


def _record(book: "Ledger", *, as_json: bool) -> dict[str, Any]:
    from dailypapers.domain.delivery import EQUATION

    told = {"balanced": book.balanced, "equation": book.equation()} if as_json else {}
    return {
        "day": book.day,
        "due": book.due,
        **{state.value: book.count(state) for state in EQUATION},
        "open": book.open,
        **told,
    }
