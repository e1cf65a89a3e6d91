"""What somebody wants comes first, for the reasons that are given, the same way every time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dailypapers.domain.digest import Pick
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Paper, PaperId, Signals
from dailypapers.ranking.explain import Explainer
from dailypapers.ranking.features import Features, build
from dailypapers.ranking.matching import Matcher
from dailypapers.ranking.profile import profile, warnings
from dailypapers.ranking.rank import Known, Reader, Recent, matches_of, rank, scores_of
from dailypapers.ranking.scoring import Scorer
from dailypapers.ranking.text.highlighting import Highlighter
from dailypapers.ranking.trending import trending
from dailypapers.sources.file import read_papers

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def paper(
    number: int, title: str, abstract: str = "", *, authors: Sequence[str] = (), category: str = "cs.LG"
) -> Paper:
    return Paper(PaperId("arxiv", f"2604.{number:05d}"), title, abstract, tuple(authors), (category,))


POOL = (
    paper(1, "Structured State-Space Models", "A state space model for long sequences.", authors=["Albert Gu"]),
    paper(2, "Graph Neural Networks at Scale", "Message passing on large graphs.", authors=["Ann Lee"]),
    paper(3, "Protein Folding With Language Models", "Folding proteins from one sequence.", category="q-bio.BM"),
    paper(
        4, "A Survey of Graph Learning", "Surveys of graph neural networks.", authors=["Bo Chen"], category="stat.ML"
    ),
    paper(5, "Cosmic Shear Surveys", "Dark matter and weak lensing.", category="astro-ph.CO"),
    paper(6, "Attention for Everything", "Efficient attention for long sequences.", authors=["Andrew Gu"]),
)
COUNTS = {"arxiv:2604.00005": Signals(upvotes=100, comments=5), "arxiv:2604.00003": Signals(upvotes=3)}


def built(pool: Sequence[Paper]) -> Features:
    """Features of papers whose internal ids are the ends of their names, read as hexadecimal: a file's own ids are."""
    return build(pool, ids=[int(str(paper.id)[-5:], 16) for paper in pool])


#: Building features takes longer than ranking a few papers.
FEATURES = built(POOL)


def want(text: str, kind: InterestKind = InterestKind.TOPIC, stance: Stance = Stance.WANT) -> Interest:
    return Interest(kind, text, stance)


def picks(
    *interests: Interest,
    pool: Sequence[Paper] = POOL,
    examples: Mapping[str, Paper] | None = None,
    already: frozenset[int] = frozenset(),
    limit: int = 10,
) -> tuple[Pick, ...]:
    reader = Reader(interests, already=already, limit=limit)
    matcher = Matcher(FEATURES if pool is POOL else built(pool))
    return rank(matcher, [reader], Known(COUNTS, examples or {}), now=NOW)[0]


def numbers(chosen: Sequence[Pick]) -> list[int]:
    return [int(pick.paper[-5:]) for pick in chosen]


def test_a_topic_finds_its_papers_however_they_are_written() -> None:
    for topic in ("state space models", "State-Space Model", "state-space modelS"):
        assert numbers(picks(want(topic)))[0] == 1


def test_the_reason_quotes_the_paper() -> None:
    reason = picks(want("state space models"))[0].reason
    assert reason.sentence() == "Matches your topic “state space models”: State-Space Models"


def test_an_author_is_followed_under_every_form_of_the_name() -> None:
    assert numbers(picks(want("A. Gu", InterestKind.AUTHOR))) == [1, 6]
    assert numbers(picks(want("Albert Gu", InterestKind.AUTHOR))) == [1]
    assert numbers(picks(want("Gu AB", InterestKind.AUTHOR))) == [1, 6]
    assert numbers(picks(want("Gu, Albert, PhD", InterestKind.AUTHOR))) == [1]


def test_an_archive_covers_its_categories() -> None:
    assert sorted(numbers(picks(want("cs", InterestKind.CATEGORY)))) == [1, 2, 6]
    assert numbers(picks(want("stat.ML", InterestKind.CATEGORY))) == [4]
    assert picks(want("math.AG", InterestKind.CATEGORY)) == ()


def test_a_phrase_must_stand_as_it_is() -> None:
    assert numbers(picks(want("graph neural network", InterestKind.PHRASE))) == [2, 4]
    assert picks(want("neural graph", InterestKind.PHRASE)) == ()


def test_what_is_avoided_sinks_and_what_is_excluded_is_gone() -> None:
    graphs = want("graph neural networks")
    assert numbers(picks(graphs)) == [2, 4]
    avoided = want("message passing", InterestKind.PHRASE, Stance.AVOID)
    assert numbers(picks(graphs, avoided)) == [4, 2]
    before, after = picks(graphs)[0], picks(graphs, avoided)[1]
    assert after.score == pytest.approx(before.score - 1.5)
    assert "message passing" not in after.reason.sentence().casefold()
    assert numbers(picks(graphs, want("Ann Lee", InterestKind.AUTHOR, Stance.EXCLUDE))) == [4]
    assert numbers(picks(graphs, want("stat", InterestKind.CATEGORY, Stance.EXCLUDE))) == [2]


def test_an_example_paper_leads_to_others_like_it_and_not_to_itself() -> None:
    example = {"arxiv:2604.00002": POOL[1]}
    chosen = picks(want("arxiv:2604.00002", InterestKind.PAPER), examples=example)
    assert numbers(chosen)[0] == 4
    assert 2 not in numbers(chosen)
    assert chosen[0].reason.terms[0].interest == POOL[1].title


def test_who_names_nothing_usable_gets_what_is_trending() -> None:
    for interests in ((), (want("the of and"),), (want("arxiv:1111.11111", InterestKind.PAPER),)):
        chosen = picks(*interests)
        assert numbers(chosen)[0] == 5
        assert len(chosen) == len(POOL)
        assert chosen[0].reason.sentence() == "Trending: 100 upvotes, 5 comments"


def test_what_can_do_nothing_is_told() -> None:
    unknown = want("arxiv:1111.11111", InterestKind.PAPER)
    sentences = warnings([want("the of"), unknown, want("graphs")], examples={})
    assert len(sentences) == 2
    assert "arxiv:1111.11111" in " ".join(sentences)


def test_a_pick_carries_the_papers_internal_id() -> None:
    assert [pick.paper_id for pick in picks(want("graph neural networks"), pool=POOL[::-1])] == [2, 4]


def test_what_somebody_has_already_is_no_news() -> None:
    assert numbers(picks(want("graph neural networks"), already=frozenset({2}))) == [4]


def test_two_topics_share_the_list() -> None:
    loud = [paper(100 + n, f"Graph Neural Networks of Kind {n}{n}", "Graph neural networks.") for n in range(20)]
    chosen = picks(want("graph neural networks"), want("protein folding"), pool=[*POOL, *loud], limit=4)
    assert 3 in numbers(chosen)


def test_two_papers_that_say_the_same_are_one() -> None:
    twin = replace(POOL[1], id=PaperId("arxiv", "2604.00007"))
    assert numbers(picks(want("graph neural networks"), pool=[*POOL, twin])) == [2, 4]


ODD = ("图神经网络", "🦊", "word " * 5000, "", "   ", "a", "\x00", "C++", "∇·u = 0", "-", "'")


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("kind", [kind for kind in InterestKind if kind is not InterestKind.PAPER])
def test_odd_interests_are_no_trouble(text: str, kind: InterestKind) -> None:
    for stance in Stance:
        picks(want(text, kind, stance), want("graphs"))
    assert picks(want(text, kind), pool=()) == ()


def test_a_topic_in_chinese_finds_chinese() -> None:
    chinese = paper(8, "图 神经 网络 研究", "我们 研究 图")
    assert numbers(picks(want("图 神经 网络"), pool=[*POOL, chinese]))[0] == 8


def test_papers_without_words_are_no_trouble() -> None:
    empty = [Paper(PaperId("arxiv", f"2604.1000{n}"), "…") for n in range(3)]
    assert picks(want("graphs"), pool=empty) == ()
    assert len(picks(pool=empty)) >= 1


SUBJECTS = st.sampled_from(["graph neural networks", "long sequences", "protein folding", "dark matter", "surveys"])
INTERESTS = st.lists(
    st.builds(
        Interest,
        kind=st.sampled_from([InterestKind.TOPIC, InterestKind.PHRASE]),
        text=SUBJECTS,
        stance=st.sampled_from(list(Stance)),
    )
    | st.builds(Interest, kind=st.just(InterestKind.AUTHOR), text=st.sampled_from(["A. Gu", "Bo Chen", "Nobody"]))
    | st.builds(Interest, kind=st.just(InterestKind.CATEGORY), text=st.sampled_from(["cs", "stat.ML", "cs.LG"])),
    max_size=5,
).map(tuple)


@given(INTERESTS)
@settings(max_examples=40)
def test_the_reason_adds_up_to_the_score_selection_saw(interests: tuple[Interest, ...]) -> None:
    stated = profile(interests, examples={})
    scorer = Scorer(FEATURES, matches_of(Matcher(FEATURES), [stated], Known()))
    trend = trending(FEATURES.papers, COUNTS, now=NOW)
    row = scores_of(Explainer(scorer, trend, COUNTS, {}, Highlighter(FEATURES)), [stated])[0]
    for pick in picks(*interests):
        assert pick.score == pytest.approx(sum(term.weight for term in pick.reason.terms))
        assert pick.score == pytest.approx(row[FEATURES.keys.index(pick.paper)])


@given(INTERESTS, st.permutations(POOL))
@settings(max_examples=10)
def test_the_papers_order_changes_nothing(interests: tuple[Interest, ...], shuffled: Sequence[Paper]) -> None:
    assert picks(*interests, pool=shuffled) == picks(*interests)


@given(INTERESTS)
@settings(max_examples=40)
def test_what_is_excluded_never_appears(interests: tuple[Interest, ...]) -> None:
    chosen = picks(*interests, want("cs.LG", InterestKind.CATEGORY, Stance.EXCLUDE))
    assert not {1, 2, 6} & set(numbers(chosen))


def test_state_space_models_on_the_seed(recordings: Path) -> None:
    file = next((recordings / "seed").glob("*.txt"))
    fetched = read_papers(file, now=NOW)
    pool = [item.paper for item in fetched.announcements]
    assert len(pool) == 235
    titles = {str(p.id): p.title for p in pool}
    top = [titles[pick.paper] for pick in picks(want("state space models"), pool=pool, limit=8)]
    telling = ("State Space", "State-Space", "Mamba", "S4", "Structured State Spaces")
    assert all(any(word in title for word in telling) for title in top), top


def test_an_amount_does_not_hold_back_what_is_trending() -> None:
    """Who follows a single name gets what is trending, whatever score that name's papers reached lately."""
    recent = Recent(Matcher(built([paper(7, "A Letter", authors=["Lee"])])), days=1)
    named = want("Lee", InterestKind.AUTHOR)
    readers = [Reader((named,), about=about) for about in (None, 1)]
    freely, about_one = rank(Matcher(FEATURES), readers, Known(COUNTS, recent=recent), now=NOW)
    assert numbers(freely)[0] == 5
    assert about_one == freely
