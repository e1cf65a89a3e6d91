"""What commands print."""

import pytest

from dailypapers.cli.output import counted, rows, say


def test_a_count_has_its_noun() -> None:
    assert [counted(number, "email") for number in (0, 1, 1234)] == ["0 emails", "1 email", "1,234 emails"]


def test_a_table_groups_the_digits_of_counts_and_not_of_ids(capsys: pytest.CaptureFixture[str]) -> None:
    rows("Things", [{"id": 12345, "due": 67890, "late": True}], as_json=False)
    assert capsys.readouterr().out.splitlines()[-1].split() == ["12345", "67,890", "yes"]


def test_what_is_said_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("A title \x1b[2J\ud800\nand more")
    assert capsys.readouterr().err == "A title  [2J \nand more\n"
