"""Replies: what a reader asks for by answering a digest is done, and said back to them in one mail.

    mail in | whose, about which digest (signed address) | commands (pure) | done (tx) | answer into the outbox
                                                        └→ to a group's mail: a comment

The address alone is not enough, since it may be forwarded: the mail must also be from the reader, as far as our mail
server can tell. A program that answers by itself is not answered, and nobody is more often than a person could ask.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from dailypapers.domain.address import normalised_mailbox
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.interest import InterestKind, Stance
from dailypapers.domain.link import Claim
from dailypapers.domain.subscriber import READING, Subscriber
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput, BadToken
from dailypapers.inbound import group_comments
from dailypapers.inbound.commands import Action, Command, commands_of
from dailypapers.mail.incoming import parts
from dailypapers.mail.incoming.authentication import is_forged
from dailypapers.mail.incoming.parse import Incoming, parse
from dailypapers.mail.incoming.reply_text import reply_text
from dailypapers.mail.message.mime import is_message_id
from dailypapers.rendering.text import shortened
from dailypapers.store import groups, history, outbox, papers, picks, subscribers, votes
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.groups import joined
from dailypapers.subscriptions.links import bearer_of
from dailypapers.tokens import Signer

#: Answers of an hour and of a day: more than a person asks for, and an end to two programs that answer each other.
MOST_AN_HOUR, MOST_A_DAY = 10, 30
#: An answer that comes later than this helps nobody.
_DEADLINE = dt.timedelta(days=1)
#: Characters of a title, and topics, that an answer repeats.
_TITLE, _TOPICS = 100, 50
_VOTES = {Action.MORE: Vote.LIKE, Action.LESS: Vote.DISLIKE, Action.SAVE: Vote.SAVE}
_DONE = {
    Action.MORE: N_("You’ll see more papers like “{title}”."),
    Action.LESS: N_("You’ll see fewer papers like “{title}”."),
    Action.SAVE: N_("Saved “{title}”."),
}
_HELP = N_(
    "You can reply to a digest with “more like 3”, “less like 2”, “save 4”, “pause until May”, “resume”, “topics” or "
    "“unsubscribe”. Numbers are those of the papers in that digest."
)
_NOT_UNDERSTOOD = N_(
    "We couldn’t find a command in your reply, so nothing has changed. Try “more like 3”, “less like 2”, “save 4”, "
    "“pause until May”, “resume”, “topics” or “unsubscribe”."
)
_NO_NUMBER = {
    Action.MORE: N_("Which paper do you mean? Add its number, as in “more like 3”."),
    Action.LESS: N_("Which paper do you mean? Add its number, as in “less like 3”."),
    Action.SAVE: N_("Which paper do you mean? Add its number, as in “save 3”."),
}
_OUT_OF_RANGE = N_("There is no paper {number} in that digest; its papers are numbered 1 to {last}.")
_NO_PICKS = N_("That digest is too old: its papers are no longer stored. Please reply to a newer one.")
_BAD_DAY = N_(
    "We couldn’t tell when your pause should end. Write, for example, “pause until 3 May” or a day such as {day}."
)
_PAUSED, _PAUSED_UNTIL = N_("Paused until you reply “resume”."), N_("Paused until {day}.")
_RESUMED = N_("Your digests will continue.")
_LEFT = N_("You are unsubscribed and won’t receive any more digests.")
_LEFT_GROUP = N_("You have left the group {group}.")
_NOT_READING = N_("You are not subscribed at present, so nothing has changed.")
_NO_TOPICS = N_("You haven’t chosen any topics yet.")
_LISTED = {
    (InterestKind.TOPIC, Stance.WANT): N_("Your topics: {names}."),
    (InterestKind.PHRASE, Stance.WANT): N_("Your phrases: {names}."),
    (InterestKind.CATEGORY, Stance.WANT): N_("Your categories: {names}."),
    (InterestKind.AUTHOR, Stance.WANT): N_("Authors you follow: {names}."),
    (InterestKind.INSTITUTION, Stance.WANT): N_("Institutions you follow: {names}."),
}

_FORGED = "550 5.7.1 This email does not come from the address in its From field"
_NOT_THEIRS = "550 5.7.1 Please reply from the address that the digest was sent to"
_UNKNOWN = "550 5.1.1 Please reply to a newer digest"
_NOT_IN_GROUP = "550 5.7.1 You are not in this group"
_THANKS = "250 2.0.0 Thank you"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a mail says: by whom, and what they wrote themselves."""

    address: str
    text: str
    message_id: str = ""
    subject: str = ""

    @property
    def commands(self) -> str:
        """Where commands stand: some programs send an empty mail whose subject is one; a reply's begins with “Re”."""
        return self.text or self.subject


def read_reply(mail: Incoming, own_host: str) -> Reply | None:
    """Return what a person has written; `None` where a program has, or nobody to be told. Pure."""
    parsed = parse(mail)
    try:
        address = normal_address(parsed.address) if not parsed.why_not else ""
    except BadInput:
        address = ""
    if not address:
        return None
    headers = parts.parsed(mail.content).headers
    message_id = headers.first("message-id")
    return Reply(
        address,
        reply_text(mail.content, own_host),
        message_id if is_message_id(message_id) else "",
        headers.first("subject"),
    )


def answer(
    tx: sa.Connection,
    signer: Signer,
    mail: Incoming,
    token: str,
    *,
    authentication_server: str = "",
    now: dt.datetime,
) -> str:
    """Do what a reply asks for, queue what is to be said of it, and return the SMTP reply."""
    reply = read_reply(mail, urlsplit(signer.base_url).netloc)
    if reply is None:
        return _THANKS
    try:
        claim = signer.reply_claim(token, now=now)
    except BadToken:
        return _UNKNOWN
    reader = bearer_of(tx, signer, claim)
    if reader is None:
        return _UNKNOWN
    if refusal := _refusal(reader, reply, mail, authentication_server):
        return refusal
    if of_group := group_comments.digest_of(tx, claim.about):
        sentences = _act_in_group(tx, reader, of_group, reply, now=now)
    else:
        commands = commands_of(reply.commands, today=reader.rhythm.day_of(now))
        sentences = act(tx, reader, _papers_of(tx, claim), commands, now=now)
    if sentences is None:
        return _NOT_IN_GROUP
    _queue(tx, reader, sentences, reply.message_id or _sent_as(tx, claim), now)
    return _THANKS


def _refusal(reader: Subscriber, reply: Reply, mail: Incoming, authentication_server: str) -> str:
    """Return the SMTP reply to a mail that its reader did not send, as far as can be told; empty where they did."""
    if normalised_mailbox(reply.address) != normalised_mailbox(reader.address):
        return _NOT_THEIRS
    return _FORGED if is_forged(parts.parsed(mail.content).headers, authentication_server) else ""


def _papers_of(tx: sa.Connection, claim: Claim) -> list[int]:
    """Return the papers of a digest as it numbers them."""
    return [pick.paper_id for pick in picks.of_deliveries(tx, [claim.about]).get(claim.about, ()) if not pick.outside]


def _act_in_group(
    tx: sa.Connection, reader: Subscriber, digest: tuple[int, int], reply: Reply, *, now: dt.datetime
) -> tuple[LazyString, ...] | None:
    """Do what a member answers to a group's mail; returns what is said of it, `None` to who is in it no more.

    What is nothing but commands is not for the others' eyes; “unsubscribe” leaves the group alone, as the link does.
    """
    if (both := joined(tx, digest[0], reader)) is None:
        return None
    group, paper_ids = both[0], group_comments.papers_of(tx, digest)
    lines, today = reply.commands.splitlines(), reader.rhythm.day_of(now)
    by_line = [commands_of(line, today=today) for line in lines if line.strip()]
    if not by_line or not all(by_line):
        return group_comments.post(tx, reader, group, reply.text, paper_ids, now=now)
    commands = [command for commands in by_line for command in commands]
    if any(command.action is Action.UNSUBSCRIBE for command in commands):
        groups.leave(tx, group.id, reader.id)
        return (LazyString(_LEFT_GROUP, group=group.name),)
    return act(tx, reader, paper_ids, commands, now=now)


def act(
    tx: sa.Connection, reader: Subscriber, paper_ids: list[int], commands: Iterable[Command], *, now: dt.datetime
) -> tuple[LazyString, ...]:
    """Do what the commands say, each by itself, and return a sentence on each; without any, one on what there is.

    `paper_ids` are those that the commands number from 1.
    """
    sentences = [sentence for command in commands for sentence in _did(tx, reader.id, command, paper_ids, now=now)]
    return tuple(dict.fromkeys(sentences)) or (LazyString(_NOT_UNDERSTOOD),)


def _did(
    tx: sa.Connection, reader_id: int, command: Command, paper_ids: list[int], *, now: dt.datetime
) -> Iterator[LazyString]:
    # It is looked up for each: the command before may have unsubscribed them.
    reader = subscribers.one(tx, reader_id)
    if command.action is Action.HELP:
        yield LazyString(_HELP)
    elif reader is None or (reader.state not in READING and command.action is not Action.UNSUBSCRIBE):
        yield LazyString(_NOT_READING)
    elif command.action in _VOTES:
        yield from _voted(tx, reader, command, paper_ids, now)
    elif command.action is Action.PAUSE:
        yield _paused(tx, reader, command, now)
    elif command.action is Action.RESUME:
        lifecycle.resume(tx, reader.id, now=now)
        yield LazyString(_RESUMED)
    elif command.action is Action.TOPICS:
        yield from _topics(tx, reader)
    else:
        lifecycle.unsubscribe(tx, reader.id, now=now)
        yield LazyString(_LEFT)


def _voted(
    tx: sa.Connection, reader: Subscriber, command: Command, paper_ids: list[int], now: dt.datetime
) -> Iterator[LazyString]:
    if not paper_ids:
        yield LazyString(_NO_PICKS)
    elif not command.numbers:
        yield LazyString(_NO_NUMBER[command.action])
    else:
        numbers = [number for number in command.numbers if 1 <= number <= len(paper_ids)]
        chosen = [paper_ids[number - 1] for number in numbers]
        paper_by_id = papers.by_id(tx, chosen)
        for paper_id in chosen:
            votes.cast(tx, reader.id, paper_id, _VOTES[command.action], now=now)
            yield LazyString(_DONE[command.action], title=shortened(paper_by_id[paper_id].title, _TITLE))
        for wrong in [number for number in command.numbers if number not in numbers][:1]:
            yield LazyString(_OUT_OF_RANGE, number=wrong, last=len(paper_ids))


def _paused(tx: sa.Connection, reader: Subscriber, command: Command, now: dt.datetime) -> LazyString:
    until = command.until
    if command.is_unclear or (until and not lifecycle.may_pause_until(reader, until, now=now)):
        return LazyString(_BAD_DAY, day=reader.rhythm.day_of(now) + dt.timedelta(days=30))
    lifecycle.pause(tx, reader.id, until=until, now=now)
    return LazyString(_PAUSED_UNTIL, day=until) if until else LazyString(_PAUSED)


def _topics(tx: sa.Connection, reader: Subscriber) -> Iterator[LazyString]:
    interests = subscribers.interests_of(tx, [reader.id])[reader.id]
    by_kind = {key: [each.text for each in interests if (each.kind, each.stance) == key] for key in _LISTED}
    if not any(by_kind.values()):
        yield LazyString(_NO_TOPICS)
    for key, names in by_kind.items():
        if names:
            yield LazyString(_LISTED[key], names="; ".join(names[:_TOPICS]) + ("; …" if len(names) > _TOPICS else ""))


def _queue(
    tx: sa.Connection, reader: Subscriber, sentences: tuple[LazyString, ...], in_reply_to: str, now: dt.datetime
) -> None:
    """Queue an answer, unless its reader has had more of them lately than a person would ask for."""
    limits = ((MOST_AN_HOUR, dt.timedelta(hours=1)), (MOST_A_DAY, dt.timedelta(days=1)))
    if any(history.answers_since(tx, reader.id, now - period) >= most for most, period in limits):
        return
    content = Content(reader.style, notes=sentences, in_reply_to=in_reply_to)
    mail = outbox.NewDelivery(reader.id, reader.address, MailKind.ANSWER, now + _DEADLINE, content=content)
    outbox.put(tx, [mail], now=now)


def _sent_as(tx: sa.Connection, claim: Claim) -> str:
    """Return the Message-ID of the digest that was answered; empty where that is not known any more."""
    digest = history.by_id(tx, claim.about)
    return digest.message_id if digest else ""
