"""Commands for setting up and keeping in order: init, migrate, prune."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import progress, rows, say
from dailypapers.cli.shared import Context, Json, Now, clock, closed_at_the_end

if TYPE_CHECKING:
    from dailypapers.mail.smtp.transport import MailServer


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write the settings file.")] = Path(),
    check_mail: Annotated[bool, typer.Option(help="Check that the mail server accepts email.")] = True,
) -> None:
    """Write a commented settings file and a secret, create the database, and check the mail server.

    What exists already is kept, so it can be run again after the settings have been changed.
    """
    from dailypapers.app import build, make_secret
    from dailypapers.settings import DEFAULT_FILE, load, shipped
    from dailypapers.store.database import migrate as bring_up

    shared: Context = context.obj
    file = shared.config or folder / DEFAULT_FILE
    if file.exists():
        say(f"{file} already exists; it was not changed.")
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text((shipped("config") / DEFAULT_FILE).read_text("utf-8"), "utf-8")
        say(f"Wrote {file}: every setting with its default. Start with [service], [mail] and [[sources]].")
    settings = load(file)
    if make_secret(settings):
        say(f"Created the secret {settings.service.secret_file}, which signs the links in emails; back it up.")
    app = closed_at_the_end(build(settings))
    bring_up(app.engine)
    say(f"The database {app.engine.url.render_as_string(hide_password=True)} is ready.")
    if check_mail:
        for server in app.mail_servers:
            _check_mail(
                server, {settings.mail.from_address, settings.mail.bounce_address or settings.mail.from_address}
            )


def _check_mail(server: "MailServer", senders: Iterable[str]) -> None:
    import asyncio

    from dailypapers.mail.smtp.transport import SmtpTransport

    with progress(f"checking the mail server {server}"):
        answer = asyncio.run(SmtpTransport(server, connections=1).check(senders=sorted(senders)))
    say(answer)


def migrate(context: typer.Context) -> None:
    """Upgrade the database to this version; running it again changes nothing."""
    from dailypapers.store.database import migrate as bring_up
    from dailypapers.store.database import revision

    app = context.obj.app(migrated=False)
    before, newest = revision(app.engine)
    bring_up(app.engine)
    say(
        f"The database is already at revision {newest}."
        if before == newest
        else f"The database was upgraded from revision {before} to {newest}."
    )


def prune(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Delete expired data: unconfirmed subscriptions, old sign-up requests, what [retention] keeps no longer.

    `serve` does this daily.
    """
    from dataclasses import asdict

    from dailypapers.jobs.prune import prune as run

    dependencies = context.obj.app().dependencies
    encoder = dependencies.digest_options.encoder
    pruned = run(dependencies.engine, retention=dependencies.retention, encoder=encoder, now=clock(now)())
    if as_json:
        rows("pruned", [asdict(pruned)], as_json=True)
        return
    say(
        f"Deleted: {pruned.unconfirmed} unconfirmed subscriptions, {pruned.sign_up_requests} sign-up requests, "
        f"{pruned.deliveries} old emails, {pruned.attempts} tries of emails, {pruned.fetches} fetches and "
        f"{pruned.vectors} vectors of other models. {pruned.unsubscribed_again} readers who had asked again and did "
        "not confirm are unsubscribed as before."
    )
