"""Profiles: the papers that a reader's profiles list become their example papers, in the background.

new profiles | ask who lists them | known papers, and those with an abstract | example papers | how many, for the page
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa
import structlog

from dailypapers.domain.clock import Clock
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import by_first_name
from dailypapers.domain.preferences import MAX_EXAMPLES
from dailypapers.domain.profile import Profile, TakenProfile
from dailypapers.encryption import decrypt, encrypt
from dailypapers.errors import FetchFailed, Undecipherable
from dailypapers.profiles.read import Listed, NotOpened, Services, listed
from dailypapers.sources.http.client import Http
from dailypapers.store import papers, profiles, subscribers
from dailypapers.store.database import reading, writing

log = structlog.get_logger()

_PURPOSE = "profile"
#: Profiles of one run; the next one, a minute later, takes more.
_MOST = 10
#: Profiles of one reader: a person has one with each who lists papers.
MOST_PROFILES = 8
#: Tries, and the pause after the first; each further one is four times as long, so that the last is a day later: who
#: lists papers may have answered as many requests as it does in a day.
_MOST_ATTEMPTS, _RETRY, _LONGER = 5, dt.timedelta(minutes=15), 4


def add(tx: sa.Connection, subscriber_id: int, named: Sequence[Profile], *, secret: bytes, now: dt.datetime) -> None:
    """Have a reader's profiles read soon, once each; what was read before is read again.

    Keys are stored encrypted with the service's `secret`, until they have been used.
    """
    for profile in named[:MOST_PROFILES]:
        key = encrypt(secret, profile.key, purpose=_PURPOSE, owner=subscriber_id) if profile.key else ""
        profiles.add(tx, subscriber_id, profile, encrypted_key=key, now=now)


def take(engine: sa.Engine, services: Services, *, make_http: Callable[[], Http], clock: Clock) -> int:
    """Read the profiles that are new; return how many example papers came of them."""
    with reading(engine) as tx:
        new = profiles.due(tx, now=clock(), limit=_MOST)
    return asyncio.run(_take_all(engine, services, new, make_http, clock)) if new else 0


async def _take_all(
    engine: sa.Engine,
    services: Services,
    new: Sequence[TakenProfile],
    make_http: Callable[[], Http],
    clock: Clock,
) -> int:
    count = 0
    async with make_http() as http:
        for each in new:
            with reading(engine) as tx:
                stored_key = profiles.encrypted_key(tx, each)
            works = await _listed(http, services, each, stored_key)
            with writing(engine) as tx:
                count += _record(tx, each, works, now=clock())
    return count


async def _listed(http: Http, services: Services, each: TakenProfile, stored_key: str) -> Listed | FetchFailed:
    try:
        key = _opened(services, each, stored_key)
        return await listed(http, services, replace(each.profile, key=key))
    except FetchFailed as error:
        log.info("profile not read", kind=each.profile.kind.value, why=str(error))
        return error


def _opened(services: Services, each: TakenProfile, stored_key: str) -> str:
    """Return the key of a profile, empty where it has none. Raises `NotOpened` where another secret encrypted it."""
    try:
        return decrypt(services.secret, stored_key, purpose=_PURPOSE, owner=each.subscriber) if stored_key else ""
    except Undecipherable as error:
        raise NotOpened(str(error)) from error


def _record(tx: sa.Connection, each: TakenProfile, works: Listed | FetchFailed, *, now: dt.datetime) -> int:
    if isinstance(works, FetchFailed):
        is_last = isinstance(works, NotOpened) or each.attempts + 1 >= _MOST_ATTEMPTS
        profiles.put_off(tx, each, None if is_last else now + _RETRY * _LONGER**each.attempts)
        return 0
    papers.keep(tx, works.papers, now=now)
    papers_by_name = papers.by_key(tx, {name for reference in works.references for name in reference.names()})
    listed_papers = (by_first_name(papers_by_name, reference.names()) for reference in works.references)
    examples = dict.fromkeys(str(paper.id) for paper in listed_papers if paper)
    count = _state(tx, each.subscriber, list(examples))
    profiles.end(tx, each, taken=count, listed=len(works.references))
    log.info("profile read", kind=each.profile.kind.value, listed=len(works.references), taken=count)
    return count


def _state(tx: sa.Connection, subscriber_id: int, examples: Sequence[str]) -> int:
    """Add example papers to what a reader has stated; return how many of these they have now."""
    interests = subscribers.interests_of(tx, [subscriber_id])[subscriber_id]
    before = [interest for interest in interests if interest.kind is InterestKind.PAPER]
    named = [Interest(InterestKind.PAPER, text) for text in examples]
    new = [interest for interest in named if interest not in before][: max(MAX_EXAMPLES - len(before), 0)]
    if new:
        subscribers.state_interests(tx, subscriber_id, (*interests, *new))
    return len(set(named) & {*before, *new})
