"""A language model sums papers up; whatever goes wrong, nothing of it is shown."""

import datetime as dt
import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from tests.digests.playing_model import Said, playing_model, says
from tests.digests.test_window import HOW

from dailypapers.digests import summarise as summarising
from dailypapers.digests.compose import compose
from dailypapers.digests.enrich import enrich
from dailypapers.digests.render_input import load_inputs
from dailypapers.digests.summarise import SummaryOptions, Wanted, read_answer, summarise, unfit, wanted_by
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


def wanted(ids: Iterable[int], language: str = "en") -> list[Wanted]:
    return [Wanted(paper_id, language) for paper_id in ids]


def shown(engine: sa.Engine, ids: list[int]) -> dict[int, Summary]:
    with reading(engine) as tx:
        return {paper_id: said["en"] for paper_id, said in summaries.of_papers(tx, ids).items()}


def test_a_paper_is_asked_about_once_and_its_summary_says_who_wrote_it_and_when(engine: sa.Engine) -> None:
    ids = store(engine, 2)
    with playing_model(says(f"<think>Hm. Let me see.</think>\n“{GOOD}”"), key="secret") as model:
        options = SummaryOptions(model.url, "llama3.1", "secret")
        assert summarise(engine, options, wanted(ids), day=TODAY) == 2
        assert summarise(engine, options, wanted(ids), day=TODAY) == 0
        assert len(model.asked) == 2
    assert "Skipping layers 0" in model.asked[0]["messages"][1]["content"]
    assert "“en”" in model.asked[0]["messages"][0]["content"]
    expected = Summary(GOOD, SummaryBy.MODEL, "llama3.1", TODAY)
    assert shown(engine, ids) == dict.fromkeys(ids, expected)
    with reading(engine) as tx:
        assert summaries.spent_on(tx, TODAY).tokens == 100
        assert summaries.spent_on(tx, TODAY + dt.timedelta(days=1)).tokens == 0
        assert papers.of_delivery(tx, ids)[ids[0]].summaries == {"en": expected}


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
            assert summarise(sqlite, options, wanted(ids), day=TODAY) == 0
        assert len(model.asked) == 1
    assert not shown(sqlite, ids)


def test_nobody_there_or_a_wrong_key_stops_after_two_papers(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 5)
    assert summarise(sqlite, SummaryOptions("http://127.0.0.1:1/v1", "m"), wanted(ids), day=TODAY) == 0
    with playing_model(says(GOOD), key="secret") as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m", "wrong"), wanted(ids), day=TODAY) == 0
        assert not model.asked
        # Two were asked about in vain by each; the fifth still has its chance.
        assert summarise(sqlite, SummaryOptions(model.url, "m", "secret"), wanted(ids), day=TODAY) == 1
    assert list(shown(sqlite, ids)) == ids[4:]


def test_a_day_s_limits_hold_over_runs_and_the_next_day_goes_on(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 4)
    with playing_model(says(GOOD, tokens=60)) as model:
        options = SummaryOptions(model.url, "m", budget=Budget(tokens=100))
        assert [summarise(sqlite, options, wanted(ids), day=TODAY) for _ in range(2)] == [2, 0]
        assert (
            summarise(sqlite, replace(options, budget=Budget(seconds=0)), wanted(ids), day=TODAY + dt.timedelta(days=1))
            == 0
        )
        assert summarise(sqlite, options, wanted(ids), day=TODAY + dt.timedelta(days=1)) == 2


def test_several_papers_are_asked_about_at_once_where_somebody_answers(sqlite: sa.Engine) -> None:
    together = threading.Barrier(3, timeout=20)

    def answer(_: dict[str, Any]) -> Said:
        if len(model.asked) > 1:
            together.wait()
        return says(GOOD)

    ids = store(sqlite, 4)
    with playing_model(answer) as model:
        options = SummaryOptions(model.url, "m", requests_at_once=3)
        assert summarise(sqlite, options, wanted(ids), day=TODAY) == 4
    assert len(shown(sqlite, ids)) == 4
    # The fifth to the seventh are not asked about where the first is not answered, and the next is not either.
    more = SummaryOptions("http://127.0.0.1:1/v1", "m", requests_at_once=3)
    later = store(sqlite, 8)[4:]
    assert summarise(sqlite, more, wanted(later), day=TODAY) == 0
    with reading(sqlite) as tx:
        assert len(summaries.asked(tx, later, "en")) == 2


def test_another_language_is_asked_for_apart_and_may_share_no_words(sqlite: sa.Engine) -> None:
    ids = store(sqlite)
    german = "Ein Decoder, der Schichten überspringt, macht große Sprachmodelle doppelt so schnell."
    with playing_model(says(german)) as model:
        options = SummaryOptions(model.url, "m")
        assert summarise(sqlite, options, wanted(ids, "de"), day=TODAY) == 1
        assert summarise(sqlite, options, wanted(ids, "en"), day=TODAY) == 0
    with reading(sqlite) as tx:
        assert {key: said.text for key, said in summaries.of_papers(tx, ids)[ids[0]].items()} == {"de": german}


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
        enrich(engine, with_model, zone="UTC", now=NOW)
        compose(engine, with_model, now=NOW)
        assert not model.asked
        with writing(engine) as tx:
            _subscribe(tx, "sentence", Style())
        enrich(engine, with_model, zone="UTC", now=NOW)
        compose(engine, with_model, now=NOW)
        assert len(model.asked) == 1
    assert [text for _, text in picks("sentence")] == [GOOD]
    assert [paper for paper, _ in picks("sentence")] == [paper for paper, _ in picks("whole")]


GERMAN = "Ein Decoder, der Schichten überspringt, macht große Sprachmodelle doppelt so schnell."
CHINESE = "本文提出一种跳过部分层的解码器，使语言模型更快。"


def in_the_language_asked_for(body: dict[str, Any]) -> Said:
    """Answer as a model does that knows German and English, and answers in English where it should in Chinese."""
    prompt = body["messages"][0]["content"]
    return says(GERMAN if "“de”" in prompt else f"{GOOD} Of all the models, and that with ease.")


def test_each_reader_has_a_summary_in_their_language_or_a_sentence_of_the_abstract(engine: sa.Engine) -> None:
    ids = store(engine)
    with writing(engine) as tx:
        editions.close(tx, TODAY, now=NOW)
        for name, language in (("en", ""), ("de", "de"), ("zh", "zh"), ("en-again", "en")):
            _subscribe(tx, name, Style(language=language))
    with playing_model(in_the_language_asked_for) as model:
        options = SummaryOptions(model.url, "m", follows_readers=True)
        with_model = replace(HOW, summaries=options)
        for _ in range(2):
            enrich(engine, with_model, zone="UTC", now=NOW)
            compose(engine, with_model, now=NOW)
        assert len(model.asked) == 3, "once a language, however many read it"
    with reading(engine) as tx:
        readers = {name: subscribers.by_address(tx, f"{name}@example.org") for name in ("en", "de", "zh", "en-again")}
        mails = [
            load_inputs(tx, history.of_subscriber(tx, reader.id))[0].digest for reader in readers.values() if reader
        ]
        said = [mail.entries[0].summary for mail in mails if mail]
        assert [each.text if each else "" for each in said] == [
            f"{GOOD} Of all the models, and that with ease.",
            GERMAN,
            "",
            f"{GOOD} Of all the models, and that with ease.",
        ]
        assert list(summaries.of_papers(tx, ids)[ids[0]]) == ["de", "en"]
        assert summaries.asked(tx, ids, "zh") == set(ids)


def test_a_language_that_a_model_does_not_write_leaves_the_others_alone(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 4)
    both = [each for pair in zip(wanted(ids, "zh"), wanted(ids, "de"), strict=True) for each in pair]
    with playing_model(in_the_language_asked_for) as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m"), both, day=TODAY) == 4
        assert len(model.asked) == 6


def test_what_most_readers_see_is_asked_for_first_and_what_nobody_sees_is_not() -> None:
    options = SummaryOptions("http://127.0.0.1:1/v1", "m", follows_readers=True)
    styles = [Style(), Style(language="de"), Style(), Style(abstracts=Abstracts.NONE)]
    assert wanted_by(options, styles, [[7], [5], [7, 5], [9]]) == [Wanted(7, "en"), Wanted(5, "de"), Wanted(5, "en")]
    for_everybody = replace(options, language="fr", follows_readers=False)
    assert wanted_by(for_everybody, styles, [[7], [5], [7, 5], [9]]) == [Wanted(5, "fr"), Wanted(7, "fr")]


@pytest.mark.parametrize(
    ("language", "text", "why"),
    [
        ("zh", CHINESE, ""),
        ("zh-Hant", "跳层解码器让语言模型更快。", ""),
        ("zh", GOOD, "it is in another language"),
        ("de", GERMAN, ""),
        ("de", "We show that the speed of the models doubles, and that with ease.", "it is in another language"),
        ("ru", "Предложен декодер Transformer, пропускающий слои.", ""),
        ("en", GOOD, ""),
    ],
)
def test_a_summary_is_in_the_language_that_it_was_asked_for_in(language: str, text: str, why: str) -> None:
    assert unfit(text, Paper(PaperId("arxiv", "1"), "A title", ABSTRACT), language=language) == why


def test_a_model_that_never_answers_is_waited_for_no_longer_than_a_day_allows(
    sqlite: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = store(sqlite, 3)
    monkeypatch.setattr(summarising, "PATIENCE", 0.2)
    over = threading.Event()

    def never(_: dict[str, Any]) -> Said:
        over.wait(5)
        return says(GOOD)

    with playing_model(never) as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m"), wanted(ids), day=TODAY) == 0
        over.set()
    assert not shown(sqlite, ids)
    with reading(sqlite) as tx:
        assert summaries.spent_on(tx, TODAY).seconds >= 0.4


def _subscribe(tx: sa.Connection, name: str, style: Style) -> None:
    preferences = Preferences(Rhythm(), Amount(5), style=style)
    sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("test"), now=NOW)


def test_a_day_s_money_is_a_limit_and_the_operator_s_report_says_when_it_is_used_up(sqlite: sa.Engine) -> None:
    ids = store(sqlite, 4)
    budget = Budget(money=1.0, price_per_million_tokens=10_000)
    with playing_model(says(GOOD, tokens=60)) as model:
        assert summarise(sqlite, SummaryOptions(model.url, "m", budget=budget), wanted(ids), day=TODAY) == 2
    with reading(sqlite) as tx:
        found = situation(tx, now=NOW)
    text = report(found, disk=None, name="Papers", now=NOW, budget=replace(budget, money=5.0)).text
    assert "Summaries by the language model today: 120 tokens, about 1.20." in text
    assert "used up" not in text
    spent = report(found, disk=None, name="Papers", now=NOW, budget=budget).text
    assert "The day's budget for them (1.00 for tokens) is used up" in spent
    assert "Summaries" not in report(found, disk=None, name="Papers", now=NOW).text
