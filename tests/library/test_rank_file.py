"""A file's papers are ranked for somebody who is not a subscriber."""

import json
from pathlib import Path

import pytest
from tests.ranking.test_rank import NOW, POOL

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.errors import BadInput
from dailypapers.library.rank_file import Wanted, rank


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [{"id": str(p.id), "title": p.title, "abstract": p.abstract, "categories": list(p.categories)} for p in POOL]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join([*map(json.dumps, rows), "{"]))
    return path


def topic(text: str) -> Interest:
    return Interest(InterestKind.TOPIC, text)


def test_picks_come_with_their_papers_and_what_could_not_be_used_is_said(file: Path) -> None:
    ranked = rank(file, Wanted([topic("graph neural networks"), topic("the of")], 1, 0.0), now=NOW)
    ((paper, pick),) = ranked.picks
    assert (str(paper.id), paper.title) == (pick.paper, "Graph Neural Networks at Scale")
    assert (ranked.papers, len(ranked.skipped), len(ranked.warnings)) == (6, 1, 1)


def test_an_example_paper_is_one_of_the_file(file: Path) -> None:
    inside = rank(file, Wanted([Interest(InterestKind.PAPER, str(POOL[1].id))], 3, 0.0), now=NOW)
    assert inside.picks[0][0].title == "A Survey of Graph Learning"
    assert inside.warnings == ()
    outside = rank(file, Wanted([Interest(InterestKind.PAPER, "arxiv:1111.11111")], 3, 0.0), now=NOW)
    assert "1111.11111" in outside.warnings[0]


def test_rare_words_are_learned_from_the_archive_where_there_is_one(file: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.jsonl"
    archive.write_text("\n".join(json.dumps({"id": f"x{n}", "title": f"Graph number {n}"}) for n in range(300)))
    interests = [topic("graph sequences")]
    own, learned = (rank(file, Wanted(interests, 6, 0.0), now=NOW, archive=path) for path in (None, archive))
    by_title = [{paper.title: pick.score for paper, pick in ranked.picks} for ranked in (own, learned)]
    assert by_title[0]["Graph Neural Networks at Scale"] > by_title[1]["Graph Neural Networks at Scale"]
    assert "Sequences" not in learned.picks[0][0].title
    assert "sequences" in learned.picks[0][0].abstract, "a word that is everywhere in the archive counts less"


def test_only_what_is_relevant_enough_is_shown(file: Path) -> None:
    by_relevance = {
        least: [paper.title for paper, _ in rank(file, Wanted([topic("protein clocks")], 6, least), now=NOW).picks]
        for least in (0.0, 0.5)
    }
    assert by_relevance == {0.0: ["Protein Folding With Language Models"], 0.5: []}


@pytest.mark.parametrize(
    "written", ["Lukasiewicz logic", "Łukasiewicz logics", "Łukasiewicz-logic", "ŁUKASIEWICZ LOGIC"]
)
def test_all_words_of_a_topic_are_met_however_its_letters_are_written(written: str, tmp_path: Path) -> None:
    titles = (
        "Proof theory for Łukasiewicz logic",
        "Proof theory for Łukasiewicz semantics",
        "Logic, logic and more logic",
    )
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(json.dumps({"id": f"2604.0000{n}", "title": title}) for n, title in enumerate(titles)))
    picks = rank(path, Wanted([topic(written)], 6, 0.5), now=NOW).picks
    assert [paper.title for paper, _ in picks] == [titles[0]], "what lacks one of two words is not about the topic"


def test_what_comes_nearest_holds_the_rarer_word(tmp_path: Path) -> None:
    titles = ("Proof theory for Łukasiewicz semantics", "Logic, logic and more logic", "Bands on the Möbius strip")
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(json.dumps({"id": f"2604.0000{n}", "title": title}) for n, title in enumerate(titles)))
    picks = rank(path, Wanted([topic("Lukasiewicz logic")], 6, 0.0), now=NOW).picks
    assert [paper.title for paper, _ in picks] == [*titles[:2]]


def test_a_misspelt_topic_is_among_the_warnings(file: Path) -> None:
    ranked = rank(file, Wanted([topic("sequnces")], 6, 0.5), now=NOW)
    assert any("Did you mean “sequences”?" in warning for warning in ranked.warnings)


def test_no_file_and_no_model_are_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        rank(tmp_path / "nothing.jsonl", Wanted([], 3, 0.0), now=NOW)
    with pytest.raises(BadInput, match="no model"):
        rank(file, Wanted([], 3, 0.0), now=NOW, model="nowhere")
