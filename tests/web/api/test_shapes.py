"""The pieces that descriptions are made of."""

from dailypapers.domain.interest import Stance
from dailypapers.web.api import shapes
from dailypapers.web.api.check import faults


def test_a_choice_may_be_null_as_well() -> None:
    choice = shapes.or_null(shapes.one_of(Stance))
    assert [list(faults(choice, value)) == [] for value in ("want", None, "love")] == [True, True, False]


def test_a_line_is_one_line_of_text() -> None:
    line = shapes.line(5)
    assert [list(faults(line, text)) == [] for text in ("", "a b", "a\nb", "a\n", "abcdef")] == [
        False, True, False, False, False,
    ]  # fmt: skip


def test_what_is_taken_refuses_unknown_fields_and_what_is_answered_has_all() -> None:
    taken = shapes.taken("T", {"a": shapes.TEXT})
    answered = shapes.answered("T", {"a": shapes.TEXT})
    assert (taken["additionalProperties"], answered["required"]) == (False, ["a"])
