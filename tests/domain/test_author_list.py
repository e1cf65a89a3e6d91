"""Lists of authors in one text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.author_list import names_in, names_on_lines

LISTS = (
    ("李明, 王芳", ("李明", "王芳")),
    ("李明、王芳", ("李明", "王芳")),
    ("李明；王芳", ("李明", "王芳")),
    ("李明，王芳", ("李明", "王芳")),
    ("山田 太郎, 鈴木 花子", ("山田 太郎", "鈴木 花子")),
    ("Ann Lee · Bob Roy", ("Ann Lee", "Bob Roy")),
    ("Ann Lee • Lee, B.", ("Ann Lee", "Lee, B.")),
    ("Ann Lee [1], Bob Roy [2,3]", ("Ann Lee", "Bob Roy")),
    ("Hồ, C. M., Nguyễn, V. A.", ("Hồ, C. M.", "Nguyễn, V. A.")),
    ("King ML Jr, Downey R 3rd", ("King ML Jr", "Downey R 3rd")),
    ("Lee, É., Roy, Ø. B.", ("Lee, É.", "Roy, Ø. B.")),
    ("Ivanov, Yu. A., Petrov, A.", ("Ivanov, Yu. A.", "Petrov, A.")),
    ("Lee, A., Roy, B., Jr., Öz, C.", ("Lee, A.", "Roy, B., Jr.", "Öz, C.")),
    ("Lee, A., The GTEx Consortium, Roy, B.", ("Lee, A.", "The GTEx Consortium", "Roy, B.")),
    ("Sonal, Lee, A., Roy, B.", ("Sonal", "Lee, A.", "Roy, B.")),
    ("Lee, Ann", ("Lee, Ann",)),
    ("Lee, A., van der Berg, H.-J.", ("Lee, A.", "van der Berg, H.-J.")),
    ("Ann Lee, Bob Roy", ("Ann Lee", "Bob Roy")),
    ("Ann Lee, Bob Roy, and Cem Öz", ("Ann Lee", "Bob Roy", "Cem Öz")),
    ("Ann Lee, Bob Roy & Cem Öz", ("Ann Lee", "Bob Roy", "Cem Öz")),
    ("Lee A, Roy BC, van den Berg R", ("Lee A", "Roy BC", "van den Berg R")),
    ("Lee, A.; Roy, B.", ("Lee, A.", "Roy, B.")),
    ("Lee, Ann and Roy, Bob and van Dam, Jan", ("Lee, Ann", "Roy, Bob", "van Dam, Jan")),
    ("Ann Lee et al.", ("Ann Lee",)),
    ("Lee, A., et al.", ("Lee, A.",)),
    ("Lee, Ann and others", ("Lee, Ann",)),
    ("Ann Lee, Bob Roy and 12 others", ("Ann Lee", "Bob Roy")),
    ("LHCb collaboration: R. Aaij, A. Lee", ("LHCb collaboration", "R. Aaij", "A. Lee")),
    ("Lee, A.*, Roy, B.†, Öz, C.1,2", ("Lee, A.", "Roy, B.", "Öz, C.")),
    ("Lee, A.,1 Roy, B.2", ("Lee, A.", "Roy, B.")),
    ("Lee, A. B., PhD, Roy, C., MD", ("Lee, A. B.", "Roy, C.")),
    ("A.Lee, B.Roy and Yu.I. Öz", ("A. Lee", "B. Roy", "Yu. I. Öz")),
    ("Ann Lee, Institute for Metrics and Evaluation", ("Ann Lee", "Institute for Metrics and Evaluation")),
    ("Ann Lee1,2, Bob Roy2* and Cem Öz†", ("Ann Lee", "Bob Roy", "Cem Öz")),
    ("Ann Lee¹ ², Bob Roy³", ("Ann Lee", "Bob Roy")),
    ("Ann Lee (MIT, Boston), Bob Roy (ETH (Zürich))", ("Ann Lee", "Bob Roy")),
    ("1000 Genomes Project Consortium", ("1000 Genomes Project Consortium",)),
    ("Ann Lee and the ATLAS Collaboration", ("Ann Lee", "the ATLAS Collaboration")),
    ("Ann Lee, Jr., Bob Roy III and Cem Öz", ("Ann Lee, Jr.", "Bob Roy III", "Cem Öz")),
    ("Ann Lee, PhD, Bob Roy, MD", ("Ann Lee", "Bob Roy")),
    ("García Márquez, José", ("García Márquez, José",)),
    ("Lee, Ann Marie, van Dam, Jan", ("Lee, Ann Marie", "van Dam, Jan")),
    ("OpenAI, Ann Lee", ("OpenAI", "Ann Lee")),
    ("Ann Lee, IBM", ("Ann Lee", "IBM")),
    ("Lee, AB, Roy, C", ("Lee, AB", "Roy, C")),
    ("Lee, A., Roy, B. and Öz, C.", ("Lee, A.", "Roy, B.", "Öz, C.")),
    ("Lee, A., & Roy, B.", ("Lee, A.", "Roy, B.")),
    ("O'Neill, S., D’Angelo, B.", ("O'Neill, S.", "D’Angelo, B.")),
    ("Berg, R. van den, Lee, A.", ("Berg, R. van den", "Lee, A.")),
    ("Ann Lee", ("Ann Lee",)),
    ("Sonal", ("Sonal",)),
    ("", ()),
    (" , ,", ()),
    ("Serre, J.-P., Li, X.-Y.", ("Serre, J.-P.", "Li, X.-Y.")),
    ("Lee Ann, Roy Bob, Öz Cem", ("Lee Ann", "Roy Bob", "Öz Cem")),
    ("Ann Lee; Bob Roy; and Cem Öz", ("Ann Lee", "Bob Roy", "Cem Öz")),
    ("Roy, Jr., B., Lee, A.", ("Roy, B., Jr.", "Lee, A.")),
    ("McKay, John W., Jr.", ("McKay, John W., Jr.",)),
    ("DeepMind, OpenAI", ("DeepMind", "OpenAI")),
    (
        "Lee, A., Institute for Health Metrics and Evaluation Collaborators Group",
        ("Lee, A.", "Institute for Health Metrics and Evaluation Collaborators Group"),
    ),
    ("John W. McKay, Ann Lee", ("John W. McKay", "Ann Lee")),
    ("Lee, A. | Roy, B.", ("Lee, A.", "Roy, B.")),
    ("Lee, A. B. C., Roy, B.", ("Lee, A. B. C.", "Roy, B.")),
    ("Lee, A.B., Roy, C.D.", ("Lee, A.B.", "Roy, C.D.")),
    ("de la Cruz, M., García Márquez, J.", ("de la Cruz, M.", "García Márquez, J.")),
    ("LEE, A., ROY, B.", ("LEE, A.", "ROY, B.")),
    ("WANG Xiaoming, LI Wei", ("WANG Xiaoming", "LI Wei")),
    ("de la Cruz-Martínez M, O'Brien C", ("de la Cruz-Martínez M", "O'Brien C")),
    ("Ann Lee,1 Bob Roy,2,* and Cem Öz1,2", ("Ann Lee", "Bob Roy", "Cem Öz")),
    ("Ann B. Lee, MD, PhD; Bob Roy, MSc; Rahman, MD", ("Ann B. Lee", "Bob Roy", "Rahman, MD")),
    ("By Ann Lee and Bob Roy", ("Ann Lee", "Bob Roy")),
    ("Byron, G., Lee, A.", ("Byron, G.", "Lee, A.")),
    ("Anderson, T., Sanderson, B.", ("Anderson, T.", "Sanderson, B.")),
)


@pytest.mark.parametrize(("text", "names"), LISTS)
def test_each_person_of_a_list_stays_whole(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Plato, Aristotle", ("Plato", "Aristotle")),
        ("Ann Lee, Jr., Bob Roy III and Cem Öz", ("Ann Lee, Jr.", "Bob Roy III", "Cem Öz")),
        ("The ATLAS Collaboration, Ann Lee (CERN)", ("The ATLAS Collaboration", "Ann Lee")),
    ],
)
def test_where_given_names_come_first_commas_stand_between_people(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text, given_first=True) == names


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["Lee", "Roy", "Öz", "van der Berg", "García Márquez", "O'Neill", "D’Angelo", "Kaiser-Ruiz"]
            ),
            st.sampled_from(["A.", "É.", "Ø. B.", "Yu. A.", "H.-J.", "A.B.", "CD", "J. R. R."]),
        ).map(", ".join),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([", ", "; "]),
)
def test_last_names_with_initials_are_parted_whatever_letters_they_have(names: list[str], between: str) -> None:
    assert names_in(between.join(names)) == tuple(names)


@given(st.lists(st.sampled_from(["Ann Lee", "Bob van Dam", "Cem Öz", "J.-P. Serre", "Lee AB"]), min_size=1, max_size=6))
def test_whole_names_are_parted_however_the_last_is_joined(names: list[str]) -> None:
    assert names_in(", ".join(names)) == tuple(names)
    assert names_in(" and ".join(names)) == tuple(names)
    for last in (" and ", ", and ", " & "):
        assert names_in(", ".join(names[:-1]) + (last if names[1:] else "") + names[-1]) == tuple(names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee, Bob A. Roy, Cem Öz-Koç", ("Ann Lee", "Bob A. Roy", "Cem Öz-Koç")),
        # A particle may begin a family whose given names stand behind the comma.
        ("Van Dam, Ann Marie", ("Van Dam, Ann Marie",)),
        ("Van Dam, Ann, De La Cruz, Bob", ("Van Dam, Ann", "De La Cruz, Bob")),
        ("By Ann Lee, Bob Roy", ("Ann Lee", "Bob Roy")),
    ],
)
def test_names_written_out_are_parted_at_each_comma(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


@given(st.text(max_size=60) | st.text(alphabet="ab, .;()&ABé1*", max_size=60))
def test_reading_any_list_never_raises(text: str) -> None:
    assert all(name == name.strip() and name for name in names_in(text))


@pytest.mark.parametrize("piece", [",", "and ", "A., ", "1", "1,", "*", " ", "(", "et ", "A.", "Lee, A., ", "; ", "A-"])
def test_long_lists_take_no_time(piece: str) -> None:
    started = time.process_time()
    names_in("Lee" + piece * (50_000 // len(piece)) + "x")
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee\nBob Roy\n\nCem Öz\n", ("Ann Lee", "Bob Roy", "Cem Öz")),
        ("Lee, Ann\nvan den Berg, R.", ("Lee, Ann", "van den Berg, R.")),
        ("Ann Lee (MIT, Boston)\nBob Roy1,2", ("Ann Lee", "Bob Roy")),
        ("Lee A\nThe ATLAS Collaboration", ("Lee A", "The ATLAS Collaboration")),
        ("李明\n王芳", ("李明", "王芳")),
        # Whatever may be a list that was wrapped, or one name, is none.
        ("Ann Lee, Bob\nRoy, Cem Öz", ()),
        ("Ann Lee,\nBob Roy", ()),
        ("Ann Lee\nand Bob Roy", ()),
        ("Ann Lee; Bob\nRoy", ()),
        ("Lee, A., Roy,\nB.", ()),
        ("Rianne van\nden Berg", ()),
        ("Ann\nLee", ()),
        ("Ann Lee", ()),
        ("", ()),
    ],
)
def test_names_are_split_where_there_is_one_a_line(text: str, names: tuple[str, ...]) -> None:
    assert names_on_lines(text.splitlines()) == names


@given(st.lists(st.text(max_size=40), max_size=6))
def test_lines_that_are_names_keep_their_letters(lines: list[str]) -> None:
    for name in names_on_lines(lines):
        assert any(set(name) <= set(line) | set(" ;,") for line in lines)
