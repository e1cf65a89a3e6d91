"""A language model sums papers up; whatever goes wrong, nothing of it is shown."""

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.digests.playing_model import Said, playing_model, says
from tests.digests.test_window import HOW

from dailypapers.digests.compose import compose
from dailypapers.digests.render_input import load_inputs
from dailypapers.digests.summarise import SummaryOptions, read_answer, summarise, unfit
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Abstracts, Amount, Consent, Rhythm, Style
from dailypapers.domain.summary import Budget, Summary, SummaryBy
from dailypapers.reporting.report import report
from dailypapers.reporting.situation import situation
from dailypapers.store import editions, history, papers, subscribers, summaries
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import sign_up

NOW = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
TODAY = NOW.date()
GOOD = "A decoder that skips layers makes language models twice as fast."
ABSTRACT = "Language models are slow. We propose a decoder that skips layers, and models are faster."


def store(engine: sa.Engine, count: int = 1) -> list[int]:
    """Store papers; returns their internal ids."""
    told = [
        Announcement(Paper(PaperId("arxiv", f"2604.0000{n}"), f"Skipping layers {n}", ABSTRACT), "arxiv", TODAY)
        for n in range(count)
    ]
    with writing(engine) as tx:
        papers.add(tx, told, now=NOW)
        return sorted(papers.ids_by_name(tx, [str(each.paper.id) for each in told]).values())


def shown(engine: sa.Engine, ids: list[int]) -> dict[int, Summary]:
    with reading(engine) as tx:
        return summaries.of_papers(tx, ids)


def test_a_paper_is_asked_about_once_and_its_summary_says_who_wrote_it_and_when(engine: sa.Engine) -> None:
    ids = store(engine, 2)
    with playing_model(says(f"<think>Hm. Let me see.</think>\n“{GOOD}”"), key="secret") as model:
        options = SummaryOptions(model.url, "llama3.1", "secret")
        assert summarise(engine, options, ids, day=TODAY) == 2
        assert summarise(engine, options, ids, day=TODAY) == 0
        assert len(model.asked) == 2
    assert "Skipping layers 0" in model.asked[0]["messages"][1]["content"]
    assert "“en”" in model.asked[0]["messages"][0]["content"]
    expected = Summary(GOOD, SummaryBy.MODEL, "llama3.1", TODAY)
    assert shown(engine, ids) == dict.fromkeys(ids, expected)
    with reading(engine) as tx:
        assert summaries.spent_on(tx, TODAY).tokens == 100
        assert summaries.spent_on(tx, TODAY + dt.timedelta(days=1)).tokens == 0
        assert papers.of_delivery(tx, ids)[ids[0]].summary == expected


@pytest.mark.parametrize(
    "said",
    [
        Said(b"<html>502 Bad Gateway</html>"),
        Said(b"{}"),
        Said(b"[" * 100_000),
        Said(b"x" * 300_000),
        Said(b'{"error": {}}', 500),
        Said(b"", 302, {"Location": "http://127.0.0.1:1/v1/chat/completions"}),
        says(None),
        says(""),
        says("Yes."),
        says("word " * 200),
        says("<b>A decoder</b> that skips layers makes language models fast."),
        says("A decoder that skips layers, see https://evil.example for language models."),
        says("Layers of a decoder: visit evil.com for your free prize, language models!"),
        says("I'm sorry, but I cannot summarise this paper about language models and layers."),
        says("Bananas grow in tropical regions of the world and are eaten everywhere."),
    ],
)
def test_what_is_no_summary_is_not_shown_and_not_asked_for_again(sqlite: sa.Engine, said: Said) -> None:
    ids = store(sqlite)
    with playing_model(said) as model:
        options = SummaryOptions(model.url, "llama3.1")
        for _ in range(2):
            assert summarise(sqlite, options, ids, day=TODAY) == 0
        assert len(model.asked) == 1
    assert not shown(sqlite, ids)


def test_nobody_there_or_a_wrong_key_stops_after_two_papers(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 5)
    assert summarise(sqlite, SummaryOptions("http://127.0.0.1:1/v1", "m"), ids, day=TODAY) == 0
    with playing_model(says(GOOD), key="secret") as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m", "wrong"), ids, day=TODAY) == 0
        assert not model.asked
        # Two were asked about in vain by each; the fifth still has its chance.
        assert summarise(sqlite, SummaryOptions(model.url, "m", "secret"), ids, day=TODAY) == 1
    assert list(shown(sqlite, ids)) == ids[4:]


def test_a_day_s_limits_hold_over_runs_and_the_next_day_goes_on(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 4)
    with playing_model(says(GOOD, tokens=60)) as model:
        options = SummaryOptions(model.url, "m", budget=Budget(tokens=100))
        assert [summarise(sqlite, options, ids, day=TODAY) for _ in range(2)] == [2, 0]
        assert summarise(sqlite, replace(options, budget=Budget(seconds=0)), ids, day=TODAY + dt.timedelta(days=1)) == 0
        assert summarise(sqlite, options, ids, day=TODAY + dt.timedelta(days=1)) == 2


def test_another_language_is_asked_for_apart_and_may_share_no_words(sqlite: sa.Engine) -> None:
    ids = store(sqlite)
    german = "Ein Decoder, der Schichten überspringt, macht große Sprachmodelle doppelt so schnell."
    with playing_model(says(german)) as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m", language="de"), ids, day=TODAY) == 1
        assert summarise(sqlite, SummaryOptions(model.url, "m", language="en"), ids, day=TODAY) == 0
    assert shown(sqlite, ids)[ids[0]].text == german


def test_tokens_are_guessed_where_the_server_does_not_count_them() -> None:
    assert read_answer(says(GOOD, tokens=0).body) == (GOOD, 0)
    assert read_answer(says(GOOD, tokens=7).body) == (GOOD, 7)
    assert not unfit(GOOD, Paper(PaperId("arxiv", "1"), "A title", ABSTRACT), language="en-GB")


def test_the_mail_of_whoever_reads_sentences_has_the_model_s_and_nothing_is_chosen_by_it(engine: sa.Engine) -> None:
    def picks(name: str) -> list[tuple[str, str]]:
        with reading(engine) as tx:
            reader = subscribers.by_address(tx, f"{name}@example.org")
            assert reader
            (mail,) = load_inputs(tx, history.of_subscriber(tx, reader.id))
        assert mail.digest
        return [(str(entry.paper.id), entry.summary.text if entry.summary else "") for entry in mail.digest.entries]

    store(engine)
    with writing(engine) as tx:
        editions.close(tx, TODAY, now=NOW)
        _subscribe(tx, "before", Style())
    compose(engine, HOW, now=NOW)
    assert [text for _, text in picks("before")] == [""]
    with writing(engine) as tx:
        _subscribe(tx, "whole", Style(abstracts=Abstracts.WHOLE))
    with playing_model(says(GOOD)) as model:
        with_model = replace(HOW, summaries=SummaryOptions(model.url, "m"))
        compose(engine, with_model, now=NOW)
        assert not model.asked
        with writing(engine) as tx:
            _subscribe(tx, "sentence", Style())
        compose(engine, with_model, now=NOW)
        assert len(model.asked) == 1
    assert [text for _, text in picks("sentence")] == [GOOD]
    assert [paper for paper, _ in picks("sentence")] == [paper for paper, _ in picks("whole")]


def _subscribe(tx: sa.Connection, name: str, style: Style) -> None:
    preferences = Preferences(Rhythm(), Amount(5), style=style)
    sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("test"), now=NOW)


def test_a_day_s_money_is_a_limit_and_the_operator_s_report_says_when_it_is_used_up(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 4)
    budget = Budget(money=1.0, price_per_million_tokens=10_000)
    with playing_model(says(GOOD, tokens=60)) as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m", budget=budget), ids, day=TODAY) == 2
    with reading(sqlite) as tx:
        found = situation(tx, now=NOW)
    text = report(found, disk=None, name="Papers", now=NOW, budget=replace(budget, money=5.0)).text
    assert "Summaries by the language model today: 120 tokens, about 1.20." in text
    assert "used up" not in text
    spent = report(found, disk=None, name="Papers", now=NOW, budget=budget).text
    assert "The day's budget for them (1.00 for tokens) is used up" in spent
    assert "Summaries" not in report(found, disk=None, name="Papers", now=NOW).text
