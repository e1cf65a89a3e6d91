"""Every sentence can be translated, and a language brings its direction."""

import gettext
from dataclasses import replace
from pathlib import Path

import babel.localedata
import pytest
from tests.messages import TEMPLATE, template
from tests.pseudo import write_catalogue
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import DAY, FOR_SOMEBODY, LINKS, MAMBA

from dailypapers.domain.digest import Digest, Reason, Term, TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.text import isolated
from dailypapers.errors import BadSettings
from dailypapers.ranking.profile import warnings
from dailypapers.rendering.digest import render_digest
from dailypapers.rendering.environment import environment, in_words, translator_of
from dailypapers.rendering.i18n import (
    CatalogTranslator,
    best_of,
    colon,
    gap,
    has_catalog,
    language_name,
    locale_of,
    translator,
)
from dailypapers.rendering.pages import render_page
from dailypapers.rendering.text import one_line


@pytest.fixture
def locale(tmp_path: Path) -> list[Path]:
    return [write_catalogue(tmp_path / "locale")]


def test_the_template_of_catalogues_is_up_to_date() -> None:
    assert TEMPLATE.read_text("utf-8") == template(), "make messages gathers it anew"


def test_a_mail_is_in_the_language_of_the_service(locale: list[Path]) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    message = render_digest(env, FOR_SOMEBODY, day=DAY, links=LINKS)
    assert '<html lang="he" dir="rtl">' in message.html
    assert "Unsubscribe" not in message.html + message.text
    assert "λλλλ" in message.html
    assert "λλλλ" in message.text


def test_a_sentence_formed_in_code_is_translated_where_it_is_shown(locale: list[Path]) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    assert translator_of(env)("Something went wrong") == "λλλλλλλλλ λλλλ λλλλλ"
    assert translator_of(environment(TEMPLATES))("Something went wrong") == "Something went wrong"


def test_a_page_has_the_direction_of_its_language(locale: list[Path]) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    shared = {"root": "/", "home": "/", "list_name": "", "static": str, "path": "/"}
    page = render_page(env, "message", title="1", message="2", **shared)
    assert '<html lang="he" dir="rtl">' in page
    assert "Go to the front page" not in page


@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_a_language_without_catalogue_is_named(language: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"service\.language"):
        environment(TEMPLATES, language=language, locale=[tmp_path])


def test_an_operators_own_catalogue_comes_before_a_shipped_one(tmp_path: Path) -> None:
    own, shipped = write_catalogue(tmp_path / "own"), write_catalogue(tmp_path / "shipped", numbered=True)
    assert translator_of(environment(TEMPLATES, language="he", locale=[own, shipped]))("Unsubscribe") == "λλλλλλλλλλλ"
    assert "⟧" in translator_of(environment(TEMPLATES, language="he", locale=[shipped, own]))("Unsubscribe")


def test_a_folder_of_catalogues_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"service\.locale: the folder"):
        environment(TEMPLATES, locale=[tmp_path / "missing"])


class _Catalog(gettext.NullTranslations):
    """Translations that stand in a test."""

    def __init__(self, **plurals: str) -> None:
        super().__init__()
        self._sentences = plurals

    def gettext(self, message: str) -> str:
        for english, other in self._sentences.items():
            message = message.replace(english.replace("_", " "), other)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def speaking(language: str, **sentences: str) -> CatalogTranslator:
    """The translator of a language whose catalog holds these."""
    return CatalogTranslator(_Catalog(**sentences), locale_of(language))


german = speaking("de", upvotes="Stimmen")


@pytest.mark.parametrize(("language", "number"), [("en", "1,204"), ("de", "1.204"), ("he", "1,204")])
def test_a_language_groups_its_digits(language: str, number: str) -> None:
    assert speaking(language).number(1204) == number


@pytest.mark.parametrize(
    ("language", "list_"),
    [("en", "a, b, c"), ("de", "a, b, c"), ("ja", "a、b、c"), ("ar", "a وb وc"), ("he", "a, b, c")],
)
def test_a_language_separates_the_items_of_a_list(language: str, list_: str) -> None:
    assert speaking(language).enumeration("abc") == list_


@pytest.mark.parametrize(("language", "marks"), [("en", (" ", ": ")), ("de", (" ", ": ")), ("zh", ("", "："))])
def test_chinese_has_no_room_beside_its_marks(language: str, marks: tuple[str, str]) -> None:
    assert (gap(locale_of(language)), colon(locale_of(language))) == marks


def test_every_language_has_numbers_and_lists() -> None:
    for language in babel.localedata.locale_identifiers():
        assert speaking(language).number(1204), language
        assert speaking(language).enumeration("ab") not in {"ab", ""}, language


@pytest.mark.parametrize(
    ("language", "direction"), [("en", "ltr"), ("pt-BR", "ltr"), ("he", "rtl"), ("ar", "rtl"), ("ur-PK", "rtl")]
)
def test_a_language_has_its_direction(language: str, direction: str) -> None:
    assert locale_of(language).text_direction == direction


def test_english_of_any_country_needs_no_catalog() -> None:
    env = environment(TEMPLATES, language="en-US")
    assert (
        env.from_string("{{ lang }} {{ dir }} {{ day | plain_date }}").render(day=DAY) == "en-US ltr November 23, 2026"
    )


def test_counts_of_a_reason_are_said_with_the_plural_of_the_language() -> None:
    counted = Reason((Term(TermKind.TRENDING, "", 1.0, counts=(("upvotes", 1204), ("comments", 1))),))
    assert counted.sentence() == "Trending: 1,204 upvotes, 1 comment"
    assert counted.sentence(german) == "Trending: 1.204 Stimmen, 1 comment"
    assert Reason((Term(TermKind.TRENDING, "9 upvotes", 1.0),)).sentence(german) == "Trending: 9 upvotes"


def test_a_reason_is_said_in_the_readers_language() -> None:
    reason = Reason((Term(TermKind.WORDS, "state space", 1.0, "space"),))
    said = in_words(reason, speaking("de", matches_your_topic="passt zu"))
    assert said == "Passt zu “space”: state space"
    assert in_words("By hand") == "By hand"


def test_what_a_wish_lacks_is_said_in_the_readers_language() -> None:
    (warning,) = warnings([Interest(InterestKind.TOPIC, "the of")], examples={})
    assert warning.startswith("“the of” contains no dis")
    said = in_words(warning, speaking("de", contains_no="enthält keine"))
    assert said.startswith("“the of” enthält keine")


def test_from_right_to_left_names_keep_a_direction_of_their_own(locale: list[Path]) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    reason = Reason((Term(TermKind.WORDS, "state space", 1.0, "space"),))
    message = render_digest(env, Digest((replace(MAMBA, reason=reason),), trending=False), day=DAY, links=LINKS)
    for part in (message.html, message.text):
        assert "“\u2068space\u2069”: \u2068state space\u2069" in part
        assert "\u2068cs.LG\u2069 · " in part
    assert "23 בנובמבר 2026" in message.text
    assert "← " in message.text
    assert "→" not in message.text


@pytest.mark.parametrize("foreign", ["a\u2068b", "a\u2069b", "a\u202eb\u2067", "ab"])
def test_a_foreign_text_cannot_turn_what_is_around_it(foreign: str) -> None:
    assert one_line(f"1 {isolated(foreign)} 2") in {"1 ab 2", "1 \u2068ab\u2069 2"}
    assert one_line(f"1 {isolated('ab')} 2") == "1 \u2068ab\u2069 2"


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("de-AT, en;q=0.8", "de"),
        ("en;q=0.8, de;q=0.9", "de"),
        ("de;q=0, zh", "zh"),
        ("zh-CN,zh;q=0.9", "zh"),
        ("xx, tlh;q=1, pt;q=0.1", "en"),
        (";;;,,q=1,de;q=9x,\x00", "en"),
        ("a," * 10_000 + "de", "en"),
    ],
)
def test_the_language_a_browser_prefers_is_taken_where_it_is_offered(wanted: str, best: str) -> None:
    assert best_of(wanted, ("en", "de", "zh")) == best


def test_a_catalogue_is_read_as_translators_write_it(tmp_path: Path) -> None:
    file = tmp_path / "de" / "LC_MESSAGES" / "dailypapers.po"
    file.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file.write_text(head + 'msgid "Save"\nmsgstr "Sichern"\n\n#, fuzzy\nmsgid "Day"\nmsgstr "Nacht"\n', "utf-8")
    assert [language for language in ("de", "de-AT", "fr", "en-US") if not has_catalog(language, [tmp_path])] == ["fr"]
    german = translator("de-AT", [tmp_path])
    assert [german(words) for words in ("Save", "Day", "Untranslated")] == ["Sichern", "Day", "Untranslated"]
    damaged = tmp_path / "fr" / "LC_MESSAGES" / "dailypapers.po"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b'msgid "Save\nmsgstr 7\xff')
    with pytest.raises(BadSettings, match=r"catalog .* cannot be read"):
        translator("fr", [tmp_path])


def test_a_language_is_called_as_its_speakers_call_it() -> None:
    assert [language_name(language) for language in ("en", "de", "zh", "he")] == ["English", "Deutsch", "中文", "עברית"]
