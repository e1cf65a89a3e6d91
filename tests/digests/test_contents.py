"""A digest says on a retry, byte for byte, what it said the first time, whatever its reader has changed meanwhile."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.world import GRAPHS, MONDAY, World, world

from dailypapers.digests.choose import Choice
from dailypapers.digests.compose import compose
from dailypapers.digests.contents import contents
from dailypapers.digests.layout import MailRenderer, mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.digest import Hint
from dailypapers.domain.i18n import LazyString
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Presentation, Signals
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Abstracts, Rhythm, Style
from dailypapers.domain.summary import Spent
from dailypapers.domain.thumbnail import Thumbnail
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import history, papers, subscribers, summaries, thumbnails
from dailypapers.store.contents import about_from_text, from_json, to_json
from dailypapers.store.database import reading, writing
from dailypapers.store.picks import of_deliveries, rows_of
from dailypapers.store.schema import outbox, picks

QUIET = "zebrafish development"
UNUSABLE = "paper:nobody-knows-this-one"


def rendered(engine: sa.Engine, renderer: MailRenderer) -> bytes:
    """The only mail in the outbox."""
    with reading(engine) as tx:
        delivery = history.by_id(tx, 1)
        assert delivery
        return mail(renderer, load_inputs(tx, [delivery])[0])[1].content


def change_everything(engine: sa.Engine) -> None:
    """Another style, other topics, another zone; and the paper has been announced again, and voted on."""
    with writing(engine) as tx:
        alice = subscribers.by_address(tx, "alice@example.org")
        assert alice
        style = Style(text_only=True, abstracts=Abstracts.NONE)
        rhythm = Rhythm("Asia/Tokyo", 19)
        subscribers.change(tx, alice.id, rhythm=rhythm, amount=replace(alice.amount, max_papers=1), style=style)
        subscribers.state_interests(tx, alice.id, [Interest(InterestKind.TOPIC, "the weather")])
        again = [
            Announcement(paper, "another source", MONDAY.date(), signals=Signals(upvotes=777))
            for paper in papers.every(tx).values()
        ]
        papers.add(tx, again, now=MONDAY + dt.timedelta(hours=1))


@pytest.mark.parametrize("style", [Style(), Style(abstracts=Abstracts.WHOLE)])
def test_a_retry_renders_the_same_bytes(engine: sa.Engine, style: Style) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        with writing(engine) as tx:
            alice = subscribers.by_address(tx, "alice@example.org")
            assert alice
            subscribers.change(tx, alice.id, rhythm=alice.rhythm, amount=alice.amount, style=style)
            stated = [
                *(Interest(InterestKind.TOPIC, topic) for topic in (GRAPHS, QUIET)),
                Interest(InterestKind.PAPER, "arxiv:1901.00001"),
            ]
            subscribers.state_interests(tx, alice.id, stated)
        how = w.dependencies
        fetch(engine, how.sources, make_http=how.make_http, now=MONDAY)
        close(engine, zone="UTC", now=MONDAY)
        assert compose(engine, how.digest_options, now=MONDAY).digests == 1
        before = rendered(engine, how.renderer)
        change_everything(engine)
        assert rendered(engine, how.renderer) == before
    assert b"1901.00001" in before
    assert b"Nothing today on" in before


def compose_for_alice(engine: sa.Engine, w: World, style: Style) -> None:
    """Compose Monday's digest of the one reader there is, whose emails look so."""
    w.admit("alice", GRAPHS)
    with writing(engine) as tx:
        alice = subscribers.by_address(tx, "alice@example.org")
        assert alice
        subscribers.change(tx, alice.id, rhythm=alice.rhythm, amount=alice.amount, style=style)
    how = w.dependencies
    fetch(engine, how.sources, make_http=how.make_http, now=MONDAY)
    close(engine, zone="UTC", now=MONDAY)
    assert compose(engine, how.digest_options, now=MONDAY).digests == 1


def test_a_figure_that_comes_later_is_not_in_the_same_mail_made_again(engine: sa.Engine) -> None:
    with world(engine) as w:
        compose_for_alice(engine, w, Style(figures=True))
        how = w.dependencies
        templates = environment(shipped("templates"), figures="https://papers.example.org/figures/")
        renderer = replace(how.renderer, templates=templates)
        before = rendered(engine, renderer)
        with writing(engine) as tx:
            (pick,) = of_deliveries(tx, [1])[1]
            thumbnails.put(tx, pick.paper_id, Thumbnail("b" * 32, 100, 100), b"b", day=MONDAY.date())
        assert rendered(engine, renderer) == before


@pytest.mark.parametrize("abstracts", [Abstracts.SUMMARY, Abstracts.WHOLE])
def test_what_comes_to_be_known_later_is_not_in_the_same_mail_made_again(
    engine: sa.Engine, abstracts: Abstracts
) -> None:
    with world(engine) as w:
        compose_for_alice(engine, w, Style(abstracts=abstracts))
        how = w.dependencies
        before = rendered(engine, how.renderer)
        with writing(engine) as tx:
            (pick,) = of_deliveries(tx, [1])[1]
            told = {"language": "en", "text": "A model has said this late.", "model": "late"}
            summaries.put(tx, pick.paper_id, **told, day=MONDAY.date(), spent=Spent())
            shown = Presentation(organization="Late Institute", journal="Late Letters", tldr="Authors said this late.")
            paper = replace(papers.by_id(tx, [pick.paper_id])[pick.paper_id], code_url="https://code.example.org/late")
            papers.add(tx, [Announcement(paper, "late", MONDAY.date(), presentation=shown)], now=MONDAY)
            listed = papers.of_delivery(tx, [pick.paper_id])[pick.paper_id]
        assert listed.summaries
        assert listed.presentation == shown
        assert listed.paper.code_url
        assert rendered(engine, how.renderer) == before


def test_what_misspelt_topics_may_mean_is_kept_with_the_digest(engine: sa.Engine) -> None:
    meant = Hint("grahp networks", "graph networks").said
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        with reading(engine) as tx:
            alice = subscribers.by_address(tx, "alice@example.org")
            assert alice
            (content,) = contents(tx, [alice], [()], [Choice(notes=(meant,))], [])
    (said,) = from_json(to_json(content)).notes
    assert isinstance(said, LazyString)
    assert said.sentence() == "Nothing matches “grahp networks” exactly. Did you mean “graph networks”?"


def test_a_digest_composed_before_its_content_was_kept_is_still_sent(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        how = w.dependencies
        fetch(engine, how.sources, make_http=how.make_http, now=MONDAY)
        close(engine, zone="UTC", now=MONDAY)
        compose(engine, how.digest_options, now=MONDAY)
        before = rendered(engine, how.renderer)
        with writing(engine) as tx:
            tx.execute(sa.text("UPDATE outbox SET content = NULL"))
        assert rendered(engine, how.renderer) == before


def test_a_digest_whose_content_says_what_stood_beside_its_papers_is_sent_as_it_was(engine: sa.Engine) -> None:
    with world(engine) as w:
        compose_for_alice(engine, w, Style())
        before = rendered(engine, w.dependencies.renderer)
        with writing(engine) as tx:
            (row,) = rows_of(tx, [1])
            name = str(papers.by_id(tx, [row[2]])[row[2]].id)
            content = history.contents_of(tx, [1])[1]
            assert not content.papers
            earlier = replace(content, papers={name: about_from_text(row[4])})
            tx.execute(sa.update(outbox).values(content=to_json(earlier)))
            tx.execute(sa.update(picks).values(about=None))
        change_everything(engine)
        assert rendered(engine, w.dependencies.renderer) == before
