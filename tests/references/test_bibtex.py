"""BibTeX as people have it."""

import pytest

from dailypapers.domain.reference import Reference
from dailypapers.domain.source import Skipped
from dailypapers.references.bibtex import blocks, bounded, plain, value_of

ENTRY = "@article{%s,\n title = {{A Paper} with {\\'E}clat},\n author = {van Dam, Jan and others},\n year = 2026\n}\n"


def test_an_entry_without_an_id_is_read_by_title_author_and_year() -> None:
    (reference,) = blocks(ENTRY % "a", 1)
    assert isinstance(reference, Reference)
    assert (reference.title, reference.authors, reference.year) == ("A Paper with Éclat", ("van Dam, Jan",), 2026)
    assert (reference.ids, reference.line) == ((), 1)


def test_ids_of_fields_made_for_them_come_before_others() -> None:
    text = "@misc{a, eprint = {2408.01234}, archiveprefix = {arXiv}, doi = {10.1000/x}, url = {https://arxiv.org/abs/1501.00001}}"
    (reference,) = blocks(text, 1)
    assert isinstance(reference, Reference)
    assert [str(name) for name in reference.ids] == ["arxiv:2408.01234", "doi:10.1000/x"]


def test_a_broken_entry_is_said_with_its_line_and_takes_no_other_with_it() -> None:
    found = list(blocks("@article{broken, title = {A\n" + ENTRY % "b", 7))
    assert any(isinstance(item, Skipped) for item in found)
    assert any(isinstance(item, Reference) for item in found)


def test_prose_between_entries_is_handed_on_with_its_line() -> None:
    found = list(blocks(ENTRY % "a" + "see 2408.01234\n", 1))
    assert [text.strip() for _, text in (item for item in found if isinstance(item, tuple))] == ["see 2408.01234"]


def test_so_many_entries_are_read_and_the_others_counted() -> None:
    text, left = bounded("".join(ENTRY % n for n in range(5)), 3)
    assert (text.count("@article"), left) == (3, 2)


def test_a_field_is_plain_text() -> None:
    assert plain(r"{The} \textbackslash{}  {G}rau\ss") == "The \\ Grauß"


def references(text: str) -> list[Reference]:
    return [item for item in blocks(text, 1) if isinstance(item, Reference)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{A {B} c}", "A {B} c"),
        ('"A {"}b{"} c"', 'A {"}b{"} c'),
        ("2001", "2001"),
        ("jan", "jan"),
        ('10 # "~" # jan', "10~jan"),
        ('"maps of the " # dp', "maps of the damped pendulum"),
        ("DP#{s}", "damped pendulums"),
        ("nobody", "nobody"),
        ('"a" # "b"', "ab"),
        ('"never closed', "never closed"),
        ("{a} b", "a} b"),
        ("", ""),
        ("#", "#"),
    ],
)
def test_a_value_is_joined_of_its_parts(written: str, value: str) -> None:
    assert value_of(written, {"dp": "damped pendulum", "jan": "jan"}) == value


def test_strings_may_be_made_of_strings() -> None:
    text = """@string{acl = "ACL"} @string{full = acl # { Findings}}
    @article{a, title = "A title " # "and " # full, author = "Smith, J.", year = 2001}"""
    (reference,) = references(text)
    assert (reference.title, reference.authors, reference.year) == ("A title and ACL Findings", ("Smith, J.",), 2001)


SICI = "doi:10.1002/1097-0142(195103)4:2<387::aid-cncr2820040229>3.0.co;2-y"


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ("archivePrefix = {arXiv}, arxivId = {1706.03762}", ["arxiv:1706.03762"]),
        ("arxivId = {hep-th/9901001v2}, doi = {10.1000/abc}", ["arxiv:hep-th/9901001", "doi:10.1000/abc"]),
        ("eprint = {arXiv:1706.03762v5}, eprinttype = {arxiv}", ["arxiv:1706.03762"]),
        ("ee = {https://doi.org/10.1000/abc1}", ["doi:10.1000/abc1"]),
        ("bdsk-url-1 = {https://doi.org/10.1000/abc2}", ["doi:10.1000/abc2"]),
        ("url = {https://doi.org/10.48550/arXiv.1706.03762}", ["arxiv:1706.03762"]),
        ("url = {https://aclanthology.org/P19-1001}, doi = {10.18653/v1/P19-1001}", ["doi:10.18653/v1/p19-1001"]),
        (r"doi = {10.1000/abc{\_}def}", ["doi:10.1000/abc_def"]),
        (r"doi = {10.1000/abc\_def.}", ["doi:10.1000/abc_def"]),
        ("doi = {10.1002/1097-0142(195103)4:2<387::AID-CNCR2820040229>3.0.CO;2-Y}", [SICI]),
        (r"doi = {10.1002/1097-0142(195103)4:2{\textless}387::AID-CNCR2820040229{\textgreater}3.0.CO;2-Y}", [SICI]),
        (r"doi = {10.1002/1097-0142(195103)4:2\textless{}387::AID-CNCR2820040229\textgreater{}3.0.CO;2-Y}", [SICI]),
        ("journal = {arXiv preprint arXiv:1412.6980}, year = {2014}", ["arxiv:1412.6980"]),
        ("doi = {10.1000/a,,b},, note = {c}", ["doi:10.1000/a,,b"]),
        ("doi = {10.21203/rs.3.rs-1234567/v2}", ["doi:10.21203/rs.3.rs-1234567"]),
    ],
)
def test_ids_are_read_wherever_programs_put_them(fields: str, ids: list[str]) -> None:
    (reference,) = references(f"@article{{a, {fields}}}")
    assert [str(name) for name in reference.ids] == ids


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Ann Lee\n  Bob Roy", ("Ann Lee", "Bob Roy")),
        ("Lee, Ann\n  Roy, Bob", ("Lee, Ann", "Roy, Bob")),
        ("Lee, Ann and\n  Roy, Bob", ("Lee, Ann", "Roy, Bob")),
        ("{The ATLAS\n  Collaboration}", ("The ATLAS Collaboration",)),
        ("{Barnes and Noble} and {The ATLAS Collaboration}", ("Barnes and Noble", "The ATLAS Collaboration")),
        (r"{\"U}nl{\"u}, M. AND others", ("Ünlü, M.",)),
        ("Lee, A.; Roy, B.", ("Lee, A.", "Roy, B.")),
        (r"Nguy{\~{\^e}}n, A. and D{\'{\^o}}, B.", ("Nguyễn, A.", "Dố, B.")),
        (r"{\L}ukasz Kaiser and S{\o}ren {\O}rsted", ("Łukasz Kaiser", "Søren Ørsted")),
        ("{van den Berg}, Rianne", ("van den Berg, Rianne",)),
        (r"L{\d{\^e}}, Th{\'{\^o}}ng and Ph{\d a}m, H{\`\^e}", ("Lệ, Thống", "Phạm, Hề")),
        ("family=Berg, given=Rianne, prefix=van den, useprefix=true and Lee, A", ("van den Berg, Rianne", "Lee, A")),
        ("given={Martin Luther}, family=King, suffix=Jr., given-i=ML", ("King, Martin Luther, Jr.",)),
        (r"O{\textquoteright}Brien, C. and D{\'\i}az, J.", ("O’Brien, C.", "Díaz, J.")),
        (r"{Abbott}, B.~P. and {LIGO Scientific Collaboration}", ("Abbott, B. P.", "LIGO Scientific Collaboration")),
        ("Yinhan Liu and\n          Myle Ott", ("Yinhan Liu", "Myle Ott")),
        ("Lee, A., Roy, B., Oz, C.", ("Lee, A.", "Roy, B.", "Oz, C.")),
        ("A. Lee, B. C. Roy and D. Oz", ("A. Lee", "B. C. Roy", "D. Oz")),
        ("Lee, Jr., Ann and {et al.}", ("Lee, Jr., Ann",)),
        ("Lee, Ann et al.", ("Lee, Ann",)),
        (r"{\relax Yu}. Lee and Roy, {\relax Ch}.", ("Yu. Lee", "Roy, Ch.")),
        (r"Il\cprime in, V. and Kry\u\i lov, A. and \t{Ts}oi, B.", ("Ilʹin, V.", "Kryĭlov, A.", "T͡soi, B.")),
    ],
)
def test_names_are_read_whole(written: str, authors: tuple[str, ...]) -> None:
    (reference,) = references(f"@misc{{a, eprint = {{2401.00001}}, author = {{{written}}}}}")
    assert reference.authors == authors


def test_less_and_greater_are_no_markup() -> None:
    assert plain(r"Where a {\textless} b \textgreater{} c, and \textless b \textgreater") == "Where a < b > c, and <b >"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('"Deep " # {Learning of } # "Things"', "Deep Learning of Things"),
        (r"{Cost of \textdollar100 \& 5\% at \textasciitilde 3}", "Cost of $100 & 5% at ~3"),
        (r"{A \textendash{} B \textemdash{} C \textbar{} D \textasciicircum{}}", "A – B — C | D ^"),
        ("{{{Toward {\\$}{\\backslash}mathcal{\\{}N{\\}}{\\$}=4}}}", "Toward N=4"),
        (r"{{{\textless}i{\textgreater}Arabidopsis{\textless}/i{\textgreater}} roots}", "Arabidopsis roots"),
        (r"{{\textless}scp{\textgreater}DNA{\textless}/scp{\textgreater} repair}", "DNA repair"),
        ("{Effects of <scp>DNA</scp> &amp; <i>E. coli</i> H<sub>2</sub>O}", "Effects of DNA & E. coli H₂O"),
        ('"The tokens <s> and </s> in <mask>-filling"', "The tokens <s> and </s> in <mask>-filling"),
        (
            "{Deep Learning of {{E}}. Coli and {{DNA}} in {{van}} der {{Waals}}}",
            "Deep Learning of E. Coli and DNA in van der Waals",
        ),
        (r"{\emph{E. coli} H\textsubscript{2}O, 10\textsuperscript{5}}", "E. coli H₂O, 10⁵"),
        (r"{\"Uber caf\'e na\"\i ve\newline now}", "Über café naïve now"),
        (r"{An {$O(n \log n)$} bound, Q{\textendash}learning}", "An O(n log n) bound, Q–learning"),
        ('"{Observation of Gravitational Waves}"', "Observation of Gravitational Waves"),
        ("{Effect of $<$i$>$E. coli$<$/i$>$ and {$<$}i{$>$}S. aureus{$<$}/i{$>$}}", "Effect of E. coli and S. aureus"),
        (r"{CO{\$}{\_}2{\$} and {\$}5}", "CO₂ and $5"),
        (
            r"{A\slash B, 3 \textmu m, \ce{SO4^{2-}} and \relax \guillemotleft{}x\guillemotright}",
            "A/B, 3 µm, SO₄²⁻ and «x»",
        ),
        (r"{It{\textquoteright}s {\textquotedblleft}x{\textquotedblright}}", "It’s “x”"),
    ],
)
def test_titles_of_every_program_are_plain(written: str, title: str) -> None:
    (reference,) = references(f"@article{{a, title = {written}, doi = {{10.1000/abc}}}}")
    assert reference.title == title


@pytest.mark.parametrize(
    "entry",
    [
        "@article{a,author={Lee, Ann},title={A b},year=2000,, doi={10.1000/abc},}",
        "@article{a,\n author={Lee, Ann}\n title={A b},\n year=2000\n doi={10.1000/abc}}",
        "@article(a, author={Lee, Ann}, title={A b}, year=2000, doi={10.1000/abc})",
        "@Article{,\r\n Author={Lee, Ann},\r\n Title={A\r\n  b},\r\n Year={2000}, DOI={10.1000/abc}\r\n}",
        "@online{a key é, author={Lee, Ann}, title={A b}, date={2000-05-01}, doi={https://doi.org/10.1000/abc}}",
    ],
)
def test_small_faults_of_writing_lose_nothing(entry: str) -> None:
    (reference,) = references(entry)
    assert (reference.title, reference.authors, reference.year) == ("A b", ("Lee, Ann",), 2000)
    assert [str(name) for name in reference.ids] == ["doi:10.1000/abc"]


def test_an_entry_whose_title_is_too_short_says_so() -> None:
    _, short = list(blocks("@misc{a, doi={10.1000/abc}}\n@misc{lee, title={Deep}, author={Lee, A.}}", 1))
    assert isinstance(short, Skipped)
    assert "“lee” is too short to find the paper by" in str(short.why)
