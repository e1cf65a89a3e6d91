"""What is put together from shared pieces is, decoded, what rendering the whole mail gives: for any reader."""

import binascii
import datetime as dt
import gzip
import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pseudo import write_catalogue
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import (
    DAY,
    FOR_SOMEBODY,
    INSTEAD,
    LINKS,
    PLAIN,
    QUIET,
    STATUS,
    TRENDING,
    WITH_OUTSIDE,
    entry,
)

from dailypapers.domain.digest import Digest, Entry, QuietEntry, Reason, Term, TermKind
from dailypapers.domain.link import Links
from dailypapers.domain.message import EncodedMessage, Message
from dailypapers.domain.paper import Presentation, Signals
from dailypapers.domain.subscriber import AS_USUAL, Abstracts, Style
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.mail.message.quoted_printable import LONGEST_LINE, piece, plain_piece
from dailypapers.rendering.digest import MAX_BYTES, Frame, render_digest
from dailypapers.rendering.environment import environment
from dailypapers.rendering.pieces import Pieces
from dailypapers.rendering.two_passes import TwoPasses
from dailypapers.sources.file import read_papers

ENV = environment(TEMPLATES, figures="https://papers.example.org/figures/")
PASSES = TwoPasses(ENV, Pieces(piece, plain_piece))
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
STYLES = [Style(text_only=text_only, abstracts=shown) for text_only in (False, True) for shown in Abstracts]
STYLES += [Style(figures=True), Style(figures=True, abstracts=Abstracts.NONE)]
#: Without halves of surrogate pairs, which the two ways replace at different times, and characters of no meaning.
ANY = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=120)
PAPERS = st.builds(
    entry,
    title=ANY,
    abstract=ANY.map(lambda text: text * 9),
    reason=ANY
    | st.builds(lambda text, weight: Reason((Term(TermKind.WORDS, text, weight, text),)), ANY, st.floats(0, 1)),
    authors=st.lists(ANY, max_size=6).map(tuple),
    categories=st.lists(ANY, max_size=2).map(tuple),
    code_url=st.sampled_from(["", "https://github.com/a/b", "https://zenodo.org/x?a=b&c"]),
    url=st.sampled_from(["", "https://arxiv.org/abs/2401.00001", "javascript:alert(1)"]),
    sources=st.lists(ANY, max_size=3).map(tuple),
    signals=st.builds(Signals, upvotes=st.none() | st.integers(0, 5000)),
    followed=st.lists(ANY, max_size=1).map(tuple),
    presentation=st.builds(
        Presentation, organization=ANY, ai_summary=ANY, comment=ANY.map("Accepted at {}".format), models=st.just(2)
    ),
    published=st.none() | st.just(DAY),
    paper_id=st.integers(0, 12),
    thumbnail=st.none() | st.just(Thumbnail("0" * 32, 480, 300)),
)
DIGESTS = st.builds(
    Digest,
    entries=st.lists(PAPERS, max_size=12).map(tuple),
    trending=st.booleans(),
    voted=st.booleans(),
    notes=st.lists(ANY, max_size=4).map(tuple),
    considered=st.integers(0, 2000),
    is_of_several_days=st.booleans(),
    outside=st.lists(PAPERS, max_size=1).map(tuple),
    quiet=st.lists(st.builds(QuietEntry, ANY, st.none() | st.just(PLAIN.paper)), max_size=6).map(tuple),
    quiet_days=st.integers(0, 3),
    instead=st.booleans(),
)
URLS = st.sampled_from(["", "https://papers.example.org/x/abc.DEF-g_1", "https://papers.example.org/x?a=b&c='<"])
LINKED = st.builds(
    Links,
    home=st.sampled_from(["https://papers.example.org/", "http://localhost:8000/?a=b&c"]),
    unsubscribe=URLS.filter(bool),
    preferences=URLS,
    web=URLS,
    feedback=URLS,
)


def assert_same(
    passes: TwoPasses, digest: Digest, links: Links = LINKS, style: Style = AS_USUAL, status: str = ""
) -> None:
    """Both ways give the same mail, and its encoding is one that no canonical form changes."""
    whole = render_digest(passes.env, digest, day=DAY, links=links, style=style, status=status)
    joined = passes.render(digest, Frame(DAY, status), links, style)
    assert not passes.why_not
    assert joined is not None
    assert decoded(joined) == whole
    assert len(joined.html) + len(joined.text) <= MAX_BYTES
    for line in (joined.text + b"\r\n" + joined.html).split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        assert not line.startswith((b".", b"From "))
        assert b"  " not in line


def decoded(joined: EncodedMessage) -> Message:
    text, html = (binascii.a2b_qp(part).decode().replace("\r\n", "\n") for part in (joined.text, joined.html))
    return Message(joined.subject, text, html)


@settings(max_examples=40)
@given(DIGESTS, LINKED, st.sampled_from(STYLES), st.sampled_from(["", STATUS]))
def test_any_digest_is_the_same_both_ways(digest: Digest, links: Links, style: Style, status: str) -> None:
    assert_same(PASSES, digest, links, style, status)


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("digest", [FOR_SOMEBODY, TRENDING, WITH_OUTSIDE, QUIET, INSTEAD, Digest((), trending=False)])
def test_the_samples_are_the_same_both_ways(digest: Digest, style: Style) -> None:
    assert_same(PASSES, digest, style=style, status=STATUS)


@pytest.mark.parametrize("style", STYLES, ids=str)
def test_as_many_entries_fit_both_ways(style: Style) -> None:
    papers = [entry(f"Paper {n}", "A sentence of an abstract, é. " * 200, "For you. " * n) for n in range(60)]
    assert_same(PASSES, Digest(tuple(papers), trending=False), style=style)


def test_recorded_papers_are_the_same_both_ways(recordings: Path, tmp_path: Path) -> None:
    some = tmp_path / "papers.jsonl"
    with gzip.open(recordings / "arxiv" / "first_seen_2025-12_2026-04.jsonl.gz") as lines:
        some.write_bytes(b"".join(islice(lines, 0, None, 400)))
    papers = [item.paper for item in read_papers(some, now=NOW).announcements]
    chance = random.Random(1)  # noqa: S311 - made-up digests, the same in every run
    for style in STYLES:
        chosen = chance.sample(papers, 12)
        entries = [
            Entry(paper, f"Matches “{paper.title}”", ("arxiv",), followed=paper.authors[-1:]) for paper in chosen
        ]
        assert_same(PASSES, Digest(tuple(entries), trending=False, considered=300), style=style)


def test_another_language_and_direction_are_the_same_both_ways(tmp_path: Path) -> None:
    locale = [write_catalogue(tmp_path)]
    passes = TwoPasses(environment(TEMPLATES, language="he", locale=locale), Pieces(piece, plain_piece))
    for digest in (FOR_SOMEBODY, WITH_OUTSIDE, QUIET, INSTEAD):
        assert_same(passes, replace(digest, notes=("A note of 漢字 and عربي.",)), status=STATUS)


def test_a_paper_is_rendered_once_for_all_its_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = TwoPasses(ENV, Pieces(piece, plain_piece))
    assert passes.render(FOR_SOMEBODY, Frame(DAY), LINKS, AS_USUAL)
    monkeypatch.setattr(jinja2.Template, "new_context", None)
    other = replace(FOR_SOMEBODY, entries=tuple(replace(one, reason="Else") for one in FOR_SOMEBODY.entries[:2]))
    again = replace(other, entries=(*other.entries, FOR_SOMEBODY.entries[2]))
    assert passes.render(again, Frame(DAY), LINKS._replace(web="https://papers.example.org/digest/other"), AS_USUAL)
    assert not passes.why_not


def test_what_a_reader_follows_is_theirs() -> None:
    followed = replace(FOR_SOMEBODY, entries=tuple(replace(one, followed=()) for one in FOR_SOMEBODY.entries))
    for digest in (FOR_SOMEBODY, followed, FOR_SOMEBODY):
        assert_same(PASSES, digest)


def own_template(folder: Path, file: str, old: str, new: str) -> TwoPasses:
    """An operator's copy of a template with a change."""
    source = (TEMPLATES / "email" / "digest" / file).read_text()
    assert old in source
    (folder / "email" / "digest" / file).write_text(source.replace(old, new, 1))
    return TwoPasses(environment(TEMPLATES, folder), Pieces(piece, plain_piece))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "body.html",
            '<p class="why">{{ item.reason }}</p>',
            '<p class="why">Why? {{ item.reason }} — {{ item.reason }}</p>',
        ),
        ("body.html", "{{ _('Unsubscribe') }}", "<b>{{ _('Unsubscribe') }}</b> {{ links.unsubscribe }}"),
        ("body.txt", "(forth ~ ' ' ~ item.reason) | wrapped('   ', hang='  ')", "('Why: ' ~ item.reason) | wrapped"),
        ("body.txt", "{{ note | wrapped }}", "{{ ('NB ' ~ note) | shortened(40) | wrapped('  ') }}"),
        ("body.txt", "item.number ~ '. '", "'(' ~ item.number ~ ') '"),
        ("body.txt", "(forth ~ ' ' ~ item.reason)", "('No. ' ~ item.number ~ ': ' ~ item.reason)"),
        ("body.html", '<tr><td class="entry">', '<tr><td class="entry" id="paper-{{ item.number }}">'),
        ("body.txt", "item.number ~ '. '", "('First: ' if item.first else '') ~ item.number ~ '. '"),
        ("body.txt", "{{ item.url }}", "{{ item.url }} {{ item.first }} {{ item.first == true }}"),
        ("subject.txt", "{{ title }}", "[{{ list_name }}] {{ title }}"),
    ],
)
def test_an_operators_template_works_in_both_passes(override: Path, file: str, old: str, new: str) -> None:
    passes = own_template(override, file, old, new)
    for digest in (FOR_SOMEBODY, QUIET, replace(FOR_SOMEBODY, notes=("A note. " * 20,))):
        assert_same(passes, digest)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("body.html", "{{ item.reason }}", "{{ item.reason | upper }}"),
        ("body.html", "{{ item.reason }}", "{{ item.reason | safe }}"),
        ("body.html", "{{ item.reason }}", "{{ item.reason | replace('a', 'b') }}"),
        ("body.html", "{{ item.reason }}", "{% for letter in item.reason %}{{ letter }}{% endfor %}"),
        ("body.html", "{{ item.reason }}", "{% set why %}{{ item.reason }}{% endset %}{{ why | lower }}"),
        ("body.html", "{{ item.reason }}", "{{ item.reason }} {{ links.unsubscribe }}"),
        ("body.html", "{% block entry scoped %}", ""),
        ("body.html", "{% if item.first %}", "{% if loop.first %}"),
        ("body.txt", "{{ item.url }}", "{{ item.url }} of {{ total }}"),
        ("body.txt", "{{ item.feedback }}", "{{ item.feedback | wrapped }}"),
        ("subject.txt", "{{ title }}", "{{ title }} {{ notes | join }}"),
    ],
)
def test_a_template_that_needs_the_values_is_named_once_and_rendered_whole(
    override: Path, file: str, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if "{% block" in old:
        source = (TEMPLATES / "email" / "digest" / file).read_text()
        source = source.replace(old, "").replace("</td></tr>\n{% endblock %}", "</td></tr>")
        (override / "email" / "digest" / file).write_text(source)
        passes = TwoPasses(environment(TEMPLATES, override), Pieces(piece, plain_piece))
    else:
        passes = own_template(override, file, old, new)
    digest = replace(FOR_SOMEBODY, notes=("A note",))
    assert [passes.render(digest, Frame(DAY), LINKS, AS_USUAL) for _ in range(2)] == [None, None]
    assert passes.why_not
    assert capsys.readouterr().out.count("rendered for each reader") == 1


def test_a_paper_with_characters_that_stand_for_values_is_rendered_whole_and_no_other() -> None:
    passes = TwoPasses(ENV, Pieces(piece, plain_piece))
    odd = Digest((entry("A \U000f0000\U000f0001 title"),), trending=False)
    assert passes.render(odd, Frame(DAY), LINKS, AS_USUAL) is None
    assert_same(passes, FOR_SOMEBODY)
