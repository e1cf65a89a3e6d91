"""Words of commands in other languages; what they do is tested with the commands."""

import pytest

from dailypapers.inbound.command_words import in_english


@pytest.mark.parametrize(
    ("line", "english"),
    [
        ("more like 3", "more like 3"),
        ("Mehr wie 3", "more like 3"),
        ("Pause bis 3. März", "Pause until 3. march"),
        ("暂停到5月3日", "pause until 3 may"),
        ("十二月", "dec"),
        ("你好", "你好"),
        ("", ""),
    ],
)
def test_known_words_become_english_and_others_stay(line: str, english: str) -> None:
    assert in_english(line).split() == english.split()
