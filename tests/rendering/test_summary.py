"""The sentence of an abstract that says what was done or found."""

import time
from dataclasses import replace

import pytest
from tests.rendering.samples import entry

from dailypapers.domain.paper import Presentation
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.rendering.summary import _CUES, is_harmless, key_sentence, summary_of


@pytest.mark.parametrize(
    ("before", "chosen", "after"),
    [
        (
            "Language models are widely used. However, existing methods remain slow.",
            "We propose FastLM, a decoder that skips layers.",
            "Extensive experiments show state-of-the-art results. Code is available at https://github.com/a/b.",
        ),
        (
            "Background: The score has been shown to matter. Methods: We asked 5,000 people. Results:",
            "Reminders reduced missed court dates by 20%.",
            "Conclusion: More research is needed.",
        ),
        (
            "Ants are essential to forests.",
            "Here we show that they navigate by the sun.",
            "This may have implications.",
        ),
        ("", "A test for linearity is proposed in this paper.", "It relies on an empirical process."),
        ("", "Only one sentence without any cue stands here.", ""),
    ],
)
def test_what_was_done_or_found_is_chosen(before: str, chosen: str, after: str) -> None:
    assert key_sentence(f"{before} {chosen} {after}") == chosen


@pytest.mark.parametrize("label", ["RESULTS: ", "Results ", "Conclusions. ", "Aims : "])
def test_the_label_of_a_part_is_left_out(label: str) -> None:
    assert key_sentence(f"{label}The score varied between the groups.") == "The score varied between the groups."


@pytest.mark.parametrize("words", ["Results of two trials are shown.", "Methods for counting ants.", "Results:"])
def test_a_word_that_is_no_label_stays(words: str) -> None:
    assert key_sentence(words) == words


def test_nothing_comes_of_nothing() -> None:
    assert key_sentence("") == key_sentence(" \n ") == ""


def test_an_extract_stands_in_the_abstract_word_for_word() -> None:
    abstract = "Why it matters, e.g. to us. We find that 3.5 of 7 (i.e. half) do. It is so."
    assert key_sentence(abstract) in abstract


@pytest.mark.parametrize("text", ["we " * 2000, "we really " * 600, "is " + "only " * 1200, "code " * 1200, "a" * 6000])
def test_hostile_texts_take_no_time(text: str) -> None:
    begun = time.process_time()
    key_sentence(text)
    assert time.process_time() - begun < 0.5


def test_what_somebody_wrote_for_it_comes_before_an_extract_and_is_named() -> None:
    plain = entry(abstract="It matters. We show it.")
    assert summary_of(plain) == Summary("We show it.")
    listed = replace(plain, presentation=Presentation(ai_summary="A model says so."))
    assert summary_of(listed) == Summary("A model says so.", SummaryBy.MODEL, "Hugging Face")
    told = replace(plain, presentation=Presentation(ai_summary="A model says so.", tldr="We say so."))
    assert summary_of(told) == Summary("We say so.", SummaryBy.AUTHORS)
    ours = Summary("Our model says so.", SummaryBy.MODEL, "llama")
    assert summary_of(replace(told, summary=ours)) == ours


@pytest.mark.parametrize("text", ["See https://evil.example", "Visit www.evil.example", "Now at evil.com!", "ftp://x"])
def test_a_model_that_was_talked_into_an_address_is_not_quoted(text: str) -> None:
    assert not is_harmless(text)
    item = entry(abstract="It matters. We show it.", presentation=Presentation(ai_summary=text))
    assert summary_of(item) == Summary("We show it.")


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "WE also newly PROPOSE it.",
            "This work thus presents it.",
            "It is then introduced.",
            "Was established here.",
        ),
        *("The authors now show it.", "Is it so?", "Is it “so?”", "Analysis thus suggests it.", "Studies find it."),
        *(
            "Evidence indicates it.",
            "This survey reviews it.",
            "Here it is.",
            "In this paper it is.",
            "Results are.",
        ),
        *(
            "A unified one.",
            "A simulation.",
            "They outperform it.",
            "Paving the way.",
            "Many opportunities.",
            "Insight.",
        ),
        *("To verify it.", "Further on.", "It remains.", "It is lacking.", "Its page can be found at our site."),
        *("The data are available.", "https://example.org", "A video will be released."),
    ],
)
def test_a_cue_is_looked_for_wherever_one_of_its_words_stands(sentence: str) -> None:
    matching = [cue for cue in _CUES if cue.pattern.search(sentence)]
    assert matching
    for cue in matching:
        assert any(word in " ".join(sentence.casefold().split()) for word in cue.words), cue.pattern
