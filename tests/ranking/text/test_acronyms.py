"""Acronyms are found where a text defines them, with the whole of what they stand for and no more."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.text.acronyms import definitions, short_keys


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use large language models (LLMs) here", "LLM", "large language models"),
        ("We train self-supervised learning (SSL) models", "SSL", "self-supervised learning"),
        ("the multi-modal large language model (MLLM)", "MLLM", "multi-modal large language model"),
        ("by Proximal Policy Optimization (PPO)", "PPO", "Proximal Policy Optimization"),
        ("reinforcement learning from human feedback (RLHF)", "RLHF", "reinforcement learning from human feedback"),
        ("with low-rank adaptation (LoRA; see above)", "LoRA", "low-rank adaptation"),
        ("of deoxyribonucleic acid (DNA)", "DNA", "deoxyribonucleic acid"),
        ("neural radiance fields (NeRF)", "NeRF", "neural radiance fields"),
        ("GNNs (graph neural networks) are", "GNN", "graph neural networks"),
        ("We study the area under the curve (AUC)", "AUC", "area under the curve"),
        ("First, we show A. Then support vector machines (SVMs)", "SVM", "support vector machines"),
    ],
)
def test_a_definition_is_found(text: str, short: str, long: str) -> None:
    assert [tuple(each) for each in definitions(text)] == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "as shown (Fig. 1) and (see below), (a) or (II)",
        "a new model (XYZ)",
        "Lee et al. (2024) and the LLM (LLM)",
        "for images (but not for text)",
        "in Europe, (GNN)",
        "no parenthesis",
        "(",
    ],
)
def test_what_defines_nothing_is_left(text: str) -> None:
    assert list(definitions(text)) == []


def test_an_acronym_and_its_plural_are_one_however_short() -> None:
    assert short_keys("LLM") == ("llm",)
    assert short_keys("DM") == ("dm", "dms")


@given(st.text() | st.text(alphabet="aL s(-)MB;,."))
def test_any_text_is_read_and_what_is_found_stands_in_it(text: str) -> None:
    assert all(found.short in text and found.long in text for found in definitions(text))


@pytest.mark.parametrize("piece", ["(", "(AB)", "a", "ab (AB) ", "A-", "-(AB)", "a a (AA", "AB (a b) "])
def test_long_texts_take_no_time(piece: str) -> None:
    started = time.process_time()
    list(definitions(piece * (50_000 // len(piece))))
    assert time.process_time() - started < 2
