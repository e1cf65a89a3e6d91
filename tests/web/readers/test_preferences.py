"""Preferences: opened by a link, saved by a button, and nothing that was written is lost."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from tests.digests.test_preview import TITLES, announce, close
from tests.rendering.test_digest import without_isolates
from tests.web.conftest import LINKS, NOW, SIGNER
from tests.web.test_pages import everything
from tests.world import ON_SQLITE

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.link import Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Abstracts, Amount, Consent, OnEmpty, Rhythm, Style, SubscriberState
from dailypapers.domain.vote import Vote
from dailypapers.store import papers, profiles, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.erase import erase
from dailypapers.web.http.page import WebContext
from dailypapers.web.routes import web_app

WISHES = Preferences(
    Rhythm("Europe/Berlin", 7, frozenset({0, 3})),
    Amount(7, 3, 2, 0.62, explore=True),
    (
        Interest(InterestKind.TOPIC, "graph neural networks"),
        Interest(InterestKind.TOPIC, "شبكات 🐦"),
        Interest(InterestKind.PHRASE, "message passing"),
        Interest(InterestKind.PHRASE, "survey", Stance.AVOID),
        Interest(InterestKind.PHRASE, "blockchain", Stance.EXCLUDE),
        Interest(InterestKind.AUTHOR, "Ann Lee"),
        Interest(InterestKind.INSTITUTION, "ETH Zürich"),
        Interest(InterestKind.CATEGORY, "cs.LG"),
        Interest(InterestKind.CATEGORY, "cs.LG − cs.CY"),
        Interest(InterestKind.PAPER, f"file:{TITLES[0]}"),
        Interest(InterestKind.TOPIC, "military use", Stance.AVOID),
    ),
    Style(text_only=True, abstracts=Abstracts.WHOLE),
)


class Fields(HTMLParser):
    """The fields of the first form, as a browser without JavaScript would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select = self._text = ""
        self._inside = self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        name, value = have.get("name") or "", have.get("value") or ""
        self._inside |= tag == "form" and not self._done
        if not self._inside:
            return
        if tag == "input" and have.get("type") != "file":
            if have.get("type") not in {"checkbox", "radio"} or "checked" in have:
                self.sent.setdefault(name, []).append(value)
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self.sent[name] = [""]
        elif tag == "option" and "selected" in have:
            self.sent.setdefault(self._select, []).append(have["value"] or "" if "value" in have else "\0")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside, self._done = False, True
        if tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self._text:
            self.sent[self._text][0] += data
        elif self._inside and self.sent.get(self._select) == ["\0"]:
            self.sent[self._select] = [data]


#: Six hundred time zones nobody has chosen, which take three quarters of the time to parse.
_NOT_SELECTED = re.compile(r'<option(?: \w+="[^"]*")*>[^<]*</option>')


def fields(page: httpx.Response) -> dict[str, list[str]]:
    parser = Fields()
    parser.feed(_NOT_SELECTED.sub("", page.text))
    return parser.sent


@pytest.fixture
def reader(engine: sa.Engine) -> int:
    announce(engine, TITLES)
    close(engine)
    with writing(engine) as tx:
        sign_up.admit(tx, "alice@example.org", WISHES, consent=Consent("test"), now=NOW)
        found = subscribers.by_address(tx, "alice@example.org")
    assert found is not None
    return found.id


@pytest.fixture
def link(reader: int) -> str:
    return LINKS.url(Purpose.PREFERENCES, reader, issued=NOW)


def kept(engine: sa.Engine, reader: int) -> Preferences:
    with reading(engine) as tx:
        found = subscribers.by_id(tx, [reader])[reader]
        interests = subscribers.interests_of(tx, [reader])[reader]
    return Preferences(found.rhythm, found.amount, interests, found.style)


def same(one: Preferences, other: Preferences) -> bool:
    return replace(one, interests=tuple(sorted(one.interests))) == replace(
        other, interests=tuple(sorted(other.interests))
    )


async def sent(pages: httpx.AsyncClient, link: str, **changes: Any) -> httpx.Response:
    """Open the page, change some fields and press the button."""
    form = fields(await pages.get(link))
    return await pages.post(link, data={**form, **changes})


async def test_the_page_changes_nothing_and_shows_what_is_kept(
    pages: httpx.AsyncClient, engine: sa.Engine, link: str
) -> None:
    before = everything(engine)
    shown = await pages.get(link)
    assert shown.status_code == 200
    form = fields(shown)
    assert set(form["topic"]) >= {"graph neural networks", "شبكات 🐦"}
    assert (form["zone"], form["hour"], form["days"], form["most"]) == (["Europe/Berlin"], ["7"], ["chosen"], ["7"])
    assert form["avoid"] == ["survey"]
    assert form["category"] == ["cs.LG"]
    assert everything(engine) == before


async def test_every_link_on_the_page_leads_to_a_page(pages: httpx.AsyncClient, link: str) -> None:
    html = (await pages.get(link)).text
    addresses = [address for address in re.findall(r'<a[^>]* href="([^"]*)"', html) if not address.startswith("#")]
    answers = {address: (await pages.get(address)).status_code for address in addresses}
    assert {address: status for address, status in answers.items() if status != 200} == {}
    assert any(address.endswith("/keys") for address in addresses)


async def test_saving_the_page_as_it_is_changes_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str
) -> None:
    answer = await sent(pages, link)
    assert (answer.status_code, "Saved." in answer.text) == (200, True)
    assert same(kept(engine, reader), WISHES)


async def test_every_field_is_saved(pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str) -> None:
    announce(engine, ["Another paper"])
    changes: dict[str, Any] = {
        "topic": ["protein  design", " robots ", ""],
        "phrases": "attention is\r\nall you need",
        "avoid": "",
        "exclude": "crypto",
        "authors": "Bo Roy\nCy Fox",
        "institutions": "MIT",
        "category": ["math", "Genomics"],
        "others": "eprint: hash functions",
        "paper": [],
        "rest": [],
        "references": "https://example.org/nothing file",
        "zone": "America/New_York",
        "hour": "18",
        "days": "weekly",
        "weekday": "4",
        "most": "12",
        "about": "",
        "least": "1",
        "relevance": "80",
        "explore": "",
        "on_empty": "trending",
        "text_only": "",
        "abstracts": "none",
    }
    answer = await sent(pages, link, **changes)
    assert answer.status_code == 200
    kind = InterestKind
    expected = (
        *(Interest(kind.TOPIC, text) for text in ("protein design", "robots")),
        *(Interest(kind.PHRASE, text) for text in ("attention is", "all you need")),
        Interest(kind.PHRASE, "crypto", Stance.EXCLUDE),
        *(Interest(kind.AUTHOR, text) for text in ("Bo Roy", "Cy Fox")),
        Interest(kind.INSTITUTION, "MIT"),
        *(Interest(kind.CATEGORY, text) for text in ("math", "Genomics", "eprint: hash functions")),
    )
    amount, style = Amount(12, None, 1, 0.8, on_empty=OnEmpty.TRENDING), Style(abstracts=Abstracts.NONE)
    assert same(
        kept(engine, reader), Preferences(Rhythm("America/New_York", 18, frozenset({4})), amount, expected, style)
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"zone": "Mars/Olympus"}, "not a known time zone"),
        ({"zone": "../../etc/passwd"}, "not a known time zone"),
        ({"zone": "Factory"}, "not a known time zone"),
        ({"zone": "localtime"}, "not a known time zone"),
        ({"hour": "25"}, "an hour from 0 to 23"),
        ({"days": "chosen", "chosen": []}, "at least one day"),
        ({"most": "0"}, "a number from 1 to 50"),
        ({"most": "٣"}, "a number from 1 to 50"),
        ({"about": "many"}, "a number from 1 to 50"),
        ({"least": "40", "most": "3"}, "not exceed the maximum"),
        ({"relevance": "101"}, "move the slider"),
        ({"topic": [f"topic {n}" for n in range(41)]}, "Too many: the maximum"),
        ({"topic": ["x" * 201]}, "too long: the maximum"),
        ({"authors": "\n".join(f"Author {n}" for n in range(201))}, "Too many: the maximum"),
    ],
)
@ON_SQLITE
async def test_a_wrong_field_is_said_and_nothing_else_is_lost(
    pages: httpx.AsyncClient, engine: sa.Engine, link: str, changes: dict[str, Any], sentence: str
) -> None:
    before = everything(engine)
    answer = await sent(pages, link, **{"phrases": "precious words", "exclude": "a\nb", **changes})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    where = re.search(r'href="#(wrong-\w+)"', answer.text)
    assert where
    assert sentence in answer.text.partition(f' id="{where[1]}"')[2].partition("</p>")[0]
    assert everything(engine) == before
    form = fields(answer)
    assert (form["phrases"], form["exclude"]) == (["precious words"], ["a\nb"])
    for name, value in changes.items():
        if name not in {"chosen", "zone"}:
            assert [text for text in form[name] if text] == (value if isinstance(value, list) else [value])


async def test_preview_shows_without_saving(
    pages: httpx.AsyncClient, engine: sa.Engine, context: WebContext, link: str
) -> None:
    context.previews.load(now=NOW)
    before = everything(engine)
    answer = await sent(pages, link, topic=["single-cell genomics"], action="preview", relevance="10", about="")
    assert "Not saved yet" in answer.text
    assert "Matches your topic “single-cell genomics”" in answer.text
    assert "single-cell genomics" in fields(answer)["topic"]
    assert everything(engine) == before


async def test_the_fragment_follows_the_form_and_changes_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine, context: WebContext, link: str
) -> None:
    context.previews.load(now=NOW)
    form = fields(await pages.get(link))
    before = everything(engine)
    wanted = {**form, "topic": ["single-cell genomics"], "relevance": "10", "about": "", "paper": [], "zone": "broken"}
    answer = await pages.post(f"{link}/preview", data=wanted)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert TITLES[1] in answer.text
    assert TITLES[0] not in answer.text
    assert "not a known time zone" in answer.text, "it is said before anything is saved"
    assert 'href="#zone"' in answer.text
    assert everything(engine) == before
    sound = await pages.post(f"{link}/preview", data={**wanted, "zone": "Europe/Berlin"})
    assert "Before you can save" not in sound.text
    excluded = await pages.post(f"{link}/preview", data={**wanted, "exclude": "single-cell"})
    assert TITLES[1] not in excluded.text


async def test_the_preview_shows_what_an_empty_day_would_bring(
    pages: httpx.AsyncClient, context: WebContext, link: str
) -> None:
    context.previews.load(now=NOW)
    wanted = {
        **fields(await pages.get(link)),
        "topic": ["medieval falconry"],
        "phrases": "",
        "authors": "",
        "about": "",
    }
    wanted |= {"category": [], "others": "", "paper": [], "least": "1"}
    silent = await pages.post(f"{link}/preview", data={**wanted, "on_empty": "silent"})
    trending = await pages.post(f"{link}/preview", data={**wanted, "on_empty": "trending"})
    for shown in (silent, trending):
        assert "Nothing today on <em>medieval falconry</em>" in without_isolates(shown.text)
    assert "you would get no email" in silent.text
    assert "so here is what is trending" in trending.text
    assert [TITLES[0] in shown.text for shown in (silent, trending)] == [False, True]


async def test_votes_show_in_the_preview_at_once(
    pages: httpx.AsyncClient, engine: sa.Engine, context: WebContext, reader: int, link: str
) -> None:
    context.previews.load(now=NOW)
    wanted = {**fields(await pages.get(link)), "relevance": "10", "about": "", "paper": []}
    assert TITLES[0] in (await pages.post(f"{link}/preview", data=wanted)).text
    with writing(engine) as tx:
        paper = papers.named(tx, f"file:{TITLES[0]}")
        assert paper is not None
        votes.cast(tx, reader, paper, Vote.DISLIKE, now=NOW)
    assert TITLES[0] not in (await pages.post(f"{link}/preview", data=wanted)).text


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("mine.bib", b"@article{a, title={Nobody knows this}, author={Fox, Cy}, doi={10.1234/known-to-nobody}}"),
        ("mine.ris", b"TY  - JOUR\nTI  - Nobody knows this\nAU  - Fox, Cy\nDO  - 10.1234/known-to-nobody\nER  - \n"),
    ],
)
async def test_example_papers_are_pasted_or_uploaded_and_unknown_ones_are_said(
    pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str, *, name: str, file: bytes
) -> None:
    page = await pages.get(link)
    assert f"{Path(name).suffix}," in page.text.partition('accept="')[2].partition('"')[0]
    form = fields(page)
    form.pop("paper")
    with writing(engine) as tx:
        tx.execute(sa.text("INSERT INTO names (name, paper_id) SELECT 'arxiv:2604.00001', id FROM papers WHERE id = 2"))
    files = {"bib": (name, file, "text/plain")}
    answer = await pages.post(link, data={**form, "references": "see 2604.00001v2"}, files=files)
    assert answer.status_code == 200
    assert "This paper is not in our library yet" in answer.text
    assert "Nobody knows this" in answer.text
    named = [i.text for i in kept(engine, reader).interests if i.kind is InterestKind.PAPER]
    assert len(named) == 1
    assert named[0] in {f"file:{title}" for title in TITLES}


async def test_papers_pasted_among_the_topics_are_examples_and_those_that_are_not_are_said(
    pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str
) -> None:
    pasted = "graphs, TY  - JOUR TI  - Nobody knows this AU  - Fox, Cy ER  -"
    answer = await sent(pages, link, topic=[pasted, "RNA"])
    assert answer.status_code == 200
    assert "Not all of the papers could be used" in answer.text
    assert "Nobody knows this" in answer.text
    topics = {i.text for i in kept(engine, reader).interests if i.kind is InterestKind.TOPIC}
    assert topics >= {"graphs", "RNA"}
    assert not any("Nobody" in topic for topic in topics)


async def test_papers_beyond_the_most_are_counted(pages: httpx.AsyncClient, link: str) -> None:
    answer = await sent(pages, link, references=" ".join(f"2401.{n:05}" for n in range(1, 1_052)))
    assert "51 more papers were skipped" in answer.text


async def test_what_could_not_be_read_is_shown_as_it_was_written(pages: httpx.AsyncClient, link: str) -> None:
    answer = await sent(pages, link, references='Smith & Jones, "On <b>"')
    assert "Line 1: “Smith &amp; Jones, &#34;On &lt;b&gt;&#34;” isn’t a paper" in answer.text


async def test_a_wish_that_can_do_nothing_is_said_beside_it(pages: httpx.AsyncClient, link: str) -> None:
    answer = await sent(pages, link, topic=["🐦"], others="cs.XX")
    assert "contains no distinctive words" in answer.text
    assert "There is no category cs.XX" in answer.text


async def test_an_older_form_asks_before_it_overwrites(
    pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str
) -> None:
    old = fields(await pages.get(link))
    await sent(pages, link, topic=["newer topic"])
    answer = await pages.post(link, data={**old, "hour": "9"})
    assert (answer.status_code, "changed after you opened" in answer.text) == (409, True)
    assert kept(engine, reader).rhythm.hour == 7
    again = await pages.post(link, data=fields(answer))
    assert "Saved." in again.text
    assert kept(engine, reader).rhythm.hour == 9


async def test_a_form_that_is_sent_twice_is_saved_once(pages: httpx.AsyncClient, engine: sa.Engine, link: str) -> None:
    form = {**fields(await pages.get(link)), "hour": "9"}
    await pages.post(link, data=form)
    before = everything(engine)
    assert "Saved." in (await pages.post(link, data=form)).text
    assert everything(engine) == before


async def test_pause_and_resume(pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str) -> None:
    def state() -> SubscriberState:
        with reading(engine) as tx:
            return subscribers.by_id(tx, [reader])[reader].state

    for bad in ("2026-04-20", "yesterday", "9999-12-31"):
        answer = await pages.post(link, data={"action": "pause", "until": bad})
        assert (answer.status_code, state()) == (422, SubscriberState.ACTIVE)
        assert "an end date after today" in answer.text
    answer = await pages.post(link, data={"action": "pause", "until": "2026-05-01"})
    assert "Digests resume automatically on Friday, 1 May 2026" in answer.text
    assert state() is SubscriberState.PAUSED
    assert "Resumed." in (await pages.post(link, data={"action": "resume"})).text
    assert state() is SubscriberState.ACTIVE
    assert same(kept(engine, reader), WISHES)


async def test_who_has_left_sees_no_form_and_can_change_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str
) -> None:
    form = fields(await pages.get(link))
    with writing(engine) as tx:
        lifecycle.unsubscribe(tx, reader, now=NOW)
    before = everything(engine)
    for answer in (
        await pages.get(link),
        await pages.post(link, data={**form, "hour": "9"}),
        await pages.post(link, data={"action": "pause", "until": "2026-05-01"}),
        await pages.post(link, data={"action": "resume"}),
    ):
        assert "You are not subscribed" in answer.text
        assert "<form" not in answer.text
    assert everything(engine) == before


async def test_other_tokens_open_nothing(pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str) -> None:
    swapped = LINKS.url(Purpose.UNSUBSCRIBE, reader, issued=NOW).replace("unsubscribe", "preferences")
    before = everything(engine)
    for bad in (swapped, link[:-2], "http://pages/preferences/x"):
        for method, address in (("GET", bad), ("POST", bad), ("POST", f"{bad}/preview")):
            answer = await pages.request(method, address)
            assert (answer.status_code, "This link does not work" in answer.text) == (410, True)
    assert everything(engine) == before


async def test_whoever_was_erased_gets_a_calm_page(
    pages: httpx.AsyncClient, engine: sa.Engine, reader: int, link: str
) -> None:
    with writing(engine) as tx:
        erase(tx, reader)
    for method in ("GET", "POST"):
        assert (await pages.request(method, link)).status_code == 410


@pytest.mark.parametrize(
    "form",
    [
        {"topic": [f"topic {n}" for n in range(10_000)]},
        {"references": "2401.00001 " * 30_000},
        {"phrases": "\x00\x1b[31m\u202e"},
        {"nonsense": "x"},
        {},
    ],
)
async def test_whatever_is_sent_is_answered_calmly_and_loses_nothing(
    pages: httpx.AsyncClient, engine: sa.Engine, link: str, form: dict[str, Any]
) -> None:
    before = everything(engine)
    answer = await pages.post(link, data=form)
    assert answer.status_code in {400, 422}
    assert "<h1>" in answer.text
    assert everything(engine) == before
    assert (await pages.post(f"{link}/preview", data=form)).status_code in {200, 400}


async def test_a_line_with_a_profile_has_its_papers_taken_in_the_background(
    pages: httpx.AsyncClient, engine: sa.Engine, link: str
) -> None:
    address = "https://orcid.org/0000-0002-1825-0097"
    form = {**fields(await pages.get(link)), "references": f"2401.99999\n{address}"}
    shown = (await pages.post(link, data=form)).text
    assert f"{address} is being read" in shown
    assert "not in our library yet" in shown
    with writing(engine) as tx:
        (each,) = profiles.due(tx, now=NOW, limit=9)
        profiles.end(tx, each, taken=2, listed=40)
    assert f"{address}: 40 papers listed, 2 taken as examples." in (await pages.get(link)).text


async def test_they_show_the_readers_own_address_for_alerts_where_alerts_are_taken(context: WebContext) -> None:
    with writing(context.engine) as tx:
        sign_up.admit(tx, "bob@example.org", WISHES, consent=Consent("web"), now=NOW)
        reader = subscribers.by_address(tx, "bob@example.org")
        assert reader
    page = LINKS.url(Purpose.PREFERENCES, reader.id, issued=NOW)
    shown = f"<code>alerts+{SIGNER.alert_token(reader.bearer)}@papers.example</code>"
    for alerts in ("alerts@papers.example", ""):
        app = web_app(replace(context, alert_address=alerts))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://pages", follow_redirects=True
        ) as client:
            assert (shown in (await client.get(page)).text) is bool(alerts)
