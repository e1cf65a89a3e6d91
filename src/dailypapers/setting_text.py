"""The settings file as a text: some settings put into the commented one, each at its place and with its comment."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_SECTION = re.compile(r"\[([a-z]+)\]")
_SETTING = re.compile(r"# ([a-z_]+) = (.*?)(\s+#.*)?")

Answers = Mapping[tuple[str, str], str | int]


def with_answers(commented: str, answers: Answers, sources: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the file's text with these settings, by section and name, and these sources at its end.

    Raises `KeyError` for a setting that the text does not have.
    """
    left = dict(answers)
    lines, section = [], ""
    for line in commented.splitlines():
        if head := _SECTION.match(line):
            section = head[1]
        setting = _SETTING.fullmatch(line)
        is_answered = setting is not None and (section, setting[1]) in left
        lines.append(_set(setting, left.pop((section, setting[1]))) if setting and is_answered else line)
    if left:
        raise KeyError(next(iter(left)))
    return "\n".join(lines) + "\n" + "".join(map(_table, sources))


def _set(setting: re.Match[str], value: str | int) -> str:
    line = f"{setting[1]} = {in_toml(value)}"
    comment = (setting[3] or "").strip()
    return f"{line:<41} {comment}".rstrip()


def _table(source: Mapping[str, Any]) -> str:
    return "\n[[sources]]\n" + "".join(f"{name} = {in_toml(value)}\n" for name, value in source.items())


def in_toml(value: Any) -> str:
    """Write a text, a number, or texts, as TOML, whose escapes are those of JSON."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
