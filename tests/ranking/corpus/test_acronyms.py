"""What many texts say of acronyms is learned where it is clear, and lets the two forms meet."""

import pytest

from dailypapers.ranking.corpus.acronyms import LEAST, Acronym, Acronyms, defined, learn

LLM = "We ask large language models (LLMs)."
TABLE = Acronyms((Acronym("LLM", "large language models"), Acronym("DM", "diffusion models")))


def test_what_a_few_texts_define_alike_is_learned() -> None:
    texts = [*[LLM] * LEAST, "Large Language Models (LLM) and graph neural networks (GNNs)."]
    assert learn(texts) == learn(texts[::-1]) == Acronyms((Acronym("LLM", "large language models"),))
    assert learn(texts[: LEAST - 1]) == Acronyms()


def test_what_stands_for_two_things_or_is_a_word_is_not_learned() -> None:
    two = ["self-supervised learning (SSL)", "semi-supervised learning (SSL)"] * LEAST
    assert learn(two) == Acronyms()
    word = ["maximum a posteriori (MAP) of a map"] * LEAST
    assert learn(word) == Acronyms()


def test_one_text_defines_once_however_often_it_says_so() -> None:
    assert learn([LLM * LEAST]) == Acronyms()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("LLM", [("largelanguag", "languagemodel")]),
        ("LLMs for chemistry", [("largelanguag", "languagemodel")]),
        ("Large Language Model agents", [("llm",)]),
        ("diffusion models", [("dm",), ("dms",)]),
        ("large models of language", []),
        ("llama", []),
        ("", []),
    ],
)
def test_a_part_of_a_text_may_be_called_by_its_other_form(text: str, terms: list[tuple[str, ...]]) -> None:
    assert [synonym.terms for synonym in TABLE.synonyms(text)] == terms
    assert Acronyms().synonyms(text) == ()


def test_a_text_is_looked_for_together_with_what_it_stands_for() -> None:
    assert TABLE.expanded("LLM agents") == "LLM agents . large language models"
    assert TABLE.expanded("large language models") == "large language models . LLM"
    assert TABLE.expanded("agents") == "agents"


def test_a_text_that_means_something_else_contradicts() -> None:
    (other,) = defined("We pity late leaf mildew (LLM).")
    assert TABLE.entries[0].is_contradicted_by(other)
    assert not TABLE.entries[0].is_contradicted_by(Acronym("LLM", "Large Language Model"))
