import datetime as dt

import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from tests.rendering.samples import ALPHAFOLD, MAMBA, PLAIN

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.rendering.citations import bibtex, ris

NASTY = Paper(
    PaperId("arxiv", "2401.00001"),
    "50% of $x_1$ & {all} \\input{secrets} ~^#",
    "One}\n}\n@misc{evil,\r\nER  - \r\nTY  - JOUR\u2028",
    ("Smith and Sons", "Jan van der Berg", "Bo Roy, Jr.", "李明", "OpenAI"),
    ("cs.LG",),
    published=dt.date(2024, 3, 1),
)
TEXT = st.text(max_size=40) | st.lists(st.sampled_from(["}", "{", "\n", "\r", "\\", '"', "ER  - ", "@a{b,"])).map(
    "".join
)


def entries(text: str) -> list[dict[str, str]]:
    library = parse_string(text)
    assert not library.failed_blocks
    return [
        {"key": entry.key, "type": entry.entry_type, **{field.key: field.value for field in entry.fields}}
        for entry in library.entries
    ]


def test_bibtex_holds_what_a_reference_manager_wants() -> None:
    mamba, alphafold, plain = entries(bibtex([MAMBA.paper, ALPHAFOLD.paper, PLAIN.paper]))
    assert mamba["type"] == "misc"
    assert mamba["eprint"] == "2312.00752"
    assert (mamba["archiveprefix"], mamba["primaryclass"]) == ("arXiv", "cs.LG")
    assert mamba["author"] == "Gu, Albert and Dao, Tri"
    assert alphafold["type"] == "article"
    assert alphafold["doi"] == "10.1038/s41586-021-03819-2"
    assert (mamba["key"], alphafold["key"]) == ("gumamba", "jumperhighly")
    assert plain["title"] == "{On Computable Numbers, with an Application to the Entscheidungsproblem}"


def test_bibtex_escapes_what_latex_takes_for_its_own() -> None:
    (entry,) = entries(bibtex([NASTY]))
    assert entry["title"] == (
        r"{50\% of \$x\_1\$ \& \textbraceleft{}all\textbraceright{} \textbackslash{}input\textbraceleft{}secrets"
        r"\textbraceright{} \textasciitilde{}\textasciicircum{}\#}"
    )
    assert entry["author"] == "{Smith and Sons} and van der Berg, Jan and Roy, Jr., Bo and 李明 and OpenAI"
    assert (entry["year"], entry["month"]) == ("2024", "mar")


def test_keys_are_the_same_in_every_file_and_unique_in_each() -> None:
    other = Paper(PaperId("arxiv", "2401.00002"), NASTY.title, authors=NASTY.authors, published=NASTY.published)
    first, second, third = entries(bibtex([NASTY, other, MAMBA.paper]))
    assert len({first["key"], second["key"], third["key"]}) == 3
    assert entries(bibtex([MAMBA.paper, other]))[0]["key"] == third["key"]


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=4))
def test_foreign_text_cannot_break_out_of_bibtex(words: list[tuple[str, str, str, str]]) -> None:
    papers = [
        Paper(PaperId("doi", f"10.1000/{value}"), title, abstract, (author,), (value,), url=value)
        for title, abstract, author, value in words
    ]
    found = entries(bibtex(papers))
    assert len(found) == len(papers)
    assert len({entry["key"] for entry in found}) == len(papers)
    wanted = {"key", "type", "title", "author", "abstract", "doi", "url"}
    assert all(set(entry) <= wanted for entry in found)


def test_ris_is_read_by_others() -> None:
    text = ris([MAMBA.paper, NASTY])
    assert text.count("\r\n") == text.count("\n")
    mamba, nasty = rispy.loads(text)
    assert mamba["type_of_reference"] == "UNPB"
    assert mamba["authors"] == ["Gu, Albert", "Dao, Tri"]
    assert mamba["doi"] == "10.48550/arXiv.2312.00752"
    assert mamba["urls"] == ["https://arxiv.org/abs/2312.00752"]
    assert nasty["authors"] == ["Sons, Smith and", "van der Berg, Jan", "Roy, Bo, Jr.", "李明", "OpenAI"]
    assert (nasty["year"], nasty["date"]) == ("2024", "2024/03/01")
    assert nasty["abstract"].endswith("ER - TY - JOUR")


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=4))
def test_foreign_text_cannot_break_out_of_ris(words: list[tuple[str, str, str]]) -> None:
    papers = [Paper(PaperId("doi", f"10.1/{author}"), title, abstract, (author,)) for title, abstract, author in words]
    lines = ris(papers).split("\r\n")[:-1]
    assert sum(line.startswith("TY  - ") for line in lines) == len(papers)
    assert sum(line == "ER  - " for line in lines) == len(papers)
    assert all(line[2:6] == "  - " for line in lines)
    assert all(len(line.splitlines()) == 1 for line in lines)


def test_a_group_is_not_taken_apart_into_given_and_family_name() -> None:
    paper = Paper(PaperId("arxiv", "2604.00001"), "A title", authors=("The ATLAS Collaboration", "Hinton GE"))
    assert "author = {{The ATLAS Collaboration} and Hinton, GE}" in bibtex([paper])
