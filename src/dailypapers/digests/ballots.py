"""Ballots: those whose hour has come are counted, and the next ones open.

groups whose ballot is due | what most voted for (pure) | closed (tx)
"""

import datetime as dt

import sqlalchemy as sa
import structlog

from dailypapers.domain.ballot import ChoiceEntry, choice, closing
from dailypapers.domain.group import Group
from dailypapers.store import ballots, groups, papers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()


def close_due(engine: sa.Engine, *, now: dt.datetime) -> int:
    """Close the ballots of all groups whose hour has come; returns how many. Idempotent."""
    with reading(engine) as tx:
        due = groups.with_ballot_due(tx, now=now)
    closed = 0
    for group in due:
        with writing(engine) as tx:
            members = {each.subscriber for each in groups.members(tx, group.id) if each.joined_at}
            chosen = choice(ballots.votes_of(tx, group.id, members), now=now)
            next_closes_at = closing(group.rhythm, group.ballot_day, after=now)
            closed += ballots.close(tx, group, chosen, next_closes_at=next_closes_at)
    if due:
        log.info("ballots closed", ballots=closed)
    return closed


def choice_entries(tx: sa.Connection, group: Group, *, edition_id: int | None = None) -> tuple[ChoiceEntry, ...]:
    """Return what a group has chosen, newest first; with `edition_id`, what its digest of that edition announces."""
    if edition_id is None:
        chosen = ballots.choices(tx, group.id, limit=_MOST_CHOICES)
    else:
        chosen = ballots.of_digest(tx, group.id, edition_id)
    paper_by_id = papers.by_id(tx, [each.paper_id for each in chosen])
    return tuple(
        ChoiceEntry(paper_by_id[each.paper_id], each.votes, group.rhythm.day_of(each.chosen_at)) for each in chosen
    )


#: Two years of weeks.
_MOST_CHOICES = 104
