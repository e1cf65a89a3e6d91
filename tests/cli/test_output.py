"""What commands print."""

import pytest

from dailypapers.cli.output import counted, say


def test_a_count_has_its_noun() -> None:
    assert [counted(number, "email") for number in (0, 1, 1234)] == ["0 emails", "1 email", "1,234 emails"]


def test_what_is_said_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("A title \x1b[2J\ud800\nand more")
    assert capsys.readouterr().err == "A title  [2J \nand more\n"
