"""Every sentence can be translated, and a language brings its direction."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from tests.messages import TEMPLATE, gathered, template
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import DAY, FOR_SOMEBODY, LINKS

from dailypapers.domain.digest import Reason, Term, TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.errors import BadSettings
from dailypapers.ranking.profile import profile
from dailypapers.rendering.digest import render_digest
from dailypapers.rendering.environment import environment, in_words, say
from dailypapers.rendering.pages import render_page

_KEPT = re.compile(r"(%\(\w+\)[a-z]|\{\w*\}|<[^>]*>)")


def accented(message: str) -> str:
    """The message in a language that writes every letter as lambda."""
    return "".join(
        part if _KEPT.fullmatch(part) else re.sub("[A-Za-z]", "λ", part) for part in _KEPT.split(message) if part
    )


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    folder = tmp_path / "he" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    other = Catalog(locale="he")
    for message in gathered():
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            forms = tuple(accented(ids[-1]) for _ in range(other.num_plurals))
            other.add(message.id, forms if len(ids) > 1 else forms[0])
    with (folder / "dailypapers.mo").open("wb") as file:
        write_mo(file, other)
    return tmp_path


def test_the_template_of_catalogues_is_up_to_date() -> None:
    assert TEMPLATE.read_text("utf-8") == template(), "make messages gathers it anew"


def test_a_mail_is_in_the_language_of_the_service(locale: Path) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    message = render_digest(env, FOR_SOMEBODY, day=DAY, links=LINKS)
    assert '<html lang="he" dir="rtl">' in message.html
    assert "Unsubscribe" not in message.html + message.text
    assert "λλλλ" in message.html
    assert "λλλλ" in message.text


def test_a_sentence_formed_in_code_is_translated_where_it_is_shown(locale: Path) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    assert say(env, "Something broke") == "λλλλλλλλλ λλλλλ"
    assert say(environment(TEMPLATES), "Something broke") == "Something broke"


def test_a_page_has_the_direction_of_its_language(locale: Path) -> None:
    env = environment(TEMPLATES, language="he", locale=locale)
    shared = {"root": "/", "home": "/", "list_name": "", "static": str, "path": "/"}
    page = render_page(env, "message", title="1", message="2", **shared)
    assert '<html lang="he" dir="rtl">' in page
    assert "To the front page" not in page


@pytest.mark.parametrize("language", ["xx", "../en", ""])
def test_a_language_without_catalogue_is_named(language: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"service\.language"):
        environment(TEMPLATES, language=language, locale=tmp_path)


def test_a_reason_is_said_in_the_readers_language() -> None:
    reason = Reason((Term(TermKind.WORDS, "state space", 1.0, "space"),))
    said = in_words(reason, lambda sentence: sentence.replace("matches your topic", "passt zu"))
    assert said == "Passt zu “space”: state space"
    assert in_words("By hand") == "By hand"


def test_what_a_wish_lacks_is_said_in_the_readers_language() -> None:
    (warning,) = profile([Interest(InterestKind.TOPIC, "the of")], examples={}).warnings
    assert warning.startswith("“the of” holds no word")
    said = in_words(warning, lambda sentence: sentence.replace("holds no word", "hat kein Wort"))
    assert said.startswith("“the of” hat kein Wort")
