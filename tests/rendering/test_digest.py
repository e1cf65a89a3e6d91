"""The digest: what it shows, what fits, and that no text can break out of its place."""

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser

import jinja2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import (
    ALPHAFOLD,
    DAY,
    FOR_SOMEBODY,
    LINKS,
    MAMBA,
    STATUS,
    TRENDING,
    WITH_OUTSIDE,
    digest_of,
    entry,
)

from dailypapers.domain.digest import Digest, Entry, QuietEntry
from dailypapers.domain.link import vote_address
from dailypapers.domain.message import Message
from dailypapers.domain.paper import Paper, PaperId, Presentation, Signals
from dailypapers.domain.subscriber import Abstracts, Style
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.errors import BadSettings
from dailypapers.rendering.digest import MAX_BYTES, SUBJECT_AT_LEAST, SUBJECT_AT_MOST, render_digest
from dailypapers.rendering.environment import environment
from dailypapers.rendering.html import encoded_size
from dailypapers.rendering.text import WIDTH

ENV = environment(TEMPLATES)
PARTS = ("email/digest/body.html", "email/digest/body.txt")
ANYTHING = st.text(st.characters(exclude_categories=()))
#: Controls but the line feed, separators, what turns the direction of writing, halves of surrogate pairs.
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "Title\r\nBcc: everybody@example.org\r\n\r\n<h1>",
    "invoice\u202efdp.exe\u2066",
    "\"'><img src=x onerror=alert(1)>",
    "--></td></tr></table><!--[if mso]>",
    "jinja-0-mark <!--jinja-1-mark-->",
    "</style><style>* { display: none }",
    "&lt;b&gt; &amp; &#60;",
    "half \ud83d of a pair \x00",
    "word " * 2000,
    "x" * 10_000,
    "",
    " ",
]


def rendered(digest: Digest, status: str = "") -> Message:
    return render_digest(ENV, digest, day=DAY, links=LINKS, status=status)


class Structure(HTMLParser):
    """The tags and comments of a document with their attributes' names, its links, and what stands between the tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(("/" + tag,))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", data))

    def handle_data(self, data: str) -> None:
        self.words += data


def whole(title: str, abstract: str, reason: str, label: str, url: str = "https://example.org/") -> Entry:
    paper = Paper(PaperId("arxiv", "1"), title, abstract, (label, label), (label,), url, code_url=url)
    shown = Presentation(organization=label, journal=label)
    return Entry(paper, reason, (label,), Signals(upvotes=3), presentation=shown)


EXPECTED = Structure(rendered(digest_of(whole("t", "a", "r", "l"), whole("t", "a", "r", "l")), status="s").html)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.strip()], ids=range(len(HOSTILE) - 2))
def test_hostile_text_stays_text(text: str) -> None:
    message = rendered(digest_of(whole(text, text, text, text), whole(text, text, text, text)), status=text)
    shown = Structure(message.html)
    assert shown.tags == EXPECTED.tags
    assert shown.links == EXPECTED.links
    for part in (message.html, message.text, message.subject):
        assert not STEERING.search(part)
    assert not re.search("^Bcc:", message.text, re.MULTILINE)


def test_jinja_in_a_title_is_shown_as_it_is() -> None:
    message = rendered(digest_of(entry("{{ 7*7 }} {% raw %}")))
    for part in (message.html, message.text, message.subject):
        assert "{{ 7*7 }} {% raw %}" in part


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_no_text_changes_the_structure_of_the_mail(title: str, abstract: str, reason: str, label: str) -> None:
    """A letter in front keeps a part from being left out because it is empty."""
    item = whole(f"t{title}", f"a{abstract}", f"r{reason}", f"l{label}")
    shown = Structure(rendered(digest_of(item, item), status=f"s{reason}").html)
    assert shown.tags == EXPECTED.tags
    assert shown.links == EXPECTED.links


@settings(deadline=None, max_examples=150)
@given(ANYTHING)
def test_only_addresses_of_the_web_are_linked(url: str) -> None:
    shown = Structure(rendered(digest_of(whole("t", "a", "r", "l", url=url))).html)
    assert all(link.lower().startswith(("http://", "https://")) for link in shown.links)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "java\tscript:x", "https://example.org/\nx"]
)
def test_a_paper_with_a_doubtful_address_is_shown_without_a_link(url: str) -> None:
    message = rendered(digest_of(whole("A good title", "a", "r", "l", url=url)))
    assert not [
        link for link in Structure(message.html).links if not link.startswith((LINKS.home, "https://arxiv.org/pdf/"))
    ]
    assert "A good title" in message.html
    assert "javascript" not in message.html + message.text
    assert "data:" not in message.html + message.text


@settings(deadline=None, max_examples=300)
@given(ANYTHING, st.integers(1, 30))
def test_a_subject_is_one_line_that_clients_show_whole(title: str, entries: int) -> None:
    subject = rendered(digest_of(*[entry(title)] * entries)).subject
    assert SUBJECT_AT_LEAST <= len(subject) <= SUBJECT_AT_MOST
    assert not STEERING.search(subject)
    assert "\n" not in subject
    assert subject.endswith("· 23 Nov 2026")


@pytest.mark.parametrize(
    ("titles", "subject"),
    [
        (["Attention Is All You Need"], "Attention Is All You Need · 23 Nov 2026"),
        (["Attention Is All You Need", "B", "C"], "Attention Is All You Need +2 more · 23 Nov 2026"),
        (["Q"], "Q · 23 Nov 2026"),
        ([], "Daily Papers · 23 Nov 2026"),
        (
            ["Mamba: Linear-Time Sequence Modeling with Selective State Spaces", "B"],
            "Mamba: Linear-Time Sequence Modeling with Selective… +1 more · 23 Nov 2026",
        ),
    ],
)
def test_a_subject_says_what_is_in_it(titles: list[str], subject: str) -> None:
    assert rendered(digest_of(*map(entry, titles))).subject == subject


def test_a_subject_that_would_be_too_short_names_the_list() -> None:
    """With its year a day is ten characters by itself; a template of an operator's may leave it out."""
    short = ENV.overlay(
        loader=jinja2.DictLoader({"email/digest/subject.txt": "{{ title }}"} | dict.fromkeys(PARTS, "")),
    )
    message = render_digest(short, digest_of(entry("Q")), day=DAY, links=LINKS)
    assert message.subject == "Daily Papers: Q"
    assert len(render_digest(short, digest_of(entry("Q")), day=DAY, links=LINKS, name="x" * 500).subject) <= 78


def test_every_entry_is_in_both_parts_with_its_reason() -> None:
    message = rendered(FOR_SOMEBODY, STATUS)
    words = " ".join(Structure(message.html).words.split())
    plain = " ".join(message.text.split())
    for part in (words, plain):
        for item in FOR_SOMEBODY.entries:
            assert item.paper.title in part
            assert str(item.reason) in part
        assert "John Jumper, Richard Evans, Alexander Pritzel, Tim Green and 2 others" in part
        assert "cs.LG · arXiv · Hugging Face · 214 upvotes" in part
        assert "3 papers for you, out of 274 new today." in part
        assert "Monday, 23 November 2026" in part
        assert STATUS in part
    for link in (MAMBA.paper.url, MAMBA.paper.code_url, ALPHAFOLD.paper.url, LINKS.unsubscribe, LINKS.home):
        assert f'href="{link}"' in message.html
        assert link in message.text


def test_a_trending_digest_says_so_and_how_to_name_topics() -> None:
    message = rendered(TRENDING)
    assert "You haven’t chosen any topics yet, so these are trending papers." in message.html
    assert re.search(f'href="{LINKS.preferences}"[^>]*>Choose your topics</a>', message.html)
    assert f"Choose your topics: {LINKS.preferences}\n" in message.text
    assert [part.count("214 upvotes") for part in (message.html, message.text)] == [1, 1]


@pytest.mark.parametrize(("voted", "said"), [(True, "these are trending papers."), (False, "just the newest papers.")])
def test_who_named_what_we_cannot_use_is_not_told_they_named_nothing(voted: bool, said: str) -> None:
    message = rendered(replace(TRENDING, voted=voted, notes=("There is no category cs.zz.",)))
    for part in (message.html, " ".join(message.text.split())):
        assert "You haven’t chosen" not in part
        assert "We couldn’t use your topics (see below)" in part
        assert said in part
        assert part.index("There is no category cs.zz.") > part.index("see below")


def test_lines_of_the_text_part_are_short_but_for_addresses() -> None:
    long = whole("x" * 500, "y" * 500 + " z" * 300, "r " * 200, "l" * 90)
    lines = rendered(replace(FOR_SOMEBODY, entries=(*FOR_SOMEBODY.entries, long)), STATUS).text.splitlines()
    assert all(len(line) <= WIDTH for line in lines if "https://" not in line)


def test_one_paper_of_one_is_said_in_the_singular() -> None:
    message = rendered(replace(FOR_SOMEBODY, entries=(MAMBA,), considered=1))
    assert "One paper for you, the only new one today." in message.html


def test_what_came_over_several_days_is_not_called_new_today() -> None:
    message = rendered(replace(FOR_SOMEBODY, considered=812, is_of_several_days=True))
    for body in (message.html, message.text):
        assert "papers for you, out of 812 new." in " ".join(body.split())
        assert "new today" not in body


def test_a_count_that_cannot_be_true_is_not_said() -> None:
    """Back from a pause, a reader gets more than the one edition holds."""
    assert "new today" not in rendered(replace(FOR_SOMEBODY, considered=2)).html


def test_a_mail_loads_nothing_and_reads_well_aloud() -> None:
    html = rendered(FOR_SOMEBODY, STATUS).html
    tags = Structure(html).tags
    assert not {tag[0] for tag in tags} & {"img", "link", "script", "iframe", "form", "object", "svg", "base"}
    assert not re.search(r"url\(|@import|@font-face|src=", html)
    assert all("role" in tag for tag in tags if tag[0] == "table")
    assert [tag[0] for tag in tags if tag[0] in {"h1", "h2", "h3"}] == ["h1", "h2", "h2", "h2"]
    assert '<html lang="en" dir="ltr">' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert html.index('class="preheader"') < html.index("<table")


@pytest.mark.parametrize(
    "hungry",
    [
        entry("A title of middling length, as they are", "An abstract that goes on. " * 200, "Matches your topic"),
        entry("<&\"'>" * 60, "<&\"'>" * 1000, "<&>" * 80, authors=("é" * 60,) * 9, categories=("<" * 40,)),
        entry(
            "標題" * 200,
            "摘要" * 2500,
            "理由" * 200,
            url="https://example.org/" + "é" * 900,
            code_url="https://a.org/" + "=" * 900,
        ),
    ],
    ids=["plain", "escaped", "chinese"],
)
@pytest.mark.parametrize("count", [10, 30, 100, 400])
def test_however_much_is_picked_the_mail_stays_below_80_kb(hungry: Entry, count: int) -> None:
    message = rendered(digest_of(MAMBA, *[hungry] * (count - 1)), STATUS)
    assert encoded_size(message.html) + encoded_size(message.text) <= 80_000 == MAX_BYTES
    assert f'href="{LINKS.unsubscribe}"' in message.html
    assert message.html.endswith("</html>")
    assert MAMBA.paper.title in message.html
    more = {"One": 1, **{str(n): n for n in range(count)}}
    for part, shown in (
        (message.html, message.html.count("<h2")),
        (message.text, len(re.findall(r"^\d+\. ", message.text, re.MULTILINE))),
    ):
        told = re.search(r"(One|\d+) more on the web", part)
        assert shown + (more[told[1]] if told else 0) == count
        assert not told or LINKS.web in part


def test_of_many_papers_with_long_abstracts_as_many_are_in_the_mail_as_fit() -> None:
    message = rendered(digest_of(*[entry("A title of middling length, as they are", "Words. " * 800)] * 60))
    assert 30 <= message.html.count("<h2") < 60
    assert encoded_size(message.html) + encoded_size(message.text) > MAX_BYTES * 0.9


def test_a_digest_that_has_no_copy_says_how_many_are_missing() -> None:
    many = digest_of(*[entry("A title of middling length, as they are", "Words. " * 800)] * 60)
    message = render_digest(ENV, many, day=DAY, links=LINKS._replace(web=""))
    for part in (message.html, message.text):
        assert re.search(r"\d+ more did not fit", part)
        assert "/digest/" not in part


@pytest.mark.parametrize("vote", ["like", "dislike", "save", "less"])
def test_each_paper_can_be_voted_on_from_both_parts(vote: str) -> None:
    message = rendered(WITH_OUTSIDE)
    shown = Structure(message.html)
    for paper in (MAMBA, ALPHAFOLD):
        action = vote_address(LINKS.feedback, paper.paper_id)
        assert shown.links.count(f"{action}/{vote}") == 1
        assert message.text.count(f"{action}\n") == 1
    label = {"like": "Like", "dislike": "Dislike", "save": "Save", "less": "Less like this"}[vote]
    assert f'aria-label="{label}: Mamba: Linear-Time"' in message.html


def test_whom_a_reader_follows_is_named_wherever_they_stand() -> None:
    names = [f"Author {n}" for n in range(39)] + ["Tri Dao"]
    item = entry(authors=tuple(names), followed=("Tri Dao",))
    message = rendered(digest_of(item))
    said = "Author 0, Author 1, Author 2, Author 3, … Tri Dao and 35 others"
    assert said in " ".join(Structure(message.html).words.split())
    assert said in " ".join(message.text.split())
    assert re.search(r"<b [^>]*>Tri Dao</b>", message.html)


def test_a_followed_first_author_is_not_named_twice() -> None:
    message = rendered(digest_of(entry(authors=("Tri Dao", "Ann Lee"), followed=("Tri Dao",))))
    assert "Tri Dao, Ann Lee\n" in message.text


def test_a_reader_gets_as_much_of_an_abstract_as_they_chose() -> None:
    item = entry(abstract="A first sentence that is long enough to be shown alone. " * 8 + "The very end.")
    shown = {
        chosen: render_digest(ENV, digest_of(item), day=DAY, links=LINKS, style=Style(abstracts=chosen))
        for chosen in Abstracts
    }
    for part in ("html", "text"):
        said = {chosen: " ".join(getattr(message, part).split()) for chosen, message in shown.items()}
        assert "A first sentence" not in said[Abstracts.NONE]
        assert said[Abstracts.SUMMARY].count("A first sentence") == 1
        assert "A first sentence" in said[Abstracts.EXTRACT]
        assert "The very end." not in said[Abstracts.EXTRACT]
        assert "The very end." in said[Abstracts.WHOLE]
    assert "<details><summary" in shown[Abstracts.WHOLE].html
    assert "<details>" not in shown[Abstracts.EXTRACT].html


def test_a_model_s_summary_is_marked_in_both_parts() -> None:
    item = replace(entry(), presentation=Presentation(ai_summary="It works."))
    message = rendered(digest_of(item))
    assert "It works. (AI summary, Hugging Face)" in message.text
    assert re.search(r"It works\. <span[^>]*>\(AI summary, Hugging Face\)</span>", message.html)
    asked = replace(item, summary=Summary("It works!", SummaryBy.MODEL, "llama3.1", DAY))
    assert "It works! (AI summary, llama3.1, 23 Nov 2026)" in rendered(digest_of(asked)).text


def test_who_reads_text_only_gets_no_html() -> None:
    message = render_digest(ENV, FOR_SOMEBODY, day=DAY, links=LINKS, style=Style(text_only=True))
    assert message.html == ""
    assert message.text == rendered(FOR_SOMEBODY).text


def test_what_is_trending_outside_stands_apart_below() -> None:
    message = rendered(WITH_OUTSIDE)
    for part in (message.html, message.text.replace("TRENDING OUTSIDE YOUR TOPICS", "Trending outside your topics")):
        assert "2 papers for you" in part
        heading = part.index("Trending outside your topics")
        assert part.index("On Computable Numbers") < heading < part.index(ALPHAFOLD.paper.title)
        assert "Trending: 311 upvotes, 41 comments" in part
    assert "outside your topics" not in rendered(FOR_SOMEBODY).html


def test_the_foot_leads_to_every_way_out() -> None:
    message = rendered(FOR_SOMEBODY)
    for part in (message.html, message.text):
        for link in (f"{LINKS.preferences}#pause", f"{LINKS.preferences}#rhythm", LINKS.unsubscribe, LINKS.web):
            assert link in part


def test_a_pick_says_where_it_appears_and_links_to_all_there_is() -> None:
    shown = Presentation(
        "NVIDIA", comment="12 pages. Accepted at ICLR 2027", project_url="https://ann.example/p", models=2
    )
    item = replace(entry(code_url="https://github.com/a/b", published=DAY), presentation=shown)
    message = rendered(digest_of(item))
    assert "23 Nov 2026 · Accepted at ICLR 2027 · NVIDIA" in message.text
    assert "23 Nov 2026 · Accepted at ICLR 2027 · NVIDIA" in message.html
    expected = {
        "PDF": "https://arxiv.org/pdf/2401.00001",
        "Code": "https://github.com/a/b",
        "Project page": "https://ann.example/p",
        "Models": "https://huggingface.co/models?other=arxiv:2401.00001",
    }
    named = re.findall(r'<a class="quiet"[^>]* href="([^"]*)"[^>]*>([^<]*)</a>', message.html)
    assert expected.items() <= {name: url for url, name in named}.items()
    assert all(f"   {name}: {url}" in message.text for name, url in expected.items())


def test_links_to_data_say_so() -> None:
    item = entry(code_url="https://zenodo.org/records/123")
    message = rendered(digest_of(item))
    assert ">Data</a>" in message.html
    assert "Data: https://zenodo.org/records/123" in message.text


def test_two_digests_of_one_reader_never_have_the_same_subject() -> None:
    """There is one of each day; the same title a year later comes with its year."""
    subjects = {
        render_digest(ENV, digest_of(entry("Editorial")), day=day, links=LINKS).subject
        for day in (DAY, DAY + dt.timedelta(days=1), DAY.replace(year=2027), DAY.replace(month=10))
    }
    assert len(subjects) == 4


def test_a_few_papers_keep_their_extracts() -> None:
    assert rendered(FOR_SOMEBODY).html.count('class="extract"') == 2


def test_a_template_that_is_too_large_by_itself_is_named() -> None:
    env = ENV.overlay(
        loader=jinja2.DictLoader(
            {"email/digest/body.html": "x" * 90_000, "email/digest/body.txt": "", "email/digest/subject.txt": "s"}
        )
    )
    with pytest.raises(BadSettings, match="email/digest: without any papers the email is"):
        render_digest(env, FOR_SOMEBODY, day=DAY, links=LINKS)


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert rendered(FOR_SOMEBODY) == render_digest(environment(TEMPLATES), FOR_SOMEBODY, day=DAY, links=LINKS)


def test_counts_have_their_thousands_parted() -> None:
    liked = replace(MAMBA, signals=Signals(upvotes=2140))
    message = rendered(replace(FOR_SOMEBODY, entries=(liked,), considered=1203))
    for part in (message.html, message.text):
        assert "out of 1,203 new today" in part
        assert "2,140 upvotes" in part


def test_five_quiet_topics_are_named_and_the_others_counted() -> None:
    topics = tuple(QuietEntry(f"topic {n}", MAMBA.paper) for n in range(7))
    one, five, seven = (rendered(replace(digest_of(MAMBA), quiet=topics[:n])) for n in (1, 5, 7))
    assert "Nothing today on <em>topic 0</em>; the nearest is <a " in without_isolates(one.html)
    assert "Nothing today on “topic 0”; the nearest is “Mamba" in without_isolates(one.text)
    for message, more in ((five, 0), (seven, 1)):
        for part in (message.html, message.text):
            assert part.count("; the nearest is ") == 5
            assert part.count("… and 2 more topics") == more


def test_a_quiet_topic_is_plain_text_and_its_link_a_link() -> None:
    paper = replace(MAMBA.paper, title="<b>T</b>", url="javascript:alert(1)")
    topics = (QuietEntry("<script>x</script>", paper), QuietEntry("x" * 300))
    for quiet in (topics, topics[:1]):
        message = rendered(replace(digest_of(MAMBA), quiet=quiet))
        assert "<script>" not in message.html
        assert "<b>T" not in message.html
        assert "javascript" not in message.html + message.text
        assert "x" * 100 not in message.html + message.text


@pytest.mark.parametrize(("days", "said"), [(0, False), (1, True), (9, True)])
def test_quiet_days_are_one_line(days: int, said: bool) -> None:
    message = rendered(replace(digest_of(MAMBA), quiet_days=days))
    sentence = "On your last 9 digest days," if days > 1 else "On your last digest day,"
    for part in (message.html, message.text):
        assert (sentence in without_isolates(part)) is said


def without_isolates(text: str) -> str:
    """Without the characters that keep a value's direction."""
    return re.sub("[\u2066-\u2069]|<bdi>|</bdi>", "", text)


def test_what_is_trending_instead_is_named_so() -> None:
    """Nobody is told that they have chosen no topics."""
    message = rendered(Digest((MAMBA,), trending=True, considered=9, instead=True))
    for part in (message.html, " ".join(message.text.split())):
        assert "Nothing new on your topics today, so here is what is trending." in part
        assert "chosen any topics" not in part
        assert "and set your preferences" in " ".join(part.split())


def test_a_figure_is_shown_to_who_wants_one_with_words_for_who_cannot_see_it_and_loaded_from_us_alone() -> None:
    env = environment(TEMPLATES, figures="https://papers.example.org/figures/")
    picture = Thumbnail("0" * 32, 480, 200)
    shown = digest_of(entry("Skipping <Layers>", thumbnail=picture), entry("Without"))
    with_figures = render_digest(env, shown, day=DAY, links=LINKS, style=Style(figures=True))
    assert with_figures.html.count("<img") == 1
    (img,) = re.findall(r"<img[^>]*>", with_figures.html)
    assert 'src="https://papers.example.org/figures/00000000000000000000000000000000.jpg"' in img
    assert 'alt="Figure of “Skipping &lt;Layers&gt;”"' in img
    assert 'width="240" height="100"' in img
    for style in (Style(), Style(figures=True, text_only=True)):
        assert "figures/" not in "".join(render_digest(env, shown, day=DAY, links=LINKS, style=style).html)
    assert "<img" not in render_digest(ENV, shown, day=DAY, links=LINKS, style=Style(figures=True)).html


def test_figures_leave_before_papers_do_where_a_mail_grows_too_large() -> None:
    env = environment(TEMPLATES, figures="https://papers.example.org/figures/")
    many = digest_of(*(entry(f"{n} {'long ' * 50}", thumbnail=Thumbnail(f"{n:032}", 480, 200)) for n in range(60)))
    for abstracts in Abstracts:
        made = render_digest(env, many, day=DAY, links=LINKS, style=Style(figures=True, abstracts=abstracts))
        assert encoded_size(made.html) + encoded_size(made.text) <= MAX_BYTES
        assert "<img" not in made.html


def test_a_name_written_right_to_left_does_not_turn_the_authors_round() -> None:
    message = render_digest(ENV, digest_of(entry(authors=("محمد", "Ann Lee"))), day=DAY, links=LINKS)
    assert '<p class="authors" style' in message.html.replace("'", '"')
    for part in (message.html, message.text):
        assert "\u2068محمد\u2069, Ann Lee" in part
