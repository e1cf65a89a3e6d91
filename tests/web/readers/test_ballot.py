"""A ballot's page shows on GET and votes on POST, for members alone, until it closes."""

import datetime as dt

import httpx
import sqlalchemy as sa
from tests.a_group import CLOSED, OPEN, a_group, a_reader
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything

from dailypapers.domain.ballot import Choice
from dailypapers.domain.digest import Reason
from dailypapers.domain.group import GroupPick
from dailypapers.domain.link import Purpose
from dailypapers.store import ballots, groups
from dailypapers.store.database import reading, writing


async def test_a_member_votes_changes_their_vote_and_sees_what_was_chosen(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    ada, bob, eve = (a_reader(engine, name) for name in ("ada", "bob", "eve"))
    key, digest = a_group(engine, (ada, OPEN), (bob, CLOSED)), a_digest(engine)
    page = f"/ballot/{LINKS.token(Purpose.BALLOT, ada, issued=NOW, about=key)}"
    assert "no weekly ballot at the moment" in (await pages.get(page)).text
    organise = f"/group/{LINKS.token(Purpose.GROUP, ada, issued=NOW, about=key)}"
    sent = {"action": "change", "group": "Graph club", "topics": "graphs", "days": "daily", "ballot": "2"}
    assert "Paper of the week: vote" in (await pages.post(organise, data=sent)).text
    with writing(engine) as tx:
        groups.put_picks(tx, key, 1, [GroupPick(each, Reason(())) for each in digest.papers])
    before = everything(engine)
    shown = (await pages.get(page)).text
    assert "Deeper Graph Neural Networks &amp; &lt;Friends&gt;" in shown
    assert "It closes on Wednesday, 22 April 2026 at 07:00 (UTC)" in shown
    assert everything(engine) == before
    for paper in digest.papers:
        assert "Your vote is in" in (await pages.post(page, data={"paper": str(paper)})).text
    assert f'value="{digest.papers[1]}" required checked' in (await pages.get(page)).text
    assert (await pages.post(page, data={"paper": "99"})).status_code == 422
    for reader in (eve, bob):
        token = LINKS.token(Purpose.BALLOT, reader, issued=NOW, about=key)
        status = (await pages.post(f"/ballot/{token}", data={"paper": str(digest.papers[0])})).status_code
        assert status == (410 if reader == eve else 200)
    with reading(engine) as tx:
        assert {vote.subscriber: vote.paper_id for vote in ballots.votes_of(tx, key)} == {
            ada: digest.papers[1],
            bob: digest.papers[0],
        }
    with writing(engine) as tx:
        group = groups.one(tx, key)
        assert group
        soon = NOW + dt.timedelta(days=9)
        assert ballots.close(tx, group, Choice(digest.papers[0], 1, NOW), next_closes_at=soon)
        assert not ballots.close(tx, group, Choice(digest.papers[1], 1, NOW), next_closes_at=soon)
    shown = (await pages.get(page)).text
    assert "Past choices" in shown
    assert "one vote" in shown
