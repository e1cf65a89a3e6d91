"""Subscribing: the form, and what is answered to it.

Whether an address is new, pending, reading, gone or suppressed, the answer is the same page; so is the one for a form
that only a bot can have filled in. Only a mail that asks to confirm is sent, within the limits of `domain.signup`.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from dailypapers.domain.address import domain_of, suggestion
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import MAX_EXAMPLES, Preferences
from dailypapers.domain.profile import Profile, parted, profile_of
from dailypapers.domain.signup import Verdict
from dailypapers.domain.source import Skipped
from dailypapers.domain.subscriber import Consent, OnEmpty
from dailypapers.domain.text import printable, printable_lines
from dailypapers.domain.zone import knows_zone
from dailypapers.errors import BadInput
from dailypapers.profiles.take import add as add_profiles
from dailypapers.references.read import read as read_references
from dailypapers.references.read import split as split_references
from dailypapers.rendering.environment import Templates, in_words
from dailypapers.rendering.text import shortened
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up
from dailypapers.subscriptions.address import normal_address
from dailypapers.subscriptions.sign_up import sign_up_request
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import LONGEST, sealed, sent_on, unsealed
from dailypapers.web.public.sign_up_policy import network_of
from dailypapers.web.readers.examples import Examples, look_up
from dailypapers.web.readers.preview import topics as tried

#: Longer than any field but those of the topics, of which there are as many as were tried out, and of the papers.
_LONGEST = 300
#: Characters of pasted papers: some hundred entries. What strangers paste is read at once; a library comes later.
_LONGEST_EXAMPLES = 50_000
#: Bytes of a field: so much more comes back as it was, with a sentence; to read what is longer takes too long.
_FIELD_BYTES = 8 * _LONGEST_EXAMPLES
_FIELDS = 200
_TEMPLATES = ("web/_subscribe.html", "web/subscribe.html")


@dataclass(frozen=True, slots=True)
class Form:
    """The form as it is shown and as it comes back."""

    email: str = ""
    topics: tuple[str, ...] = ()
    #: Papers that were pasted, in their field or behind the topics.
    examples: str = ""
    zone: str = ""
    #: Whether what is trending comes on days on which nothing is relevant.
    trending: bool = False
    #: When the form was made, signed.
    form_timestamp: str = ""
    #: When the visitor began to wait in attack mode, signed for this address.
    wait_token: str = ""
    #: The address that the visitor confirmed, although it looks mistyped.
    as_written: str = ""
    #: A hidden field that only bots fill in; its name is not one that browsers complete.
    honey: str = ""

    @property
    def has_more_examples(self) -> bool:
        """Whether more papers were pasted than are read."""
        return len(self.examples) > _LONGEST_EXAMPLES


@dataclass(frozen=True, slots=True)
class Shown:
    """What the partial `_subscribe.html` shows."""

    open: bool
    form: Form
    #: Why the form is shown again; a word that the template puts into a sentence.
    trouble: str = ""
    suggestion: str = ""
    #: The address for subscribing by email; empty where there is none.
    by_mail: str = ""


def blank(context: WebContext, *, topics: tuple[str, ...] = ()) -> Shown:
    """Return an empty form for any page: hand it to the template as `subscribe`, and include `web/_subscribe.html`."""
    form = Form(form_timestamp=context.signer.form_timestamp(now=context.clock()), topics=topics)
    return Shown(context.sign_up_policy.open, form, by_mail=context.sign_up_policy.by_mail)


def filled_in(context: WebContext, form: Form) -> Shown:
    """Return a form as it was filled in; since when it is open stays what it was, as long as that counts."""
    stamp, now = form.form_timestamp, context.clock()
    if context.signer.age(stamp, now=now) is None:
        stamp = context.signer.form_timestamp(now=now)
    filled = replace(form, form_timestamp=stamp, wait_token="", as_written="")
    return Shown(context.sign_up_policy.open, filled, by_mail=context.sign_up_policy.by_mail)


async def sent(request: Request) -> Form:
    """Return the form that was sent."""
    async with request.form(max_files=10, max_fields=_FIELDS, max_part_size=_FIELD_BYTES) as data:
        return _read(data)


def show(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /subscribe: the form as a page of its own; `?topic=` carries topics along."""

    def show_subscribe(request: Request) -> HTMLResponse:
        topics = tried(request.query_params.getlist("topic"))
        return context.page(request, "subscribe", state="form", subscribe=blank(context, topics=topics))

    return show_subscribe


def act(context: WebContext) -> Callable[[Request], Awaitable[Response]]:
    """Answer POST /subscribe: asks to confirm, by mail, and leads on to a page that says so."""
    version = form_version(context.templates)

    async def act_subscribe(request: Request) -> Response:
        loop = asyncio.get_running_loop()
        ready = loop.time() + context.sign_up_policy.answer_after.total_seconds()
        answer = await _act(context, request, version)
        await asyncio.sleep(ready - loop.time())
        return answer

    return act_subscribe


async def _act(context: WebContext, request: Request, version: str) -> Response:
    form = await sent(request)
    if not context.sign_up_policy.open:
        return context.page(request, "subscribe", state="form", subscribe=blank(context), status=403)
    age = context.signer.age(form.form_timestamp, now=context.clock())
    if form.honey or (age is not None and age < context.sign_up_policy.minimum):
        return _answer(context, request, form, Verdict.GRANTED)
    if trouble := "old form" if age is None else await _trouble(context, form):
        return _once_more(context, request, form, trouble)
    return await _let_in(context, request, form, version)


def form_version(templates: Templates) -> str:
    """Return what people agreed to: changes with every word of the form."""
    assert templates.loader is not None  # noqa: S101 - an environment over folders has one
    sources = (templates.loader.get_source(templates, name)[0] for name in _TEMPLATES)
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:12]


def _read(data: FormData) -> Form:
    def text(name: str) -> str:
        value = data.get(name, "")
        return printable(value[:_LONGEST]).strip() if isinstance(value, str) else ""

    topics = [value for value in data.getlist("topic") if isinstance(value, str)]
    examples = [value for value in data.getlist("examples") if isinstance(value, str)]
    behind_topics = [split_references(value)[1] for value in topics]
    pasted = printable_lines("\n".join(filter(None, (*examples, *behind_topics))))
    return Form(
        text("meant") or text("email"),
        tried(topics),
        pasted,
        text("zone"),
        bool(text("trending")),
        text("form_timestamp"),
        text("wait_token"),
        text("as_written"),
        text("note"),
    )


async def _trouble(context: WebContext, form: Form) -> str:
    """Return why this address cannot be used, in a word for the template; empty where it can."""
    try:
        address = normal_address(form.email)
    except BadInput:
        return "no address" if form.email else "empty"
    if suggestion(address) and form.as_written != address:
        return "mistyped"
    return await context.sign_up_policy.domains.trouble(domain_of(address)) or ""


def _once_more(context: WebContext, request: Request, form: Form, trouble: str) -> HTMLResponse:
    """Return the form again with everything in it; a bad address stays, to be corrected."""
    corrected = suggestion(normal_address(form.email)) if trouble == "mistyped" else ""
    fresh = replace(
        form,
        form_timestamp=context.signer.form_timestamp(now=context.clock() - context.sign_up_policy.minimum),
        wait_token="",
        as_written="",
    )
    if corrected:
        fresh = replace(fresh, as_written=normal_address(form.email))
    page = Shown(context.sign_up_policy.open, fresh, trouble, corrected, context.sign_up_policy.by_mail)
    return context.page(request, "subscribe", state="form", subscribe=page, status=422)


async def _let_in(context: WebContext, request: Request, form: Form, version: str) -> Response:
    now, policy = context.clock(), context.sign_up_policy
    address = normal_address(form.email)
    waited = context.signer.age(form.wait_token, now=now, about=address)
    if waited is not None and waited < policy.wait:
        return _wait(context, request, form, form.wait_token, early=True)
    signing_up = sign_up_request(context.signer, address, network_of(request, policy.trusted_proxies))

    def ask() -> tuple[Verdict, Examples]:
        preferences, named = _preferences(context, form)
        in_examples, pasted = parted(form.examples[:_LONGEST_EXAMPLES])
        references = read_references(pasted)
        with writing(context.engine) as tx:
            examples = look_up(tx, references)
            papers_wanted = (Interest(InterestKind.PAPER, name) for name in examples.ids[:MAX_EXAMPLES])
            preferences = replace(preferences, interests=(*preferences.interests, *papers_wanted))
            is_new = subscribers.by_address(tx, address) is None
            verdict = sign_up.ask(
                tx,
                address,
                preferences,
                consent=Consent("web", version, signing_up.network),
                request=signing_up,
                limits=policy.limits,
                now=now,
                has_waited=waited is not None,
            )
            # Of who is known already nobody but themselves changes anything.
            if is_new and (reader := subscribers.by_address(tx, address)):
                profiles = tuple(dict.fromkeys((*named, *in_examples)))
                add_profiles(tx, reader.id, profiles, secret=context.renderer.secret, now=now)
            return verdict, examples

    verdict, examples = await run_in_threadpool(ask)
    if verdict is Verdict.ONE_MORE_STEP:
        return _wait(context, request, form, context.signer.form_timestamp(now=now, about=address), early=False)
    return _answer(context, request, form, verdict, examples)


def _preferences(context: WebContext, form: Form) -> tuple[Preferences, tuple[Profile, ...]]:
    """Return what somebody asked for, and the profiles they named among their topics."""
    defaults = context.defaults
    zone = form.zone if knows_zone(form.zone) else defaults.rhythm.zone
    topics = tuple(Interest(InterestKind.TOPIC, topic) for topic in form.topics if not profile_of(topic))
    named = tuple(profile for topic in form.topics if (profile := profile_of(topic)))
    amount = replace(defaults.amount, on_empty=OnEmpty.TRENDING) if form.trending else defaults.amount
    style = replace(defaults.style, language=context.chosen_language)
    return Preferences(replace(defaults.rhythm, zone=zone), amount, topics, style), named


def _wait(context: WebContext, request: Request, form: Form, wait_token: str, *, early: bool) -> HTMLResponse:
    page = Shown(context.sign_up_policy.open, replace(form, wait_token=wait_token))
    seconds = int(context.sign_up_policy.wait.total_seconds())
    return context.page(request, "subscribe", state="wait", subscribe=page, seconds=seconds, early=early)


_FULL = {Verdict.NETWORK_FULL: "network full", Verdict.ALL_FULL: "all full"}
#: So many of the reasons why something pasted could not be read go along to the next page.
_MOST_UNREAD = 5
_LONGEST_NAME = 120


def _answer(
    context: WebContext, request: Request, form: Form, verdict: Verdict, examples: Examples | None = None
) -> Response:
    """Say what happens next, and which pasted papers cannot be used: that does not depend on who has the address."""
    if verdict in _FULL:
        return context.page(request, "subscribe", state=_FULL[verdict], subscribe=None, status=429)
    examples = _bounded(context, examples or Examples())
    values = {"address": form.email, "has_more": form.has_more_examples, "examples": asdict(examples)}
    about = sealed(context.signer.secret, values, now=context.clock())
    if len(about) > LONGEST:
        return _sent(context, request, form.email, examples, has_more=form.has_more_examples)
    return sent_on(f"{context.root}subscribe/sent", about=about)


def show_sent(context: WebContext) -> Callable[[Request], HTMLResponse]:
    """Answer GET /subscribe/sent: a mail is on its way, and, for a while, to which address."""

    def show_page(request: Request) -> HTMLResponse:
        about = unsealed(context.signer.secret, request.query_params.get("about", ""), now=context.clock())
        kept = about.get("examples", {})
        unread = tuple(Skipped(**each) for each in kept.pop("unread", ()))
        examples = Examples(unread=unread, **kept)
        return _sent(context, request, about.get("address", ""), examples, has_more=about.get("has_more", False))

    return show_page


def _sent(context: WebContext, request: Request, address: str, examples: Examples, *, has_more: bool) -> HTMLResponse:
    form = Form(address)
    return context.page(
        request, "subscribe", state="sent", form=form, examples=examples, has_more=has_more, subscribe=None
    )


def _bounded(context: WebContext, examples: Examples) -> Examples:
    """Return what the next page says of pasted papers, in the visitor's language and no longer than it shows."""
    why = (
        Skipped(in_words(each.where, context.translate), in_words(each.why, context.translate))
        for each in examples.unread[:_MOST_UNREAD]
    )
    names = (shortened(name, _LONGEST_NAME) for name in examples.unknown)
    return replace(examples, ids=(), unknown=tuple(names), unread=tuple(why))
