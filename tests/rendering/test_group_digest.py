"""Mails of groups: escaped, numbered, and with links for one member."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from dailypapers.domain.digest import Reason, Term, TermKind
from dailypapers.domain.group import GroupDigest, GroupEntry
from dailypapers.domain.group_comment import CommentEntry
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.subscriber import Abstracts, Style
from dailypapers.errors import BadInput
from dailypapers.rendering.digest import MAX_BYTES
from dailypapers.rendering.environment import environment
from dailypapers.rendering.group_digest import group_item, render_group, render_invitation
from dailypapers.rendering.html import most_bytes, weight
from dailypapers.settings import shipped

ENV = environment(shipped("templates"))
PAPER = Paper(
    PaperId("arxiv", "2604.00001"),
    "Graphs <b> & more",
    "Graphs are everywhere. We show that a < b in all of them.",
    ("A", "B", "C", "محمد", "E"),
    (),
    "https://arxiv.org/abs/1",
)
REASON = Reason((Term(TermKind.WORDS, "graphs", 0.7, "graphs"),))


def test_a_groups_mail_says_what_for_whom_and_why() -> None:
    digest = GroupDigest(1, "Club", dt.date(2026, 4, 20), (GroupEntry(PAPER, REASON, ("Ada", "Kim")),))
    message = render_group(
        ENV, digest, page="http://p/group/x", leave="http://p/leave/y", ballot="http://p/b/z", home="http://p/"
    )
    assert "Graphs &lt;b&gt; &amp; more" in message.html
    assert "We show that a &lt; b in all of them." in message.html
    assert "We show that a < b in all of them." in message.text
    assert message.subject.startswith("Club, ")
    for part in (message.html, message.text):
        assert "Relevant to: Ada, Kim" in part
        assert "A, B, C, \u2068محمد\u2069 and one other" in part
        assert "Matches the group’s topic “graphs”" in part
        assert "http://p/group/x" in part
        assert "http://p/leave/y" in part


def test_each_pick_has_its_pdf_and_the_votes_of_the_member_it_goes_to() -> None:
    entry = GroupEntry(
        replace(PAPER, url="https://arxiv.org/abs/2604.00001", code_url="https://github.com/a/b"), REASON, paper_id=7
    )
    message = render_group(
        ENV,
        GroupDigest(1, "Club", dt.date(2026, 4, 20), (entry, replace(entry, paper_id=8))),
        page="http://p/g",
        leave="http://p/l",
        ballot="http://p/b",
        home="http://p/",
        feedback={7: "http://p/feedback/seven"},
    )
    for part in (message.html, message.text):
        assert part.count("https://arxiv.org/pdf/2604.00001") == 2
        assert part.count("https://github.com/a/b") == 2
    assert all(f"http://p/feedback/seven/{vote}" in message.html for vote in ("like", "dislike", "save", "less"))
    assert message.text.count("http://p/feedback/") == 1


def test_as_much_of_an_abstract_is_shown_as_was_chosen() -> None:
    entry = GroupEntry(replace(PAPER, abstract=" ".join(["Graphs are everywhere.", *["We show more."] * 40])), REASON)
    extracts = {each: group_item(ENV, entry, each).extract for each in Abstracts}
    assert extracts[Abstracts.NONE] == ""
    assert extracts[Abstracts.SUMMARY] == "We show more."
    assert len(extracts[Abstracts.EXTRACT]) <= 221
    assert extracts[Abstracts.WHOLE] == entry.paper.abstract


LINKS: dict[str, Any] = {"page": "http://p/g", "leave": "http://p/l", "ballot": "http://p/b", "home": "http://p/"}


def large(abstract: str = "We show that graphs grow. " * 200, comments: int = 0) -> GroupDigest:
    entries = tuple(GroupEntry(replace(PAPER, abstract=abstract), REASON, paper_id=n) for n in range(1, 11))
    said = tuple(CommentEntry(n, "Ada", f"{n}: {'word ' * 190}") for n in range(comments))
    return GroupDigest(1, "Club", dt.date(2026, 4, 20), entries, said)


@pytest.mark.parametrize(
    ("digest", "max_bytes", "is_cut"),
    [(large(), MAX_BYTES, False), (large(), 30_000, False), (large(comments=1000), MAX_BYTES, True)],
)
def test_a_groups_mail_is_never_too_large_and_leads_to_the_comments_it_leaves_out(
    digest: GroupDigest, max_bytes: int, *, is_cut: bool
) -> None:
    feedback = {n: f"http://p/feedback/{n}" for n in range(1, 11)}
    message = render_group(
        ENV, digest, **LINKS, feedback=feedback, style=Style(abstracts=Abstracts.WHOLE), max_bytes=max_bytes
    )
    assert most_bytes(weight(message.html) + weight(message.text)) <= max_bytes
    assert message.html.count("http://p/feedback/10/like") == 1, "no paper is left out"
    for part in (message.html, message.text):
        assert ("more comments on the group’s page" in part) == is_cut
        assert ("0: word" in part) == is_cut


def test_a_mail_that_cannot_be_small_enough_is_refused_and_text_alone_has_no_html() -> None:
    with pytest.raises(BadInput, match="not as small as 900 bytes"):
        render_group(ENV, large(), **LINKS, max_bytes=900)
    assert render_group(ENV, large(), **LINKS, style=Style(text_only=True)).html == ""


def test_an_invitation_names_the_group() -> None:
    message = render_invitation(
        ENV, GroupDigest(1, "Club", dt.date(2026, 4, 20), ()), invitation="http://p/invitation/x", home="http://p/"
    )
    assert "Club" in message.subject
    assert "http://p/invitation/x" in message.html
    assert "http://p/invitation/x" in message.text
