"""Papers as CSL-JSON."""

import datetime as dt
import json

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.rendering.csl import csl_json

PAPER = Paper(
    PaperId("arxiv", "2604.00001"),
    "Deeper “Graphs” & <Friends>",
    "An abstract.",
    ("Jan van Dam, Jr.", "ATLAS Collaboration"),
    url="https://arxiv.org/abs/2604.00001",
    published=dt.date(2026, 4, 17),
)


def test_a_paper_is_an_item_with_what_is_known_of_it() -> None:
    article, bare = json.loads(csl_json([PAPER, Paper(PaperId("doi", "10.1/x"), "Bare")]))
    assert article == {
        "id": "arxiv:2604.00001",
        "type": "article",
        "title": PAPER.title,
        "author": [{"family": "van Dam", "given": "Jan", "suffix": "Jr."}, {"literal": "ATLAS Collaboration"}],
        "issued": {"date-parts": [[2026, 4, 17]]},
        "DOI": "10.48550/arXiv.2604.00001",
        "number": "arXiv:2604.00001",
        "publisher": "arXiv",
        "URL": PAPER.url,
        "abstract": "An abstract.",
    }
    assert (bare["type"], bare["DOI"], bare["URL"]) == ("article-journal", "10.1/x", "https://doi.org/10.1/x")


def test_no_papers_are_an_empty_list() -> None:
    assert json.loads(csl_json([])) == []
