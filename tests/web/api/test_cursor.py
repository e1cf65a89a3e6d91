"""A cursor names a value to whoever made it, and to nobody else."""

import pytest
from tests.web.conftest import SIGNER

from dailypapers.tokens import Signer
from dailypapers.web.api.cursor import read_cursor, write_cursor
from dailypapers.web.api.problem import Kind, Problem


@pytest.mark.parametrize("value", ["17", "ann@example.org", "ü"])
def test_a_cursor_comes_back_as_its_value(value: str) -> None:
    assert read_cursor(SIGNER, "list", write_cursor(SIGNER, "list", value)) == value


def test_a_cursor_of_another_list_or_installation_or_made_up_is_refused() -> None:
    cursor = write_cursor(SIGNER, "list", "17")
    for signer, name, text in (
        (SIGNER, "other", cursor),
        (Signer("http://pages", b"other"), "list", cursor),
        (SIGNER, "list", f"{cursor}x"),
        (SIGNER, "list", cursor[1:]),
        (SIGNER, "list", "\ud800"),
    ):
        with pytest.raises(Problem) as refused:
            read_cursor(signer, name, text)
        assert refused.value.kind is Kind.CURSOR
