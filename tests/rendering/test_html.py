"""A template's styles are inlined once, and its Jinja stays where it stood."""

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dailypapers.errors import BadSettings
from dailypapers.rendering.html import encoded_size, inlined, most_bytes, weight

TEMPLATE = """<!DOCTYPE html><html><head><title>{{ title }}</title><style>
p { color: red } @media (prefers-color-scheme: dark) { p { color: pink !important } }
</style></head><body><table>
{% for row in rows %}
<tr><td>{% if row > 1 %}<p class="{{ kind }}">{{ row }}</p>{% endif %}</td></tr>
{% endfor %}
</table></body></html>"""


def rendered(template: str) -> str:
    source = inlined(template, "a template")
    return jinja2.Environment(autoescape=True).from_string(source).render(title="<T>", rows=[1, 2], kind="a b")


def test_rules_move_onto_elements_and_media_rules_stay() -> None:
    html = rendered(TEMPLATE)
    assert '<p class="a b" style="color:red">2</p>' in html
    assert "prefers-color-scheme: dark" in html.partition("</head>")[0]
    assert html.count("color:red") == 1


def test_jinja_in_tables_titles_and_attributes_stays_where_it_stood() -> None:
    html = rendered(TEMPLATE)
    assert "<title>&lt;T&gt;</title>" in html
    assert html.count("<tr><td>") == 2
    assert "jinja" not in html


def test_conditional_comments_for_outlook_survive() -> None:
    template = TEMPLATE.replace("<table>", "<!--[if mso]><table><tr><td><![endif]--><table>")
    assert "<body><!--[if mso]><table><tr><td><![endif]--><table>" in rendered(template)


def test_two_places_in_one_tag_are_fine() -> None:
    template = TEMPLATE.replace("<p class", '<p id="{{ row }}" class')
    assert '<p class="a b" id="2"' in rendered(template)


@pytest.mark.parametrize(
    "broken",
    [
        "<p {% if big %}hidden{% endif %}>{{ text }}</p>",
        "<table>{% for row in rows %}<p>{{ row }}</p>{% endfor %}</table>",
    ],
)
def test_jinja_that_would_not_stay_where_it_stands_is_named(broken: str) -> None:
    with pytest.raises(BadSettings, match=r"^own/body\.html: it could not be read as HTML"):
        inlined(broken, "own/body.html")


@pytest.mark.parametrize(("html", "size"), [("abc", 3), ("a=b", 5), ("é", 6), ("a\nb", 4), ("x" * 100, 103)])
def test_the_size_is_that_of_quoted_printable_with_crlf(html: str, size: int) -> None:
    assert encoded_size(html) == size


@given(st.text(st.one_of(st.sampled_from("=é \n\tx\r"), st.characters(exclude_categories=()))))
@example("= " * 200)
@example("é" * 500)
@example(" \n" * 100)
@example("x" * 10_000)
def test_a_part_has_no_more_bytes_than_is_foreseen(text: str) -> None:
    assert encoded_size(text) <= most_bytes(weight(text))
    assert weight(text * 2) == 2 * weight(text)
