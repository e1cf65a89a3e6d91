"""A vote's link shows a page with one button; the button votes, and a second one takes it back."""

import datetime as dt

import httpx
import pytest
import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import LINKS, NOW
from tests.web.test_pages import everything
from tests.world import ON_SQLITE

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.link import Purpose, vote_address
from dailypapers.domain.vote import Vote
from dailypapers.store import subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions.erase import erase


def link(reader: int, paper: int, vote: str = "") -> str:
    base = vote_address(LINKS.url(Purpose.FEEDBACK, reader, issued=NOW), paper)
    return f"{base}/{vote}" if vote else base


def kept(engine: sa.Engine, reader: int, paper: int) -> set[Vote]:
    with reading(engine) as tx:
        return set(votes.of_paper(tx, reader, paper))


@ON_SQLITE
async def test_get_and_head_of_every_vote_change_nothing(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    before = everything(engine)
    for vote in ("", "like", "save", "dislike", "less"):
        shown = await pages.get(link(got.reader, got.papers[0], vote))
        assert shown.status_code == 200
        assert "Deeper Graph Neural Networks &amp; &lt;Friends&gt;" in shown.text
        assert (await pages.head(link(got.reader, got.papers[0], vote))).status_code == 200
    assert everything(engine) == before


@ON_SQLITE
async def test_links_of_earlier_mails_which_name_their_paper_signed_still_vote(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    got = a_digest(engine)
    signed = LINKS.url(Purpose.FEEDBACK, got.reader, issued=NOW, about=got.papers[0])
    assert (await pages.post(f"{signed}/like")).status_code == 200
    assert kept(engine, got.reader, got.papers[0]) == {Vote.LIKE}


@pytest.mark.parametrize(
    ("word", "vote"),
    [("like", Vote.LIKE), ("save", Vote.SAVE), ("dislike", Vote.DISLIKE), ("less", Vote.DISLIKE)],
)
@ON_SQLITE
async def test_the_button_votes_once_however_often_it_is_pressed(
    pages: httpx.AsyncClient, engine: sa.Engine, word: str, vote: Vote
) -> None:
    got = a_digest(engine)
    address = link(got.reader, got.papers[0], word)
    first = await pages.post(address)
    assert (first.status_code, "Undo" in first.text) == (200, True)
    after = everything(engine)
    assert (await pages.post(address)).status_code == 200
    assert everything(engine) == after
    assert kept(engine, got.reader, got.papers[0]) == {vote}
    assert kept(engine, got.reader, got.papers[1]) == set()


@ON_SQLITE
async def test_a_vote_is_taken_back_and_the_page_says_what_is_kept(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    await pages.post(link(got.reader, got.papers[0], "like"))
    await pages.post(link(got.reader, got.papers[0], "save"))
    shown = await pages.get(link(got.reader, got.papers[0], "like"))
    assert "You liked and saved this paper" in shown.text
    undone = await pages.post(link(got.reader, got.papers[0], "save"), data={"undo": "1"})
    assert "Undone" in undone.text
    assert "Choose one" in undone.text
    assert f'{link(got.reader, got.papers[0], "save").removeprefix("http://pages")}">Save</button>' in undone.text
    assert kept(engine, got.reader, got.papers[0]) == {Vote.LIKE}


@ON_SQLITE
async def test_a_vote_against_replaces_one_for_it(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    for vote in ("like", "save", "dislike"):
        await pages.post(link(got.reader, got.papers[0], vote))
    assert kept(engine, got.reader, got.papers[0]) == {Vote.DISLIKE}


@ON_SQLITE
async def test_less_like_this_offers_the_papers_words_and_takes_no_others(
    pages: httpx.AsyncClient, engine: sa.Engine
) -> None:
    got = a_digest(engine)
    address = link(got.reader, got.papers[0], "less")
    offered = await pages.post(address)
    assert 'name="avoid" value="Neural Networks"' in offered.text
    noted = await pages.post(address, data={"avoid": ["Neural Networks", "machine learning"]})
    assert "will now rank lower" in noted.text
    with reading(engine) as tx:
        stated = subscribers.interests_of(tx, [got.reader])[got.reader]
    assert set(stated) == {
        Interest(InterestKind.TOPIC, "graphs"),
        Interest(InterestKind.PHRASE, "Neural Networks", Stance.AVOID),
    }


@ON_SQLITE
async def test_words_are_taken_back_with_the_vote_and_others_stay(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    address = link(got.reader, got.papers[0], "less")
    await pages.post(address, data={"avoid": ["Friends"]})
    noted = await pages.post(address, data={"avoid": ["Neural Networks"]})
    assert '<input type="hidden" name="avoid" value="Neural Networks">' in noted.text
    assert 'value="Friends"' not in noted.text
    await pages.post(address, data={"undo": "1", "avoid": ["Neural Networks"]})
    with reading(engine) as tx:
        stated = subscribers.interests_of(tx, [got.reader])[got.reader]
    assert {interest.text for interest in stated} == {"graphs", "Friends"}
    assert kept(engine, got.reader, got.papers[0]) == set()


@ON_SQLITE
async def test_forged_swapped_and_old_links_change_nothing(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    good = LINKS.token(Purpose.FEEDBACK, got.reader, issued=NOW, about=got.papers[0])
    bad = [
        good[:-2],
        LINKS.token(Purpose.DIGEST, got.reader, issued=NOW, about=got.papers[0]),
        LINKS.token(Purpose.FEEDBACK, got.reader, issued=NOW - dt.timedelta(days=120), about=got.papers[0]),
        LINKS.token(Purpose.FEEDBACK, got.reader, issued=NOW),
        LINKS.token(Purpose.FEEDBACK, got.reader, issued=NOW, about=999),
        LINKS.token(Purpose.FEEDBACK, 999, issued=NOW, about=got.papers[0]),
    ]
    before = everything(engine)
    for token in bad:
        for method in ("GET", "POST"):
            answer = await pages.request(method, f"http://pages/feedback/{token}/like")
            assert (answer.status_code, "This link does not work" in answer.text) == (410, True)
    assert everything(engine) == before


@ON_SQLITE
async def test_an_unknown_vote_is_a_calm_page(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    for method in ("GET", "POST"):
        answer = await pages.request(method, link(got.reader, got.papers[0], "adore"))
        assert (answer.status_code, "Page not found" in answer.text) == (404, True)


@ON_SQLITE
async def test_who_was_erased_cannot_vote(pages: httpx.AsyncClient, engine: sa.Engine) -> None:
    got = a_digest(engine)
    with writing(engine) as tx:
        erase(tx, got.reader)
    assert (await pages.post(link(got.reader, got.papers[0], "like"))).status_code == 410
