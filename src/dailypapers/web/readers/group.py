"""A group's page: GET shows what it reads and says and who is in it, POST changes one's own terms, invites or removes.

Its members alone have links to it. Addresses are shown to its organisers, and only those of members.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from dailypapers.digests.group_entries import comment_entries, entries
from dailypapers.domain.address import domain_of
from dailypapers.domain.group import Group, Member, Role, checked_topics
from dailypapers.domain.i18n import N_
from dailypapers.domain.link import Claim, Purpose
from dailypapers.domain.subscriber import Subscriber, days_in_words, parse_days
from dailypapers.errors import BadInput, BadToken
from dailypapers.rendering.group_digest import group_item, talks
from dailypapers.rendering.i18n import language_name
from dailypapers.store import ballots, group_comments, groups, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import groups as membership
from dailypapers.subscriptions import strangers
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.sign_up import sign_up_request
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on, word
from dailypapers.web.http.token import claim_of, reader_of
from dailypapers.web.readers.group_forms import ReadingForm, TermsForm

#: Past picks and comments that are shown.
_PAST, _COMMENTS = 30, 50
#: Digits of a number that a database keeps.
_LONGEST_ID = 19
_GONE = N_("You are not in this group, or it has ended.")
#: What was done, in a word of the page's address and in a sentence.
_DONE = {
    "saved": N_("Saved."),
    "changed": N_("Changed."),
    "removed": N_("Removed."),
    "invited": N_("If we may email this address, an invitation is on its way."),
    "started": N_("The group has started. Invite its other members below."),
}


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_group(request: Request, token: str) -> HTMLResponse:
        claim = claim_of(context, Purpose.GROUP, token)
        with reading(context.engine) as tx:
            reader, done = reader_of(context, tx, claim), _DONE.get(word(request, _DONE))
            return page(context, request, tx, reader, claim.about, done=context.translate(done) if done else "")

    return show_group


def act(context: WebContext) -> Callable[..., Response]:
    """Answer POST: what one agrees to oneself; all else is for organisers. Then lead on to the page."""

    def act_group(
        request: Request,
        token: str,
        agreed: Annotated[TermsForm, Depends()],
        read: Annotated[ReadingForm, Depends()],
        *,
        action: Annotated[str, Form()] = "",
        address: Annotated[str, Form()] = "",
        remove: Annotated[str, Form()] = "",
        comment: Annotated[str, Form()] = "",
    ) -> Response:
        claim = claim_of(context, Purpose.GROUP, token)
        may_be_asked = action == "invite" and _may_be_asked(context, address)
        with writing(context.engine) as tx:
            reader, done = reader_of(context, tx, claim), ""
            group, member = group_and_member(tx, reader, claim)
            try:
                if action == "terms":
                    groups.agree(tx, group.id, reader.id, agreed.terms())
                    done = "saved"
                elif action == "remove-comment":
                    author = None if member.role is Role.ORGANISER else reader.id
                    done = "removed" if _remove_comment(tx, group.id, comment, author) else ""
                elif member.role is Role.ORGANISER:
                    done = _organise(context, tx, group, action, read, address=address, remove=remove)
                    if may_be_asked:
                        _invite_stranger(context, tx, group, reader, address)
            except BadInput as error:
                trouble = context.translate(str(error))
                return page(context, request, tx, reader, group.id, trouble=trouble)
        return sent_on(f"{context.root}group/{token}", done=done)

    return act_group


def group_and_member(tx: sa.Connection, reader: Subscriber, claim: Claim) -> tuple[Group, Member]:
    """Return the group that a claim is about, and what its reader is in it. Raises `BadToken` for who is not in it."""
    if (both := membership.joined(tx, claim.about, reader)) is None:
        raise BadToken(_GONE)
    return both


def _may_be_asked(context: WebContext, address: str) -> bool:
    """Return whether somebody may subscribe who has this address; asks the DNS, which no transaction waits for."""
    policy = context.sign_up_policy
    try:
        domain = domain_of(normal_address(address))
    except BadInput:
        return False
    return policy.open and not asyncio.run(policy.domains.trouble(domain))


def _invite_stranger(context: WebContext, tx: sa.Connection, group: Group, reader: Subscriber, address: str) -> None:
    """Invite who is not subscribed here; every organiser has so many an hour."""
    invited = normal_address(address)
    strangers.invite(
        tx,
        group,
        invited,
        preferences=replace(context.defaults, style=replace(context.defaults.style, language=reader.style.language)),
        request=sign_up_request(context.signer, invited, f"invitations of {reader.id}"),
        limits=context.sign_up_policy.limits,
        now=context.clock(),
    )


def _remove_comment(tx: sa.Connection, group_id: int, comment: str, author: int | None) -> bool:
    is_number = comment.isascii() and comment.isdecimal() and len(comment) < _LONGEST_ID
    return is_number and group_comments.remove(tx, group_id, int(comment), author=author)


def _organise(
    context: WebContext,
    tx: sa.Connection,
    group: Group,
    action: str,
    read: ReadingForm,
    *,
    address: str,
    remove: str,
) -> str:
    """Do what an organiser asks for; returns what was done, in a word. Raises `BadInput` where it cannot be."""
    now = context.clock()
    if action == "invite":
        membership.invite(tx, group, normal_address(address), now=now)
        return "invited"
    if action == "change":
        is_offered = read.days in {"daily", "weekdays", "mon"}
        rhythm = replace(group.rhythm, days=parse_days(read.days)) if is_offered else group.rhythm
        topics, ballot_day = checked_topics(read.topics), read.ballot_day
        look = read.look(context.renderer.languages)
        groups.change(tx, group, read.name(), topics, rhythm, ballot_day=ballot_day, look=look, now=now)
        return "changed"
    if action == "remove" and remove in {str(each.subscriber) for each in groups.members(tx, group.id)}:
        groups.leave(tx, group.id, int(remove))
        return "removed"
    return ""


def page(
    context: WebContext,
    request: Request,
    tx: sa.Connection,
    reader: Subscriber,
    group_id: int,
    *,
    done: str = "",
    trouble: str = "",
) -> HTMLResponse:
    """Return a group's page as one of its members sees it. Raises `BadToken` for everybody else."""
    now = context.clock()
    claim = Claim(Purpose.GROUP, reader.id, group_id)
    group, member = group_and_member(tx, reader, claim)
    members = [each for each in groups.members(tx, group.id) if each.joined_at]
    names = [each.terms.name for each in members if each.terms.shows_name and each.terms.name]
    picks = entries(tx, group.id, groups.newest_picks(tx, group.id, limit=_PAST))
    comments = group_comments.newest(tx, group.id, limit=_COMMENTS)[::-1]
    is_organiser = member.role is Role.ORGANISER
    leave, ballot = (
        context.signer.url(purpose, reader.bearer, issued=now, about=group.id)
        for purpose in (Purpose.LEAVE, Purpose.BALLOT)
    )
    has_ballot = group.ballot_day is not None or bool(ballots.choices(tx, group.id, limit=1))
    return context.page(
        request,
        "group",
        status=422 if trouble else 200,
        # It is also shown where a group was just started, by another address.
        action=f"{context.root}group/{context.signer.token(Purpose.GROUP, reader.bearer, issued=now, about=group.id)}",
        group=group,
        topics=context.translate.enumeration(group.topics),
        names=names,
        unnamed=len(members) - len(names),
        items=[group_item(context.templates, entry) for entry in picks],
        talks=talks(context.templates, comment_entries(tx, group.id, comments)),
        removable_comments={each.id for each in comments if is_organiser or each.subscriber == reader.id},
        mine=member.terms,
        is_organiser=is_organiser,
        removable=_removable(tx, members, reader) if is_organiser else (),
        days=days_in_words(group.rhythm.days),
        look=group.look,
        languages=languages_offered(context),
        ballot=ballot if has_ballot else "",
        leave=leave,
        done=done,
        trouble=trouble,
    )


def languages_offered(context: WebContext) -> list[tuple[str, str]]:
    """Return the languages of emails, each with its name in itself."""
    return [(language, language_name(language)) for language in context.renderer.languages]


def _removable(tx: sa.Connection, members: Sequence[Member], reader: Subscriber) -> list[tuple[int, str]]:
    others = (subscribers.one(tx, each.subscriber) for each in members if each.subscriber != reader.id)
    return [(other.id, other.address) for other in others if other]
