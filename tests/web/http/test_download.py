"""Papers as files for a reference manager."""

import pytest
from starlette.exceptions import HTTPException

from dailypapers.domain.digest import Entry
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.web.http.download import as_file, attachment, require_kind

PAPER = Paper(PaperId("arxiv", "2604.00001"), "Deeper Graphs", "", ("Ann Lee",), ("cs.LG",))


@pytest.mark.parametrize(
    ("kind", "type_", "begins"),
    [("bib", "application/x-bibtex", b"@"), ("ris", "application/x-research-info-systems", b"TY")],
)
def test_each_kind_has_its_name_and_type(kind: str, type_: str, begins: bytes) -> None:
    answer = as_file(environment(shipped("templates")), [Entry(PAPER, "")], "papers", kind)
    assert answer.headers["content-type"] == f"{type_}; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="papers.{kind}"'
    assert bytes(answer.body).lstrip().startswith(begins)
    assert b"Deeper Graphs" in answer.body


def test_another_kind_is_not_found() -> None:
    with pytest.raises(HTTPException) as refused:
        require_kind("docx")
    assert refused.value.status_code == 404


def test_what_cannot_be_encoded_is_replaced() -> None:
    assert attachment("a\ud800b", "a.txt", "text/plain").body == b"a?b"
