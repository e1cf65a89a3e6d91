"""Comments: what a member answers to a group's mail goes to the group, with its next digest.

    text, unquoted | parts by the numbers they begin with (pure) | stored (tx) | a sentence on each

Attachments and formatting are not looked at. Nothing is sent to the group at once, so that two programs that answer
each other fill no inboxes.
"""

import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.delivery import MailKind
from dailypapers.domain.group import Group
from dailypapers.domain.group_comment import LONGEST_COMMENT, MOST_COMMENTS_A_DAY, numbered_parts, without_digest
from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.subscriber import Subscriber
from dailypapers.rendering.text import one_line, shortened
from dailypapers.store import group_comments, groups, history, papers

_DAY = dt.timedelta(days=1)
#: Characters of a title that an answer repeats.
_TITLE = 100
_NOTHING = N_("We couldn’t find a comment in your reply, so nothing was posted. Write it above the quoted email.")
_TOO_LONG = N_("Comments can have up to 1,000 characters, so yours was not posted.")
_TOO_MANY = N_("You have posted 20 comments within a day, so this one was not posted. Please try again later.")
_OUT_OF_RANGE = N_(
    "There is no paper {number} in that email; its papers are numbered 1 to {last}. Your comment was not posted."
)
_NO_PAPERS = N_("That email has no papers, so please send your comment without a number.")
_POSTED = N_("Your comment will be in the next email from {group}.")
_POSTED_ON = N_("Your comment on “{title}” will be in the next email from {group}.")


def digest_of(tx: sa.Connection, delivery_id: int) -> tuple[int, int] | None:
    """Return the group and the edition of a delivery that is a group's digest; `None` for any other."""
    delivery = history.by_id(tx, delivery_id)
    if delivery is None or delivery.kind is not MailKind.GROUP:
        return None
    return history.contents_of(tx, [delivery_id])[delivery_id].group


def papers_of(tx: sa.Connection, digest: tuple[int, int]) -> list[int]:
    """Return the papers of a group's digest as it numbers them."""
    return [pick.paper_id for pick in groups.picks_of(tx, *digest)]


def post(
    tx: sa.Connection, reader: Subscriber, group: Group, text: str, paper_ids: list[int], *, now: dt.datetime
) -> tuple[LazyString, ...]:
    """Post what a member wrote, all of it or nothing; returns a sentence on each comment, or why there is none."""
    parts = numbered_parts(without_digest(text, group.name))
    if refusal := _refusal(tx, reader, parts, paper_ids, now):
        return (refusal,)
    texts = [(paper_ids[number - 1] if number else None, _cleaned(said)) for number, said in parts]
    group_comments.add(tx, group.id, reader.id, texts, now=now)
    named = papers.by_id(tx, [paper_id for paper_id, _ in texts if paper_id is not None])
    name = one_line(group.name)
    return tuple(
        LazyString(_POSTED_ON, title=shortened(named[paper_id].title, _TITLE), group=name)
        if paper_id is not None
        else LazyString(_POSTED, group=name)
        for paper_id, _ in texts
    )


def _refusal(
    tx: sa.Connection, reader: Subscriber, parts: list[tuple[int, str]], paper_ids: list[int], now: dt.datetime
) -> LazyString | None:
    """Return why what a member wrote is not posted, `None` where it is."""
    if not parts:
        return LazyString(_NOTHING)
    if any(len(said) > LONGEST_COMMENT for _, said in parts):
        return LazyString(_TOO_LONG)
    if group_comments.count_since(tx, reader.id, now - _DAY) + len(parts) > MOST_COMMENTS_A_DAY:
        return LazyString(_TOO_MANY)
    wrong = [number for number, _ in parts if number > len(paper_ids)]
    if wrong and not paper_ids:
        return LazyString(_NO_PAPERS)
    return LazyString(_OUT_OF_RANGE, number=wrong[0], last=len(paper_ids)) if wrong else None


def _cleaned(text: str) -> str:
    """Return paragraphs without control characters, and without those that turn the direction of what follows."""
    return "\n\n".join(words for paragraph in text.split("\n\n") if (words := one_line(paragraph)))
