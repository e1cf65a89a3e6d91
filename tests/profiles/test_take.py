"""A reader's profile becomes their example papers, in the background, on both databases."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa
from tests.jobs.test_receive import context
from tests.playing_sources import Answer, Route, playing_sources
from tests.profiles.test_read import ORCID, WORK, a_library, works
from tests.web.a_digest import CELLS, Got, a_digest
from tests.web.conftest import NOW

from dailypapers.domain.interest import InterestKind
from dailypapers.domain.profile import BY_KEY, Profile, ProfileKind, ProfileState, TakenProfile
from dailypapers.jobs.profiles import run
from dailypapers.profiles.read import Services
from dailypapers.profiles.take import MOST_PROFILES, add, take
from dailypapers.sources.http.client import Http
from dailypapers.store import papers, profiles, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.erase import erase

NEW_WORK = {**WORK, "doi": "https://doi.org/10.1000/new", "title": "A paper that nobody announced, but known well"}


SECRET, KEY = b"the service's secret", "P9NiFoyLeZu2bZNvvuQPDWsd"
OWN_LIBRARY = Profile(ProfileKind.ZOTERO_USER, BY_KEY, KEY)


@dataclass
class World:
    engine: sa.Engine
    got: Got
    now: dt.datetime = NOW

    def take(self, routes: Mapping[str, Route]) -> int:
        with playing_sources(routes) as url:
            services = Services(url, f"{url}/v3.0", url, url, secret=SECRET)
            make_http = lambda: Http(allow_private=True, pace=0, retries=0)  # noqa: E731 - it is handed in twice
            return take(self.engine, services, make_http=make_http, clock=lambda: self.now)

    def add(self, *named: Profile) -> None:
        with writing(self.engine) as tx:
            add(tx, self.got.reader, named, secret=SECRET, now=self.now)

    def stored_key(self) -> str:
        with reading(self.engine) as tx:
            return profiles.encrypted_key(tx, self.kept()[0])

    def kept(self) -> list[TakenProfile]:
        with reading(self.engine) as tx:
            return profiles.of_subscriber(tx, self.got.reader)

    def examples(self) -> list[str]:
        with reading(self.engine) as tx:
            stated = subscribers.interests_of(tx, [self.got.reader])[self.got.reader]
        return [interest.text for interest in stated if interest.kind is InterestKind.PAPER]


@pytest.fixture
def world(engine: sa.Engine) -> World:
    return World(engine, a_digest(engine))


def test_papers_we_know_and_those_with_an_abstract_become_examples(world: World) -> None:
    world.add(ORCID)
    bare = {"doi": f"https://doi.org/{CELLS.id.value}", "title": CELLS.title}
    unknown = {"doi": "https://doi.org/10.1000/bare", "title": "Nothing else is known of this"}
    assert world.take(works(WORK, NEW_WORK, bare, unknown)) == 3
    assert set(world.examples()) == {"arxiv:2604.00001", str(CELLS.id), "doi:10.1000/new"}
    (taken,) = world.kept()
    assert (taken.state, taken.taken, taken.listed) == (ProfileState.DONE, 3, 4)
    with reading(world.engine) as tx:
        assert papers.named(tx, "doi:10.1000/new")
    assert world.take(works()) == 0, "nothing is left to read"
    world.add(ORCID)
    assert world.take(works(WORK)) == 1
    assert len(world.examples()) == 3, "what was taken once is not taken twice, and stays"


def test_a_service_that_is_down_is_asked_again_and_given_up(world: World) -> None:
    world.add(ORCID)
    for _ in range(5):
        assert world.kept()[0].state is ProfileState.NEW
        world.take({"/works": Answer("", status=503)})
        world.now += dt.timedelta(hours=16)
    assert world.kept()[0].state is ProfileState.FAILED
    assert world.take(works(WORK)) == 0


def test_a_service_that_answers_no_more_today_is_asked_tomorrow(world: World) -> None:
    world.add(ORCID)
    begun = world.now
    for minutes in (0, 15, 60, 240):
        world.now += dt.timedelta(minutes=minutes)
        world.take({"/works": Answer("", status=429)})
    world.now = begun + dt.timedelta(hours=20)
    assert world.take(works(WORK)) == 0, "not before its time"
    world.now = begun + dt.timedelta(hours=22)
    assert world.take(works(WORK)) == 1


def test_profiles_are_bounded_and_go_with_their_reader(world: World) -> None:
    world.add(*(Profile(ProfileKind.OPENALEX, f"A100000{number}") for number in range(20)))
    assert len(world.kept()) == MOST_PROFILES
    with writing(world.engine) as tx:
        erase(tx, world.got.reader)
    assert world.kept() == []


def test_one_process_at_a_time_reads(world: World) -> None:
    world.add(ORCID)
    with playing_sources(works(WORK)) as url:
        idle = context(world.engine, [])
        job = replace(
            idle,
            dependencies=replace(
                idle.dependencies,
                profiles=Services(url, url, url, url),
                make_http=lambda: Http(allow_private=True, pace=0),
            ),
        )
        assert run(job)
    assert world.examples() == ["arxiv:2604.00001"]
    assert json.dumps(WORK)


def test_a_key_opens_its_owner_s_library_and_is_kept_until_it_has(world: World) -> None:
    world.add(OWN_LIBRARY)
    assert KEY not in world.stored_key()
    assert KEY not in repr(world.kept())
    world.take({"/keys/current": Answer("", status=503)})
    assert world.kept()[0].state is ProfileState.NEW
    assert world.stored_key(), "a service that is down is asked again"
    world.now += dt.timedelta(minutes=15)
    assert world.take(a_library(KEY)) == 1
    assert world.examples() == ["arxiv:2604.00001"]
    assert (world.kept()[0].state, world.stored_key()) == (ProfileState.DONE, "")


@pytest.mark.parametrize(
    "routes", [a_library("another key"), a_library(KEY, user="<b>"), a_library(KEY, readable=False)]
)
def test_a_key_that_was_revoked_or_may_not_read_is_asked_once_and_forgotten(
    world: World, routes: dict[str, Route]
) -> None:
    world.add(OWN_LIBRARY)
    assert world.take(routes) == 0
    assert (world.kept()[0].state, world.stored_key()) == (ProfileState.FAILED, "")


def test_a_key_that_another_secret_encrypted_opens_nothing(world: World) -> None:
    with writing(world.engine) as tx:
        add(tx, world.got.reader, [OWN_LIBRARY], secret=b"another secret", now=world.now)
    assert world.take(a_library(KEY)) == 0
    assert world.kept()[0].state is ProfileState.FAILED
