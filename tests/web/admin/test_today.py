"""Today at a glance."""

from tests.web.admin.conftest import Operator


async def test_it_is_the_first_page(viewer: Operator) -> None:
    assert "<h1>Today</h1>" in await viewer.look()
