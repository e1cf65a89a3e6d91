"""Summaries and figures of what digests will show are there before they are due, and composing asks nobody."""

import datetime as dt
import threading
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from tests.a_group import a_group, a_reader
from tests.digests.playing_model import Said, playing_model, says
from tests.digests.test_figures import GOOD, TODAY, kept, options, store
from tests.digests.test_preview import announce, close
from tests.digests.test_window import HOW
from tests.playing_sources import Answer, Asked, playing_sources
from tests.sources.parsing.test_pictures import picture

from dailypapers.digests.choose import DigestOptions
from dailypapers.digests.compose import compose
from dailypapers.digests.enrich import Enriched, enrich, seen
from dailypapers.digests.group_digest import compose_groups
from dailypapers.digests.render_input import RenderInput, load_inputs
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.domain.group import Terms
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Abstracts, Amount, Consent, Rhythm, Style
from dailypapers.store import editions, history, subscribers, summaries
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up

#: Two hours before the hour of readers in these tests.
EARLY = dt.datetime(2026, 5, 1, 5, tzinfo=dt.UTC)
HOUR = EARLY + dt.timedelta(hours=2)
SENTENCE = "Skipping layers makes slow models fast, and nothing is lost."
NO_SENTENCES = Style(abstracts=Abstracts.NONE)


def subscribe(engine: sa.Engine, name: str, style: Style, rhythm: Rhythm | None = None) -> int:
    wants = Preferences(rhythm or Rhythm("UTC", 7), Amount(5), style=style)
    with writing(engine) as tx:
        sign_up.admit(tx, f"{name}@example.org", wants, consent=Consent("test"), now=EARLY)
        reader = subscribers.by_address(tx, f"{name}@example.org")
        assert reader is not None
        subscribers.schedule_next(tx, {reader.id: reader.rhythm.next_after(EARLY)})
    return reader.id


def close_edition(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        editions.close(tx, TODAY, now=EARLY)


def enriched(engine: sa.Engine, how: DigestOptions, *, now: dt.datetime = EARLY) -> Enriched:
    return enrich(engine, how, zone="UTC", now=now)


def mail_of(engine: sa.Engine, reader: int) -> RenderInput:
    with reading(engine) as tx:
        (render_input,) = load_inputs(tx, history.of_subscriber(tx, reader))
    return render_input


def test_figures_come_for_who_sees_them_and_composing_asks_nobody(engine: sa.Engine) -> None:
    asked: list[Asked] = []
    ids = store(engine, "")
    close_edition(engine)
    ann = subscribe(engine, "ann", replace(NO_SENTENCES, figures=False))
    subscribe(engine, "cy", replace(NO_SENTENCES, figures=True, text_only=True))
    with playing_sources(GOOD, asked=asked) as url:
        how = replace(HOW, figures=options(url))
        assert enriched(engine, how) == Enriched()
        bo = subscribe(engine, "bo", replace(NO_SENTENCES, figures=True))
        compose(engine, how, now=EARLY)
        assert asked == []
        assert enriched(engine, how) == Enriched(figures=1)
        assert len(asked) == 2
        compose(engine, how, now=HOUR)
        assert enriched(engine, how, now=HOUR) == Enriched()
        assert len(asked) == 2
    shown = mail_of(engine, bo)
    assert shown.style.figures
    assert shown.digest is not None
    assert shown.digest.entries[0].thumbnail == kept(engine, ids)[ids[0]]
    assert not mail_of(engine, ann).style.figures


def test_a_digest_that_is_due_before_they_have_come_goes_without(engine: sa.Engine) -> None:
    store(engine, "")
    close_edition(engine)
    bo = subscribe(engine, "bo", Style(figures=True))
    with playing_sources(GOOD) as url, playing_model(says(SENTENCE)) as model:
        how = replace(HOW, figures=options(url), summaries=SummaryOptions(model.url, "m"))
        compose(engine, how, now=HOUR)
        assert not model.asked
        assert enriched(engine, how, now=HOUR) == Enriched()
    digest = mail_of(engine, bo).digest
    assert digest is not None
    assert (digest.entries[0].thumbnail, digest.entries[0].summary) == (None, None)


def test_what_waits_for_the_next_edition_is_looked_at_before_it_closes(engine: sa.Engine) -> None:
    ids = store(engine, "")
    bo = subscribe(engine, "bo", Style(figures=True))
    # Whose next digest is days away will be sent other papers as well.
    subscribe(engine, "weekly", replace(NO_SENTENCES, figures=True), Rhythm("UTC", 7, days=frozenset({6})))
    with playing_sources(GOOD) as url, playing_model(says(SENTENCE)) as model:
        how = replace(HOW, figures=options(url), summaries=SummaryOptions(model.url, "m"))
        before = seen(engine)
        assert enriched(engine, how) == Enriched(summaries=1, figures=1)
        assert seen(engine) == before
        close_edition(engine)
        assert seen(engine) != before
        assert enriched(engine, how) == Enriched()
        compose(engine, how, now=HOUR)
    digest = mail_of(engine, bo).digest
    assert digest is not None
    assert digest.entries[0].thumbnail == kept(engine, ids)[ids[0]]
    assert digest.entries[0].summary


def test_members_of_a_group_have_the_sentences_of_what_is_picked_for_it(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada", "rivers in the mountains")
    a_group(engine, (ada, Terms()))
    announce(engine, ["Deeper Graph Neural Networks", "Weather"], EARLY)
    close(engine, EARLY)
    with playing_model(says("Deeper graph neural networks are shown to be deeper.")) as model:
        how = replace(HOW, summaries=SummaryOptions(model.url, "m"))
        assert enriched(engine, how).summaries == 1
        assert len(model.asked) == 1
        compose_groups(engine, how, now=EARLY + dt.timedelta(hours=20))
        assert len(model.asked) == 1
    with reading(engine) as tx:
        said = [each.group.entries[0].summary for each in load_inputs(tx, history.of_subscriber(tx, ada)) if each.group]
    assert [each.text if each else "" for each in said] == ["Deeper graph neural networks are shown to be deeper."]


def test_figures_are_fetched_while_a_model_is_asked(engine: sa.Engine) -> None:
    store(engine, "")
    subscribe(engine, "ann", Style(figures=True))
    is_fetched, is_asked, met = threading.Event(), threading.Event(), list[bool]()

    def figure(_: Asked) -> Answer:
        is_fetched.set()
        met.append(is_asked.wait(20))
        return Answer(picture())

    def sentence(_: dict[str, Any]) -> Said:
        is_asked.set()
        met.append(is_fetched.wait(20))
        return says(SENTENCE)

    with playing_model(sentence) as model, playing_sources({**GOOD, "/html/2604.00000/x1.png": figure}) as url:
        how = replace(HOW, figures=options(url), summaries=SummaryOptions(model.url, "m"))
        assert enriched(engine, how) == Enriched(summaries=1, figures=1)
    assert met == [True, True]


def test_once_it_is_over_nothing_else_is_asked(sqlite: sa.Engine) -> None:
    ids = store(sqlite, "")
    subscribe(sqlite, "ann", Style(figures=True))
    asked: list[Asked] = []
    with playing_sources(GOOD, asked=asked) as url, playing_model(says(SENTENCE)) as model:
        how = replace(HOW, figures=options(url), summaries=SummaryOptions(model.url, "m"))
        assert enrich(sqlite, how, zone="UTC", now=EARLY, is_over=lambda: True) == Enriched()
        assert (asked, model.asked) == ([], [])
        with reading(sqlite) as tx:
            assert summaries.asked(tx, ids, "en") == set()
        assert enriched(sqlite, how) == Enriched(summaries=1, figures=1)
