"""Several servers share the mails by weights or by how busy they are."""

import pytest
import sqlalchemy as sa
from tests.delivery import queued
from tests.delivery.paced import MINUTE, NOW, as_digests, claim, daily

from dailypapers.delivery.pace import Pace
from dailypapers.delivery.routes import Route


@pytest.mark.parametrize(("weights", "shares"), [((3, 1), [6, 2]), ((0, 0), [4, 4])])
def test_weights_decide_shares(sqlite: sa.Engine, weights: tuple[float, float], shares: list[int]) -> None:
    queued.queue(sqlite, 8)
    routes = [Route(name, weight=weight) for name, weight in zip("ab", weights, strict=True)]
    servers = [turn.server for turn in claim(sqlite, Pace(*routes), "w", 8).turns]
    assert [servers.count(name) for name in "ab"] == shares


def test_a_server_without_room_leaves_its_share_to_the_others(engine: sa.Engine) -> None:
    queued.queue(engine, 8)
    as_digests(engine)
    pace = Pace(Route("a", daily(2), weight=3), Route("b", daily(4), weight=1))
    servers = [turn.server for turn in claim(engine, pace, "w", 8).turns]
    assert [servers.count(name) for name in "ab"] == [2, 4]


def test_a_server_whose_mails_others_had_to_take_gets_none_for_a_minute(sqlite: sa.Engine) -> None:
    queued.queue(sqlite, 12)
    pace = Pace(Route("a", weight=1), Route("b", weight=1))
    first = claim(sqlite, pace, "w", 4)
    pace.went_by_another(first.turns[0].delivery._replace(server="a"), "b", now=NOW)
    assert [turn.server for turn in claim(sqlite, pace, "w", 4).turns] == ["b"] * 4
    later = [turn.server for turn in claim(sqlite, pace, "w", 4, now=NOW + MINUTE).turns]
    assert set(later) == {"a", "b"}, "it does not get all that it has missed"
