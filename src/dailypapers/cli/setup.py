"""Commands for setting up and keeping in order: init, migrate, prune."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import progress, rows, say
from dailypapers.cli.shared import Context, Json, Now, clock, closed_at_the_end

if TYPE_CHECKING:
    from dailypapers.mail.smtp.transport import MailServer


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the settings file goes.")] = Path(),
    check_mail: Annotated[bool, typer.Option(help="Talk to the mail server.")] = True,
) -> None:
    """Write a commented settings file and a secret, create the database, check the mail server."""
    from dailypapers.app import build, make_secret
    from dailypapers.settings import DEFAULT_FILE, load, shipped
    from dailypapers.store.database import migrate as bring_up

    shared: Context = context.obj
    file = shared.config or folder / DEFAULT_FILE
    if file.exists():
        say(f"{file} is there already and stays as it is.")
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text((shipped("config") / DEFAULT_FILE).read_text("utf-8"), "utf-8")
        say(f"Wrote {file}: every setting with its default. Look at [service], [mail] and [[sources]] first.")
    settings = load(file)
    if make_secret(settings):
        say(f"Made the secret {settings.service.secret_file}: it signs the links in mails, keep it.")
    app = closed_at_the_end(build(settings))
    bring_up(app.engine)
    say(f"The database {app.engine.url.render_as_string(hide_password=True)} is ready.")
    if check_mail:
        _check_mail(app.mail_server)


def _check_mail(server: "MailServer") -> None:
    import asyncio

    from dailypapers.mail.smtp.transport import SmtpTransport

    with progress(f"asking the mail server {server}"):
        found = asyncio.run(SmtpTransport(server, connections=1).check())
    say(found)


def migrate(context: typer.Context) -> None:
    """Bring the database's tables up to this version; running it twice changes nothing."""
    from dailypapers.store.database import migrate as bring_up
    from dailypapers.store.database import revision

    app = context.obj.app(migrated=False)
    before, wanted = revision(app.engine)
    bring_up(app.engine)
    say(f"The database is at revision {wanted}." if before == wanted else f"Migrated from {before} to {wanted}.")


def prune(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Forget who did not confirm in time, who asked to subscribe days ago, and vectors of models used no longer.

    `serve` does it daily.
    """
    from dataclasses import asdict

    from dailypapers.jobs.prune import prune as run

    dependencies = context.obj.app().dependencies
    pruned = run(dependencies.engine, encoder=dependencies.digest_options.encoder, now=clock(now)())
    if as_json:
        rows("pruned", [asdict(pruned)], as_json=True)
        return
    say(
        f"Erased {pruned.unconfirmed} who did not confirm; {pruned.unsubscribed_again} who asked again stay "
        f"unsubscribed; forgot {pruned.asks} notes of who asked, and what other models made of papers "
        f"({pruned.vectors} vectors)."
    )
