"""What is wrong with a setting, in one sentence for an operator: its place, what it must be, and what was meant."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

#: What must stand there, by the kind of problem that pydantic found.
_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text in quotes",
    "path": "a path in quotes",
    "time": "a time of day such as “05:30”",
    "tuple": "a list",
}
_BOUNDS = {
    "greater_than_equal": "at least {ge:.10g}",
    "greater_than": "greater than {gt:.10g}",
    "less_than_equal": "at most {le:.10g}",
    "less_than": "less than {lt:.10g}",
}
#: Settings whose values are not shown.
_SECRETS = {"password", "secret", "imap_password", "metrics_token", "postmark_login", "mailgun_signing_key"}
#: More of a wrong value is not shown.
_LONGEST = 60

Problem = Mapping[str, Any]


def sentence(problem: Problem, *, names_by_section: Mapping[str, Sequence[str]], variable: str) -> str:
    """Say one problem.

    `names_by_section` are the known settings; `variable` is the environment variable the value came from, or empty.
    """
    if problem["type"] == "extra_forbidden":
        return _unknown(problem["loc"], names_by_section)
    place = variable or place_of(problem["loc"])
    if problem["type"] == "missing":
        return f"{place} is missing"
    expected = _expected(problem)
    if expected:
        return f"{place} must be {expected}"
    said = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{place}: {said}" if place else said


def place_of(loc: Sequence[int | str]) -> str:
    """Write a setting's place: `mail.port`, or `sources, entry 2: url`; entries are counted from 1."""
    place = ""
    for part in loc:
        if isinstance(part, int):
            place += f", entry {part + 1}"
        elif ", entry " in place:
            place += f": {part}"
        else:
            place += f".{part}" if place else part
    return place


def in_toml(message: str) -> str:
    """Say what a TOML parser said: `line 3, column 5: …`."""
    parts = re.fullmatch(r"(.*?) \(at (?:(line \d+, column \d+)|(end of document))\)", message, re.DOTALL)
    if not parts:
        return message
    why = parts[1][:1].lower() + parts[1][1:]
    return f"{parts[2] or 'at the end'}: {why}"


def _expected(problem: Problem) -> str:
    kind, context = str(problem["type"]), problem.get("ctx", {})
    if kind in _BOUNDS:
        return _BOUNDS[kind].format_map(context) + _not(problem)
    if kind == "literal_error":
        return _one_of(problem)
    if kind == "string_too_short":
        return "set; it must not be empty"
    if kind in {"model_type", "model_attributes_type"}:
        return f"a section: [{place_of(problem['loc'])}] and its settings below"
    expected = _EXPECTED.get(kind.partition("_")[0])
    return expected + _not(problem) if expected else ""


def _not(problem: Problem) -> str:
    """Return what stands there instead, unless it is long or a secret."""
    value = problem.get("input") if problem["loc"][-1] not in _SECRETS else None
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return f", not “{written}”" if isinstance(value, str | int | float) and len(written) <= _LONGEST else ""


def _one_of(problem: Problem) -> str:
    choices = re.findall(r"'([^']*)'", str(problem["ctx"]["expected"]))
    named = [f"“{choice}”" if choice else "empty" for choice in choices]
    expected = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
    return expected + _not(problem) + _meant(str(problem.get("input", "")).lower(), choices, "“{}”")


def _unknown(loc: Sequence[int | str], names_by_section: Mapping[str, Sequence[str]]) -> str:
    *before, last = loc
    name = str(last)
    if not before:
        return _unknown_section(name, names_by_section)
    section = place_of([part for part in before if isinstance(part, str)])
    suggestion = _suggestion(name, section, names_by_section)
    if isinstance(before[-1], int):
        return f"{place_of(before)}: unknown setting {name}{suggestion}"
    return f"unknown setting {place_of(loc)}{suggestion}"


def _suggestion(name: str, section: str, names_by_section: Mapping[str, Sequence[str]]) -> str:
    names = names_by_section.get(section, ())
    meant = _meant(name.lower(), names, "{}")
    elsewhere = [other for other, its in names_by_section.items() if name in its and other != section]
    if meant:
        return meant
    if elsewhere:
        return f"; it belongs in [{elsewhere[0]}]"
    return f"; the settings of {section} are {', '.join(names)}" if names else ""


def _unknown_section(name: str, names_by_section: Mapping[str, Sequence[str]]) -> str:
    homes = [f"[{section}]" for section, names in names_by_section.items() if name in names]
    if homes:
        return f"unknown setting {name} outside a section; it belongs in {' or '.join(homes)}"
    return f"unknown section or setting {name}{_meant(name.lower(), list(names_by_section), '[{}]')}"


def _meant(name: str, names: Iterable[str], form: str) -> str:
    meant = nearest(name, names)
    return f"; did you mean {form.format(meant)}?" if meant else ""


def nearest(name: str, names: Iterable[str]) -> str:
    """Return which of these names `name` was most probably meant to be; empty where none is like it."""
    near = get_close_matches(name, [each for each in names if each], n=1)
    return near[0] if near else ""
