"""Every sentence can be translated, and a language brings its direction."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.messages import TEMPLATE, template
from tests.pseudo import write_catalogue
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import DAY, FOR_SOMEBODY, LINKS, MAMBA

from dailypapers.domain.digest import Digest, Reason, Term, TermKind
from dailypapers.domain.i18n import Pattern, number, untranslated
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.text import isolated
from dailypapers.errors import BadSettings
from dailypapers.ranking.profile import profile
from dailypapers.rendering.dates import plain_date
from dailypapers.rendering.digest import render_digest
from dailypapers.rendering.environment import environment, in_words, saying
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
    assert saying(env)("Something broke") == "λλλλλλλλλ λλλλλ"
    assert saying(environment(TEMPLATES))("Something broke") == "Something broke"


def test_a_page_has_the_direction_of_its_language(locale: list[Path]) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    shared = {"root": "/", "home": "/", "list_name": "", "static": str, "path": "/"}
    page = render_page(env, "message", title="1", message="2", **shared)
    assert '<html lang="he" dir="rtl">' in page
    assert "To the front page" not in page


@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_a_language_without_catalogue_is_named(language: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"service\.language"):
        environment(TEMPLATES, language=language, locale=[tmp_path])


def test_an_operators_own_catalogue_comes_before_a_shipped_one(tmp_path: Path) -> None:
    own, shipped = write_catalogue(tmp_path / "own"), write_catalogue(tmp_path / "shipped", numbered=True)
    assert saying(environment(TEMPLATES, language="he", locale=[own, shipped]))("Unsubscribe") == "λλλλλλλλλλλ"
    assert "⟧" in saying(environment(TEMPLATES, language="he", locale=[shipped, own]))("Unsubscribe")


def test_a_folder_of_catalogues_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"service\.locale: there is no folder"):
        environment(TEMPLATES, locale=[tmp_path / "missing"])


def german(pattern: Pattern, count: int = 1, /) -> str:
    words: dict[Pattern, Pattern] = {
        "{day} {month} {year}": "{day}. {month} {year}",
        "November": "November",
        "1,000": "1.000",
        ("{count} upvote", "{count} upvotes"): ("{count} Stimme", "{count} Stimmen"),
        ", ": " und ",
    }
    return untranslated(words.get(pattern, pattern), count)


def test_a_language_orders_its_dates_and_parts_its_thousands() -> None:
    assert plain_date(DAY, german) == "23. November 2026"
    assert (number(1204), number(1204, german), number(17, german)) == ("1,204", "1.204", "17")


def test_counts_of_a_reason_are_said_with_the_plural_of_the_language() -> None:
    counted = Reason((Term(TermKind.TRENDING, "", 1.0, counts=(("upvotes", 1204), ("comments", 1))),))
    assert counted.sentence() == "Trending: 1,204 upvotes, 1 comment"
    assert counted.sentence(german) == "Trending: 1.204 Stimmen und 1 comment"
    assert Reason((Term(TermKind.TRENDING, "9 upvotes", 1.0),)).sentence(german) == "Trending: 9 upvotes"


def test_a_reason_is_said_in_the_readers_language() -> None:
    reason = Reason((Term(TermKind.WORDS, "state space", 1.0, "space"),))
    said = in_words(reason, lambda sentence, _count=1: str(sentence).replace("matches your topic", "passt zu"))
    assert said == "Passt zu “space”: state space"
    assert in_words("By hand") == "By hand"


def test_what_a_wish_lacks_is_said_in_the_readers_language() -> None:
    (warning,) = profile([Interest(InterestKind.TOPIC, "the of")], examples={}).warnings
    assert warning.startswith("“the of” holds no word")
    said = in_words(warning, lambda sentence, _count=1: str(sentence).replace("holds no word", "hat kein Wort"))
    assert said.startswith("“the of” hat kein Wort")


def test_from_right_to_left_names_keep_a_direction_of_their_own(locale: list[Path]) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    reason = Reason((Term(TermKind.WORDS, "state space", 1.0, "space"),))
    message = render_digest(env, Digest((replace(MAMBA, reason=reason),), trending=False), day=DAY, links=LINKS)
    for part in (message.html, message.text):
        assert "“\u2068space\u2069”: \u2068state space\u2069" in part
        assert "\u2068cs.LG\u2069 · " in part
    assert "23 λλλλλλλλ 2026" in message.text
    assert "← " in message.text
    assert "→" not in message.text


@pytest.mark.parametrize("foreign", ["a\u2068b", "a\u2069b", "a\u202eb\u2067", "ab"])
def test_a_foreign_text_cannot_turn_what_is_around_it(foreign: str) -> None:
    assert one_line(f"1 {isolated(foreign)} 2") in {"1 ab 2", "1 \u2068ab\u2069 2"}
    assert one_line(f"1 {isolated('ab')} 2") == "1 \u2068ab\u2069 2"
