"""Every page in every state, in a language without a Latin letter: nothing of English is left.

The papers, the topics and the service's name have no Latin letter either, so what has one is a forgotten sentence.
"""

import asyncio
import datetime as dt
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from ipaddress import ip_network
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import jinja2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send
from tests import pseudo
from tests.messages import gathered
from tests.playing_oidc import CLIENT, SECRET, playing_oidc
from tests.posted import listening
from tests.web.conftest import LINKS, NOW, PRESS, SIGNER
from tests.web.public.test_subscribe import hidden
from tests.web.readers.test_preferences import Fields

from dailypapers.catcher.server import Caught
from dailypapers.digests import preview
from dailypapers.digests.book import Book
from dailypapers.digests.layout import MailRenderer, message
from dailypapers.digests.preview import Previews
from dailypapers.digests.render_input import RenderInput, load_inputs
from dailypapers.digests.stated import warnings
from dailypapers.digests.test_mode import with_banner
from dailypapers.domain.account import OidcProvider
from dailypapers.domain.ballot import Choice
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Digest, Entry, Hint, Pick, QuietEntry, Reason, Term, TermKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.group import GroupPick, Role, Terms
from dailypapers.domain.group_comment import CommentEntry
from dailypapers.domain.i18n import LazyString
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.link import Links, Purpose
from dailypapers.domain.message import Message
from dailypapers.domain.paper import Paper, PaperId, Presentation, Signals
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.profile import Profile, ProfileKind
from dailypapers.domain.saved import Facts, Remark, news
from dailypapers.domain.signup import Limits
from dailypapers.domain.source import Announcement, Freshness, State
from dailypapers.domain.subscriber import Abstracts, Amount, Consent, Rhythm, Style, SubscriberState
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.domain.tool import Refusal, ToolKind
from dailypapers.domain.vote import Vote
from dailypapers.library.search import Answer, Finder, Match
from dailypapers.mail.dns import Domains
from dailypapers.posting.channels import ChannelOptions
from dailypapers.ranking.hints import LONG_TOPIC, UNKNOWN, VAGUE
from dailypapers.ranking.index.query import Query
from dailypapers.rendering.digest import render_digest
from dailypapers.rendering.environment import environment, translator_of
from dailypapers.rendering.pages import render_page
from dailypapers.settings import shipped
from dailypapers.store import (
    ballots,
    channels,
    e_readers,
    editions,
    group_claims,
    group_comments,
    groups,
    history,
    outbox,
    papers,
    profiles,
    reader_keys,
    subscribers,
    tools,
    votes,
)
from dailypapers.store.database import connect, reading, writing
from dailypapers.store.schema import metadata
from dailypapers.subscriptions import group_claims as following
from dailypapers.subscriptions import groups as membership
from dailypapers.subscriptions import sign_up
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.sign_up_policy import SignUpPolicy
from dailypapers.web.public.subscribe import Form, Shown
from dailypapers.web.readers.preview import Shown as Previewed
from dailypapers.web.readers.saved import Done, Wanted
from dailypapers.web.routes import web_app

TODAY = NOW.date()
YESTERDAY = NOW - dt.timedelta(days=1)
#: What programs read, whose words are a format's own.
_FOR_PROGRAMS = ("application/json", "application/x-", "text/css", "text/javascript", "image/")
_ASKED_BY_PROGRAMS = ("/healthz", "/readyz", "/metrics", "/hooks/")
EVERY_STATUS = {200, 400, 403, 404, 408, 409, 410, 413, 422, 429, 500, 502, 503}


def paper(number: int, title: str = "Глубокие графы", **more: object) -> Paper:
    made = Paper(
        PaperId("arxiv", f"2604.{number:05}"),
        f"{title} {number}",
        "Мы рисуем графы, и они растут. " * 30,
        ("Анна Ли", "Борис Рой", "Вера Ким", "Глеб Чен", "Дина Шах", "Ева Мур"),
        ("cs.LG",),
        f"https://arxiv.org/abs/2604.{number:05}",
        TODAY,
        "https://github.com/example/code",
    )
    return replace(made, **more)  # type: ignore[arg-type]


@dataclass
class Walk:
    """What was opened, and what was left of English in it."""

    engine: sa.Engine
    left: dict[str, set[str]] = field(default_factory=dict)
    visited: set[tuple[str, str]] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    #: All that was told.
    told: list[str] = field(default_factory=list)
    client: httpx.AsyncClient = field(init=False)

    def browse(self, app: FastAPI) -> None:
        """Go on in front of this app, noting which of its routes answer."""

        async def noting(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, send)
            if route := scope.get("route"):
                self.visited.add((scope["method"], route.path))

        transport = httpx.ASGITransport(app=noting, raise_app_exceptions=False, client=("127.0.0.1", 1))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True)

    async def open(self, link: str, method: str = "GET", **sent: object) -> str:
        """Open a page, and note what is left of English in it."""
        answer = await self.client.request(method, link, **sent)  # type: ignore[arg-type]
        self.statuses.add(answer.status_code)
        kind, where = answer.headers["content-type"], f"{method} {link} {sent} {answer.status_code}"
        if "atom" in kind:
            self.note(where, pseudo.english_in_feed(answer.text), answer.text)
        elif not link.startswith(_ASKED_BY_PROGRAMS) and not kind.startswith(_FOR_PROGRAMS):
            self.note_page(where, answer.text)
        return answer.text

    def note(self, where: str, left: frozenset[str] | set[str], *told: str) -> None:
        """Note what was told, and what of it was left in English."""
        self.told += told
        if left:
            self.left[f"{where} ({len(self.told)})"] = set(left)

    def note_page(self, where: str, html: str) -> None:
        """Note what a page or a mail tells."""
        self.note(where, pseudo.english_in_page(html), html)

    async def post(self, link: str, **fields: object) -> str:
        return await self.open(link, "POST", data=fields)


@pytest.fixture
def engine(sqlite: sa.Engine) -> sa.Engine:
    """One database will do: pages are the same on both."""
    return sqlite


@pytest.fixture
def translated(context: WebContext, tmp_path: Path) -> WebContext:
    """The pages in that language, of a service whose name has no Latin letter."""
    locale = pseudo.write_catalogue(tmp_path / "locale", numbered=True)
    figures = f"{PRESS.home}figures/"
    templates = environment(
        shipped("templates"), language=pseudo.LANGUAGE, locale=[locale], takes_replies=True, figures=figures
    )
    sender = replace(PRESS.sender, name="Вестник")
    renderer = replace(PRESS, templates=templates, sender=sender, others={"ru": lambda: templates})
    limits = Limits(per_network_hour=5, overall_hour=300)
    policy = SignUpPolicy(limits=limits, by_mail="in@example.org", trusted_proxies=[ip_network("127.0.0.1/32")])
    options = ChannelOptions(renderer, allow_private=True, secret=renderer.secret)
    return replace(
        context,
        renderer=renderer,
        sign_up_policy=policy,
        tools=tuple(ToolKind),
        has_e_readers=True,
        channels=options,
        alert_address="1@1.ю",
        oidc=OidcProvider("http://127.0.0.1:1", CLIENT, SECRET, "Ю", for_readers=True),
    )


@pytest.fixture
async def walk(translated: WebContext, engine: sa.Engine) -> AsyncIterator[Walk]:
    made = Walk(engine)
    made.browse(web_app(translated))
    yield made
    translated.previews.close()


def link(purpose: Purpose, reader: int, about: int = 0, *, issued: dt.datetime = NOW) -> str:
    return LINKS.url(purpose, reader, issued=issued, about=about)


def a_reader(engine: sa.Engine, name: str, *interests: Interest, state: SubscriberState | None = None) -> int:
    with writing(engine) as tx:
        preferences = Preferences(Rhythm(), Amount(5), interests)
        sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("web"), now=NOW)
        reader = subscribers.by_address(tx, f"{name}@example.org")
        assert reader is not None
        if state:
            subscribers.transition(tx, reader.id, to=state, now=NOW)
    return reader.id


def announce(engine: sa.Engine, some: Sequence[Paper], now: dt.datetime, *, talked: bool = True) -> None:
    told = [
        Announcement(
            one, "ж", now.date(), signals=Signals(upvotes=1200 + n, comments=n + 1, stars=1) if talked else None
        )
        for n, one in enumerate(some)
    ]
    with writing(engine) as tx:
        papers.add(tx, told, now=now)
        for name, state, new in (("ж", State.STALLED, 0), ("й", State.FAILED, 0), ("щ", State.STALLED, 2)):
            editions.record_fetch(tx, name, Freshness(state, new=new), now=now)
        editions.close(tx, now.date(), now=now)


async def test_no_page_and_no_mail_has_a_word_of_english(
    walk: Walk, translated: WebContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    await before_the_first_edition(walk, translated)
    announce(walk.engine, [paper(1000)], YESTERDAY - dt.timedelta(days=1), talked=False)
    await a_day_without_votes(walk, translated)
    announce(walk.engine, [], YESTERDAY)
    announce(walk.engine, [paper(n) for n in range(1, 61)], NOW)
    await the_front(walk, translated, monkeypatch)
    await the_archive(walk)
    await searching(walk, translated)
    await subscribing(walk, translated)
    await asking_for_links(walk, translated)
    await asking_to_subscribe_when_many_do(walk, translated)
    await confirming_and_leaving(walk)
    await a_digest_and_votes(walk)
    await preferences(walk)
    await the_tools(walk)
    await the_profiles(walk)
    await the_keys(walk, translated)
    await the_groups(walk, translated, monkeypatch)
    await the_channel(walk, translated)
    mails(walk, translated.renderer)
    what_is_seldom(walk, translated)
    await what_goes_wrong(walk, translated)
    assert not walk.left, "\n".join(f"{where}: {sorted(words)}" for where, words in walk.left.items())
    assert walk.statuses >= EVERY_STATUS
    routes = [route for route in web_app(translated).routes if isinstance(route, APIRoute)]
    routes = [route for route in routes if not route.path.startswith("/admin")]  # See admin/test_every_word.py.
    assert {
        (method, route.path) for route in routes for method in route.methods or () if method != "HEAD"
    } <= walk.visited
    assert not pseudo.unsaid(walk.told)


async def before_the_first_edition(walk: Walk, context: WebContext) -> None:
    for path in (
        "/",
        "/archive",
        "/archive/feed.atom",
        "/search",
        "/search?q=1234",
        "/preview",
        "/healthz",
        "/readyz",
        "/metrics",
        "/subscribe",
    ):
        await walk.open(path)
    await walk.open("/hooks/nobody", "POST", content=b"{}")
    for name in [name.removeprefix("static/") for name in context.templates.list_templates() if "static/" in name]:
        await walk.open(f"/static/{name}")


async def a_day_without_votes(walk: Walk, context: WebContext) -> None:
    previews = Previews(walk.engine, context.digest_options)
    previews.load(now=NOW)
    app = web_app(replace(context, previews=previews))
    walk.browse(app)
    await walk.open("/")
    walk.browse(web_app(context))


async def the_front(walk: Walk, context: WebContext, monkeypatch: pytest.MonkeyPatch) -> None:
    await walk.open("/")
    await walk.open("/preview")
    await walk.post("/", topic="графы")
    context.previews.close()
    context.previews.load(now=NOW)
    for topics in ("", "глубокие графы", "погода, BibTeX"):
        for path in ("/", "/preview"):
            await walk.open(f"{path}?topic={topics}")
    with monkeypatch.context() as patch, context.previews.one_at_a_time():
        patch.setattr(preview, "MAX_WAIT_SECONDS", 0.01)
        for path in ("/", "/preview"):
            await walk.open(f"{path}?topic=графы")


async def the_archive(walk: Walk) -> None:
    await walk.open("/archive")
    await walk.open(f"/figures/{'0' * 32}.jpg")
    await walk.open("/archive/feed.atom")
    for days in range(3):
        day = (NOW - dt.timedelta(days=days)).date()
        await walk.open(f"/archive/{day}")
        await walk.open(f"/archive/{day}?page=2")
        await walk.open(f"/archive/{day}/papers.bib")
    await walk.open("/archive/2020-01-01")


async def searching(walk: Walk, context: WebContext) -> None:
    finder = Finder(walk.engine)
    walk.browse(web_app(replace(context, finder=finder)))
    await walk.open("/search?q=1234")
    finder.refresh()
    asked = ["", "графы", "глубокие графы", '"глубокие графы"', '"графы глубокие"', "автор:1", 'author:"Анна Ли"']
    asked += [
        "Анна Ли",
        "12 34",
        "1",
        "2604.00001",
        "2604.99999",
        "графы cat:cs.LG",
        "cat:cs.LG",
        "графы " * 500,
        "!?",
        "12",
    ]
    for text in asked:
        for page in (1, 2):
            await walk.open("/search", params={"q": text, "page": page})
    announce(walk.engine, [paper(2000)], NOW + dt.timedelta(days=1))
    await walk.open("/search?q=графы")
    walk.browse(web_app(context))


async def subscribing(walk: Walk, context: WebContext) -> None:
    await walk.open("/subscribe?topic=графы")
    walk.browse(web_app(replace(context, sign_up_policy=replace(context.sign_up_policy, open=False))))
    for path in ("/", "/subscribe"):
        await walk.open(path)
    await walk.post("/subscribe")
    disposable = Domains(disposable=["minutes.example"])
    walk.browse(web_app(replace(context, sign_up_policy=replace(context.sign_up_policy, domains=disposable))))
    form_timestamp = SIGNER.form_timestamp(now=NOW - dt.timedelta(minutes=1))
    for number, email in enumerate(("", "ю", "a@minutes.example", "a@gmial.com", "a@example.org")):
        network = {"x-forwarded-for": f"192.0.{number}.1"}
        await walk.open(
            "/subscribe",
            "POST",
            data={"email": email, "form_timestamp": form_timestamp, "topic": "графы"},
            headers=network,
        )
    await walk.post("/subscribe", email="a@example.org", form_timestamp="old")
    many = "2604.00001\n" * 5_000
    await walk.post("/subscribe", email="b@example.org", form_timestamp=form_timestamp, examples=many)
    await walk.open("/subscribe/sent")


async def asking_for_links(walk: Walk, context: WebContext) -> None:
    await walk.open("/links")
    await walk.open("/links/sent")
    made = SIGNER.form_timestamp(now=NOW - dt.timedelta(minutes=1))
    limits = replace(context.sign_up_policy, limits=Limits(per_network_hour=0))
    for app in (web_app(context), web_app(replace(context, sign_up_policy=limits))):
        walk.browse(app)
        for sent in ({"email": "b"}, {"email": "b@b.example"}, {"email": "b@b.example", "form_timestamp": made}):
            await walk.post("/links", **sent)
    walk.browse(web_app(context))


async def asking_to_subscribe_when_many_do(walk: Walk, context: WebContext) -> None:
    async def ask(number: int, network: int, **more: str) -> str:
        form_timestamp = SIGNER.form_timestamp(now=NOW - dt.timedelta(minutes=1))
        fields = {"email": f"many{number}@example.org", "form_timestamp": form_timestamp, **more}
        return await walk.open("/subscribe", "POST", data=fields, headers={"x-forwarded-for": f"198.51.{network}.1"})

    clock = [NOW]
    limits = Limits(per_network_hour=2, overall_hour=6)
    how = replace(context, sign_up_policy=replace(context.sign_up_policy, limits=limits), clock=lambda: clock[0])
    walk.browse(web_app(how))
    for number in range(3):
        await ask(number, 1)
    for number in range(3, 7):
        page = await ask(number, number)
    await walk.post("/subscribe", **hidden(page))
    clock[0] += dt.timedelta(minutes=1)
    await walk.post("/subscribe", **hidden(page))
    for number in range(7, 24):
        page = await ask(number, number)
        clock[0] += dt.timedelta(minutes=1)
        await walk.open("/subscribe", "POST", data=hidden(page), headers={"x-forwarded-for": f"198.51.{number}.1"})
    walk.browse(web_app(context))


async def confirming_and_leaving(walk: Walk) -> None:
    with writing(walk.engine) as tx:
        once = Preferences(Rhythm(days=frozenset({0})), Amount(5), (Interest(InterestKind.TOPIC, "графы"),))
        asked = [
            sign_up.subscribe(tx, f"{name}@example.org", preferences, consent=Consent("web"), now=NOW)
            for name, preferences in (("conny", once), ("cleo", Preferences(Rhythm(), Amount(5))), ("carl", once))
        ]
    with writing(walk.engine) as tx:
        subscribers.state_interests(tx, asked[0] or 0, (Interest(InterestKind.PAPER, "arxiv:2604.00001"),))
        profiles.add(tx, asked[0] or 0, Profile(ProfileKind.ORCID, "0000-0002-1825-0097"), now=NOW)
    for reader in filter(None, asked):
        await walk.open(link(Purpose.CONFIRM, reader))
        await walk.open(link(Purpose.PREFERENCES, reader))
        await walk.open(link(Purpose.CONFIRM, reader), "POST")
    first = asked[0]
    assert first is not None
    leave = link(Purpose.UNSUBSCRIBE, first)
    await walk.open(leave)
    await walk.open(f"{leave}/")
    await walk.open(f"{leave}/less")
    choices = [{"choice": choice} for choice in ("weekly", "fewer", "two-weeks", "pause", "weekly")]
    for choice in (*choices, {"choice": "until", "until": "2026-06-01"}, {"choice": "until", "until": "x"}):
        await walk.post(f"{leave}/less", **choice)
    await walk.post(f"{leave}/", **{"List-Unsubscribe": "One-Click"})
    await walk.post(leave)
    await walk.open(leave)
    await walk.open(link(Purpose.CONFIRM, first), "POST")
    second = asked[1]
    assert second is not None
    left = await walk.post(link(Purpose.UNSUBSCRIBE, second))
    undo, erase = (re.search(rf'"(/{name}/[^"]+)"', left) for name in ("undo", "erase"))
    assert undo is not None
    assert erase is not None
    await walk.open(undo[1])
    await walk.open(undo[1], "POST")
    await walk.open(erase[1])
    await walk.open(erase[1], "POST")
    await walk.open(undo[1], "POST")
    for purpose in (Purpose.DATA, Purpose.FEED, Purpose.SAVED, Purpose.PREFERENCES):
        await walk.open(link(purpose, second))


#: A reason of every kind there is, as the ranking makes them and as older versions kept them.
REASONS = [
    Reason(
        (
            Term(TermKind.WORDS, "графы, 1", 0.9, "графы"),
            Term(TermKind.WORDS, "графы", 0.9, "графы"),
            Term(TermKind.CLOSE, "графы", 0.8, "графы"),
        )
    ),
    Reason((Term(TermKind.PHRASE, "графы", 0.9), Term(TermKind.CATEGORY, "cs.LG", 0.8))),
    Reason((Term(TermKind.INSTITUTION, "щ", 0.9, "щ"),)),
    Reason((Term(TermKind.AUTHOR, "Анна Ли", 0.9, "Анна Ли"), Term(TermKind.PAPER, "графы", 0.8, "графы"))),
    Reason((Term(TermKind.TRENDING, "", 0.9, counts=(("upvotes", 1200), ("comments", 1), ("stars", 2))),)),
    Reason((Term(TermKind.HISTORY, "", 0.9, counts=(("papers", 7),)), Term(TermKind.CROSS_LIST, "cs.CV", 0.8))),
    Reason((Term(TermKind.ELSEWHERE, "", 0.9, counts=(("upvotes", 1), ("stars", 1))),)),
    Reason((Term(TermKind.NEW, "", 0.9), Term(TermKind.ALERT, "", 0.8, "графы"))),
]


async def a_digest_and_votes(walk: Walk) -> None:
    reader = a_reader(walk.engine, "alice", Interest(InterestKind.TOPIC, "графы"))
    names = [str(paper(n).id) for n in range(1, 9)]
    with reading(walk.engine) as tx:
        ids = papers.ids_by_name(tx, names)
    picks = [
        Pick(name, 0.7, REASONS[n % len(REASONS)], outside=n == 7, paper_id=ids[name]) for n, name in enumerate(names)
    ]
    trending = [replace(pick, reason=REASONS[3], outside=False) for pick in picks[:2]]
    assert {term.kind for reason in REASONS for term in reason.terms} == set(TermKind) - {TermKind.AVOIDED}
    with writing(walk.engine) as tx:
        known = editions.every(tx)
        for edition, chosen in zip(known, (trending[:1], (), picks), strict=False):
            end = NOW + dt.timedelta(days=1)
            mail = outbox.NewDelivery(reader, "alice@example.org", MailKind.DIGEST, end, edition.id, tuple(chosen))
            outbox.put(tx, [mail], now=NOW)
        deliveries = history.of_subscriber(tx, reader)
    for delivery in deliveries:
        await walk.open(link(Purpose.DIGEST, reader, delivery.id))
        await walk.open(f"{link(Purpose.DIGEST, reader, delivery.id)}/papers.ris")
    await walk.open(link(Purpose.DIGEST, reader, 999))
    await walk.open(f"{link(Purpose.FEED, reader)}.atom")
    await walk.open(link(Purpose.SAVED, reader))
    for vote in ("like", "save", "dislike", "less"):
        said = link(Purpose.FEEDBACK, reader, ids[names[0]])
        await walk.open(said)
        await walk.open(f"{said}/{vote}")
        page = await walk.open(f"{said}/{vote}", "POST")
        offered = [unescape(text) for text in re.findall(r'name="avoid" value="([^"]*)"', page)]
        await walk.post(f"{said}/{vote}", avoid=offered[:1])
        await walk.post(f"{said}/{vote}", undo="1")
    with writing(walk.engine) as tx:
        for name in names[:3]:
            votes.cast(tx, reader, ids[name], Vote.SAVE, now=NOW)
        votes.cast(tx, reader, ids[names[0]], Vote.LIKE, now=NOW)
    await walk.open(link(Purpose.FEEDBACK, reader, ids[names[0]]))
    await walk.open(link(Purpose.SAVED, reader))
    await walk.open(f"{link(Purpose.SAVED, reader)}/papers.bib")
    page = await walk.post(link(Purpose.SAVED, reader), paper=names[0])
    await walk.post(link(Purpose.SAVED, reader), paper=names[0], again="1")
    for name in names[:2]:
        await walk.post(link(Purpose.SAVED, reader), paper=name, describe="1", collection="Графы", note="Читать")
    for query in ("?in=Графы", "?q=графы", "?q=7"):
        await walk.open(f"{link(Purpose.SAVED, reader)}{query}")
    await walk.open(link(Purpose.DATA, reader))
    await walk.open(link(Purpose.DATA, reader), "POST")
    await walk.open(link(Purpose.PREFERENCES, reader))


async def preferences(walk: Walk) -> None:
    bad = [
        Interest(InterestKind.TOPIC, "графы"),
        Interest(InterestKind.TOPIC, "1 2"),
        Interest(InterestKind.CATEGORY, "99.9"),
        Interest(InterestKind.CATEGORY, "cs.LG"),
        Interest(InterestKind.PAPER, "arxiv:2604.99999"),
        Interest(InterestKind.PAPER, "arxiv:2604.00001"),
        Interest(InterestKind.TOPIC, "погода", Stance.AVOID),
        Interest(InterestKind.CATEGORY, "stat.ML", Stance.EXCLUDE),
    ]
    reader = a_reader(walk.engine, "paula", *bad)
    mine = link(Purpose.PREFERENCES, reader)

    async def form(**changed: object) -> None:
        fields = Fields()
        fields.feed(await walk.open(mine))
        for action in ("preview", "save"):
            await walk.post(mine, **{**fields.sent, **changed, "action": action})
        await walk.post(f"{mine}/preview", **{**fields.sent, **changed})

    await form()
    await form(zone="1", hour="99", days="", most="0", about="0", least="0", relevance="0", others="1\n" * 3)
    await form(least="9", most="2", phrases="\n".join(map(str, range(60))), avoid="1" * 300)
    await form(topic=[str(n) for n in range(50)], exclude="1" * 300)
    await form(seen="old", topic=["графы"])
    unread = (
        "1 1\n\n%PDF\n@article{1,\n title = {23}}\n@article{1, title = {23}, author = {4}}\n"
        "@article{2, author = {3\n2604.99998, 2604.99997"
    )
    await form(references=unread)
    await form(references="\0")
    await form(references="\n".join(f"{n} 0" for n in range(99)))
    await form(references="1 2\n" * 60_000)
    await form(references=" ".join(f"2604.{n:05}" for n in range(9000, 9900)))
    await form(references=" ".join(f"2604.{n:05}" for n in range(8000, 9001)))
    await form(references=" ".join(f"2604.{n:05}" for n in range(8000, 9010)))
    for file in (b"%PDF", b"1\n" * 700_000, b"@article{1}", b"@book{1, title = {2}"):
        await walk.open(mine, "POST", data={"action": "save"}, files={"bib": ("1.bib", file)})
    for until in ("x", "2026-06-01", ""):
        await walk.post(mine, action="pause", until=until)
        await walk.open(mine)
        await walk.post(mine, action="resume")
    with writing(walk.engine) as tx:
        papers.keep(tx, [paper(n) for n in range(4000, 4500)], now=NOW)
    await form(references=" ".join(f"2604.{n:05}" for n in range(4000, 4500)))
    await form(topic=["графы"], most="40", relevance="10")
    await form(topic=["графы"], days="weekly", abstracts="whole")
    await form(topic=["погода"], abstracts="none")
    await form(topic=[], category=["cs.LG"])
    for state in (SubscriberState.PENDING, SubscriberState.UNSUBSCRIBED):
        await walk.open(link(Purpose.PREFERENCES, a_reader(walk.engine, state.value, state=state)))


def what_is_quiet(walk: Walk, templates: jinja2.Environment, entry: Entry, about: dict[str, object]) -> None:
    """Topics on which nothing came, days on which nothing did, and what is trending instead."""
    edition = Edition(1, TODAY, NOW, 5000, ())
    near, far = QuietEntry("графы", entry.paper), QuietEntry("погода")
    many = (near, far) * 4
    links = Links("https://papers.example.org/", "https://papers.example.org/unsubscribe")
    for quiet, instead, days in (((near,), True, 1), ((far,), False, 2), (many[:6], False, 0), (many, False, 0)):
        digest = Digest((entry,), trending=instead, quiet=quiet, quiet_days=days, instead=instead)
        message = render_digest(templates, digest, day=TODAY, links=links, name="Вестник")
        walk.note_page("quiet mail", message.html)
        walk.note("quiet mail", pseudo.english_in(message.text), message.text)
        page = {"digest": digest, "edition": edition, "doubts": "", "votes": {}, "files": ""}
        walk.note_page("quiet digest", render_page(templates, "digest", **page, **about, style=Style()))
        disordered = (entry, replace(entry, signals=Signals(upvotes=9)))
        digest = replace(digest, entries=disordered if instead else (entry,), trending=instead)
        shown = Previewed("digest", edition, digest, earlier=(entry,) * days, may_subscribe=True)
        walk.note_page("quiet preview", render_page(templates, "_preview", shown=shown, **about))
    kinds = ("retraction", "withdrawal", "removal", "expression_of_concern", "erratum")
    after = Facts(2, "", "Журнал", "https://e.org/x", tuple((kind, "10.1/1") for kind in kinds))
    others = (Facts(doi="10.1/1"), Facts(talk="Симпозиум"))
    told = [one for facts in (after, *others) for one in news("Графы", Facts(), facts, url="")]
    message = render_digest(
        templates, Digest((entry,), trending=False, saved=tuple(told)), day=TODAY, links=links, name="Вестник"
    )
    walk.note_page("saved news", message.html)
    walk.note("saved news", pseudo.english_in(message.text), message.text)
    notes = warnings((Interest(InterestKind.TOPIC, "!?"), Interest(InterestKind.AUTHOR, "Ли")))
    unusable = Previewed("digest", edition, Digest((entry,), trending=True), notes)
    walk.note_page("unusable", render_page(templates, "_preview", shown=unusable, **about))


async def what_goes_wrong(walk: Walk, context: WebContext) -> None:
    await walk.open("/nowhere")
    await walk.open("/feedback/x/nothing")
    for page in ("confirm", "digest", "feed", "saved", "data"):
        await walk.open(f"/{page}/forged")
    reader = a_reader(walk.engine, "olga")
    await walk.open(link(Purpose.CONFIRM, reader, issued=NOW - dt.timedelta(days=900)))
    await walk.open(link(Purpose.SAVED, 9999))
    await walk.open(link(Purpose.FEEDBACK, reader, 9999))
    await walk.open("/subscribe", "POST", data={f"field{n}": "1" for n in range(1000)})
    await walk.open("/subscribe", "POST", content=b"1" * 3_000_000)
    app = web_app(context)
    (guard,) = (one for one in app.user_middleware if "refuse" in one.kwargs)
    guard.kwargs["seconds"] = 0.01
    walk.browse(app)
    await walk.open("/subscribe", "POST", content=never())
    away = connect("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    walk.browse(web_app(replace(context, engine=away, previews=Previews(away, context.digest_options))))
    await walk.open("/archive")
    with writing(walk.engine) as tx:
        row = {"source": "s", "fetched_at": NOW, "state": "nonsense", "items": 1, "new": 1, "skipped": 0, "note": ""}
        tx.execute(sa.insert(metadata.tables["fetches"]).values(**row, edition_id=1))
    walk.browse(web_app(context))
    await walk.open(f"/archive/{YESTERDAY.date() - dt.timedelta(days=1)}")


async def never() -> AsyncIterator[bytes]:
    await asyncio.sleep(5)
    yield b""


async def the_tools(walk: Walk) -> None:
    reader = a_reader(walk.engine, "toni")
    page = link(Purpose.PREFERENCES, reader).replace("/preferences/", "/tools/")
    await walk.open(page)
    for kind in ToolKind:
        for key, target in (("", "1"), ("k" * 40, "ю"), ("k" * 40, "0123456789abcdef0123456789abcdef")):
            await walk.post(page, tool=kind.value, key=key, target=target)
        for refusal in (None, *Refusal):
            with writing(walk.engine) as tx:
                (tool,) = (each for each in tools.of_subscriber(tx, reader) if each.kind is kind)
                tools.switch_off(tx, tool, refusal) if refusal else tools.switch_on(tx, tool, "1")
            await walk.open(page)
            with writing(walk.engine) as tx:
                tools.connect(tx, reader, kind, key=tool.key, target="1", saved_from=NOW, now=NOW)
        await walk.post(page, tool=kind.value, action="disconnect")
    for address in ("1", "1@1.1", "1@kindle.com"):
        await walk.post(page, tool="e-reader", address=address)
    with writing(walk.engine) as tx:
        e_readers.switch_off(tx, reader, "1@kindle.com", now=NOW)
    await walk.open(page)
    await walk.post(page, tool="e-reader", action="disconnect")


async def the_groups(walk: Walk, context: WebContext, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, other, third = (a_reader(walk.engine, name) for name in ("gina", "hans", "ines"))
    start = link(Purpose.PREFERENCES, reader).replace("/preferences/", "/groups/")
    await walk.open(start)
    filled = {"group": "Круг", "topics": "графы", "member": "Анна", "shows_name": "1", "ballot": "1"}
    for wrong in ({"group": ""}, {"group": "а.б"}, {"topics": ""}, {"member": ""}):
        await walk.post(start, **(filled | wrong))
    await walk.post(start, **filled)
    await walk.open(start)
    with writing(walk.engine) as tx:
        ((group, _),) = groups.of_subscriber(tx, reader)
    page, ballot = (link(purpose, reader, group.id) for purpose in (Purpose.GROUP, Purpose.BALLOT))
    await walk.open(ballot)
    await the_institution(walk, context, group.id)
    for action in ("terms", "change", "invite", "remove"):
        await walk.post(page, **filled, action=action, address="hans@example.org", remove="1")
    joining = link(Purpose.INVITATION, other, group.id)
    await the_stranger(walk, page, group.id)
    await walk.open(joining)
    await walk.post(joining, shows_name="1")
    with monkeypatch.context() as patched:
        patched.setattr(membership, "MOST_GROUPS", 0)
        patched.setattr(membership, "MOST_MEMBERS", 0)
        await walk.post(start, **filled)
        await walk.post(page, action="invite", address="ines@example.org")
    await walk.post(joining)
    await walk.post(joining)
    with writing(walk.engine) as tx:
        groups.invite(tx, group.id, third, role=Role.MEMBER, now=NOW)
        groups.join(tx, group.id, third, Terms(), now=NOW)
        ids = papers.ids_by_name(tx, [str(paper(n).id) for n in (1, 2)])
        # What was picked for its likeness to liked papers has no reason that all may read.
        picks = [
            GroupPick(each, reason, (reader,))
            for each, reason in zip(ids.values(), (REASONS[0], Reason(())), strict=True)
        ]
        groups.put_picks(tx, group.id, editions.every(tx)[-1].id, picks)
        group_comments.add(tx, group.id, reader, [(None, "Щ."), (picks[0].paper_id, "Щ.")], now=NOW)
        group_comments.add(tx, group.id, third, [(None, "Щ.")], now=NOW)
    await walk.open(page)
    await walk.post(page, action="remove", remove=str(third))
    await walk.open(page)
    await walk.open(link(Purpose.GROUP, third, group.id))
    with reading(walk.engine) as tx:
        group = groups.every(tx)[0]
    with writing(walk.engine) as tx:
        ballots.cast(tx, group.id, reader, picks[0].paper_id, now=NOW)
    for voted in ("x", str(picks[0].paper_id)):
        await walk.post(ballot, paper=voted)
    with writing(walk.engine) as tx:
        later = NOW + dt.timedelta(days=1)
        ballots.close(tx, group, Choice(picks[0].paper_id, 1, NOW), next_closes_at=later)
        again = replace(group, ballot_closes_at=later)
        ballots.close(tx, again, Choice(picks[1].paper_id, 2, later), next_closes_at=None)
    await walk.open(ballot)
    for leaving in (other, reader):
        await walk.open(link(Purpose.LEAVE, leaving, group.id))
        await walk.post(link(Purpose.LEAVE, leaving, group.id))
    await walk.open(link(Purpose.INVITATION, other, group.id))


async def the_institution(walk: Walk, context: WebContext, group_id: int) -> None:
    """Signing in with it needs a provider, and browsers in which it was begun."""
    assert context.oidc
    with playing_oidc() as played:
        provider = replace(context.oidc, issuer=played.issuer)
        transport = httpx.ASGITransport(app=web_app(replace(context, oidc=provider)))
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:

            async def sign_in(**claims: object) -> None:
                led = (await client.get("/oidc")).headers["location"]
                code = played.signs_in(led, now=NOW, **claims)
                state = parse_qs(urlsplit(led).query)["state"][0]
                answer = await client.get("/oidc/callback", params={"state": state, "code": code})
                walk.note_page(f"institution {claims}", answer.text)

            a_reader(walk.engine, "карл")
            with writing(walk.engine) as tx:
                group_claims.put(tx, group_id, "ю")
            for groups_claimed in (["ю"], ["ю"], []):
                await sign_in(email="карл@example.org", groups=groups_claimed)
            await sign_in(email="ю@ю.example", groups=[])
            await sign_in(email=None)
            await sign_in(forged=True)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(following, "MOST_GROUPS", 0)
                await sign_in(email="карл@example.org", groups=["ю"])
    with writing(walk.engine) as tx:
        group_claims.put(tx, group_id, "")
    for path in ("/oidc", "/oidc/callback"):
        await walk.open(path)


async def the_stranger(walk: Walk, page: str, group_id: int) -> None:
    await walk.post(page, action="invite", address="new@example.org")
    with reading(walk.engine) as tx:
        stranger = subscribers.by_address(tx, "new@example.org")
    assert stranger
    for ask in (walk.open, walk.post):
        await ask(link(Purpose.INVITATION, stranger.id, group_id))


async def the_channel(walk: Walk, context: WebContext) -> None:
    reader = a_reader(walk.engine, "cora")
    page = f"{link(Purpose.PREFERENCES, reader)}/channel"
    await walk.open(page)
    await walk.post(page, url="1")
    for status in (404, 200):
        with listening(status) as listener:
            await walk.post(page, url=listener.url)
    await walk.open(page)
    with writing(walk.engine) as tx:
        channel = channels.of_subscriber(tx, reader)
        assert channel is not None
        channels.disable(tx, channel, now=NOW)
    await walk.open(page)
    for _ in range(20):
        await walk.post(page, url="http://127.0.0.1:1/")
    await walk.post(page, action="remove")
    walk.browse(web_app(replace(context, channels=None)))
    await walk.open(page)
    walk.browse(web_app(context))


async def the_keys(walk: Walk, context: WebContext) -> None:
    kim = a_reader(walk.engine, "kim")
    page = f"{link(Purpose.PREFERENCES, kim)}/keys"
    for acts in ("", "1", "1", "1", "1", "1"):
        await walk.post(page, action="create", acts=acts)
        with reading(walk.engine) as tx:
            seen = " ".join(each.prefix for each in reader_keys.of_subscriber(tx, kim))
        await walk.post(page, action="create", acts=acts, seen=seen)
    walk.browse(web_app(replace(context, has_mcp=True)))
    await walk.post(page, action="revoke", prefix="x")
    await walk.open(page)
    walk.browse(web_app(context))


async def the_profiles(walk: Walk) -> None:
    reader, page = a_reader(walk.engine, "pia"), ""
    for listed in (None, 0, 1, 5):
        with writing(walk.engine) as tx:
            profiles.add(tx, reader, Profile(ProfileKind.DBLP, "65/9612"), now=NOW)
            (each,) = profiles.of_subscriber(tx, reader)
            if listed is None:
                page = link(Purpose.PREFERENCES, reader)
            elif listed == 0:
                profiles.put_off(tx, each, None)
            else:
                profiles.end(tx, each, taken=1, listed=listed)
        await walk.open(page)


def said_in_notices() -> tuple[str, ...]:
    """Every sentence that answers and notices are made of, filled in; which one is said when is tested where it is."""
    patterns = {
        message.id
        for message in gathered()
        if message.id and all(file.startswith(_NOTICES) for file, _ in message.locations)
    }
    return tuple(_filled_in(pattern) for pattern in sorted(patterns, key=str))


def _filled_in(message_id: str | Sequence[str]) -> LazyString:
    pattern = message_id if isinstance(message_id, str) else (message_id[0], message_id[1])
    values = {name: "щ" for name in re.findall(r"{(\w+)}", str(pattern)) if name != "count"}
    return LazyString(pattern, count=2, **values)


#: Where answers, notices, and what is posted to channels are put into words.
_NOTICES = (
    *("src/dailypapers/inbound/replies.py", "src/dailypapers/tools/push.py", "src/dailypapers/domain/channel.py"),
    *("src/dailypapers/rendering/chat/", "src/dailypapers/web/readers/channel.py"),
    *("src/dailypapers/inbound/group_comments.py", "src/dailypapers/tools/e_reader.py"),
)


def mails(walk: Walk, renderer: MailRenderer) -> None:
    """Every mail, as it left, and the same digests under other circumstances."""
    now = NOW + dt.timedelta(days=30)
    many = [Interest(InterestKind.TOPIC, f"a{n}") for n in range(41)]
    topics = [Interest(InterestKind.TOPIC, text) for text in ("графы", "1 2")]
    readers = [
        a_reader(walk.engine, "mary", *topics, Interest(InterestKind.PHRASE, " ")),
        a_reader(walk.engine, "tess", *many),
    ]
    with writing(walk.engine) as tx:
        ids = papers.ids_by_name(tx, [str(paper(n).id) for n in range(1, 61)])
        picks = [
            Pick(str(paper(n).id), 0.7, REASONS[n % len(REASONS)], outside=n == 9, paper_id=ids[str(paper(n).id)])
            for n in range(1, 61)
        ]
        edition, end = editions.every(tx)[-1], now + dt.timedelta(days=1)
        sign_up.subscribe(tx, "nora@example.org", Preferences(Rhythm(), Amount(5)), consent=Consent("web"), now=now)
        put = [
            outbox.NewDelivery(reader, f"{name}@example.org", MailKind.DIGEST, end, edition.id, tuple(picks))
            for reader, name in zip(readers, ("mary", "tess"), strict=True)
        ]
        put.append(outbox.NewDelivery(readers[0], "mary@example.org", MailKind.LINKS, end))
        put += (
            outbox.NewDelivery(readers[0], "mary@example.org", kind, end, content=Content(notes=said_in_notices()))
            for kind in (MailKind.ANSWER, MailKind.NOTICE)
        )
        group = groups.add(tx, "Круг", ["графы"], Rhythm(), now=now)
        for reader in readers:
            groups.invite(tx, group, reader, role=Role.MEMBER, now=now)
        groups.join(tx, group, readers[0], Terms("Анна", shows_name=True), now=now)
        of_group = [GroupPick(pick.paper_id, pick.reason, (readers[0],)) for pick in picks[:2]]
        groups.put_picks(tx, group, edition.id, of_group)
        said = [(None, "Щ."), (picks[0].paper_id, "Щ.")]
        group_comments.add(tx, group, readers[0], said, now=now)
        group_comments.put_into_digest(tx, group, edition.id)
        before = groups.one(tx, group)
        assert before
        groups.change(tx, before, before.name, before.topics, before.rhythm, ballot_day=2, now=now)
        open_now = groups.one(tx, group)
        assert open_now
        ballots.close(tx, open_now, Choice(picks[0].paper_id, 2, now), next_closes_at=now)
        ballots.put_into_digest(tx, group, edition.id)
        put += (
            outbox.NewDelivery(reader, f"{name}@example.org", kind, end, content=Content(group=(group, edition.id)))
            for reader, name, kind in (
                (readers[0], "mary", MailKind.GROUP),
                (readers[1], "tess", MailKind.INVITATION),
            )
        )
        book = Content(book=tuple(pick.paper_id for pick in picks[:2]))
        put.append(outbox.NewDelivery(readers[0], "1@kindle.com", MailKind.BOOK, end, content=book))
        outbox.put(tx, put, now=now)
        sheets = load_inputs(tx, [one for one in outbox.claim(tx, "w", 99, now=now) if one.created_at == now])
    assert {sheet.delivery.kind for sheet in sheets} == set(MailKind)
    for name, sheet in chain.from_iterable(map(variants, sheets)):
        made = message(renderer, sheet)
        shown = with_banner(made, reader="ю@ю.ю", translate=translator_of(renderer.templates))
        for mail in (made, shown):
            for told in (mail.subject, mail.text):
                walk.note(f"mail {name}", pseudo.english_in(told), told)
            walk.note_page(f"mail {name}", mail.html)
        for chapter in chapters(made):
            walk.note_page(f"mail {name}", chapter)


def chapters(message: Message) -> Iterator[str]:
    """The pages of a book that a mail carries."""
    if message.attachment:
        with zipfile.ZipFile(io.BytesIO(message.attachment.content)) as archive:
            yield from (archive.read(name).decode() for name in archive.namelist() if name.startswith("paper-"))


def variants(sheet: RenderInput) -> Iterator[tuple[str, RenderInput]]:
    """What a mail can be."""
    yield sheet.delivery.kind.value, sheet
    if sheet.group:
        yield "one for a group", replace(sheet, group=replace(sheet.group, entries=sheet.group.entries[:1]))
        chosen = tuple(replace(each, votes=1) for each in sheet.group.choices)
        yield "to a stranger", replace(sheet, group=replace(sheet.group, invites_stranger=True))
        yield "a choice alone", replace(sheet, group=replace(sheet.group, entries=(), choices=chosen))
        yield "comments alone", replace(sheet, group=replace(sheet.group, entries=(), choices=()))
        many = tuple(CommentEntry(n, "Щ", "щ" * 900) for n in range(99))
        yield "many comments", replace(sheet, group=replace(sheet.group, comments=many))
    if book := sheet.book:
        first, second = book.entries
        by_model = replace(first, summary=Summary("Щ.", SummaryBy.MODEL, "щ", NOW.date()))
        by_authors = replace(second, summary=None, presentation=Presentation(tldr="Щ."))
        remarks = {first.paper.id: Remark("щ", "щ")}
        yield "a book with remarks", replace(sheet, book=Book(book.day, (by_model, by_authors), remarks))
        yield "a book of one", replace(sheet, book=Book(book.day, (first,)))
    if (digest := sheet.digest) is None:
        return
    one = replace(digest, entries=digest.entries[:1], considered=1)
    few = replace(digest, entries=digest.entries[:8])
    data = replace(one.entries[0], paper=replace(one.entries[0].paper, code_url="https://zenodo.org/1", title=""))
    written = Summary("Щ.", SummaryBy.MODEL, "щ", NOW.date())
    more = Presentation(project_url="https://ann.github.io/", html_url="https://example.org/1", models=2)
    for name, other in {
        "one": one,
        "one of several days": replace(one, is_of_several_days=True),
        "few": few,
        "authors’ summary": replace(one, entries=(replace(data, presentation=Presentation(tldr="Щ.")),)),
        "model’s summary": replace(one, entries=(replace(data, presentation=Presentation(ai_summary="Щ.")),)),
        "our model’s summary": replace(one, entries=(replace(data, summary=written),)),
        "data": replace(one, entries=(replace(data, presentation=more),)),
        "nothing": replace(digest, entries=(), outside=()),
        "trending": replace(few, trending=True),
        "one trending": replace(one, trending=True),
        "new": replace(few, trending=True, voted=False),
        "one new": replace(one, trending=True, voted=False),
        "trending, nothing named": replace(few, trending=True, notes=()),
        "new, nothing named": replace(few, trending=True, voted=False, notes=()),
    }.items():
        yield name, replace(sheet, digest=other)
        yield f"{name}, text only", replace(sheet, digest=other, style=Style(text_only=True))
        yield f"{name}, whole", replace(sheet, digest=other, style=Style(abstracts=Abstracts.WHOLE))
    drawn = replace(data, thumbnail=Thumbnail("0" * 32, 480, 300))
    yield "a figure", replace(sheet, digest=replace(one, entries=(drawn,)), style=Style(figures=True))
    yield "not in the outbox", replace(sheet, delivery=sheet.delivery._replace(id=0))


def what_is_seldom(walk: Walk, context: WebContext) -> None:
    """What takes a name server, a hundred thousand papers or a mail server to see."""
    templates = context.templates
    about = {"root": "/", "home": "/", "list_name": "Вестник", "static": str, "path": "/"}
    for trouble in ("unknown domain", "takes no mail"):
        form = Shown(open=True, form=Form("a@b.example"), trouble=trouble)
        walk.note_page(trouble, render_page(templates, "_subscribe", subscribe=form, **about))
    for answer in (
        Answer("empty", indexed=1200, papers=5000),
        Answer("found", Query("12"), total=5000, listed=1200),
        Answer("nothing"),
    ):
        walk.note_page(answer.state, render_page(templates, "search", answer=answer, text="12", topic="графы", **about))
    shown = Previewed("trending", Edition(1, TODAY, NOW, 5000, ()), Digest((), trending=True), more=5)
    walk.note_page("preview", render_page(templates, "_preview", shown=shown, **about))
    hints = (
        Hint("графи", "графы"),
        Hint("погада", "погода"),
        Hint("жж", note=LazyString(UNKNOWN, words="жж")),
    )
    vague = (
        Hint("мы", note=LazyString(VAGUE, topic="мы", percent=40)),
        Hint("мы и вы", note=LazyString(LONG_TOPIC, topic="мы и вы")),
    )
    for some in (hints, vague):
        digest = Digest((), trending=False, hints=some)
        shown = Previewed("digest", shown.edition, digest, corrections={"графи": "/?topic=1"})
        walk.note_page("hints", render_page(templates, "_preview", shown=shown, **about))
    entry = Entry(paper(1), Match(Reason((Term(TermKind.CLOSE, "графы", 0.9),))))
    values = {"done": Done(), "action": "", "entries": [replace(entry, paper_id=1)] * 200, "total": 6000}
    values |= {"found": 5000, "remarks": {1: Remark("Графы", "Читать")}, "collections": [("Графы", 1)]}
    values |= {"wanted": Wanted("", "Графы"), "bounds": {"name": 60, "note": 2000}}
    walk.note_page("saved", render_page(templates, "saved", **values, **about))
    what_is_quiet(walk, templates, entry, about)
    mail = Caught(Path("1.eml"), "ю", "ю", "", "2026", (), "1", "1", 5000)
    for kept in ((), (mail,)):
        walk.note_page("caught", render_page(templates, "caught", mails=kept))
    walk.note_page("caught mail", render_page(templates, "caught_mail", mail=mail))
    for month in range(1, 13):
        for written in ("long_date", "short_date"):
            told = templates.filters[written](TODAY.replace(month=month))
            walk.note(written, pseudo.english_in(told), told)
