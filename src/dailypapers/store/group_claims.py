"""Which groups a provider of OpenID Connect names the members of, and who is a member for as long as it does."""

from collections.abc import Collection

import sqlalchemy as sa

from dailypapers.store.schema import group_members, reading_groups


def put(tx: sa.Connection, group_id: int, claim: str) -> None:
    """Have whoever the provider says this of be members of a group.

    With an empty claim nobody is any more: who is a member stays one, as if they had been invited.
    """
    tx.execute(sa.update(reading_groups).where(reading_groups.c.id == group_id).values(claim=claim or None))
    if not claim:
        mine = group_members.c.group_id == group_id
        tx.execute(sa.update(group_members).where(mine).values(by_claim=None))


def groups_of(tx: sa.Connection, claims: Collection[str]) -> list[int]:
    """Return the groups of which the provider's words make somebody a member, by id, oldest first."""
    query = sa.select(reading_groups.c.id).where(reading_groups.c.claim.in_(sorted(set(claims))))
    return list(tx.scalars(query.order_by(reading_groups.c.id)))


def mark(tx: sa.Connection, group_id: int, subscriber_id: int) -> None:
    """Note that somebody is a member for as long as the provider says so."""
    mine = (group_members.c.group_id == group_id, group_members.c.subscriber_id == subscriber_id)
    tx.execute(sa.update(group_members).where(*mine).values(by_claim=True))
