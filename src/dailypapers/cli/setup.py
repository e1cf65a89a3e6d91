"""Commands for setting up and keeping in order: init, migrate, prune."""

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import counted, progress, rows, say
from dailypapers.cli.shared import Context, Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    from dailypapers.app import App
    from dailypapers.cli.first_answers import Answered
    from dailypapers.mail.smtp.transport import MailServer
    from dailypapers.settings import Settings
    from dailypapers.sources.base import Source


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write the settings file.")] = Path(),
    from_address: Annotated[
        str, typer.Option("--from", help="The sender that readers see: an address, or “Name <address>”.")
    ] = "",
    operator: Annotated[str, typer.Option(help="Your own address: who is told how things are.")] = "",
    server: Annotated[str, typer.Option(metavar="HOST[:PORT]", help="The SMTP server that sends our emails.")] = "",
    username: Annotated[str, typer.Option(help="Its user name; the password: DAILYPAPERS_MAIL__PASSWORD.")] = "",
    base_url: Annotated[str, typer.Option(metavar="URL", help="Where readers reach the pages.")] = "",
    sources: Annotated[
        str, typer.Option(help="Such as “cs.LG, Hugging Face, bioRxiv neuroscience”, or addresses of feeds.")
    ] = "",
    topic: Annotated[
        list[str] | None,
        typer.Option(help="A topic of your own: --operator gets digests on it. Can be given several times."),
    ] = None,
    ask: Annotated[bool, typer.Option(help="Ask for what is not given; never done without a terminal.")] = True,
    check_mail: Annotated[bool, typer.Option(help="Check that the mail server accepts email.")] = True,
    try_sources: Annotated[bool, typer.Option(help="Ask each source that was named once.")] = True,
    test_mail: Annotated[bool, typer.Option(help="Send a first email to --operator.")] = False,
) -> None:
    """Write a commented settings file and a secret, create the database, and try the mail server and the sources.

    It asks for sender, mail server and sources, or takes them as options. What exists already is kept, so it can be run
    again after the settings have been changed.
    """
    from dailypapers.app import build
    from dailypapers.assembly.secret import make_secret
    from dailypapers.cli.first_answers import Answered, ask_for, ask_for_topics
    from dailypapers.settings import DEFAULT_FILE
    from dailypapers.store.database import address_of
    from dailypapers.store.database import migrate as bring_up

    shared: Context = context.obj
    file = shared.config or folder / DEFAULT_FILE
    answered = Answered(from_address, operator, server, username, base_url, sources)
    topics = tuple(topic or ())
    is_new = not file.exists()
    if is_new and ask and sys.stdin.isatty():
        answered = ask_for(answered)
        topics = topics or (ask_for_topics() if answered.operator else ())
    if topics and is_new and not answered.operator:
        raise BadInput("Digests on your topics need an address: give --operator.")
    settings = _written(file, answered) if is_new else _kept(file, answered)
    if make_secret(settings):
        say(f"Created the secret {settings.service.secret_file}, which signs the links in emails; back it up.")
    app = shared.closing(build(settings))
    bring_up(app.engine)
    _encrypt_stored(app)
    say(f"The database {address_of(app.engine)} is ready.")
    if topics:
        _subscribe_operator(app, answered.operator_address or settings.operator.email, topics)
    if try_sources and answered.sources:
        _try_sources(app)
    senders = {settings.mail.from_address, settings.mail.bounce_address or settings.mail.from_address}
    for mail_server in app.mail_servers if check_mail else ():
        _check_mail(mail_server, senders, file)
    if test_mail:
        _send_test(app)
    with_config = "" if file == Path(DEFAULT_FILE) else f" --config {shlex.quote(str(file))}"
    first = f"For a first digest now, run: dailypapers{with_config} day\n" if topics else ""
    say(f"{first}{'No source has been fetched yet. ' * is_new}Start it with: dailypapers{with_config} serve")


def _written(file: Path, answered: "Answered") -> "Settings":
    """Write the settings, and return them; an answer that is not valid leaves no file, so that init can run again."""
    from dailypapers.errors import BadSettings
    from dailypapers.settings import DEFAULT_FILE, load, shipped

    text = answered.settings((shipped("config") / DEFAULT_FILE).read_text("utf-8"))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    try:
        settings = load(file)
    except BadSettings:
        file.unlink()
        raise
    say(f"Wrote {file}: every setting with its default. Start with [service], [mail] and [[sources]].")
    return settings


def _kept(file: Path, answered: "Answered") -> "Settings":
    """Return the settings of a file that is there, and say that it stays as it is."""
    from dailypapers.settings import load

    say(f"{file} already exists; it was not changed{', and neither were its settings' * answered.is_any}.")
    return load(file)


def _try_sources(app: "App") -> None:
    """Ask each source once, and say what came; one that does not answer today may tomorrow.

    Whoever sits there is told at once what is wrong: nothing is tried again.
    """
    import asyncio
    import datetime as dt

    from dailypapers.assembly.sources import make_http
    from dailypapers.errors import FetchFailed

    async def ask(source: "Source") -> str:
        async with make_http(app.settings, app.engine, retries=0) as http:
            fetched = await source.fetch(http, None, now=dt.datetime.now(dt.UTC))
        return f"{source.name}: answers, with {counted(len(fetched.announcements), 'paper')}."

    for source in app.dependencies.sources:
        try:
            with progress(f"asking {source.name}"):
                answer = asyncio.run(ask(source))
        except FetchFailed as error:
            answer = f"{source.name}: {error} The source is kept, and asked again."
        say(answer)


def _subscribe_operator(app: "App", address: str, topics: Sequence[str]) -> None:
    """Have the operator get digests on these topics. Raises `BadSettings` where nobody is named."""
    import datetime as dt

    from dailypapers.cli.subscribers import add_reader, changes_in
    from dailypapers.errors import BadSettings

    if not address:
        raise BadSettings("Digests on your topics need an address: give --operator, or set operator.email.")
    say(add_reader(app, address, changes_in({"topics": list(topics)}), now=dt.datetime.now(dt.UTC)))


def _send_test(app: "App") -> None:
    """Send the operator a first email. Raises `BadSettings` where nobody is named."""
    import datetime as dt

    from dailypapers.domain.message import Message
    from dailypapers.errors import BadSettings
    from dailypapers.reporting.tell import send

    operator = app.dependencies.operator
    if operator is None:
        raise BadSettings("A test email needs an address: give --operator, or set operator.email.")
    text = "This is a test: emails leave from here. If you read it in your inbox, readers will get theirs.\n"
    is_sent = send(operator, "test", Message(f"{operator.name}: a test", text, ""), now=dt.datetime.now(dt.UTC))
    say(
        f"A test email to {operator.email} was accepted by the mail server."
        if is_sent
        else f"The test email to {operator.email} was not accepted; the log says why."
    )


def _check_mail(server: "MailServer", senders: Iterable[str], file: Path) -> None:
    """Say what a mail server offers. Raises `MailServerUnreachable` where it takes nothing from us."""
    import asyncio

    from dailypapers.errors import MailServerUnreachable
    from dailypapers.mail.smtp.transport import SmtpTransport

    try:
        with progress(f"checking the mail server {server}"):
            answer = asyncio.run(SmtpTransport(server, connections=1).check(senders=sorted(senders)))
    except MailServerUnreachable as error:
        raise MailServerUnreachable(
            f"{error} Everything else is ready: correct [mail] in {file}, then run `dailypapers init` again."
        ) from error
    say(answer)


def migrate(context: typer.Context) -> None:
    """Upgrade the database to this version; running it again changes nothing."""
    from dailypapers.store.database import migrate as bring_up
    from dailypapers.store.database import revision

    app = context.obj.app(migrated=False)
    before, newest = revision(app.engine)
    bring_up(app.engine)
    _encrypt_stored(app)
    if before == newest:
        say(f"The database is already at revision {newest}.")
    elif before is None:
        say(f"The tables were created, at revision {newest}.")
    else:
        say(f"The database was upgraded from revision {before} to {newest}.")


def _encrypt_stored(app: "App") -> None:
    """Encrypt what authenticator apps share with us where an earlier version stored it as it is.

    No migration of the tables can: they know nothing of the service's secret.
    """
    from dailypapers.accounts.second_factor import encrypt_stored
    from dailypapers.store.database import writing

    with writing(app.engine) as tx:
        count = encrypt_stored(tx, app.dependencies.renderer.secret)
    if count:
        say(f"The second factor of {counted(count, 'account')} is now stored encrypted; it works as before.")


def prune(context: typer.Context, now: Now = None, as_json: Json = False) -> None:
    """Delete expired data: unconfirmed subscriptions, old sign-up requests, what the retention settings no longer keep.

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
        f"Deleted: {counted(pruned.unconfirmed, 'unconfirmed subscription')}, "
        f"{counted(pruned.sign_up_requests, 'sign-up request')}, {counted(pruned.deliveries, 'old email')}, "
        f"{counted(pruned.attempts, 'delivery attempt')}, {counted(pruned.fetches, 'record')} of fetches and "
        f"{counted(pruned.vectors, 'vector')} of other models."
    )
    if pruned.unsubscribed_again:
        again = counted(pruned.unsubscribed_again, "reader")
        say(f"{again} who had asked again and did not confirm stay unsubscribed.")
