"""Where sentences end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.rendering.sentences import sentences
from dailypapers.rendering.text import one_line


@pytest.mark.parametrize(
    "parts",
    [
        ["We follow Smith et al. (2020) and Lee et al. The rest is new."],
        ["It works, i.e. It never fails.", "So we say."],
        ["See Fig. 3 and Eq. 4, cf. Sec. 2."],
        ["The gain is 3.5 dB.", "At 0.25 it stops."],
        ["We use PDF vs. XBRL in the U.S. Senate."],
        ["Found in E. coli and S. aureus.", "We show more."],
        ["It needs vitamin D.", "We show why."],
        ["A framework for SR.", "We first extract features."],
        ["Is it so?", "Yes!", "It is (see above).", "“Quoted.”", "Then more."],
        ["Let $x. Y$ be given.", "Then $a < b$."],
        ["improves performance.", "However, it is slow."],
        ["α-helices form.", "β-sheets do not."],
        ["我们提出一种方法。", "它很快！"],
        ["Drugs (PubMed, Scopus, etc.) were validated.", "Results: one works."],
        ["no mark at all"],
    ],
)
def test_a_text_is_parted_where_its_sentences_end(parts: list[str]) -> None:
    text = "".join(parts) if parts[0].endswith("。") else " ".join(parts)
    assert list(sentences(text)) == parts


def test_a_missing_space_is_no_reason_to_read_on() -> None:
    assert sentences("It improves performance.However, it is slow.") == (
        "It improves performance.",
        "However, it is slow.",
    )
    assert sentences("We use Node.js and asp.Net here.") == ("We use Node.js and asp.Net here.",)


@given(st.text(max_size=300))
def test_nothing_is_lost(text: str) -> None:
    plain = one_line(text)
    assert "".join("".join(sentences(plain)).split()) == "".join(plain.split())


@pytest.mark.parametrize("text", ["$" * 6000, "a. " * 3000, "A.B." * 2000, "(" * 6000, "We. " * 2000, ". " * 3000])
def test_hostile_texts_take_no_time(text: str) -> None:
    begun = time.process_time()
    sentences(text)
    assert time.process_time() - begun < 0.5
