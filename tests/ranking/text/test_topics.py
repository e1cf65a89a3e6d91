"""Topics as people type them: lists of several, and titles with a colon."""

import pytest

from dailypapers.ranking.text.topics import head, is_name, listed, unframed, without_general_word


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("NLP, computer vision, robotics", ("NLP", "computer vision", "robotics")),
        ("graph networks; protein folding", ("graph networks", "protein folding")),
        ("NLP, vision, and robots", ("NLP", "vision", "robots")),
        ("RAG, LoRA,", ("RAG", "LoRA")),
        ("robots, robots", ("robots",)),
        ("NLP / machine translation | robots", ("NLP", "machine translation", "robots")),
        ("state space models (S4, Mamba), robots", ("state space models", "robots")),
        ("language models such as GPT, robots", ("language models such as GPT", "robots")),
        ("蛋白质、机器人", ("蛋白质", "机器人")),
        ("I am interested in robots, protein folding", ("robots", "protein folding")),
    ],
)
def test_a_list_is_several_topics(text: str, topics: tuple[str, ...]) -> None:
    assert listed(text) == topics


@pytest.mark.parametrize(
    "text",
    [
        "diffusion models for robotics",
        "language models, but not for code",
        "1,000 Genomes",
        "search and rescue",
        "We study graphs, networks. They grow.",
        "methods that use language models to grade essays of many students, feedback",
        "robots, the",
        "",
        ", ;",
    ],
)
def test_another_text_is_one_topic(text: str) -> None:
    assert listed(text) == (text,)


@pytest.mark.parametrize(
    ("text", "wider"),
    [
        ("World models: autonomous driving", "World models"),
        ("World models:", ""),
        ("ratio 3:2", ""),
        (": driving", ""),
        ("how do large language models store facts: a survey", ""),
        ("protein folding", ""),
    ],
)
def test_before_the_colon_of_a_title_stands_the_wider_topic(text: str, wider: str) -> None:
    assert head(text) == wider


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I am interested in detecting AI-generated text", "detecting AI-generated text"),
        ("I'm mainly working on graph neural networks", "graph neural networks"),
        ("We work on zebrafish", "zebrafish"),
        ("I would like to read about Ricci flow", "Ricci flow"),
        ("papers about protein folding", "protein folding"),
        ("I am looking for recent papers on CRISPR", "CRISPR"),
        ("Please send me anything related to quantum error correction", "quantum error correction"),
        ("recent advances in battery chemistry", "battery chemistry"),
        ("applications of AI in medicine", "AI in medicine"),
        ("optimal transport and its applications", "optimal transport"),
        ("protein design, e.g. RFdiffusion", "protein design"),
        ("language models such as GPT and Llama", "language models"),
        ("sequence models (for example Mamba) for code", "sequence models for code"),
        ("graph neural networks (GNNs)", "graph neural networks"),
        ("papers on large language models (LLMs) for code", "large language models for code"),
    ],
)
def test_what_only_frames_a_topic_is_left_out(text: str, topic: str) -> None:
    assert unframed(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "news recommendation",
        "research software engineering",
        "interest rates",
        "all-optical switching",
        "paper-based sensors",
        "progress monitoring",
        "trends in",
        "I am interested in",
        "looking for the",
        "I/O scheduling",
        "applications of",
        "GNNs (graph neural networks)",
        "robots (legged)",
        "such as robots",
        "We study networks, including small ones. They grow in ways that nobody expected. We say why.",
        "including children in trials",
        "AI (art)",
        "",
    ],
)
def test_a_topic_that_only_begins_alike_stays(text: str) -> None:
    assert unframed(text) == text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("Segment Anything", True), ("Robots", False), ("Robotic manipulation", False), ("safety of LLMs", False)],
)
def test_a_name_is_written_with_capitals(text: str, *, is_one: bool) -> None:
    assert is_name(text) is is_one


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hodge theory", "Hodge"),
        ("linear temporal logic", "linear temporal"),
        ("theory", ""),
        ("meta-analysis", ""),
        ("theory of mind", ""),
        ("the theory", ""),
        ("", ""),
    ],
)
def test_a_general_word_is_left_out_where_it_ends_a_topic(text: str, name: str) -> None:
    assert without_general_word(text) == name
