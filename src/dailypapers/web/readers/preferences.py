"""Preferences: GET shows them as a form beside today's digest, POST saves them, or shows that digest without saving.

The token in the address is all it takes, and opens nothing but this reader's preferences. Whatever cannot be used is
said beside its field, and the form comes back as it was filled in.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from dailypapers.digests.choose import ReaderContext
from dailypapers.digests.stated import unusable
from dailypapers.domain.category import TREE
from dailypapers.domain.digest import Digest
from dailypapers.domain.interest import InterestKind
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.paper import Paper
from dailypapers.domain.preferences import MAX_CHARACTERS, MAX_EXAMPLES, MAX_PAPERS, Preferences
from dailypapers.domain.profile import Profile, parted
from dailypapers.domain.reference import References
from dailypapers.domain.subscriber import READING, Subscriber, SubscriberState
from dailypapers.domain.vote import Votes
from dailypapers.profiles.take import add as add_profiles
from dailypapers.references.read import MAX_SIZE
from dailypapers.references.read import read as read_references
from dailypapers.rendering.i18n import language_name
from dailypapers.store import papers, subscribers, votes
from dailypapers.store import profiles as kept_profiles
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle
from dailypapers.web.http.page import WebContext
from dailypapers.web.http.sent_on import sent_on, word
from dailypapers.web.http.token import claim_of, reader_of
from dailypapers.web.readers import draft as drafts
from dailypapers.web.readers import feedback, preview
from dailypapers.web.readers.draft import Draft
from dailypapers.web.readers.examples import Examples, look_up

#: All fields of the largest form somebody can fill in.
_FIELDS = 2_000
#: What a form has done, in a word.
_DONE = {"saved", "paused", "resumed"}
_ENDED = {SubscriberState.UNSUBSCRIBED, SubscriberState.BOUNCED, SubscriberState.COMPLAINED}


@dataclass(frozen=True, slots=True)
class _Case:
    """Whose preferences these are, and what is kept."""

    reader: Subscriber
    preferences: Preferences
    votes: Votes


@dataclass(frozen=True, slots=True)
class _Form:
    """What was sent: the draft, and the papers that were pasted or uploaded."""

    draft: Draft
    pasted: References
    uploaded: References
    action: str = ""
    until: str = ""
    #: Lists of papers elsewhere, of which all are to be example papers.
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """What a form says."""

    draft: Draft
    preferences: Preferences
    troubles: Mapping[str, str] = field(default_factory=dict)
    #: What was pasted or uploaded.
    examples: Examples = field(default_factory=Examples)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a page shows, beside what is kept."""

    case: _Case
    read: _Read
    #: saved, shown, older, paused, resumed, no day; empty for the page as it is opened.
    state: str = ""
    status: int = 200


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: changes nothing."""

    def show_preferences(request: Request, token: str) -> HTMLResponse:
        with reading(context.engine) as tx:
            case = _case(context, tx, token)
        return _page(context, request, token, _Answer(case, _as_kept(context, case), word(request, _DONE)))

    return show_preferences


def act(context: WebContext) -> Callable[[Request, str], Awaitable[Response]]:
    """Answer POST: saves; with `action=preview` only shows, with `pause` or `resume` does that.

    What was done is said by the page that it leads on to, where that can say all there is to say.
    """
    answers = {"preview": _show_only, "pause": _pause, "resume": _resume}

    async def act_preferences(request: Request, token: str) -> Response:
        form = await _sent(request)

        def answer() -> Response:
            opened = reading if form.action == "preview" else writing
            with opened(context.engine) as tx:
                outcome = answers.get(form.action, _save)(context, tx, _case(context, tx, token), form)
            if outcome.state in _DONE and outcome.read.examples.is_whole:
                return sent_on(f"{context.root}preferences/{token}", done=outcome.state)
            # The page is made when others may write again.
            return _page(context, request, token, outcome)

        return await run_in_threadpool(answer)

    return act_preferences


def redraw(context: WebContext) -> Callable[[Request, str], Awaitable[HTMLResponse]]:
    """Answer POST: the digest this form would bring today, as a fragment; changes nothing."""

    async def redraw_preview(request: Request, token: str) -> HTMLResponse:
        form = await _sent(request)

        def answer() -> HTMLResponse:
            with reading(context.engine) as tx:
                case = _case(context, tx, token)
                read = _read(context, tx, case, form)
                useless = unusable(read.preferences.interests, examples=_examples(tx, read))
            preview_shown = _preview(context, case, read)
            with_notes = replace(preview_shown, notes=tuple(useless.values()), troubles=read.troubles, bounds=_BOUNDS)
            return preview.answer(context, with_notes)

        return await run_in_threadpool(answer)

    return redraw_preview


async def _sent(request: Request) -> _Form:
    async with request.form(max_files=5, max_fields=_FIELDS, max_part_size=2 * MAX_SIZE) as data:
        draft = drafts.read(data)
        bib = await _file(data)
    action, until = (str(data.get(name, ""))[:40] for name in ("action", "until"))
    profiles, rest = parted(draft.references)
    pasted = await run_in_threadpool(read_references, rest)
    uploaded = await run_in_threadpool(read_references, bib) if bib.strip() else References()
    return _Form(draft, pasted, uploaded, action, until, profiles)


async def _file(data: FormData) -> bytes:
    sent = data.get("bib")
    return await sent.read(MAX_SIZE + 1) if isinstance(sent, UploadFile) else b""


def _case(context: WebContext, tx: sa.Connection, token: str) -> _Case:
    """Load what is kept of whoever has this token. Raises `BadToken` where nothing is."""
    return _of(tx, reader_of(context, tx, claim_of(context, Purpose.PREFERENCES, token)))


def _of(tx: sa.Connection, reader: Subscriber) -> _Case:
    interests = subscribers.interests_of(tx, [reader.id])[reader.id]
    cast = votes.of_subscribers(tx, [reader.id]).get(reader.id, Votes())
    return _Case(reader, Preferences(reader.rhythm, reader.amount, interests, reader.style), cast)


def _again(tx: sa.Connection, case: _Case) -> _Case:
    """Return what is kept now."""
    return _of(tx, subscribers.one(tx, case.reader.id) or case.reader)


def _as_kept(context: WebContext, case: _Case) -> _Read:
    draft = drafts.written(case.preferences, usual=context.digest_options.relevance)
    return _Read(draft, case.preferences, drafts.troubles_of_zone(draft.zone))


def _read(context: WebContext, tx: sa.Connection, case: _Case, form: _Form) -> _Read:
    examples = look_up(tx, form.pasted, form.uploaded)
    usual = context.digest_options.relevance
    meaning = drafts.meant(form.draft, case.preferences, usual=usual, examples=examples.ids)
    return _Read(form.draft, meaning.preferences, meaning.troubles, examples)


def _save(context: WebContext, tx: sa.Connection, case: _Case, form: _Form) -> _Answer:
    if case.reader.state in _ENDED:
        return _Answer(case, _as_kept(context, case))
    read = _read(context, tx, case, form)
    if read.troubles:
        return _Answer(case, read, "wrong", 422)
    before = drafts.fingerprint(case.preferences)
    if before not in {form.draft.seen, drafts.fingerprint(read.preferences)}:
        # The form is older than what is kept: another tab, or the back button.
        return _Answer(case, replace(read, draft=replace(read.draft, seen=before)), "older", 409)
    lifecycle.change(tx, case.reader.id, read.preferences, now=context.clock())
    add_profiles(tx, case.reader.id, form.profiles, secret=context.renderer.secret, now=context.clock())
    case = _again(tx, case)
    kept_now = replace(_as_kept(context, case), examples=read.examples)
    return _Answer(case, kept_now, "saved")


def _show_only(context: WebContext, tx: sa.Connection, case: _Case, form: _Form) -> _Answer:
    return _Answer(case, _read(context, tx, case, form), "shown")


def _pause(context: WebContext, tx: sa.Connection, case: _Case, form: _Form) -> _Answer:
    day, now = _day(form.until), context.clock()
    if form.until.strip() and not (day and lifecycle.may_pause_until(case.reader, day, now=now)):
        return _Answer(case, _as_kept(context, case), "no day", 422)
    paused = lifecycle.pause(tx, case.reader.id, until=day, now=now)
    case = _again(tx, case)
    return _Answer(case, _as_kept(context, case), "paused" if paused else "")


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _resume(context: WebContext, tx: sa.Connection, case: _Case, _form: _Form) -> _Answer:
    resumed = lifecycle.resume(tx, case.reader.id, now=context.clock())
    case = _again(tx, case)
    return _Answer(case, _as_kept(context, case), "resumed" if resumed else "")


def _preview(context: WebContext, case: _Case, read: _Read) -> preview.Shown:
    asking = ReaderContext(read.preferences.amount, read.preferences.interests, case.votes)
    shown = preview.shortened(preview.of(context, asking, reader=case.reader), read.preferences.style)
    counted = len({*case.votes.liked, *case.votes.disliked})
    return replace(shown, counted=counted, votes=_where_to_vote(context, case.reader, shown.digest))


def _where_to_vote(context: WebContext, reader: Subscriber, digest: Digest | None) -> dict[str, str]:
    """Return where this reader can vote on each paper, by its id."""
    if digest is None or reader.state not in READING:
        return {}
    ids = {str(entry.paper.id): entry.paper_id for entry in digest.entries}
    return feedback.addresses(context, reader.bearer, ids, issued=context.clock())


def _page(context: WebContext, request: Request, token: str, answer: _Answer) -> HTMLResponse:
    case, read = answer.case, answer.read
    with reading(context.engine) as tx:
        examples = _examples(tx, read)
        profiles = kept_profiles.of_subscriber(tx, case.reader.id)
    useless = unusable(read.preferences.interests, examples=examples)
    return context.page(
        request,
        "preferences",
        status=answer.status,
        state=answer.state,
        ended=case.reader.state in _ENDED,
        reader=case.reader,
        draft=read.draft,
        troubles=read.troubles,
        pasted=read.examples,
        useless={(interest.kind.value, interest.text): sentence for interest, sentence in useless.items()},
        examples={name: paper.title for name, paper in examples.items()},
        rest={drafts.mark(interest): interest for interest in drafts.rest_of(case.preferences.interests)},
        profiles=profiles,
        tree=TREE,
        regions=drafts.regions(),
        languages=[(language, language_name(language)) for language in context.renderer.languages],
        bounds=_BOUNDS,
        action=f"{context.root}preferences/{token}",
        links=_links(context, case.reader.bearer)
        | {
            "channel": f"{context.root}preferences/{token}/channel",
            # In a template, `links.keys` is the method of the dictionary.
            "assistants": f"{context.root}preferences/{token}/keys",
        },
        alert_address=_alert_address(context, case.reader),
        tomorrow=case.reader.rhythm.day_of(context.clock()) + dt.timedelta(days=1),
        papers=preview.fragment(context, _preview(context, case, read)),
    )


def _alert_address(context: WebContext, reader: Subscriber) -> str:
    """Return where this reader forwards alerts to; empty where none are taken, or they get no digests."""
    name, at, domain = context.alert_address.partition("@")
    is_taken = bool(at) and reader.state in READING
    return f"{name}+{context.signer.alert_token(reader.bearer)}{at}{domain}" if is_taken else ""


def _examples(tx: sa.Connection, read: _Read) -> dict[str, Paper]:
    """Return the example papers we know, by the names the form gives them."""
    named = {i.text for i in read.preferences.interests if i.kind is InterestKind.PAPER} | set(read.draft.papers)
    # PostgreSQL takes no zero bytes, not even to look for them.
    return papers.by_key(tx, [name for name in named if name.isprintable()])


_BOUNDS = {
    "loosest": drafts.LOOSEST,
    "strictest": drafts.STRICTEST,
    "papers": MAX_PAPERS,
    "most": drafts.MOST,
    "longest": MAX_CHARACTERS,
    "examples": MAX_EXAMPLES,
}


def _links(context: WebContext, reader: Bearer) -> dict[str, str]:
    """Return where a reader's other pages are."""
    now = context.clock()
    purposes = (Purpose.SAVED, Purpose.FEED, Purpose.DATA, Purpose.UNSUBSCRIBE)
    urls = {purpose.value: context.signer.url(purpose, reader, issued=now) for purpose in purposes}
    token = context.signer.token(Purpose.PREFERENCES, reader, issued=now)
    tools = f"{context.root}tools/{token}" if context.tools or context.has_e_readers else ""
    return urls | {"groups": f"{context.root}groups/{token}", "tools": tools}
