"""What readers state is checked by the ranking's own rules."""

from dailypapers.digests.stated import phrases_of, unusable, warnings
from dailypapers.domain.interest import Interest, InterestKind

EMPTY_WORDS = Interest(InterestKind.TOPIC, "the of and")
GRAPHS = Interest(InterestKind.TOPIC, "graph neural networks")


def test_a_topic_without_a_telling_word_is_named_and_others_are_not() -> None:
    (warning,) = warnings([EMPTY_WORDS, GRAPHS])
    assert "the of and" in str(warning)
    assert list(unusable([EMPTY_WORDS, GRAPHS], examples={})) == [EMPTY_WORDS]


def test_a_family_name_alone_is_said_to_find_hardly_anybody() -> None:
    alone, whole = (Interest(InterestKind.AUTHOR, name) for name in ("Gu", "A. Gu"))
    (warning,) = warnings([alone, whole])
    assert "“A. Gu”" in str(warning)
    assert list(unusable([alone, whole], examples={})) == [alone]


def test_an_example_that_nobody_knows_leads_nowhere() -> None:
    paper = Interest(InterestKind.PAPER, "arxiv:2604.00001")
    assert "2604.00001" in str(unusable([paper], examples={})[paper])


def test_a_title_offers_its_phrases() -> None:
    assert phrases_of("Fast Sampling of Latent Diffusion Models") == ("Fast Sampling", "Diffusion Models")
