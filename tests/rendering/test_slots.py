"""Slots: what a template may do with a value before it is known, and that everything else is refused."""

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.errors import NotShareable
from dailypapers.rendering.slots import NUMBER, is_reserved, recording, waiting

ENV = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"], undefined=jinja2.StrictUndefined)
ENV.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
SHOUT = waiting(lambda text: text.upper())
ENV.filters["shout"] = waiting(lambda text, end="!": f"{text.upper()}{end}")
ENV.filters["plain_shout"] = lambda text: text.upper()
ANY = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda c: not is_reserved(c)))


def both(source: str, value: str) -> tuple[str, str]:
    """What a template renders to with a value, and with a slot that is filled with it; `.txt`, so without escaping."""
    template = ENV.from_string(f"{{% autoescape false %}}{source}{{% endautoescape %}}")
    with recording() as slots:
        cut = slots.cut(template.render(value=slots.named("value"), n=slots.number(1)))
    return template.render(value=value, n="7"), cut.filled({"value": value, NUMBER: "7"})


@pytest.mark.parametrize(
    "source",
    [
        "nothing of it",
        "{{ value }}",
        "a {{ value }} b {{ value }}{{ n }}",
        "{{ 'x' ~ value ~ n }}",
        "{{ value or 'none' }}{% if value %}there{% endif %}",
        "{{ _('Only for %(name)s.', name=value) }}",
        "{{ value | shout }}{{ (n ~ '. ' ~ value) | shout(end='?') }}",
        "{{ value | shout | shout }}",
        "{% set all %}<{{ value }}>{% endset %}{{ all | shout }}",
    ],
)
@given(value=ANY.filter(bool))
def test_a_slot_filled_later_is_the_value(source: str, value: str) -> None:
    whole, filled = both(source, value)
    assert filled == whole


@pytest.mark.parametrize(
    "source",
    [
        "{{ value | plain_shout }}",
        "{{ value | length }}",
        "{{ value | truncate(3) }}",
        "{{ value[:3] }}",
        "{% if value == 'a' %}{% endif %}",
        "{% if 'a' in value %}{% endif %}",
        "{% for letter in value %}{% endfor %}",
        "{{ '%5s' | format(value) if value < 'b' }}",
        "{{ value * 2 }}",
        "{{ 'text' | shout(end=value) }}",
    ],
)
def test_what_depends_on_the_value_is_refused(source: str) -> None:
    with pytest.raises(NotShareable):
        both(source, "value")


def test_markup_with_a_slot_is_not_passed_through_a_filter() -> None:
    with recording() as slots, pytest.raises(NotShareable, match="markup"):
        ENV.from_string("{% set all %}{{ value }}{% endset %}{{ all | shout }}").render(value=slots.named("value"))


def test_more_digits_than_there_are_columns_are_refused() -> None:
    with recording() as slots, pytest.raises(NotShareable, match="numbers"):
        slots.number(3)


def test_filters_wait_only_while_slots_are_given_out() -> None:
    with recording() as slots:
        mark = str(slots.named("value"))
        assert str(SHOUT(f"a{mark}")) != f"A{mark}"
    assert SHOUT(f"a{mark}") == f"A{mark}"


def test_characters_of_marks_are_known() -> None:
    with recording() as slots:
        assert is_reserved(str(slots.named("value")))
        assert is_reserved(str(slots.number(2)))
    assert not is_reserved("Ünïcode, 漢字 and 👍")
