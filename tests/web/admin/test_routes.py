"""Viewers look at everything and change nothing."""

from tests.web.admin.conftest import Operator, csrf_of

from dailypapers.web.admin.routes import OWNERS_ACT


async def test_viewers_change_nothing_but_what_is_their_own(viewer: Operator) -> None:
    csrf = csrf_of(await viewer.look())
    for path in OWNERS_ACT:
        answer = await viewer.client.post(f"/admin{path}", data={"csrf": csrf})
        assert (path, answer.status_code, "Only owners" in answer.text) == (path, 403, True)
    assert viewer.entries() == []
