"""What the ranking makes of what readers state, for the pages: what can be used, and phrases to choose from."""

from collections.abc import Mapping, Sequence

from dailypapers.domain.interest import Interest
from dailypapers.domain.paper import Paper
from dailypapers.ranking import profile
from dailypapers.ranking.text.keyphrases import keyphrases


def warnings(interests: Sequence[Interest]) -> tuple[str, ...]:
    """Say, in words for the reader, which of these interests cannot be used."""
    return profile.warnings(interests, examples={})


def unusable(interests: Sequence[Interest], *, examples: Mapping[str, Paper]) -> dict[Interest, str]:
    """Say, by interest, what those that can do little or nothing lack; `examples` are the papers that are known."""
    return profile.troubles(interests, examples=examples)


def phrases_of(title: str) -> tuple[str, ...]:
    """List the phrases of a title that a reader may want less of."""
    return keyphrases(title)
