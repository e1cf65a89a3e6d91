"""Plots over time, each with a table of the same numbers behind it."""

import datetime as dt

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import Operator
from tests.web.conftest import NOW

from dailypapers.domain.source import Freshness, State
from dailypapers.store import figures, source_days
from dailypapers.store.database import writing


async def test_each_plot_has_a_table(viewer: Operator, engine: sa.Engine) -> None:
    assert "Nothing has been counted yet" in await viewer.look("/trends")
    a_digest(engine)
    with writing(engine) as tx:
        figures.record(tx, now=NOW)
        for days in range(20):
            then = NOW - dt.timedelta(days=days)
            new = 100 + days
            source_days.record(tx, "arxiv", "", then.date(), Freshness(State.FRESH, items=new, new=new), now=then)
    page = await viewer.look("/trends")
    plots = page.count('src="data:image/svg+xml;base64,')
    assert (plots, page.count("<table>")) == (5, 5)
    assert (
        "Plot of New papers and Median for that weekday by day" in page or "New papers, Median for that weekday" in page
    )
    for said in ("Subscribers", "arXiv", '<td class="number">119</td>', "3 Apr 2026"):
        assert said in page, said
