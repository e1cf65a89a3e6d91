"""Keyphrases: what a title is mainly about, as phrases a reader may pick from."""

from collections.abc import Iterator

from dailypapers.ranking.text.words import telling, words

#: A longer phrase is in no other paper.
_MOST_WORDS = 2
_LEAST_LETTERS = 3


def keyphrases(title: str, *, most: int = 6) -> tuple[str, ...]:
    """The phrases of a title, in its order: what stands between its stop words, of long ones the last two words.

    “Fast Sampling of Latent Diffusion Models” gives Fast Sampling and Diffusion Models.
    """
    phrase_by_key: dict[str, str] = {}
    for phrase in _phrases(title):
        shortened_phrase = " ".join(phrase[-_MOST_WORDS:])
        if len(shortened_phrase) >= _LEAST_LETTERS:
            phrase_by_key.setdefault(shortened_phrase.casefold(), shortened_phrase)
    return tuple(phrase_by_key.values())[:most]


def _phrases(title: str) -> Iterator[list[str]]:
    phrase: list[str] = []
    for word, follows in words(title):
        tells = bool(telling(word))
        if phrase and not (tells and follows):
            yield phrase
            phrase = []
        if tells:
            phrase.append(word)
    if phrase:
        yield phrase
