import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.reference import References
from dailypapers.references.read import MAX_PAPERS, MAX_SIZE, MAX_SKIPPED, read, split
from dailypapers.rendering.citations import bibtex


def ids(given: str | bytes) -> list[str]:
    return [str(name) for paper in read(given).papers for name in paper.ids]


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("2408.01234", "arxiv:2408.01234"),
        ("0704.0001v2", "arxiv:0704.0001"),
        ("arXiv:2408.01234v3", "arxiv:2408.01234"),
        ("math.GT/0309136", "arxiv:math/0309136"),
        ("q-alg/9701001", "arxiv:q-alg/9701001"),
        ("https://arxiv.org/abs/2408.01234", "arxiv:2408.01234"),
        ("https://arxiv.org/pdf/2408.01234v1.pdf", "arxiv:2408.01234"),
        ("http://export.arxiv.org/html/hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("https://www.alphaxiv.org/overview/2408.01234", "arxiv:2408.01234"),
        ("https://huggingface.co/papers/2408.01234", "arxiv:2408.01234"),
        ("10.48550/arXiv.2408.01234", "arxiv:2408.01234"),
        ("doi:10.1038/S41586-021-03819-2.", "doi:10.1038/s41586-021-03819-2"),
        ("https://doi.org/10.1038%2Fs41586-021-03819-2", "doi:10.1038/s41586-021-03819-2"),
        ("https://doi.org/10.1016/0370-2693(91)90123-X)", "doi:10.1016/0370-2693(91)90123-x"),
        ("https://publisher.example/doi/10.1145/3292500.3330701/abstract?x=1", "doi:10.1145/3292500.3330701"),
        ("https://www.biorxiv.org/content/10.1101/2024.01.02.573812v2.full.pdf", "doi:10.1101/2024.01.02.573812"),
        ("https://www.medrxiv.org/content/10.64898/2026.01.02.573812v1", "doi:10.64898/2026.01.02.573812"),
        (
            "https://www.biorxiv.org/content/biorxiv/early/2024/01/02/2024.01.02.573812.full.pdf",
            "doi:10.1101/2024.01.02.573812",
        ),
    ],
)
def test_a_paper_may_be_named_in_many_ways(pasted: str, meant: str) -> None:
    assert ids(pasted) == [meant]
    assert ids(f"See [this one]({pasted}), please!") == [meant]


def test_ids_stand_in_prose_and_each_paper_comes_once() -> None:
    text = "I like 2408.01234 and (10.1000/abc);\nsee also https://arxiv.org/abs/2408.01234v2 or hep-th/9901001."
    assert ids(text) == ["arxiv:2408.01234", "doi:10.1000/abc", "arxiv:hep-th/9901001"]


def test_what_names_no_paper_is_said_with_its_line() -> None:
    found = read(
        "2408.01234\n\nDear all\n---\nhttps://example.org/2408.01235\nIt costs 1234.5678 dollars, ann@example.org"
    )
    assert [str(paper.ids[0]) for paper in found.papers] == ["arxiv:2408.01234"]
    assert [item.where for item in found.skipped] == ["line 3", "line 5", "line 6"]
    assert "“Dear all” isn’t a paper" in found.skipped[0].why


BIB = r"""
Exported on Monday.
@string{corr = "CoRR"}
@comment{ignore 2401.99999}
@misc{gu, title = {{Mamba}: Linear-Time {S}equence Modeling}, author = {Gu, Albert and Dao, Tri},
  year = 2023, eprint = {2312.00752v2}, archiveprefix = {arXiv}, primaryclass = "cs.LG"}
@article{vaswani, title="Attention is All You Need", author="Vaswani, Ashish and others", journal=corr,
  volume={abs/1706.03762}}
@article{broken, title = {no end, year = 2020
@article{jumper, doi = {10.1038/s41586-021-03819-2}, url = {https://example.org}, title = {Highly accurate}}
@inproceedings(paren, title={{\"U}ber die {E}igenwerte des {Schr\"odinger}-Operators}, author={Jan van Dam}, date=1999)
@misc{gu, eprint = {2401.00001}, eprint = {2401.00002}}
@misc{nothing, year = 2020}
"""


def test_bibtex_leads_to_ids_or_to_title_and_author() -> None:
    found = read(BIB)
    named = [str(name) for paper in found.papers for name in paper.ids]
    assert named == ["arxiv:2312.00752", "arxiv:1706.03762", "doi:10.1038/s41586-021-03819-2", "arxiv:2401.00001"]
    by_words = next(paper for paper in found.papers if not paper.ids)
    assert (by_words.title, by_words.year) == ("Über die Eigenwerte des Schrödinger-Operators", 1999)
    kept = Paper(PaperId("url", "x"), "Über die Eigenwerte des Schrodinger Operators", authors=("J. van Dam",))
    assert set(kept.names()) & set(by_words.names())


DIALECTS = r"""% Encoding: UTF-8
@article{DBLP:journals/corr/VaswaniSPUJGKP17,
  author = {Ashish Vaswani and
            Noam Shazeer},
  volume = {abs/1706.03762}, url = {http://arxiv.org/abs/1706.03762}, eprinttype = {arXiv}, eprint = {1706.03762},
}
@ARTICLE{2024ApJ...960....1A,
     author = {{Abbott}, A. and {de la Cruz}, B.~C.},
      title = "{A title with {\ensuremath{\alpha}} \& more}",
      month = jan, journal = {\apj},
        doi = {10.3847/1538-4357/ad0001},
archivePrefix = {arXiv},
     eprint = {2401.00009},
     adsurl = {https://ui.adsabs.harvard.edu/abs/2024ApJ...960....1A},
}
@article{Maldacena:1997re, title = "{The Large $N$ limit}", eprint = "hep-th/9711200", archivePrefix = "arXiv"}
@article {Lee2024.01.02.573812,
	doi = {10.1101/2024.01.02.573812},
	eprint = {https://www.biorxiv.org/content/early/2024/01/02/2024.01.02.573812.full.pdf},
}
@article{kingma2014adam, journal={arXiv preprint arXiv:1412.6980}, year={2014} }
@misc{zotero, abstract = {See 2401.00123 and 10.1000/zzz.}, note = {arXiv:2312.00752 [cs]},
  file = {Full Text PDF:files/1/Gu and Dao - 2023.pdf:application/pdf}}
@online{biblatex, date={2024-05}, eprint={2405.01234}, eprinttype={arxiv}, eprintclass={cs.LG}}
@article{pubmed, eprint={12345678}, eprinttype={pubmed}, doi={10.1000/182}}
@comment{jabref-meta: databaseType:bibtex;}
"""


def test_bibtex_of_many_programs_is_read() -> None:
    """dblp, ADS, INSPIRE, bioRxiv, Google Scholar, Zotero, BibLaTeX and PubMed each have ways of their own."""
    found = read(DIALECTS)
    assert [str(paper.ids[0]) for paper in found.papers] == [
        "arxiv:1706.03762",
        "arxiv:2401.00009",
        "arxiv:hep-th/9711200",
        "doi:10.1101/2024.01.02.573812",
        "arxiv:1412.6980",
        "arxiv:2312.00752",
        "arxiv:2405.01234",
        "doi:10.1000/182",
    ]
    assert found.papers[1].title == "A title with α & more"
    assert found.papers[1].authors == ("Abbott, A.", "de la Cruz, B. C.")
    assert found.skipped == ()


def test_a_broken_entry_is_lost_alone_and_said_with_its_line() -> None:
    found = read(BIB)
    assert [item.where for item in found.skipped] == ["line 2", "line 9", "line 13"]
    assert "incomplete" in found.skipped[1].why
    assert "“nothing” has no arXiv ID" in found.skipped[2].why


def test_of_a_broken_entry_the_id_is_read_all_the_same() -> None:
    assert ids("@article{a, title = {no end,\n doi = {10.1000/abc}\n@misc{b, eprint={2401.00001}}") == [
        "doi:10.1000/abc",
        "arxiv:2401.00001",
    ]


def test_a_name_is_looked_up_either_way_it_may_be_kept() -> None:
    (found,) = read("@misc{a, title={Deep Learning of Everything}, author={van der Berg, Jan}}").papers
    for author in ("Jan van der Berg", "van der Berg, J."):
        kept = Paper(PaperId("url", "x"), "Deep learning of everything", authors=(author,))
        assert set(kept.names()) & set(found.names())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_a_file_may_have_one_of_the_usual_encodings(encoding: str) -> None:
    text = "@misc{a, title={Über Größen und Maße}, author={Müller, Jörg}}\r\n"
    (found,) = read(text.encode(encoding)).papers
    assert (found.title, found.authors) == ("Über Größen und Maße", ("Müller, Jörg",))


@pytest.mark.parametrize("binary", [b"%PDF-1.7 2401.00001", b"PK\x03\x04\x00\x002401.00001"])
def test_what_is_no_text_says_so(binary: bytes) -> None:
    found = read(binary)
    assert found.papers == ()
    assert "not a text file" in found.skipped[0].why


def test_so_many_papers_are_taken_and_the_others_counted() -> None:
    lines = [f"{2401 + n // 90000}.{n % 90000:05d}" for n in range(MAX_PAPERS + 7)]
    found = read("\n".join(lines))
    assert (len(found.papers), found.left) == (MAX_PAPERS, 7)
    entries = [f"@misc{{k{n}, eprint={{2401.{n:05d}}}}}" for n in range(MAX_PAPERS + 7)]
    found = read("\n".join(entries))
    assert (len(found.papers), found.left) == (MAX_PAPERS, 7)


def test_only_the_first_megabyte_is_read_and_that_is_said() -> None:
    found = read(("2401.00001 " + "x" * 88 + "\n") * 11_000 + "2401.00002")
    assert [str(paper.ids[0]) for paper in found.papers] == ["arxiv:2401.00001"]
    assert "not read" in found.skipped[-1].why
    assert found.skipped[-1].where == "line 10001"


def test_few_sentences_are_said_about_much_rubbish() -> None:
    found = read("rubbish\n" * 1000)
    assert len(found.skipped) == MAX_SKIPPED + 1
    assert found.skipped[-1].why.startswith(f"{1000 - MAX_SKIPPED} more")


HOSTILE = [
    "{",
    "}",
    "@",
    "@a{",
    "@a{\n",
    "@article(",
    '"',
    "#",
    "=",
    ",",
    "\\",
    "\n",
    "\r",
    "$",
    "`",
    "(",
    ")",
    "10.1234/",
]
HOSTILE += [
    "https://",
    "https://[",
    "arxiv:",
    "2401.00001",
    "@string{a = a # a}\n",
    "@comment{",
    "é",
    "\ud800",
    "\x85",
    " ",
]
HOSTILE += [
    "%0 a\n%T b\n",
    "](http",
    ",, ",
    "@misc{a, title={",
    "author={A and ",
    "}}\n",
    "doi={10.1000/x",
    "eprint={",
    "http://arxiv.org/abs/",
]


@pytest.mark.parametrize(
    ("pasted", "topics", "meant"),
    [
        ("RNA, graphs", "RNA, graphs", []),
        ("RNA, @misc{a, doi={10.1000/two}} @misc{b, doi={10.1000/three}}", "RNA, ", ["10.1000/two", "10.1000/three"]),
        ("RNA, TY  - JOUR TI  - On two DO  - 10.1000/two ER  -", "RNA, ", ["10.1000/two"]),
        ("TY  - JOURTI  - On twoDO  - 10.1000/twoER  - TY  - JOURDO  - 10.1000/threeER  -", "",
         ["10.1000/two", "10.1000/three"]),
        ("write to me@example.org about RNA - DNA", "write to me@example.org about RNA - DNA", []),
    ],
)  # fmt: skip
def test_entries_behind_topics_are_split_off_and_ris_has_its_lines_back(
    pasted: str, topics: str, meant: list[str]
) -> None:
    before, entries = split(pasted)
    assert before == topics
    assert [paper.value for reference in read(entries).papers for paper in reference.ids] == meant


@given(st.text())
def test_splitting_loses_nothing(text: str) -> None:
    before, entries = split(text)
    assert (before + entries).replace("\n", "").replace(" ", "") == text.replace("\n", "").replace(" ", "")


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=60).map("".join))
def test_reading_never_raises(text: str) -> None:
    assert isinstance(read(text), References)


@given(st.binary(max_size=300))
def test_reading_a_file_never_raises(data: bytes) -> None:
    assert isinstance(read(data), References)


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("before", ["", "@misc{a, title={"])
def test_much_of_anything_is_read(piece: str, before: str) -> None:
    assert isinstance(read(before + piece * (MAX_SIZE // 20 // len(piece))), References)


LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(
    title=LINES,
    authors=st.lists(LINES, max_size=3),
    abstract=LINES,
    number=st.integers(0, 99_999),
    doi=st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='<>"{}|\\^`%#'), min_size=1, max_size=20
    ),
)
def test_what_we_export_we_read_again(title: str, authors: list[str], abstract: str, number: int, doi: str) -> None:
    papers = [
        Paper(PaperId("arxiv", f"2401.{number:05d}"), title, abstract, tuple(authors), published=dt.date(2024, 1, 2)),
        Paper(PaperId("doi", f"10.1000/{doi.lower()}0"), title, abstract, tuple(authors)),
    ]
    found = read(bibtex(papers))
    assert [str(paper.ids[0]) for paper in found.papers] == [str(paper.id) for paper in papers]
    assert found.skipped == ()
