"""Sentences that are marked where they are written and translated where they are shown."""

from dailypapers.domain.i18n import NN_, LazyString, untranslated


def test_english_needs_no_translator() -> None:
    assert untranslated(("one", "many")) == "one"
    assert untranslated(("one", "many"), 2) == "many"
    assert untranslated.number(1204) == "1,204"
    assert untranslated.enumeration(["a", "b", "c"]) == "a, b, c"


def test_a_lazy_string_is_its_english_sentence() -> None:
    sentence = LazyString(NN_("{count} paper by {name}", "{count} papers by {name}"), count=1204, name="Ann")
    assert sentence == "1,204 papers by Ann"
    assert sentence.sentence() == sentence
