"""Strict, escaping, sandboxed; an operator's template wins."""

import datetime as dt
from pathlib import Path

import jinja2
import pytest
from jinja2.exceptions import SecurityError
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import DAY, FOR_SOMEBODY, LINKS

from dailypapers.errors import BadSettings
from dailypapers.rendering.digest import render_digest
from dailypapers.rendering.environment import environment


def test_a_template_of_the_same_name_wins(override: Path) -> None:
    (override / "email/digest/subject.txt").write_text("{{ total }} papers await you", "utf-8")
    message = render_digest(environment(TEMPLATES, override), FOR_SOMEBODY, day=DAY, links=LINKS)
    assert message.subject == "3 papers await you"
    assert "Mamba" in message.html


def test_a_style_sheet_of_the_same_name_wins(override: Path) -> None:
    (override / "email/base.css").write_text(".title { color: rebeccapurple }", "utf-8")
    message = render_digest(environment(TEMPLATES, override), FOR_SOMEBODY, day=DAY, links=LINKS)
    assert message.html.count("rebeccapurple") == 3


def test_a_mail_that_fills_the_blocks_of_another_has_its_styles(override: Path) -> None:
    (override / "email/mine.html").write_text(
        "{% extends 'email/frame.html' %}\n{% block foot %}\n<p class=\"small\">{{ said }}</p>\n{% endblock %}\n",
        "utf-8",
    )
    (override / "email/other.html").write_text(
        "{% extends 'email/mine.html' %}{% set said = '3 > 2' %}{% block foot %}{{ super() }}{% endblock %}", "utf-8"
    )
    (override / "email/base.css").write_text(".small { color: rebeccapurple }", "utf-8")
    env = environment(TEMPLATES, override)
    for name, said in (("mine", "2 &gt; 1"), ("other", "3 &gt; 2")):
        html = env.get_template(f"email/{name}.html").render(said="2 > 1", list_name="L & N")
        assert html.count("rebeccapurple") == 1
        assert said in html
        assert "L &amp; N" in html


def test_a_template_is_compiled_once_whoever_renders_it(override: Path) -> None:
    subject = "email/digest/subject.txt"
    one, other = (environment(TEMPLATES).get_template(subject) for _ in range(2))
    assert one.root_render_func.__code__ is other.root_render_func.__code__
    for text in ("before", "after"):
        (override / subject).write_text(text, "utf-8")
        assert environment(TEMPLATES, override).get_template(subject).render() == text


def test_what_was_compiled_for_one_language_is_not_used_for_another(override: Path) -> None:
    (override / "number.txt").write_text("{{ 1234567 | number }}", "utf-8")
    written = [
        environment(TEMPLATES, override, language=code).get_template("number.txt").render() for code in ("en", "en-IN")
    ]
    assert written == ["1,234,567", "12,34,567"]


def test_an_override_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="the folder"):
        environment(TEMPLATES, tmp_path / "missing")


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ gettext.__globals__ }}",
        "{{ [].append(1) }}",
        "{{ cycler.__init__.__globals__ }}",
    ],
)
def test_templates_reach_nothing_but_their_values(env: jinja2.Environment, source: str) -> None:
    with pytest.raises((SecurityError, jinja2.UndefinedError)):
        env.from_string(source).render()


@pytest.mark.parametrize(
    "source",
    [
        "{{ entry.__class__ }}",
        "{{ entry.__dataclass_fields__ }}",
        "{{ entry.paper.names.__globals__ }}",
        "{% for n in [1] %}{{ loop._iterator }}{% endfor %}",
        "{{ entry.missing }}",
    ],
)
def test_of_a_record_only_its_fields_can_be_read(env: jinja2.Environment, source: str) -> None:
    with pytest.raises((SecurityError, jinja2.UndefinedError)):
        env.from_string(source).render(entry=FOR_SOMEBODY.entries[0])
    assert env.from_string("{{ entry.paper.title }}").render(entry=FOR_SOMEBODY.entries[0])


def test_a_name_that_is_not_there_is_an_error(env: jinja2.Environment) -> None:
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ nothing }}").render()


def test_html_is_escaped_and_text_is_not(override: Path) -> None:
    for name in ("a.html", "a.txt"):
        (override / name).write_text("{{ value }}", "utf-8")
    env = environment(TEMPLATES, override)
    assert env.get_template("a.html").render(value="<b>") == "&lt;b&gt;"
    assert env.get_template("a.txt").render(value="<b>") == "<b>"


def test_dates_are_written_in_words(env: jinja2.Environment) -> None:
    template = env.from_string("{{ day | long_date }} / {{ day | plain_date }} / {{ day | short_date }}")
    assert template.render(day=dt.date(2026, 5, 3)) == "Sunday, 3 May 2026 / 3 May 2026 / 3 May 2026"
