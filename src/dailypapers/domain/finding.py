"""What looking after an installation finds: one thing each, how it is, why, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    level: Level
    why: str
    advice: str = ""
    """What to do; empty where nothing is."""


def ok(name: str, why: str) -> Finding:
    """Return that a thing is well."""
    return Finding(name, Level.OK, why)


def warn(name: str, why: str, advice: str) -> Finding:
    """Return that a thing works, and could be better."""
    return Finding(name, Level.WARN, why, advice)


def fail(name: str, why: str, advice: str) -> Finding:
    """Return that a thing does not work."""
    return Finding(name, Level.FAIL, why, advice)


def worst(findings: "list[Finding]") -> Level:
    """Return the level of the worst finding."""
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.OK)
