import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.text.keyphrases import keyphrases


@pytest.mark.parametrize(
    ("title", "phrases"),
    [
        ("Fast Sampling of Latent Diffusion Models", ("Fast Sampling", "Diffusion Models")),
        (
            "Mamba: Linear-Time Sequence Modeling with Selective State Spaces",
            ("Mamba", "Sequence Modeling", "State Spaces"),
        ),
        ("A Study of the New", ()),
        ("", ()),
    ],
)
def test_keyphrases_are_what_stands_between_stop_words(title: str, phrases: tuple[str, ...]) -> None:
    assert keyphrases(title) == phrases


@given(st.text())
def test_keyphrases_are_few_and_different(title: str) -> None:
    found = keyphrases(title)
    assert len({phrase.casefold() for phrase in found}) == len(found) <= 6
