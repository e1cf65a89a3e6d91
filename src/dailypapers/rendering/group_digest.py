"""Mails of groups: what was picked for readers who read together, and the invitation to join them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import jinja2

from dailypapers.domain.ballot import ChoiceEntry
from dailypapers.domain.group import GroupDigest, GroupEntry
from dailypapers.domain.group_comment import CommentEntry
from dailypapers.domain.i18n import N_
from dailypapers.domain.message import Message
from dailypapers.domain.resource import Resource, resources_of
from dailypapers.domain.subscriber import AS_USUAL, Abstracts, Style
from dailypapers.errors import BadInput
from dailypapers.rendering.digest import MAX_BYTES
from dailypapers.rendering.environment import translator_of
from dailypapers.rendering.html import most_bytes, weight
from dailypapers.rendering.items import Author, authors_of, brief_of, linkable, title_of
from dailypapers.rendering.notices import rendered
from dailypapers.rendering.summary import key_sentence
from dailypapers.rendering.text import extract, one_line, safe_url, shortened

#: Characters of a title, and of a model's name.
_TITLE, _MODEL = 300, 40
#: Characters that are shown of an abstract: a sentence, two or three lines, or as good as all of it.
_SENTENCE, _LINES, _WHOLE = 400, 220, 4000


@dataclass(frozen=True, slots=True)
class GroupItem:
    """A pick in words."""

    title: str
    url: str
    authors: tuple[Author, ...]
    more_authors: int
    #: What is shown of the abstract: mostly the sentence that says what was done or found, or a model's.
    extract: str
    #: Which language model wrote that, and when; empty where the authors did.
    model: str
    model_day: dt.date | None
    reason: str
    #: The names of those to whom it is relevant, enumerated; empty where nobody is named.
    names: str
    #: What can be had of it, of each kind one.
    resources: tuple[Resource, ...]
    #: The beginning of its title, for who hears links; and where the member whom this goes to votes on it, or empty.
    brief: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment in words."""

    id: int
    name: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The comments on one paper, or those to the group, which have no title."""

    title: str
    url: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class ChosenItem:
    """A choice in words."""

    title: str
    url: str
    votes: int
    day: dt.date


def chosen_items(choices: Sequence[ChoiceEntry]) -> list[ChosenItem]:
    """Return what a group has chosen, in words."""
    return [
        ChosenItem(shortened(each.paper.title, _TITLE), safe_url(each.paper.url), each.votes, each.day)
        for each in choices
    ]


def talks(env: jinja2.Environment, comments: Sequence[CommentEntry]) -> list[Talk]:
    """Return comments by what they are about, in the order in which it comes up; those to the group last."""
    unnamed = translator_of(env)(N_("A member"))
    by_paper: dict[tuple[str, str], list[Remark]] = {}
    for comment in sorted(comments, key=lambda each: each.paper is None):
        paper = comment.paper
        about = (shortened(paper.title, _TITLE), safe_url(paper.url)) if paper else ("", "")
        paragraphs = tuple(one_line(each) for each in comment.paragraphs)
        by_paper.setdefault(about, []).append(Remark(comment.id, one_line(comment.name) or unnamed, paragraphs))
    return [Talk(title, url, tuple(remarks)) for (title, url), remarks in by_paper.items()]


def group_item(
    env: jinja2.Environment, entry: GroupEntry, abstracts: Abstracts = Abstracts.SUMMARY, *, feedback: str = ""
) -> GroupItem:
    """Return a pick of a group in words, in the language of the templates, with so much of its abstract."""
    translate = translator_of(env)
    summary = entry.summary if abstracts is Abstracts.SUMMARY else None
    title, authors = title_of(entry.paper), authors_of(env, entry.paper)
    return GroupItem(
        title=title,
        url=safe_url(entry.paper.url),
        authors=authors,
        more_authors=len(entry.paper.authors) - len(authors),
        extract=shortened(summary.text, _SENTENCE) if summary else _extract(entry.paper.abstract, abstracts),
        model=shortened(summary.model, _MODEL) if summary else "",
        model_day=summary.day if summary else None,
        reason=entry.reason.sentence(translate, of_group=True) or translate(N_("Similar to papers that members like")),
        names=translate.enumeration(entry.names) if entry.names else "",
        resources=tuple(linkable(resources_of(entry.paper, entry.presentation))),
        brief=brief_of(title),
        feedback=safe_url(feedback),
    )


def _extract(abstract: str, abstracts: Abstracts) -> str:
    if abstracts is Abstracts.SUMMARY:
        return shortened(key_sentence(abstract), _SENTENCE)
    if abstracts is Abstracts.EXTRACT:
        return extract(abstract, _LINES)
    return shortened(abstract, _WHOLE) if abstracts is Abstracts.WHOLE else ""


def render_group(
    env: jinja2.Environment,
    digest: GroupDigest,
    *,
    page: str,
    leave: str,
    ballot: str,
    home: str,
    feedback: Mapping[int, str] | None = None,
    style: Style = AS_USUAL,
    name: str = "Daily Papers",
    max_bytes: int = MAX_BYTES,
) -> Message:
    """Return the mail of a group's digest, both parts together no larger than a mail or `max_bytes` may be.

    `page`, `leave`, `ballot` and `feedback`, by the papers' internal ids, are the links of the member it goes to. Where
    it is too large abstracts are cut, then comments are left to the group's page. Raises `BadInput` where that is not
    enough. Who reads text only gets a message without HTML.
    """
    values = {
        "group": one_line(digest.name),
        "day": digest.day,
        "choices": chosen_items(digest.choices),
        "closes_on": digest.ballot_closes_on,
        "ballot": ballot,
        "page": page,
        "leave": leave,
        "home": home,
        "list_name": one_line(name),
    }
    for abstracts, comments in _steps(style.abstracts, len(digest.comments)):
        items = [
            group_item(env, entry, abstracts, feedback=(feedback or {}).get(entry.paper_id, ""))
            for entry in digest.entries
        ]
        shown = {"talks": talks(env, digest.comments[:comments]), "more_comments": len(digest.comments) - comments}
        message = rendered(env, "group", values | shown | {"items": items})
        message = replace(message, html="") if style.text_only else message
        if most_bytes(weight(message.html) + weight(message.text)) <= min(max_bytes, MAX_BYTES):
            return message
    raise BadInput(f"the group's email is not as small as {max_bytes} bytes, without abstracts and comments")


def _steps(abstracts: Abstracts, comments: int) -> Iterator[tuple[Abstracts, int]]:
    """Yield how much of abstracts, and how many comments, a mail shows, step by step until it is small enough."""
    shorter = {Abstracts.WHOLE: (Abstracts.SUMMARY, Abstracts.NONE), Abstracts.NONE: ()}
    for each in (abstracts, *shorter.get(abstracts, (Abstracts.NONE,))):
        yield each, comments
    while comments:
        comments //= 2
        yield Abstracts.NONE, comments


def render_invitation(
    env: jinja2.Environment, digest: GroupDigest, *, invitation: str, home: str, name: str = "Daily Papers"
) -> Message:
    """Return the mail that asks somebody to join a group."""
    values = {
        "group": one_line(digest.name),
        "is_stranger": digest.invites_stranger,
        "invitation": invitation,
        "home": home,
        "list_name": one_line(name),
    }
    return rendered(env, "invitation", values)
