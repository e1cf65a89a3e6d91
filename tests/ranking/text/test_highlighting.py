"""What interests and papers share is shown in the paper's own words, the most telling first."""

from dataclasses import replace

import pytest
from tests.ranking.test_explain import LEARNED
from tests.ranking.test_rank import paper

from dailypapers.domain.digest import TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.text import highlighting
from dailypapers.ranking.text.highlighting import Highlighter

POOL = (
    paper(1, "Structured State-Space Models", "A state space model for long sequences."),
    paper(2, "Graph Neural Networks", "Message passing on graphs; networks of graphs, and long walks."),
    paper(3, "Weather", "Rain and wind."),
)
FEATURES = build(POOL)


def topic(text: str) -> Interest:
    return Interest(InterestKind.TOPIC, text)


def said(text: str, number: int) -> str:
    """What a topic shares with one of the papers, by its number."""
    matches = Matcher(FEATURES).of([topic(text)], [], examples={})
    ((shown, _),) = Highlighter(FEATURES).said([topic(text)], [number - 1], matches.sources)
    return shown


@pytest.mark.parametrize(
    ("text", "number", "shown"),
    [
        ("graph neural networks", 2, "Graph Neural Networks"),
        ("neural", 2, "Neural"),
        ("NETWORK", 2, "Networks"),
        ("rain or wind", 3, "wind, Rain"),
        ("wind and weather", 3, "wind, Weather"),
    ],
)
def test_shared_words_stand_as_the_paper_writes_them(text: str, number: int, shown: str) -> None:
    assert said(text, number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("GNN", "Graph Neural Networks (GNN)"), ("molecules by GNN", "Graph Neural Networks (GNN), molecules")],
)
def test_what_an_acronym_stands_for_is_shown_with_it(text: str, shown: str) -> None:
    pool = [paper(1, "Graph Neural Networks", "Of molecules."), paper(2, "GNNs"), paper(3, "Graph networks")]
    learned = replace(fit(pool), acronyms=Acronyms((Acronym("GNN", "graph neural networks"),)))
    features = build(pool, background=learned)
    asked = [topic(text), topic("graph neural networks"), topic("GNN")]
    matches = Matcher(features).of(asked, [], examples={})
    told = Highlighter(features).said(asked, [0, 1, 2], matches.sources)
    assert [words for words, _ in told] == [shown, "GNNs (graph neural networks)", ""]


def test_nothing_is_said_twice_in_other_forms() -> None:
    assert said("graphs", 2) == "Graph"


def test_three_runs_of_words_are_shown_at_most() -> None:
    assert said("message graph long walks rain", 2).count(",") == 2


def test_where_no_word_is_shared_and_no_library_helps_nothing_is_said() -> None:
    assert said("graph neural networks", 3) == ""


def test_interests_and_papers_are_answered_in_the_order_asked_and_remembered() -> None:
    rain, graphs = topic("rain"), topic("neural")
    matches = Matcher(FEATURES).of([rain, graphs], [], examples={})
    highlighter = Highlighter(FEATURES)
    expected = [("Neural", TermKind.WORDS), ("Rain", TermKind.WORDS), ("Neural", TermKind.WORDS)]
    assert highlighter.said([graphs, rain, graphs], [1, 2, 1], matches.sources) == expected
    assert highlighter.said([graphs, rain, graphs], [1, 2, 1], {}) == expected


def test_many_at_a_time_are_said_like_one(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = [topic(text) for text in ("graph neural networks", "state space models", "long rain")]
    asked, columns = topics * 3, [column for column in range(3) for _ in topics]
    matches = Matcher(FEATURES).of(topics, [], examples={})
    together = Highlighter(FEATURES).said(asked, columns, matches.sources)
    monkeypatch.setattr(highlighting, "_AT_A_TIME", 1)
    assert Highlighter(FEATURES).said(asked, columns, matches.sources) == together


def test_papers_read_together_are_read_like_one() -> None:
    """Also ones without words, and ones whose first words would follow on another's last."""
    papers = [*POOL, replace(POOL[0], title="", abstract=""), paper(4, "T", "cells of 3 kinds"), paper(5, "Graph", "")]
    features = build(papers)
    together = highlighting._read(features, features.papers)  # noqa: SLF001 - a reason shows a part of it
    for text, each in zip(together, features.papers, strict=True):
        (alone,) = highlighting._read(features, [each])  # noqa: SLF001 - as above
        assert (text.surfaces, text.gaps) == (alone.surfaces, alone.gaps)
        for name in ("worth", "follows", "columns", "is_word", "places", "many"):
            assert getattr(text, name).tolist() == getattr(alone, name).tolist(), (each.title, name)


def test_what_has_grown_large_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    rain = topic("rain")
    matches = Matcher(FEATURES).of([rain], [], examples={})
    highlighter = Highlighter(FEATURES)
    highlighter.said([rain], [2], matches.sources)
    assert highlighter.bounded().said([rain], [2], {}) == [("Rain", TermKind.WORDS)]
    monkeypatch.setattr(highlighting, "_MOST_REMEMBERED", 0)
    with pytest.raises(KeyError):
        highlighter.bounded().said([rain], [2], {})


def test_where_no_word_of_a_topic_stands_there_the_closest_ones_are_said_as_such() -> None:
    asked, papers = topic("grapha graphium"), LEARNED.features.papers
    matches = LEARNED.of([asked], [], examples={})
    found = Highlighter(LEARNED.features).said([asked] * len(papers), range(len(papers)), matches.sources)
    for one, (shown, kind) in zip(papers, found, strict=True):
        text = f"{one.title} . {one.abstract}"
        assert all(run in text for run in shown.split(", "))
        held = {"grapha", "graphium"}.intersection(text.split())
        assert kind is TermKind.CLOSE or held
        assert kind is TermKind.WORDS or len(held) < 2
    assert {kind for _, kind in found} == {TermKind.WORDS, TermKind.CLOSE}


def test_one_word_of_three_is_no_reason_where_others_come_closer() -> None:
    asked, papers = topic("grapha graphium celloid"), LEARNED.features.papers
    matches = LEARNED.of([asked], [], examples={})
    found = Highlighter(LEARNED.features).said([asked] * len(papers), range(len(papers)), matches.sources)
    held = [
        len({"grapha", "graphium", "celloid"}.intersection(f"{one.title} {one.abstract}".split())) for one in papers
    ]
    assert {kind for (_, kind), many in zip(found, held, strict=True) if many == 1} == {TermKind.CLOSE}
    assert {kind for (_, kind), many in zip(found, held, strict=True) if many > 1} == {TermKind.WORDS}


def test_a_topic_is_carried_by_half_of_its_information_or_two_words() -> None:
    pool = (
        paper(1, "Telomere models for zebrafish", "We train."),
        paper(2, "Language models", "Models of text."),
        paper(3, "Telomere models of images", "Models that paint."),
        paper(4, "Zebrafish", "Fins and scales."),
        *(paper(n, f"Models of subject{n}", "A model.") for n in range(5, 25)),
    )
    highlighter = Highlighter(build(pool))
    carried = [highlighter.carries("telomere models for zebrafish", column) for column in range(4)]
    assert carried == [True, False, True, False]
    assert [highlighter.carries("zebrafish", column) for column in range(4)] == [True, False, False, True]


def test_what_a_liked_paper_shares_is_never_called_close() -> None:
    liked = Interest(InterestKind.PAPER, "arxiv:2604.00099")
    matches = Matcher(FEATURES).of([liked], [], examples={liked.text: paper(99, "Rain on graphs")})
    shown = Highlighter(FEATURES).said([liked] * 3, [0, 1, 2], matches.sources)
    assert shown == [("", TermKind.WORDS), ("Graph", TermKind.WORDS), ("Rain", TermKind.WORDS)]
