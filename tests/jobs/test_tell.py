"""The job tells nobody where nobody is named, and the operator where one is."""

from dataclasses import replace

import sqlalchemy as sa
from tests.reporting.test_tell import held, options
from tests.world import world

from dailypapers.jobs import tell
from dailypapers.mail.transport import MemoryTransport


def test_the_operator_is_told_where_one_is_named(sqlite: sa.Engine) -> None:
    held(sqlite)
    tray = MemoryTransport()
    with world(sqlite) as w:
        tell.run(w.job())
        named = replace(w.dependencies, operator=options(tray))
        for _ in range(2):
            tell.run(replace(w.job(), dependencies=named))
    assert len(tray.sent) == len({mail.content for mail in tray.sent})
    assert tray.sent
