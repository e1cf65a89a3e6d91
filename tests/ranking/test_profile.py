"""Preferences nobody expected get a sensible answer, and the reader hears what could not be used."""

import datetime as dt

import pytest

from dailypapers.domain.category import ARCHIVES, unknown_category
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import MAX_TOPICS
from dailypapers.ranking.features import build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.profile import profile, warnings
from dailypapers.ranking.rank import Known, Reader, rank

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
POOL = [
    Paper(PaperId("arxiv", f"2604.0000{n}"), title, f"{title} in depth.", ("Ann Lee",), (category,))
    for n, (title, category) in enumerate(
        [("Deep Graph Networks", "cs.LG"), ("Fair Graph Networks", "cs.CY"), ("Soft Matter", "cond-mat.soft")]
    )
]


def titles(*interests: Interest) -> list[str]:
    picks = rank(Matcher(build(POOL)), [Reader(interests)], Known(), now=NOW)[0]
    return [next(paper.title for paper in POOL if str(paper.id) == pick.paper) for pick in picks]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (InterestKind.TOPIC, "图神经网络", "no Latin letters"),
        (InterestKind.TOPIC, "🧬🤖", "no distinctive words"),
        (InterestKind.TOPIC, "the of and new paper", "no distinctive words"),
        (InterestKind.CATEGORY, "cs.XX", "no category cs.XX"),
        (InterestKind.CATEGORY, "cs.LG − cs.ZZ", "no category cs.ZZ"),
        (InterestKind.PAPER, "arxiv:1111.11111", "is not in our library"),
        (InterestKind.PHRASE, "  ", "is empty"),
        (InterestKind.AUTHOR, "Gu", "only one name"),
        (InterestKind.AUTHOR, "van den Berg", "only one name"),
    ],
)
def test_what_cannot_be_used_is_said_and_what_is_trending_comes_instead(
    kind: InterestKind, text: str, said: str
) -> None:
    interest = Interest(kind, text)
    assert said in warnings([interest], examples={})[0]
    assert len(titles(interest)) == len(POOL)


def test_a_topic_of_digits_is_in_no_foreign_script() -> None:
    assert warnings([Interest(InterestKind.TOPIC, "2025")], examples={}) == ()


def test_a_topic_of_five_thousand_words_is_a_topic() -> None:
    long = Interest(InterestKind.TOPIC, "graph networks " * 2500)
    assert warnings([long], examples={}) == ()
    assert set(titles(long)) == {"Deep Graph Networks", "Fair Graph Networks"}
    picks = rank(Matcher(build(POOL)), [Reader((long,))], Known(), now=NOW)[0]
    assert all("graph networks graph networks" in pick.reason.sentence() for pick in picks)
    assert all(len(pick.reason.sentence()) < 400 for pick in picks), "a reason says the beginning of it"


def test_more_topics_than_anybody_has_are_cut_and_it_is_said() -> None:
    many = [Interest(InterestKind.TOPIC, f"topic number{n}") for n in range(MAX_TOPICS + 5)]
    stated = profile(many, examples={})
    assert len(stated.subjects) == MAX_TOPICS
    assert "5 more are ignored" in warnings(many, examples={})[-1]


def test_one_strange_wish_does_not_spoil_the_others() -> None:
    assert titles(Interest(InterestKind.TOPIC, "🧬"), Interest(InterestKind.TOPIC, "soft matter")) == ["Soft Matter"]


@pytest.mark.parametrize("text", ["cs − cs.CY", "cs−cs.CY", "cs - cs.CY", "cs-cs.CY", "CS -cs.cy", r"cs \ cs.CY"])
def test_a_category_without_another(text: str) -> None:
    assert titles(Interest(InterestKind.CATEGORY, text)) == ["Deep Graph Networks"]


def test_a_hyphen_inside_a_code_takes_nothing_away() -> None:
    assert titles(Interest(InterestKind.CATEGORY, "cond-mat")) == ["Soft Matter"]


def test_who_only_says_what_they_do_not_want_gets_everything_else() -> None:
    assert titles(Interest(InterestKind.CATEGORY, "cs", Stance.EXCLUDE)) == ["Soft Matter"]
    assert "Soft Matter" in titles(Interest(InterestKind.PHRASE, "graph", Stance.AVOID))


def test_other_sources_have_words_of_their_own_for_categories() -> None:
    assert unknown_category("neuroscience") == ""
    assert unknown_category("hep-th") == ""
    assert all(not unknown_category(code) for codes in ARCHIVES.values() for code in codes)
