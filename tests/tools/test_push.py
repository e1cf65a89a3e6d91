"""Saved papers on their way to tools: real requests to services that play the real ones, on both databases."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
import structlog
from tests.playing_tools import PlayingNotion, PlayingReadwise, PlayingZotero, playing
from tests.web.a_digest import CELLS, GRAPHS, Got, a_digest
from tests.web.conftest import NOW, PRESS

from dailypapers.digests.layout import message
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.tool import FIRST_RETRY, Refusal, ToolKind, ToolState
from dailypapers.domain.vote import Vote
from dailypapers.sources.http.client import Http
from dailypapers.store import history, tools, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import tools as tools_table
from dailypapers.subscriptions.erase import erase
from dailypapers.subscriptions.export import export
from dailypapers.tools.base import ToolClient
from dailypapers.tools.connect import connect
from dailypapers.tools.notion import Notion
from dailypapers.tools.push import ToolOptions, push
from dailypapers.tools.readwise import Readwise
from dailypapers.tools.zotero import Zotero

SECRET = b"the service's secret"
KEYS = {
    ToolKind.ZOTERO: "zotero-key-that-writes",
    ToolKind.READWISE: "readwise-token",
    ToolKind.NOTION: "ntn_integration_secret",
}
DATABASE = "https://www.notion.so/alice/Papers-d9824bdc84454327be8b5b47500af6ce?v=1"


@dataclass
class World:
    """A reader with two papers, three services, and a clock that is set by hand."""

    engine: sa.Engine
    got: Got
    zotero: PlayingZotero
    readwise: PlayingReadwise
    notion: PlayingNotion
    now: dt.datetime = NOW
    secret: bytes = field(default=SECRET)

    def connect(self, kind: ToolKind, key: str = "", *, target: str = DATABASE, with_older: bool = False) -> None:
        with writing(self.engine) as tx:
            values = {"key": key or KEYS[kind], "target": target, "with_older": with_older}
            connect(tx, SECRET, self.got.reader, kind, **values, now=self.now)  # type: ignore[arg-type]

    def save(self, paper: int = 0) -> None:
        with writing(self.engine) as tx:
            votes.cast(tx, self.got.reader, self.got.papers[paper], Vote.SAVE, now=self.now)

    def push(self) -> int:
        clients: dict[ToolKind, ToolClient] = {
            ToolKind.ZOTERO: Zotero(self.zotero.url),
            ToolKind.READWISE: Readwise(self.readwise.url),
            ToolKind.NOTION: Notion(self.notion.url),
        }
        options = ToolOptions(self.secret, clients)
        return push(self.engine, options, make_http=lambda: Http(allow_private=True, pace=0), clock=lambda: self.now)

    def state(self, kind: ToolKind) -> tuple[ToolState, Refusal | None]:
        with reading(self.engine) as tx:
            (tool,) = [each for each in tools.of_subscriber(tx, self.got.reader) if each.kind is kind]
        return tool.state, tool.refusal

    def pushed(self) -> list[tuple[str, str]]:
        with reading(self.engine) as tx:
            return [(kind.value, state) for _, kind, state in tools.pushed(tx, self.got.reader)]

    def notices(self) -> list[str]:
        with reading(self.engine) as tx:
            mails = [each for each in history.of_subscriber(tx, self.got.reader) if each.kind is MailKind.NOTICE]
            return [" ".join(message(PRESS, each).text.split()) for each in load_inputs(tx, mails)]


@pytest.fixture
def world(engine: sa.Engine) -> Iterator[World]:
    with playing(PlayingZotero()) as zotero, playing(PlayingReadwise()) as readwise, playing(PlayingNotion()) as notion:
        assert isinstance(zotero, PlayingZotero)
        assert isinstance(readwise, PlayingReadwise)
        assert isinstance(notion, PlayingNotion)
        yield World(engine, a_digest(engine), zotero, readwise, notion)


def test_a_saved_paper_goes_to_each_tool_once(world: World) -> None:
    for kind in ToolKind:
        world.connect(kind)
    world.now += dt.timedelta(seconds=1)
    world.save()
    assert world.push() == 3
    world.save(1)
    assert world.push() == 3
    assert world.push() == 0
    assert [item["title"] for item in world.zotero.items] == [GRAPHS.title, CELLS.title]
    first, second = world.zotero.items
    assert (first["itemType"], first["archiveID"], first["DOI"]) == (
        "preprint", "arXiv:2604.00001", "10.48550/arXiv.2604.00001",
    )  # fmt: skip
    assert first["creators"][0] == {"creatorType": "author", "firstName": "Ann", "lastName": "Lee"}
    assert (second["itemType"], second["DOI"]) == ("preprint", "10.1101/2026.04.17.1")
    assert list(world.readwise.documents) == [GRAPHS.url, CELLS.url]
    page = world.notion.pages[0]["properties"]
    assert page["Paper"]["title"][0]["text"]["content"] == GRAPHS.title
    assert page["URL"] == {"url": GRAPHS.url}
    assert page["Published"] == {"date": {"start": "2026-04-17"}}
    assert world.notices() == []


def test_what_was_saved_before_is_sent_where_that_is_wished(world: World) -> None:
    world.save()
    world.now += dt.timedelta(minutes=1)
    world.connect(ToolKind.READWISE)
    assert world.push() == 0
    world.connect(ToolKind.READWISE, with_older=True)
    assert world.push() == 1


@pytest.mark.parametrize(
    "item",
    [
        {"title": "Another title", "DOI": "https://doi.org/10.48550/ARXIV.2604.00001"},
        {"title": "Another title", "extra": "arXiv:2604.00001 [cs]"},
        {"title": "deeper graph neural networks & <friends>"},
    ],
)
def test_what_a_library_has_is_not_added(world: World, item: dict[str, str]) -> None:
    world.zotero.items.append({"itemType": "preprint", **item})
    world.connect(ToolKind.ZOTERO, with_older=True)
    world.save()
    assert world.push() == 1
    assert len(world.zotero.items) == 1
    assert world.pushed() == [("zotero", "done")]


def test_another_version_of_a_number_is_another_paper(world: World) -> None:
    world.zotero.items.append({"itemType": "preprint", "title": "Other", "archiveID": "arXiv:2604.000012"})
    world.connect(ToolKind.ZOTERO, with_older=True)
    world.save()
    world.push()
    assert len(world.zotero.items) == 2


def test_an_answer_that_is_lost_adds_nothing_twice(world: World) -> None:
    world.connect(ToolKind.ZOTERO, with_older=True)
    world.connect(ToolKind.NOTION, with_older=True)
    world.push()
    world.save()
    world.notion.loses_answers = world.zotero.loses_answers = True
    assert world.push() == 0
    world.notion.loses_answers = world.zotero.loses_answers = False
    assert world.push() == 0, "not before its time"
    world.now += FIRST_RETRY
    assert world.push() == 2
    assert (len(world.zotero.items), len(world.notion.pages)) == (1, 1)


@pytest.mark.parametrize("kind", list(ToolKind))
def test_a_key_that_was_revoked_switches_a_tool_off_and_its_reader_is_told_once(world: World, kind: ToolKind) -> None:
    world.connect(kind, with_older=True)
    world.push()
    assert world.state(kind) == (ToolState.ON, None)
    world.zotero.keys.clear()
    world.readwise.token = world.notion.token = "another-key"
    world.save(0)
    world.save(1)
    world.push()
    assert world.state(kind) == (ToolState.OFF, Refusal.KEY)
    (notice,) = world.notices()
    assert "no longer accepts your key, so papers you save are not sent there any more." in notice
    asked = len(world.zotero.asked) + len(world.readwise.asked) + len(world.notion.asked)
    world.now += dt.timedelta(days=1)
    world.push()
    assert len(world.zotero.asked) + len(world.readwise.asked) + len(world.notion.asked) == asked
    assert len(world.notices()) == 1
    world.zotero.keys["another-key"] = True
    world.connect(kind, {ToolKind.ZOTERO: "another-key"}.get(kind, "another-key") + "  ", with_older=True)
    assert world.push() == 2, "what waited goes to the new key"


def test_a_database_of_several_tables_gets_its_papers_in_the_first_and_one_of_none_is_told(world: World) -> None:
    world.notion.tables.append("00000000-0000-4000-8000-000000000001")
    world.connect(ToolKind.NOTION, with_older=True)
    world.save(0)
    assert world.push() == 1
    assert world.notion.pages[0]["parent"]["data_source_id"] == world.notion.tables[0].replace("-", "")
    world.notion.tables.clear()
    world.save(1)
    assert world.push() == 0
    assert world.state(ToolKind.NOTION) == (ToolState.OFF, Refusal.TARGET)


def test_a_conflict_is_tried_again_later(world: World) -> None:
    world.connect(ToolKind.NOTION, with_older=True)
    world.push()
    world.save()
    error = {"object": "error", "status": 409, "code": "conflict_error", "message": "Conflict occurred while saving."}
    world.notion.before.append((409, {}, error))
    assert world.push() == 0
    world.now += FIRST_RETRY
    assert world.push() == 1


def test_who_is_asked_to_back_off_sends_nothing_more_in_this_run(world: World) -> None:
    world.connect(ToolKind.ZOTERO, with_older=True)
    world.push()
    world.save(0)
    world.save(1)
    world.zotero.backoff = 30
    assert world.push() == 1
    world.zotero.backoff = 0
    assert world.push() == 1
    assert len(world.zotero.items) == 2


def test_keys_that_cannot_do_it_are_refused_when_they_are_tried(world: World) -> None:
    world.connect(ToolKind.ZOTERO, "zotero-key-that-reads")
    world.connect(ToolKind.READWISE, "wrong-token")
    world.connect(ToolKind.NOTION, target="d9824bdc-8445-4327-be8b-000000000000")
    world.push()
    assert [world.state(kind)[1] for kind in (ToolKind.ZOTERO, ToolKind.READWISE, ToolKind.NOTION)] == [
        Refusal.PERMISSION,
        Refusal.KEY,
        Refusal.TARGET,
    ]
    assert any("Check that the key may see it" in notice for notice in world.notices())


def test_a_tool_that_is_busy_or_broken_gets_the_paper_later(world: World) -> None:
    world.connect(ToolKind.READWISE, with_older=True)
    world.readwise.before = [(503, {}, "down")]
    world.push()
    assert world.state(ToolKind.READWISE)[0] is ToolState.NEW
    world.now += FIRST_RETRY
    world.push()
    world.save()
    world.save(1)
    world.readwise.before = [(429, {"Retry-After": "3600"}, "slow down")]
    world.push()
    asked = len(world.readwise.asked)
    world.now += FIRST_RETRY
    assert world.push() == 1, "the second paper was not tried when the first was to wait"
    assert len(world.readwise.asked) == asked + 1
    world.now += dt.timedelta(hours=1)
    assert world.push() == 1


def test_what_is_never_taken_is_given_up(world: World) -> None:
    world.connect(ToolKind.READWISE, with_older=True)
    world.push()
    world.save()
    world.readwise.before = [(400, {}, "no")]
    world.push()
    assert world.pushed() == [("readwise", "failed")]


@pytest.mark.parametrize("nonsense", ["", "[]", "null", "<html>", "[" * 50_000, '{"userID": []}'])
def test_nonsense_breaks_nothing(world: World, nonsense: str) -> None:
    world.connect(ToolKind.ZOTERO, with_older=True)
    world.zotero.before = [(200, {}, nonsense)]
    world.push()
    world.now += FIRST_RETRY
    world.push()
    world.save()
    world.zotero.before = [(200, {}, nonsense)] * 4
    world.push()
    assert world.pushed()[0][1] in {"queued", "failed"}


def test_keys_are_encrypted_never_logged_and_gone_with_their_reader(world: World) -> None:
    with structlog.testing.capture_logs() as logs:
        for kind in ToolKind:
            world.connect(kind, with_older=True)
        world.push()
        world.save()
        world.readwise.before = [(400, {}, f"you sent {KEYS[ToolKind.READWISE]}")]
        world.push()
    with reading(world.engine) as tx:
        stored = [row.key for row in tx.execute(sa.select(tools_table))]
        exported = str(export(tx, world.got.reader, now=NOW))
    for key in KEYS.values():
        assert not any(key in each for each in stored)
        assert key not in str(logs)
        assert key not in exported
    assert not any(each in exported for each in stored)
    assert "'sent_to_tools': [{'paper': 'arxiv:2604.00001'" in exported
    world.secret = b"another secret"
    world.save(1)
    world.push()
    assert world.state(ToolKind.ZOTERO) == (ToolState.OFF, Refusal.SECRET)
    with writing(world.engine) as tx:
        assert tools.disconnect(tx, world.got.reader, ToolKind.ZOTERO)
        assert not tools.disconnect(tx, world.got.reader, ToolKind.ZOTERO)
        erase(tx, world.got.reader)
        assert tx.execute(sa.select(tools_table)).all() == []
