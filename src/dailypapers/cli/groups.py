"""`dailypapers groups`: groups of readers, who is in them, and ending them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import print_json, rows, say
from dailypapers.cli.shared import Json, Now, clock, command_line
from dailypapers.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from dailypapers.domain.group import Group, Member

groups = typer.Typer(
    help="Groups of readers: add, list and show them, say who is in them, and remove a member or a group.",
    no_args_is_help=True,
)
Number = Annotated[int, typer.Argument(metavar="GROUP", help="The group's number, as `groups list` shows it.")]


@groups.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What its members know it by.")],
    topic: Annotated[list[str], typer.Option(help="A topic; as many as you like.")],
    claim: Annotated[str, typer.Option(metavar="VALUE", help="Its members' group at your OpenID Connect provider.")],
    now: Now = None,
) -> None:
    """Add a group whose members your OpenID Connect provider names; whoever signs in first is its organiser."""
    from dailypapers.domain.group import checked_name, checked_topics
    from dailypapers.store import group_claims
    from dailypapers.store import groups as stored
    from dailypapers.store.database import writing

    app, moment = context.obj.app(), clock(now)()
    if not (wanted := checked_name(name)):
        raise BadInput("Please give the group a name.")
    topics, rhythm = checked_topics("\n".join(topic)), app.defaults.rhythm
    with writing(app.engine) as tx:
        group_id = stored.add(tx, wanted, topics, rhythm, now=moment)
        group_claims.put(tx, group_id, _checked_claim(claim))
        command_line(app).note(tx, "group", after={"group": group_id, "name": wanted, "claim": claim}, now=moment)
    say(f"Added {wanted} as group {group_id}. {_WHO_IS_IN}")


@groups.command()
def claim(
    context: typer.Context,
    group: Number,
    value: Annotated[str, typer.Argument(help="Their group at your OpenID Connect provider; empty: nobody's.")],
    now: Now = None,
) -> None:
    """Make whoever your OpenID Connect provider lists in a group of its own a member of a group here."""
    from dailypapers.store import group_claims
    from dailypapers.store.database import writing

    app, moment = context.obj.app(), clock(now)()
    with writing(app.engine) as tx:
        one = _group(tx, group)
        group_claims.put(tx, one.id, _checked_claim(value) if value else "")
        before = {"group": one.id, "claim": one.claim}
        command_line(app).note(tx, "group claim", before=before, after={"claim": value}, now=moment)
    say(f"{one.name}: {_WHO_IS_IN}" if value else f"{one.name}: its members stay, and others must be invited.")


_WHO_IS_IN = "Whoever signs in at /oidc and is listed there is a member, for as long as they are listed."
_LONGEST_CLAIM = 200


def _checked_claim(value: str) -> str:
    """Return a claim's value as it is compared. Raises `BadInput` where it is none."""
    if not value.strip() or len(value) > _LONGEST_CLAIM:
        raise BadInput(f"A claim has up to {_LONGEST_CLAIM} characters, as your provider sends it: --claim ml-lab.")
    return value.strip()


@groups.command("list")
def list_all(context: typer.Context, as_json: Json = False) -> None:
    """List all groups."""
    from dailypapers.store import groups as stored
    from dailypapers.store.database import reading

    with reading(context.obj.app().engine) as tx:
        records = [_summary(group, stored.members(tx, group.id)) for group in stored.every(tx)]
    rows("Groups", records, as_json=as_json, wrap=("name", "topics"))


def _summary(group: "Group", members: "list[Member]") -> dict[str, Any]:
    joined = sum(1 for each in members if each.joined_at)
    return {
        "group": group.id,
        "name": group.name,
        "members": joined,
        "invited": len(members) - joined,
        "topics": "; ".join(group.topics),
        "next digest": group.next_digest_at.isoformat(timespec="minutes"),
    }


@groups.command()
def show(context: typer.Context, group: Number, as_json: Json = False) -> None:
    """Show a group: what it reads, and when."""
    from dailypapers.domain.subscriber import days_in_words
    from dailypapers.store import groups as stored
    from dailypapers.store.database import reading

    with reading(context.obj.app().engine) as tx:
        one = _group(tx, group)
        record = _summary(one, stored.members(tx, one.id))
    rhythm = one.rhythm
    record |= {"days": days_in_words(rhythm.days), "hour": rhythm.hour, "zone": rhythm.zone}
    record |= {"claim": one.claim, "language": one.look.language, "abstracts": one.look.abstracts}
    record["ballot closes"] = one.ballot_closes_at.isoformat(timespec="minutes") if one.ballot_closes_at else None
    if as_json:
        print_json(record)
    else:
        rows(one.name, [{"": name, "value": value} for name, value in record.items()], as_json=False, wrap=("value",))


@groups.command()
def members(context: typer.Context, group: Number, as_json: Json = False) -> None:
    """List who is in a group or invited to it, and what they agreed to."""
    from dailypapers.store import groups as stored
    from dailypapers.store import subscribers
    from dailypapers.store.database import reading

    with reading(context.obj.app().engine) as tx:
        one = _group(tx, group)
        everybody = [(each, subscribers.one(tx, each.subscriber)) for each in stored.members(tx, one.id)]
    records = [_membership(each, reader.address) for each, reader in everybody if reader]
    rows(one.name, records, as_json=as_json, wrap=("address",))


def _membership(member: "Member", address: str) -> dict[str, Any]:
    terms = member.terms
    return {
        "address": address,
        "role": member.role.value if member.joined_at else "invited",
        "name": terms.name,
        "shows name": terms.shows_name,
        "pools votes": terms.pools_votes,
        "nominates": terms.nominates,
        "by claim": member.by_claim,
        "since": (member.joined_at or member.invited_at).isoformat(timespec="minutes"),
    }


@groups.command()
def remove(
    context: typer.Context,
    group: Number,
    member: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Remove this member alone.")] = None,
    now: Now = None,
) -> None:
    """End a group, with all that it holds; with --member, remove one member or withdraw one invitation."""
    from dailypapers.cli.subscribers import require_subscriber
    from dailypapers.store import groups as stored
    from dailypapers.store.database import writing

    app, moment = context.obj.app(), clock(now)()
    by = command_line(app)
    with writing(app.engine) as tx:
        one = _group(tx, group)
        if member is None:
            stored.end(tx, one.id)
            by.note(tx, "group ended", before={"group": one.id, "name": one.name}, now=moment)
            say(f"{one.name} has ended.")
            return
        reader = require_subscriber(tx, member)
        if not stored.leave(tx, one.id, reader.id):
            raise BadInput(
                f"{reader.address} is not in {one.name}; `dailypapers groups members {one.id}` shows who is."
            )
        by.note(tx, "group member removed", address=reader.address, before={"group": one.id}, now=moment)
    say(f"{reader.address} is no longer in {one.name}.")


def _group(tx: "sa.Connection", group_id: int) -> "Group":
    """Return a group. Raises `BadInput` where there is none of that number."""
    from dailypapers.store import groups as stored

    group = stored.one(tx, group_id)
    if group is None:
        raise BadInput(f"There is no group {group_id}; `dailypapers groups list` shows which there are.")
    return group
