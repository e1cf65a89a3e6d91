"""Commands about signing emails: dkim new-key, dkim record."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dailypapers.cli.output import say

if TYPE_CHECKING:
    from dailypapers.mail.message.dkim import Algorithm
    from dailypapers.settings import Settings

dkim = typer.Typer(no_args_is_help=True, help="Sign emails with DKIM, where your mail server does not.")

Ed25519 = Annotated[bool, typer.Option("--ed25519", help="The second key, which not all receivers know yet.")]


@dkim.command("new-key")
def new_key(context: typer.Context, ed25519: Ed25519 = False) -> None:
    """Create the key file that the settings name, and print the DNS record to publish.

    Publish the record before emails are signed with the key. A file that exists is never overwritten.
    """
    from dailypapers.mail.message.dkim import Algorithm, write_new_key

    settings: Settings = context.obj.settings()
    algorithm = Algorithm.ED25519 if ed25519 else Algorithm.RSA
    file = _key_file(settings, ed25519=ed25519)
    write_new_key(file, algorithm)
    say(f"Created {file}, readable by you alone. Publish this record, and back the file up:")
    _print_records(settings, [algorithm])


@dkim.command("record")
def record(context: typer.Context) -> None:
    """Print the DNS record of each key, as a line of a zone file."""
    from dailypapers.mail.message.dkim import Algorithm

    _print_records(context.obj.settings(), tuple(Algorithm))


def _key_file(settings: "Settings", *, ed25519: bool) -> Path:
    from dailypapers.errors import BadSettings

    name = "ed25519_key_file" if ed25519 else "key_file"
    file: Path | None = getattr(settings.dkim, name)
    if file is None:
        raise BadSettings(f"dkim.{name} is not set: name the file that the key is to be in.")
    return file


def _print_records(settings: "Settings", algorithms: "Collection[Algorithm]") -> None:
    from dailypapers.assembly.mails import signing_keys
    from dailypapers.mail.message.dkim import zone_line

    keys = list(signing_keys(settings, algorithms))
    if not keys:
        say("No key is set: emails are not signed here. Set dkim.key_file to change that.")
    for key in keys:
        typer.echo(zone_line(key))
