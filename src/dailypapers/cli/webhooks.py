"""Commands about webhooks, by which other programs are told of events: list, retry, test."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, rows, say
from dailypapers.cli.shared import Json, Now, clock
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    from dailypapers.domain.event import PostState
    from dailypapers.posting.webhooks import Webhook
    from dailypapers.store.events import Listener

webhooks = typer.Typer(no_args_is_help=True, help="Other programs that are told of events.")

Name = Annotated[str, typer.Argument(help="A webhook's name, as in the settings.")]


@webhooks.command("list")
def list_all(context: typer.Context, as_json: Json = False) -> None:
    """List the webhooks of the settings, what waits for each, and what was given up."""
    from dailypapers.store import events, posts
    from dailypapers.store.database import reading

    app = context.obj.app()
    with reading(app.engine) as tx:
        counts, listeners = posts.counts(tx), {each.name: each for each in events.listeners(tx)}
    records = [_record(each, listeners.get(each.name), Counter(counts)) for each in app.dependencies.posting.webhooks]
    rows("Webhooks", records, as_json=as_json)


def _record(
    webhook: "Webhook", listener: "Listener | None", counts: "Counter[tuple[str, PostState]]"
) -> dict[str, Any]:
    from urllib.parse import urlsplit

    from dailypapers.domain.event import PostState
    from dailypapers.store.events import target_of

    is_disabled = listener is not None and listener.disabled_at is not None
    named = (PostState.QUEUED, PostState.POSTED, PostState.DEAD)
    return {
        "name": webhook.name,
        "host": urlsplit(webhook.url).hostname,
        "events": " ".join(sorted(webhook.events)) or "all",
        "state": "disabled: it answered 410" if is_disabled else "on" if listener else "not started yet",
        **{state.value: counts[target_of(webhook.name), state] for state in named},
    }


@webhooks.command()
def retry(context: typer.Context, name: Name, now: Now = None) -> None:
    """Post again what was given up, and tell a webhook again that answered 410. `work` or `serve` posts it."""
    from dailypapers.store import events, posts
    from dailypapers.store.database import writing

    app = context.obj.app()
    webhook = _require(app.dependencies.posting.webhooks, name)
    with writing(app.engine) as tx:
        events.enable(tx, webhook.name)
        queued = posts.retry(tx, target=events.target_of(webhook.name), now=clock(now)())
    say(f"{queued} {'event is' if queued == 1 else 'events are'} queued again for {webhook.name}.")


@webhooks.command("test")
def try_out(context: typer.Context, name: Name, now: Now = None) -> None:
    """Post one signed event of the type webhook.test at once, and say what was answered; nothing is tried again."""
    import asyncio
    import secrets

    from dailypapers.posting.post_due import TEST
    from dailypapers.posting.webhooks import event_body, leave, message

    app, at = context.obj.app(), clock(now)()
    webhook = _require(app.dependencies.posting.webhooks, name)
    body = event_body(TEST, {"service": app.settings.service.name}, at=at)
    posted = asyncio.run(leave(message(webhook, f"test_{secrets.token_hex(12)}", body, now=at)))
    say(f"{webhook.name}: {posted.text}.")
    raise typer.Exit(OK if posted.is_taken else ATTENTION)


def _require(webhooks: "tuple[Webhook, ...]", name: str) -> "Webhook":
    webhook = next((each for each in webhooks if each.name == name), None)
    if webhook is None:
        names = ", ".join(each.name for each in webhooks)
        raise BadInput(f"There is no webhook “{name}” in the settings; there is: {names}.")
    return webhook
