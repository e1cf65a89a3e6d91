"""Papers and topics become the same terms, however they are written."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.text.words import (
    compounds,
    fold,
    is_stop_word,
    letter_spans,
    spans,
    telling,
    telling_each,
    terms,
    units,
    words,
    written,
)

#: A topic, and a text that is about it.
MEET = [
    ("Q-learning", "Q learning"),
    ("Segment Anything", "the Segment Anything Model"),
    ("tool calling", "LLMs that call tools by tool-calling"),
    ("out-of-distribution detection", "detecting what is out-of-distribution: detection"),
    ("faces in-the-wild", "in-the-wild faces"),
    ("few shot learning", "few-shot learning"),
    ("few-shot learning", "few shot learning"),
    ("Schroedinger equation", "the Schrödinger equation"),
    ("Groebner bases", "Gröbner bases"),
    ("chi-squared test", "a χ² test"),
    ("χ2 tests", "a chi square test"),
    ("in context learning", "models that learn in-context"),
    ("in-context learning", "we learn in context"),
    ("in vivo imaging", "imaging cells in vivo"),
    ("two time scale approximation", "a two-time-scale approximation"),
    ("two-time-scale approximation", "two time scale approximation"),
    ("all solid state batteries", "an all-solid-state battery"),
    ("learning from few labels", "to learn labels"),
    ("more efficient transformers", "efficient transformers"),
    ("first order logic", "First-Order Logic"),
    ("first-order logic", "first order logic"),
    ("many body physics", "many-body physics"),
    ("two-dimensional materials", "two dimensional materials"),
    ("side-channel attacks", "side channel attacks"),
    ("in context learning", "in-context learning"),
    ("out-of-distribution detection", "detection out of distribution"),
    ("out of distribution detection", "out-of-distribution detection"),
    ("part-of-speech tagging", "part of speech tagging"),
    ("T cells", "T-cell"),
    ("t cells", "CD8+ T cells"),
    ("vitamin D", "vitamin-D"),
    ("vitamin A", "Vitamin A deficiency"),
    ("type I interferon", "type-I interferons"),
    ("GPT-4", "GPT4"),
    ("GPT 4", "GPT-4"),
    ("Qwen 2.5", "Qwen2.5"),
    ("GPT-3.5", "GPT 3.5"),
    ("U-Net", "UNet"),
    ("UNet", "U-Nets"),
    ("K-theory", "K theory"),
    ("k-means", "kmeans"),
    ("X-ray", "Xray"),
    ("X-rays", "X ray"),
    ("p53", "P53"),
    ("E coli", "growth of E. coli"),
    ("C elegans", "in C. elegans"),
    ("A thaliana", "A.thaliana"),
    ("E. coli", "Escherichia coli"),
    ("C++", "C++ programs"),
    ("C#", "C#"),
    ("3D", "3-D"),
    ("H2O", "H₂O"),
    ("CO2", "CO₂"),
    ("IL-6", "IL6"),
    ("COVID-19", "COVID19"),
    ("COVID 19", "Covid-19"),
    ("Wnt/β-catenin", "Wnt beta-catenin"),
    ("alpha-synuclein", "α-synuclein"),
    ("TGF-beta", "TGF-β"),
    ("TGF-β", "TGFβ"),
    ("gamma delta T cells", "γδ T cells"),
    ("ΛCDM", "Lambda-CDM"),
    ("µm", "μm"),
    ("n-type", "n type"),
    ("d-wave", "d\u2011wave"),
    ("C-H activation", "C\u2013H activation"),
    ("e-commerce", "ecommerce"),
    ("e-mail", "emails"),
    ("self-supervised", "self supervised"),
    ("self-supervised", "selfsupervised"),
    ("data set", "datasets"),
    ("dataset", "data sets"),
    ("health care", "healthcare"),
    ("time scale", "timescales"),
    ("few-shot", "fewshot"),
    ("chain-of-thought reasoning", "chains of thought in reasoning"),
    ("mixture of experts", "mixture-of-experts"),
    ("text-to-image", "images of text"),
    ("graph-based retrieval", "retrieval on graphs"),
    ("machine learning", "a machine-learning-based approach"),
    ("U-Net-based", "U-Net"),
    ("reranking", "re-ranking"),
    ("Image Net", "ImageNet"),
    ("Navier-Stokes", "Navier\u2013Stokes"),
    ("Alzheimer's disease", "Alzheimer’s disease"),
    ("Alzheimer disease", "Alzheimer's disease"),
    ("Bell’s inequality", "Bell inequalities"),
    ("Schrödinger", "Schrodinger"),
    ("Schrödinger", "Schro\u0308dinger"),
    ("Łojasiewicz", "Lojasiewicz"),
    ("DNA", "ＤＮＡ"),
    ("field", "ﬁelds"),
    ("supervised", "super\u00advised"),
    ("机器学习", "基于机器学习的方法"),
    ("forest fire", "forest fires"),
    ("thin films", "thin film"),
    ("machine learning", "learning machines"),
    ("протеин", "протеин"),
    ("हिन्दी", "हिन्दी"),
]  # fmt: skip
#: A topic, and a text that holds less than it.
DIFFER = [
    ("Q-learning", "learning"),
    ("Segment Anything", "segments of all kinds"),
    ("working memory", "memory that works"),
    ("tool calling", "a tool that we call so"),
    ("path finding", "we find a path"),
    ("moving average", "the average"),
    ("out-of-distribution detection", "the distribution of a detection"),
    ("in-the-wild faces", "wild faces"),
    ("few shot learning", "zero-shot learning"),
    ("in context learning", "context-aware learning"),
    ("first order logic", "the order of a logic"),
    ("out of distribution detection", "detection of a distribution"),
    ("T cells", "B cells"),
    ("T cells", "fuel cells"),
    ("vitamin C", "vitamin D"),
    ("vitamin A", "a vitamin"),
    ("GPT-4", "GPT-3"),
    ("GPT-4", "GPT-4.1"),
    ("U-Net", "nets"),
    ("K-theory", "theory"),
    ("k-means", "means"),
    ("k-means", "meaning"),
    ("E coli", "coli"),
    ("A method", "vitamin A. The method"),
    ("C++", "C"),
    ("C++", "C#"),
    ("X-ray", "gamma ray"),
    ("type I", "type II"),
    ("hepatitis B", "hepatitis C"),
    ("d-wave", "s-wave"),
    ("S-matrix", "matrix"),
    ("5G", "4G"),
    ("chain-of-thought reasoning", "reasoning"),
    ("graph-based retrieval", "retrieval"),
    ("news", "new"),
    ("university", "universe"),
    ("thin films", "films"),
    ("IL-6", "IL-1"),
    ("3D", "2D"),
    ("が", "か"),
]  # fmt: skip


def holds(topic: str, text: str) -> bool:
    held = set(terms(text))
    return bool(units(topic)) and all(held.intersection(unit) for unit in units(topic))


def test_a_topic_meets_what_is_about_it() -> None:
    assert [(topic, units(topic), text, terms(text)) for topic, text in MEET if not holds(topic, text)] == []


def test_a_topic_asks_for_more_than_another_text_holds() -> None:
    assert [(topic, units(topic), text, terms(text)) for topic, text in DIFFER if holds(topic, text)] == []


def test_a_saying_is_no_match_for_its_parts() -> None:
    for saying in ("the state-of-the-art", "State-of-the-Arts", "state-of-the", "off-the-shelf", "up-to-date"):
        assert terms(saying) == []
    assert terms("State-space models") == ["state", "space", "model", "statespac", "spacemodel"]
    assert fold("graphlearning") in terms("graphs, and then learning")


def test_a_word_is_compared_in_lower_case_by_its_base_and_without_accents() -> None:
    assert [fold(word) for word in ("Graphs", "Éclair", "CO₂", "loss", "corpus", "gas", "Newton’s")] == [
        "graph", "eclair", "co2", "loss", "corpus", "gas", "newton",
    ]  # fmt: skip


def test_words_keep_their_order_and_say_whether_they_follow_on() -> None:
    assert list(words("Deep nets, deeply")) == [("Deep", False), ("nets", True), ("deeply", False)]
    assert list(words("图网")) == [("图", False), ("网", True)]


def test_single_letters_that_are_words_bind_to_nothing() -> None:
    assert terms("a cell and I saw it") == ["cell", "saw", "cellsaw"]
    assert "scell" not in terms("Newton's cell")


@pytest.mark.parametrize("word", ["The", "methods", "OF", "ｔｈｅ"])
def test_stop_words_are_those_however_they_are_written(word: str) -> None:
    assert is_stop_word(word)


@pytest.mark.parametrize("word", ["fire", "thin", "evening", "bases", "moral"])
def test_what_may_be_a_subject_is_no_stop_word(word: str) -> None:
    assert not is_stop_word(word)


WRITTEN = st.one_of(st.text(max_size=12), st.from_regex(r"\A[A-Za-zé’ß]{1,9}(ing|es|s|'s)?\Z"))


@given(WRITTEN)
def test_what_is_folded_is_folded_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(st.from_regex(r"\A[A-Za-zéöçñλβ]{1,9}(ing|es|s|ed)?\Z"))
def test_neither_case_nor_composition_nor_width_counts(word: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)
    written = {word.lower(), word.upper(), unicodedata.normalize("NFD", word), wide}
    assert {fold(each) for each in written} == {fold(word)}


@given(st.one_of(st.text(), st.from_regex(r"\A([A-Za-z0-9]{1,3}[-’ .,]){0,9}\Z")))
def test_every_word_stands_where_it_is_said_to(text: str) -> None:
    found = list(spans(text))
    assert [text[start:end] for start, end in found] == [word for word, _ in words(text)]
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
    surfaces, _ = written(text)
    assert all(0 <= start < end <= len(text) for _, start, end in letter_spans(text, surfaces))
    assert all(0 <= first <= last < len(surfaces) for _, first, last in compounds(surfaces))


@given(st.text())
def test_words_of_ascii_are_the_same_by_either_pattern(text: str) -> None:
    plain = text.encode("ascii", "ignore").decode()
    assert [word for word, _ in words(f"{plain} é")] == [*(word for word, _ in words(plain)), "é"]


def test_a_text_is_its_words_and_what_stands_before_each() -> None:
    for text in ("", "A naïve T-cell, (see 2.5) ", "量子计算 of it."):
        surfaces, gaps = written(text)
        assert surfaces == [text[start:end] for start, end in spans(text)]
        assert text.startswith("".join(gap + surface for gap, surface in zip(gaps, surfaces, strict=True)))
    assert telling_each(["the", "cells"]) == [telling("the"), telling("cells")]
