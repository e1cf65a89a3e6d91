import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.sources.parsing.cleaning import clean_blocks
from dailypapers.sources.parsing.imprint import Described, described, is_imprint, without_imprint


def read(text: str, *authors: str) -> Described:
    return described(clean_blocks(text), title="A Title of It", authors=authors)


@pytest.mark.parametrize(
    "text",
    [
        "Journal of Gels, EarlyView. ",
        "<b>Advanced Things</b>, Accepted Article.",
        "Science, Volume 392, Issue 6780, Page 1-2, April 2026. <br/>",
        "Volume 12, Issue 3, March 2026, Page 1-9<br/>. ",
        "Journal of Physics: Condensed Things, Volume 38, Number 3",
        "<div><cite>Journal of Catalysts</cite></div><div>DOI: 10.1021/abcd.6c00001</div>",
        "Nature, Published online: 18 July 2026; doi:10.1038/s41586-026-1",
        "The New Town journal of medicine. 2026 Mar 3;390(3):200-210. doi: 10.1056/x.",
        "[Phys. Rev. Things 130, 010001] Published Wed Jan 04, 2026",
        "BioRisk 12: 1-9<br/>DOI: 10.3897/biorisk.12.1",
        "European Things Journal, ehag123, https://doi.org/10.1093/things/ehag123",
        "PLOS THINGS 2026, 12(3): e012345",
        "Classical and Quantum Things, Vol 43, No 8, 085001",
        "Front. Biotechnol. Things, 20 April 2026",
        "Journal of Documents, Vol. 82, No. 3, pp.1-20",
        "IEEE Transactions on Things, vol. 12, no. 4, pp. 100-110, April 2026",
        "Sensing, Vol. 26, Pages 1234: A Title of It",
        "Journal of Fluid Things, Volume 1012, A12",
        "Journal of Health Things, vol. 2026, Article ID 1234567, 12 pages, 2026",
        "<p>Publication date: Available online 18 April 2026</p><p><b>Source:</b> Journal of Water</p>",
        "<div><i><b>Soft Things</b></i>, 2026, <b>22</b>,1234-1245<br/><b>DOI</b>: 10.1039/D6SM00001A, Paper</div>",
        "Advanced Things, Volume 36, Issue 3, Page n/a-n/a, January 2026.",
        "Ann. Things 54(2), 1001-1030, (April 2026)",
        "Trans. New Things Soc. 379 (2026), 1-30.<br/>Abstract, references and article information",
        "J. New Things 160, 010901 (2026)",
        "Vol. 12 No. 3 (2026): Special Issue",
        "Received 1 Jan 2026; accepted 3 Feb 2026",
        "Thing Reports 2026, 45, 112345",
        "Stars and Things, Volume 705, id.A12, 10 pp.",
        "New Things, Volume 545, Issue 2, March 2026, abcd1234",
        "Annals of Things, pages 1-50 from Volume 203 (2026), Issue 1",
        "New Things, Article ASAP",
        "arXiv:2604.00001",
        "Journal Name: Open Things<br/>Volume: 24<br/>Issue: 1<br/>Pages: 1-12",
        "Article A Title of It was published on April 1, 2026 in the journal Open Things (volume 24, issue 1).",
        "Article in Press",
        "A Title of It",
        "The content of this RSS Feed (c) The Society of Things",
        "",
    ],
)
def test_an_imprint_is_no_abstract(text: str) -> None:
    assert read(text).abstract == ""


@pytest.mark.parametrize(
    ("text", "abstract"),
    [
        ("Big Journal, Volume 3, Issue 2, Page 1-10, March 2026. <br/>We did it.", "We did it."),
        ("Big Journal of Things, Ahead of Print. We have done it.", "We have done it."),
        ("<p>Nature, Published online: 18 July 2026; <a href='x'>doi:10.1038/s1</a></p>It was found.", "It was found."),
        ("<p>Nature. 2026 Mar 3. doi: 10.1038/x.</p><p><b>ABSTRACT</b></p><p>We did.</p>", "We did."),
        ("<h2>ABSTRACT</h2> <p>We show a gel.</p>", "We show a gel."),
        ("<jats:title>Abstract</jats:title><jats:p>We saw.</jats:p>", "We saw."),
        ("Abstract: We saw.", "We saw."),
        ("AbstractWe saw.", "We saw."),
        ("arXiv:2604.00001v1 Announce Type: new \nAbstract: We saw.", "We saw."),
        ("Big Annals, Volume 123, Issue 1, January 2026. <br/>SignificanceHere we saw.", "Here we saw."),
        ("Big Journal, Volume 3, Page 1-10, April 2026. <br/>Abstract We saw.", "We saw."),
        ("Big Journal, 20 April 2026. We saw it.", "Big Journal, 20 April 2026. We saw it."),
        ("<p>Sensing, Vol. 26, Pages 1234: A Title of It</p><p>Sensing doi: 10.3390/s26</p><p>We saw.</p>", "We saw."),
        ("<p>by Ann Lee, Bob Roy</p> We did a lot.", "We did a lot."),
        ("Volume 12, Issue 3, March 2026, Page 1-9<br/>. We did a lot.", "We did a lot."),
        ("[...] We did a lot.", "We did a lot."),
        ("Journal of Things 12(3), 1-10, (1 April 2026) We did a lot.", "We did a lot."),
        ("<b>Preprint under review for X</b> (discussion: open, 2 comments)<br/>We did a lot.", "We did a lot."),
        ("We did a lot. Read more at https://journal.example/1.", "We did a lot."),
        ("<p>We did.</p><p>Citation: Lee A (2026) A Title of It. Things 21(4): e1. doi:10.1000/a</p>", "We did."),
        ("<p>We did.</p><p>The post <a>A Title of It</a> appeared first on <a>Things</a>.</p>", "We did."),
        ("<p>We did a lot. <a>Continue reading <span>A Title of It</span></a></p>", "We did a lot."),
        ("<p>We did.</p><p><small>2 posts - 1 participant</small></p><p><a>Read full topic</a></p>", "We did."),
        ("Title: A Title of It Authors: Lee, Ann; Roy, Bob Abstract: We did a lot.", "We did a lot."),
        ("Things 1190: 1-20 DOI: 10.3897/things.1 Authors: Ann Lee, Bob Roy Abstract: We did it.", "We did it."),
    ],
)  # fmt: skip
def test_an_abstract_is_found_beside_its_imprint(text: str, abstract: str) -> None:
    assert read(text, "Ann Lee", "Bob Roy").abstract == abstract


@pytest.mark.parametrize(
    "text",
    [
        "We show that in Volume 3, Issue 2 of the book, things go on.",
        "In 2026, we did it.",
        "AbstractNet is a network.",
        "Abstract Meaning Representation is a formalism.",
        "Abstract Interpretation of programs is a theory, and we extend it.",
        "Review of things.",
        "Two sentences. Published in 2026.",
        "Here we use Ann Lee, Bob Roy and others.",
        "Pages 1-5 of the codex, Volume 3, are read anew.",
        "Machine learning, physics, and chemistry",
        ".NET and others are compared.",
        "30 pages of notes are read anew.",
        "Citation: a measure of what? We ask.",
        "Received wisdom has it that 3 Feb is early.",
        "We ask what matters: Authors: people who write.",
        "It was said. Read more into it and you will find 3! we do.",
    ],
)
def test_what_says_more_is_an_abstract(text: str) -> None:
    assert read(text).abstract == text


@pytest.mark.parametrize(
    "text",
    [
        "<p>Publication date: March 2026</p><p><b>Source:</b> Journal of Things</p><p>Author(s): Ann Lee, Bob Roy</p>",
        "Publication date: March 2026 Source: Journal of Things, Volume 12 Author(s): Ann Lee, Bob Roy",
        "Author(s): Ann Lee and Bob Roy<br/>[Phys. Rev. Things 130, 010001] Published Wed Jan 04, 2026",
        "<i>Chem. Things</i>, 2026, <b>Advance Article</b><br/>DOI: 10.1039/D6, Paper<div>Ann Lee, Bob Roy</div>",
        "A Title of It<br>Ann Lee and Bob Roy<br>Atmos. Things, 24, 1-20, https://doi.org/10.5194/a-24-1-2026, 2026",
        "Ann Lee and Bob Roy. <br/>Trans. New Things Soc. 379 (2026), 1-30.",
        "Things 1190: 1-20 DOI: 10.3897/things.1 Authors: Ann Lee, Bob Roy",
    ],
)
def test_authors_are_read_where_only_the_description_has_them(text: str) -> None:
    described = read(text)
    assert (described.abstract, described.authors) == ("", ("Ann Lee", "Bob Roy"))


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        (
            "<p>Nature, Published online: 18 July 2026; doi:10.1038/s1</p>It was found, as in 10.1000/other.",
            "10.1038/s1",
        ),
        ("<i>Chem. Things</i>, 2026, <b>Advance Article</b><br/><b>DOI</b>: 10.1039/D6SC1A, Paper", "10.1039/D6SC1A"),
        (
            "A Title of It<br>Ann Lee and Bob Roy<br>Things, 24, 1-20, https://doi.org/10.5194/a-24-1, 2026",
            "10.5194/a-24-1",
        ),
        ("Big Journal, Volume 3, doi: 10.1000/a.b. Big Book, Volume 4, doi: 10.1000/c.", ""),
        ("We reply to the note of 2025 (doi: 10.1000/other).", ""),
    ],
)
def test_the_doi_that_an_imprint_states_is_read(text: str, doi: str) -> None:
    assert read(text).doi == doi


@given(st.text(alphabet="AaVolume 12,.;:()[]-10.1000/x"))
def test_any_line_is_read(line: str) -> None:
    assert without_imprint(line) in line
    assert isinstance(is_imprint(line), bool)


@pytest.mark.parametrize("beginning", [("Authors:", "Ann Lee", "Bob Roy"), ("Author(s): Ann Lee", "Bob Roy")])
def test_authors_below_their_label_are_no_abstract(beginning: tuple[str, ...]) -> None:
    text = "We study what nobody has studied before."
    assert described([*beginning, text], title="T") == Described(text, ("Ann Lee", "Bob Roy"))
    assert described(["Ann Lee", "Bob Roy", text], title="T", authors=("Ann Lee", "Bob Roy")).abstract == text
