"""What commands print."""

import stat
from pathlib import Path

import pytest

from dailypapers.cli.output import counted, rows, say, write_private
from dailypapers.errors import BadInput


def test_a_count_has_its_noun() -> None:
    assert [counted(number, "email") for number in (0, 1, 1234)] == ["0 emails", "1 email", "1,234 emails"]


def test_a_table_groups_the_digits_of_counts_and_not_of_ids(capsys: pytest.CaptureFixture[str]) -> None:
    rows("Things", [{"id": 12345, "due": 67890, "late": True}], as_json=False)
    assert capsys.readouterr().out.splitlines()[-1].split() == ["12345", "67,890", "yes"]


def test_what_is_said_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("A title \x1b[2J\ud800\nand more")
    assert capsys.readouterr().err == "A title  [2J \nand more\n"


def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "people.jsonl", "ümlaut\n")
    assert (tmp_path / "people.jsonl").read_text("utf-8") == "ümlaut\n"
    assert stat.S_IMODE((tmp_path / "people.jsonl").stat().st_mode) == 0o600
    write_private(tmp_path / "people.jsonl", "less")
    assert (tmp_path / "people.jsonl").read_text("utf-8") == "less"


@pytest.mark.parametrize("name", ["none/people.jsonl", "."])
def test_a_private_file_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"cannot be written: (No such file|Is a directory)"):
        write_private(tmp_path / name, "")
