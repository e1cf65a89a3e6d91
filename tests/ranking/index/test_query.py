"""What is typed into the search field is taken apart, and nothing is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.index.inverted import Index
from dailypapers.ranking.index.query import MOST_LETTERS, MOST_WORDS, Query, parse
from dailypapers.ranking.index.search import candidates


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("state space", Query("state space")),
        ('long "state space"', Query("long state space", ("state space",))),
        ("“state space”", Query("state space", ("state space",))),
        ('"one"', Query("one")),
        ('author:"Albert Gu" mamba', Query("mamba", authors=("Albert Gu",))),
        ("au:gu cat:CS.LG cat:stat.*", Query(authors=("gu",), categories=("cs.lg", "stat"))),
        ('say "unfinished', Query("say unfinished")),
        ("author: cat:", Query(authors=("cat:",))),
        ("", Query()),
        ('""', Query()),
    ],
)
def test_a_query_is_taken_apart(text: str, query: Query) -> None:
    assert parse(text) == query


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_a_query(text: str) -> None:
    query = parse(text)
    assert len(query.topic.split()) <= MOST_WORDS
    assert not candidates(Index(), query).total


def test_of_five_thousand_words_the_first_are_read() -> None:
    query = parse("word " * 5000)
    assert (len(query.topic.split()), query.cut) == (MOST_WORDS, True)


def test_what_stands_after_the_longest_text_is_not_read() -> None:
    query = parse("x" * MOST_LETTERS + " end")
    assert (query.topic, query.cut) == ("x" * MOST_LETTERS, True)
    assert not parse("x" * MOST_LETTERS).cut


def test_a_filter_said_twice_counts_once_and_more_than_eight_are_cut() -> None:
    assert parse("cat:cs.LG cat:CS.LG").categories == ("cs.lg",)
    assert len(parse(" ".join(f"au:name{n}" for n in range(20))).authors) == 8


@pytest.mark.parametrize(
    ("text", "empty", "wordless"),
    [("", True, True), ("the of", False, True), ("cat:cs.LG", False, False), ("graphs", False, False)],
)
def test_a_query_knows_whether_there_is_anything_to_look_for(text: str, empty: bool, wordless: bool) -> None:
    assert (parse(text).empty, parse(text).wordless) == (empty, wordless)
