"""Lists of authors in one text, taken apart into the names of people.

    without affiliations | ; or and | commas: between names, or within them

Knows "Ann Lee, Bob Roy and Cem Öz", "Lee, A., Roy, B., Jr.", "Lee A, Roy B", "Lee, Ann; Roy, Bob" and "Lee, Ann"; and
lists with a name a line. Does not know markup or TeX: the text is clean.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from dailypapers.domain.person import DEGREE, SUFFIX, apart, is_group

#: Maximum authors of one paper: the largest collaborations sign with some three thousand.
MAX_AUTHORS = 5_000
_AND_OTHERS = re.compile(
    r"[\s,;]{0,9}(?<!\w)(?:(?:and|&)\s(?:\d{1,5}\s)?(?:others|more|coworkers|co-workers|colleagues)\b|et\.?\sal\b|…|\.\.\.).*",
    re.IGNORECASE,
)
_OTHERS = ("other", "more", "coworkers", "co-workers", "colleagues", " al", "…", "...")
_MARKS, _NUMBERS = "*†‡§¶‖#", "0-9¹²³⁰⁴-⁹"
_MARK = re.compile(f"[{_MARKS}{_NUMBERS}]")
#: Marks of footnotes behind a name: “Lee1,2”, “Roy *†”. Other numbers are a part of it: “1000 Genomes Project”.
_FOOTNOTES = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<=[^\W\d_]\.))(?:\s?[{_MARKS}]|\^?[{_NUMBERS}])(?:[{_MARKS}{_NUMBERS},\s]{{0,60}}[{_MARKS}{_NUMBERS}])?(?=\s*(?:[,;|]|$|(?:and|&)\s))"
)
#: “Lee,1 Roy,2*”: a mark behind the comma.
_BEHIND_COMMA = re.compile(
    rf"(?:(?<=[^\W\d_])|(?<=[^\W\d_]\.)),[{_MARKS}{_NUMBERS}][{_MARKS}{_NUMBERS},]{{0,60}}(?=\s|$)"
)
#: “Lee [1,2]”.
_BRACKETED = re.compile(r"\s?\[[\d,*\s]{1,20}\]")
#: What stands between names in Chinese and Japanese, and dots that do with spaces around them.
_COMMAS = str.maketrans({"、": ", ", "，": ", ", "；": "; "})
_DOT = re.compile(r"\s[•·∙]\s")
_BY = re.compile(r"^by:?\s", re.IGNORECASE)
#: “LHCb collaboration: R. Aaij, …”
_GROUP_OF = re.compile(r"^([^:;,]{2,80}\b(?:collaboration|consortium|group|team|network)s?):(\s)", re.IGNORECASE)
_AND = re.compile(r",?\s(?:and|&)\s|^(?:and|&)\s|,&\s?")
_INITIAL = r"(?:[^\W\d_]\.?|[^\W\d_][^\W\d_]{1,2}\.)"
_INITIALS = re.compile(
    rf"(?:{_INITIAL}(?:(?:[\s-]|(?<=\.)){_INITIAL}(?![^\W\d_])){{0,5}}|[A-Z]{{2,3}})(?:\s(?:van|von|der|den|de|da|di|la|dos|du|ter))*"
)
_LONGEST_INITIALS = 30
#: No suffix and no degree is longer: “D. Phil.”.
_LONGEST_SUFFIX = 8
#: “IBM” and “MIT” behind a full name are no initials.
_LONGEST_BARE_INITIALS = 2
_PARTICLE = re.compile(
    r"(?:van|von|de|da|di|du|del|della|la|le|el|al|bin|ibn|ter|ten|zu|dos|st\.?|'t|d)\b", re.IGNORECASE
)
_JOINED_PARTICLE = re.compile(r"(?:Mc|Mac|De|Di|Le|La|Van|O)[A-Z]")
#: “van den Berg R” is all of a name.
_ENDS_IN_INITIALS = re.compile(r"[^\W\d_]{2}\s[A-Z]{1,3}$")
_MOST_GIVEN_NAMES = 3
#: Words of a name, and what parts names that are in one line.
_TWO, _MOST_WORDS = 2, 6
_BETWEEN_NAMES = re.compile(r"[;|&]|\b(?:and|et al)\b")
_WORD = "[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:-[A-Za-zÀ-ÖØ-öø-ÿ][a-zß-öø-ÿ]+)*"
_FULL_NAME = rf"{_WORD}(?: {_WORD}| [A-Z]\.)* {_WORD}"
#: “Ann Lee, Bob A. Roy”: names written out, none of which can be part of another, as most lists are.
_FULL_NAMES = re.compile(rf"{_FULL_NAME}(?:, {_FULL_NAME})*")
#: Two or more of the characters of Chinese, Japanese and Korean: a family's alone is one, seldom two.
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_ENDS_AS_GROUP = re.compile(r"\b(?:collaboration|consortium|team|group|network)$", re.IGNORECASE)


def names_in(text: str, *, given_first: bool = False) -> tuple[str, ...]:
    """Return the names in a list of authors, in order, each as it is written there (but “A.Lee” with its space).

    Affiliations in parentheses, footnote marks, degrees and “et al.” are left out. With `given_first` a comma stands
    within a name only before a suffix, as in arXiv's lists. Never raises.
    """
    text = apart(_without_others(_BY.sub("", _without_marks(_outside_parentheses(_with_commas(text))))))
    text = _GROUP_OF.sub(r"\1,\2", text, count=1) if ":" in text else text
    if _FULL_NAMES.fullmatch(text) and not _PARTICLE.match(text):
        return tuple(text.split(", ")[:MAX_AUTHORS])
    if ";" in text or "|" in text:
        names = (
            ", ".join(_without_degrees(_pieces(part)))
            for piece in re.split(r"[;|]", text)
            for part in _conjoined(piece)
        )
    else:
        names = (name for piece in _conjoined(text) for name in _comma_separated(piece, given_first=given_first))
    return tuple(islice(filter(None, names), MAX_AUTHORS))


def names_on_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a list that has one a line; nothing where its lines may be anything else.

    A line is one name where it has two to six words, is a group's, or has one comma behind a family name. So a list
    that was wrapped, which has its commas or “and” in any line, is none.
    """
    stripped = [line for each in lines if (line := each.strip())]
    if len(stripped) < _TWO or not all(map(_is_one_name, stripped)):
        return ()
    return tuple(islice((name for line in stripped for name in names_in(line)), MAX_AUTHORS))


def _is_one_name(line: str) -> bool:
    name = _without_marks(_outside_parentheses(_with_commas(line)))
    # A name may go on behind a particle: “Rianne van”, and in the next line “den Berg”.
    if not name or _BETWEEN_NAMES.search(name) or name.split()[-1].islower():
        return False
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma:
        return bool(given) and "," not in given and _is_family(family) and _is_persons(given)
    return _TWO <= len(name.split()) <= _MOST_WORDS or is_group(name) or bool(_EAST_ASIAN.fullmatch(name))


def _with_commas(text: str) -> str:
    return text if text.isascii() else _DOT.sub("; ", text.translate(_COMMAS))


def _without_marks(text: str) -> str:
    text = _BRACKETED.sub("", text) if "[" in text else text
    return _FOOTNOTES.sub("", _BEHIND_COMMA.sub(",", text)) if _MARK.search(text) else text


def _without_others(text: str) -> str:
    lowered = text.lower()
    return _AND_OTHERS.sub("", text) if any(map(lowered.__contains__, _OTHERS)) else text


def _outside_parentheses(text: str) -> str:
    if "(" not in text:
        return " ".join(text.split())
    outside, depth = [], 0
    for c in text:
        depth += c == "("
        if depth == 0:
            outside.append(c)
        depth = max(depth - (c == ")"), 0)
    return " ".join("".join(outside).split())


def _conjoined(text: str) -> list[str]:
    """Take a list apart at “and”, but not a group’s own name: “Institute for Metrics and Evaluation Network”."""
    joined: list[str] = []
    for piece in _AND.split(text) if "and" in text or "&" in text else [text]:
        last = joined[-1].rpartition(",")[2] if joined else ""
        # A single word is hardly a person's name there.
        if is_group(last) and (is_group(piece) or " " not in piece.strip()) and not _ENDS_AS_GROUP.search(last):
            joined[-1] += f" and {piece.strip()}"
        else:
            joined.append(piece.strip())
    return joined


def _pieces(text: str) -> list[str]:
    pieces = [piece.strip() for piece in text.split(",")]
    return [piece for piece in pieces if piece[:1].isalnum() or any(map(str.isalnum, piece))]


def _without_degrees(pieces: Sequence[str]) -> Iterator[str]:
    """Leave out degrees behind a name; in “Rahman, MD” they are initials."""
    for place, piece in enumerate(pieces):
        if not (place and DEGREE.fullmatch(piece) and (place > 1 or " " in pieces[0])):
            yield piece


def _comma_separated(text: str, *, given_first: bool) -> Iterator[str]:
    """Return the names between whose parts, or between which, commas stand."""
    items = list(_with_suffixes(_pieces(text)))
    if given_first:
        return _unpaired(items, is_inverted=False)
    if any(_are_initials(given, family) for (family, _), (given, _) in pairwise(items)):
        return _with_initials(items)
    return _unpaired(items, is_inverted=_is_inverted(items, has_initials=False))


def _with_initials(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    unpaired: list[tuple[str, str]] = []
    for item in items:
        if unpaired and _are_initials(item[0], unpaired[-1][0]):
            *before, family = unpaired
            yield from _unpaired(before, is_inverted=_is_inverted(before, has_initials=True))
            yield _inverted(family, item)
            unpaired = []
        else:
            unpaired.append(item)
    yield from _unpaired(unpaired, is_inverted=_is_inverted(unpaired, has_initials=True))


def _with_suffixes(pieces: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each piece with the suffix that stands behind it; degrees are left out."""
    last: tuple[str, str] | None = None
    for piece in pieces:
        if len(piece) > _LONGEST_SUFFIX:
            yield from (last,) if last else ()
            last = (piece, "")
            continue
        if last and SUFFIX.fullmatch(piece):
            last = (last[0], piece)
        elif not (last and DEGREE.fullmatch(piece) and (" " in last[0] or last[0].endswith("."))):
            yield from (last,) if last else ()
            last = (piece, "")
    yield from (last,) if last else ()


def _are_initials(piece: str, before: str) -> bool:
    """Tell whether a piece is the initials of the family name before it."""
    if len(piece) > _LONGEST_INITIALS or not _INITIALS.fullmatch(piece):
        return False
    # “LEE, A.” is a family in capitals, “A., B.” and “AB, C” are not.
    if _INITIALS.fullmatch(before) and not (before.isalpha() and len(before) > 1 and "." in piece):
        return False
    return not (piece.isalpha() and len(piece) > _LONGEST_BARE_INITIALS and " " in before) and not is_group(before)


def _is_inverted(items: Sequence[tuple[str, str]], *, has_initials: bool) -> bool:
    """Tell whether every other piece is the given names of the one before it: “Lee, Ann Marie, van Dam, Jan”.

    Where others have initials, two single words are one person; two of that kind with one name each are not met.
    """
    if not items or len(items) % 2:
        return False
    if any(_ENDS_IN_INITIALS.search(name) for name, _ in items[::2]):
        return False
    if all(_EAST_ASIAN.fullmatch(name) for name, _ in items):
        return False
    pairs = list(zip([name for name, _ in items[::2]], [name for name, _ in items[1::2]], strict=True))
    if has_initials:
        return all(_is_family(family) and " " not in f"{family}{given}" for family, given in pairs)
    if len(pairs) == 1 and " " not in pairs[0][1]:
        # “García Márquez, José”
        return all(map(_is_persons, pairs[0])) and not any(map(_INITIALS.fullmatch, pairs[0][0].split()))
    return all(
        _is_family(family) and _is_persons(given) and given.count(" ") < _MOST_GIVEN_NAMES for family, given in pairs
    )


def _is_family(piece: str) -> bool:
    return (" " not in piece or bool(_PARTICLE.match(piece))) and _is_persons(piece)


def _is_persons(piece: str) -> bool:
    """Tell whether a piece may be a part of a person's name: “OpenAI”, “DeepMind” and “CERN” are not."""
    is_joined = any(a.islower() and b.isupper() for a, b in pairwise(piece)) and not _JOINED_PARTICLE.match(piece)
    is_acronym = piece.isupper() and len(piece) > _LONGEST_BARE_INITIALS
    return not (is_joined or is_acronym or is_group(piece))


def _inverted(family: tuple[str, str], given: tuple[str, str]) -> str:
    return ", ".join(filter(None, (family[0], given[0], given[1] or family[1])))


def _unpaired(items: Sequence[tuple[str, str]], *, is_inverted: bool) -> Iterator[str]:
    if is_inverted:
        yield from (_inverted(*pair) for pair in zip(items[::2], items[1::2], strict=True))
    else:
        yield from (", ".join(filter(None, item)) for item in items)
