"""A file's papers are ranked for somebody who is not a subscriber."""

import json
from pathlib import Path

import pytest
from tests.ranking.test_rank import NOW, POOL

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.errors import BadInput
from dailypapers.library.rank_file import rank


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [{"id": str(p.id), "title": p.title, "abstract": p.abstract, "categories": list(p.categories)} for p in POOL]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join([*map(json.dumps, rows), "{"]))
    return path


def topic(text: str) -> Interest:
    return Interest(InterestKind.TOPIC, text)


def test_picks_come_with_their_papers_and_what_could_not_be_used_is_said(file: Path) -> None:
    ranked = rank(file, [topic("graph neural networks"), topic("the of")], limit=1, now=NOW)
    ((paper, pick),) = ranked.picks
    assert (str(paper.id), paper.title) == (pick.paper, "Graph Neural Networks at Scale")
    assert (ranked.papers, len(ranked.skipped), len(ranked.warnings)) == (6, 1, 1)


def test_an_example_paper_is_one_of_the_file(file: Path) -> None:
    inside = rank(file, [Interest(InterestKind.PAPER, str(POOL[1].id))], limit=3, now=NOW)
    assert inside.picks[0][0].title == "A Survey of Graph Learning"
    assert inside.warnings == ()
    outside = rank(file, [Interest(InterestKind.PAPER, "arxiv:1111.11111")], limit=3, now=NOW)
    assert "1111.11111" in outside.warnings[0]


def test_rare_words_are_learned_from_the_archive_where_there_is_one(file: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.jsonl"
    archive.write_text("\n".join(json.dumps({"id": f"x{n}", "title": f"Graph number {n}"}) for n in range(50)))
    interests = [topic("graph sequences")]
    own, learned = (rank(file, interests, limit=6, now=NOW, archive=path) for path in (None, archive))
    graphs = "Graph Neural Networks at Scale"
    assert graphs in {paper.title for paper, _ in own.picks}
    assert graphs not in {paper.title for paper, _ in learned.picks}
    assert "Sequences" not in learned.picks[0][0].title
    assert "sequences" in learned.picks[0][0].abstract, "a word that is everywhere in the archive counts less"


def test_no_file_and_no_model_are_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        rank(tmp_path / "nothing.jsonl", [], limit=3, now=NOW)
    with pytest.raises(BadInput, match="no model"):
        rank(file, [], limit=3, now=NOW, model="nowhere")
