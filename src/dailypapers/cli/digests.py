"""Commands about editions and digests: close, compose, preview."""

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import OK, counted, progress, rows, say, write_private
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.cli.subscribers import require_subscriber

if TYPE_CHECKING:
    from dailypapers.digests.compose import Composed
    from dailypapers.domain.digest import QuietEntry


def close(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Close today's edition: all papers announced since the last one. Running it again changes nothing."""
    from dailypapers.intake.close import close as run

    dependencies = context.obj.app().dependencies
    edition = run(dependencies.engine, zone=dependencies.zone, now=clock(now)())
    rows("edition", [{"edition": edition.id, "day": edition.day, "papers": edition.papers}], as_json=as_json)


def compose(context: typer.Context, now: Now = None) -> None:
    """Compose the digest of every reader who is due, and queue it for sending."""
    from dailypapers.digests.compose import compose as run

    dependencies = context.obj.app().dependencies
    with progress("composing") as step:
        moment = clock(now)
        done = run(dependencies.engine, dependencies.digest_options, now=moment(), clock=moment, on_progress=step)
        say_composed(done)


def say_composed(done: "Composed") -> None:
    """Print how many digests were composed."""
    if done.digests or done.skipped:
        say(f"Composed {counted(done.digests, 'digest')}; {counted(done.skipped, 'reader')} had no relevant papers.")
    elif not done.claimed_by_others:
        say("No digest was due.")
    if done.claimed_by_others:
        say(
            f"Another process is composing for {done.claimed_by_others} readers; "
            "if it was stopped, try again in five minutes."
        )


def _said(quiet: "QuietEntry") -> str:
    if quiet.nearest is None:
        return f"Nothing today on “{quiet.topic}”."
    return f"Nothing today on “{quiet.topic}”; the nearest is “{quiet.nearest.title}”: {quiet.nearest.url}"


def preview(
    context: typer.Context,
    address: str,
    now: Now = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the HTML to this file instead of printing the text.")
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Open the HTML in a browser.")] = False,
) -> None:
    """Show the digest a subscriber would get next, from the papers fetched so far; nothing is sent or saved."""
    from dailypapers.digests.preview import preview as make
    from dailypapers.store import papers
    from dailypapers.store.database import reading

    app = context.obj.app()
    with reading(app.engine) as tx:
        reader = require_subscriber(tx, address)
        has_papers = papers.last_id(tx) > 0
    if not has_papers:
        say("No paper has been fetched yet. Run `dailypapers fetch` first.")
        raise typer.Exit(OK)
    message, quiet, hints = make(
        app.engine,
        app.dependencies.renderer,
        app.dependencies.digest_options,
        reader,
        zone=app.dependencies.zone,
        now=clock(now)(),
    )
    for hint in hints:
        say(hint.sentence())
    if message is None:
        say(f"No digest would be sent: there are no relevant papers that {reader.address} has not had yet.")
        for topic in quiet:
            say(_said(topic))
        raise typer.Exit(OK)
    target = output or (Path.cwd() / f"preview-{reader.id}.html" if browser else None)
    if target is None:
        sys.stdout.write(f"Subject: {message.subject}\n\n{message.text}\n")
        return
    write_private(target, message.html)
    say(f"Wrote {target}: {message.subject}")
    if browser:
        webbrowser.open(target.resolve().as_uri())
