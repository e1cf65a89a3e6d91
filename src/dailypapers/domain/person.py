"""Names of people: their parts, and whether two of them, as they stand in papers and preferences, may be one person's.

Knows "Ann Lee", "Lee, A." and "Lee, Ann, Jr.". Does not know lists of names: how those are written is each format's.
"""

import re

from dailypapers.domain.text import unaccented

#: What stands behind a name and is no name.
SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
#: Words of a name that belong to the family though they stand before it.
_PARTICLES = {"van", "von", "der", "den", "de", "da", "di", "du", "del", "della", "la", "le", "ter", "ten", "zu", "al"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def parts(name: str) -> tuple[str, str, str]:
    """Part a name, as it is written, into family, given and suffix: “Jan van Dam, Jr.” is van Dam, Jan, Jr."""
    pieces = [piece.strip() for piece in name.split(",") if piece.strip()]
    suffix = pieces.pop() if len(pieces) > 1 and SUFFIX.fullmatch(pieces[-1]) else ""
    if len(pieces) != 1:
        return (pieces[0], ", ".join(pieces[1:]), suffix) if pieces else ("", "", suffix)
    words = pieces[0].split()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start]), suffix


def compared_name(name: str) -> tuple[str, tuple[str, ...]]:
    """Give family name and given names as they are compared: "Gu, Albert" and "Albert Gu" have one family name.

    Case, accents and hyphens do not count. Particles are given names where no comma says otherwise.
    """
    family, comma, given = name.partition(",")
    words = _words(family)
    if comma:
        return " ".join(words), tuple(_words(given))
    return (words[-1] if words else ""), tuple(words[:-1])


def _words(text: str) -> list[str]:
    return [unaccented(word) for word in _WORD.findall(text)]


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: same family name, and given names that do not contradict.

    An initial stands for any name that begins with it, a longer beginning does not: Wei is not Weida.
    """
    (family, given), (other_family, other_given) = compared_name(one), compared_name(other)
    if not family or family != other_family:
        return False
    if "".join(given) == "".join(other_given):
        return True
    pairs = list(zip(given, other_given, strict=False))
    return bool(pairs) and all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)


def family_key(name: str) -> str:
    """Give the family name as the stored names of works hold it, so this reading must not change."""
    before_comma, comma, _ = name.partition(",")
    words = re.findall(r"\w+", unaccented(before_comma))
    if not words:
        return ""
    return " ".join(words) if comma else words[-1]


def spellings(name: str) -> tuple[str, ...]:
    """Write “van Dam, Jan” the other way round as well: sources differ in what they take for the family name."""
    family, comma, given = name.partition(",")
    return (name, f"{given.strip()} {family}") if comma else (name,)
