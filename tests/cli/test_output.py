"""What commands print."""

from dailypapers.cli.output import counted


def test_a_count_has_its_noun() -> None:
    assert [counted(number, "email") for number in (0, 1, 1234)] == ["0 emails", "1 email", "1,234 emails"]
