"""Names of people: their parts, whether two of them may be one person's, and the keys they are looked up by.

    name as written | family, given, suffix | readings, folded | compared

Knows "Ann Lee", "Lee, Ann, Jr.", PubMed's "Lee AB", "Rianne van den Berg" and "van den Berg, R.", and groups that sign
as authors. Does not know lists of names: `author_list` does.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dailypapers.domain.text import unaccented

#: What stands behind a name and tells a son from his father; "2nd" and "3rd" are PubMed's.
SUFFIX = re.compile(r"(?:jr|jnr|sr|snr|ii|iii|iv|2nd|3rd|4th)\.?", re.IGNORECASE)
_SAME_SUFFIX = {"jnr": "jr", "snr": "sr", "ii": "2nd", "iii": "3rd", "iv": "4th"}
#: Degrees and titles are no part of a name.
DEGREE = re.compile(r"(?i:ph\.?\s?d|m\.?\s?sc|b\.?\s?sc|d\.?\s?phil|mph|esq|frs)\.?|M\.?D\.?|R\.?N\.?")
_TITLE = re.compile(r"^(?:(?:dr|prof|professor|sir)\.?\s+)+(?=\S+\s+\S)", re.IGNORECASE)
#: Words of a name that belong to the family though they stand before it.
_PARTICLES = frozenset(
    {
        "van", "von", "vom", "zu", "zum", "zur", "der", "den", "de", "het", "ter", "ten", "te", "op", "da", "das",
        "do", "dos", "du", "di", "d", "del", "della", "delle", "dello", "dei", "degli", "dal", "dalla", "la", "le",
        "las", "los", "lo", "el", "al", "ad", "as", "ash", "at", "ar", "ibn", "bin", "ben", "bint", "abu", "abd",
        "bou", "ould", "mc", "mac", "fitz", "st", "ste", "saint", "san", "santa", "y", "e", "af", "av", "nic", "ua",
        "ó", "ní", "uí", "mhic", "'t",
    }
)  # fmt: skip
#: What only a group's name holds: it has no family and no given name.
_GROUP_WORDS = frozenset(
    {
        "collaboration", "collaborations", "consortium", "consortia", "team", "teams", "group", "groups", "network",
        "networks", "initiative", "initiatives", "project", "projects", "laboratory", "laboratories", "lab", "labs",
        "committee", "committees", "investigators", "society", "societies", "institute", "institutes", "university",
        "universities", "center", "centre", "centers", "centres", "association", "associations", "foundation",
        "alliance", "agency", "department", "community", "contributors", "members", "partnership", "council",
        "programme", "program", "observatory", "registry", "authors",
    }
)  # fmt: skip
_BEFORE_GROUP = re.compile(r"^(?:on\s+behalf\s+of|for|and)\s+(?=\S)", re.IGNORECASE)
_IN_PARENTHESES = re.compile(r"\([^()]*\)")
_LETTERS = re.compile(r"[^\W\d_]+")
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212]")
_APOSTROPHES = "'’‘ʼʹʻ`´′"
#: "O' Neill" and "D’ Angelo" are one word; other apostrophes before a space end a quotation.
_TORN_APOSTROPHE = re.compile(rf"(?<![^\W\d_])([DLO])[{_APOSTROPHES}]\s+(?=[^\W\d_])", re.IGNORECASE)
#: What is written into a name and is none of it: footnote marks, quotation marks, numbers of affiliations.
_NO_LETTERS = re.compile(r"[\d*†‡§¶#@&/\\|:;!?\"“”„«»()\[\]{}<>^~+=,_$%" + _APOSTROPHES + "]")
_WORD = re.compile(r"[^\s.]+\.?")
_INITIAL = re.compile(r"[^\W\d_]\.?|[^\W\d_][^\W\d_]{1,2}\.|(?:[^\W\d_]\.)+[^\W\d_]?")
_INITIALS = re.compile(r"[A-Z]{1,3}")
_MOST_INITIALS = 3
#: “A.Lee”, “Yu.I. Manin”: a space is missing.
_JOINED = re.compile(r"(?<=\b[^\W\d_a-z]\.)(?=[^\W\d_a-z][^\W\d_A-Z])|(?<=[^\W\d_a-z][^\W\d_A-Z]\.)(?=[^\W\d_a-z])")
_FAMILY_IN_CAPITALS = re.compile(r"((?:[^\W\d_]{2,}[\s-]+)+)(.*[^\W\d_].*)")
#: How these letters are written where they cannot be typed; others leave the accent out, as `unaccented` does.
_TRANSCRIBED = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "đ": "dj", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa",
        "Ø": "Oe", "Đ": "Dj",
    }
)  # fmt: skip
#: Family names of China and Korea that are hardly ever given names, in lower case without accents. What stands behind
#: one of them, and cannot be a family name, is a given name: “Wang Xiaoming”, “Kim Jong-Il”.
_FIRST_FAMILIES = frozenset(
    {
        "bai", "cai", "cao", "chang", "chen", "cheng", "choi", "cui", "dang", "deng", "ding", "dong", "duan", "fan",
        "fang", "feng", "fu", "gao", "gong", "gu", "guo", "han", "he", "hou", "hu", "huang", "huynh", "jia", "jiang",
        "jin", "jung", "kang", "kim", "kong", "kwon", "lai", "li", "liang", "liao", "lim", "lin", "liu", "lu", "luo",
        "ma", "meng", "ngo", "nguyen", "pan", "park", "peng", "pham", "phan", "qian", "qin", "qiu", "ren", "shao",
        "shen", "shi", "song", "su", "sun", "tan", "tang", "tao", "tian", "tran", "wan", "wang", "wei", "wu", "xia",
        "xiang", "xiao", "xie", "xiong", "xu", "xue", "yan", "yang", "yao", "ye", "yin", "yoon", "yuan", "zeng",
        "zhang", "zhao", "zheng", "zhong", "zhou", "zhu", "zou",
    }
)  # fmt: skip
#: Those of Vietnam and Korea that stand before two given names or more, each of one syllable: “Hồ Chí Minh”.
_VIETNAMESE = frozenset(
    {
        "bui", "cao", "dang", "dao", "dinh", "do", "duong", "ha", "ho", "hoang", "huynh", "lam", "le", "luong", "ly",
        "mai", "ngo", "nguyen", "pham", "phan", "phung", "ta", "to", "tran", "trinh", "truong", "vo", "vu",
    }
)  # fmt: skip
_KOREAN = frozenset(
    {
        "ahn", "bae", "baek", "chang", "cho", "choi", "chung", "han", "hong", "hwang", "hyun", "jang", "jeon", "jeong",
        "jung", "kang", "kim", "ko", "kwak", "kwon", "lee", "lim", "moon", "nam", "noh", "oh", "park", "roh", "ryu",
        "seo", "shin", "sohn", "son", "song", "yang", "yoo", "yoon", "yun",
    }
)  # fmt: skip
_VIETNAMESE_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?[aeiouy]{1,3}(?:ch?|m|ng?|nh|p|t)?"
)
_KOREAN_SYLLABLE = re.compile(
    r"(?:kk?|g|n|tt?|d|r|l|m|pp?|b|ss?|sh|jj?|ch|h)?(?:[yw]?(?:ae?|eo|eu|ee?|ou?|oo|ui?)|i|oe|we?i|woo|eui)"
    r"(?:k|ng?|t|l|m|p|b|h)?"
)
#: Two syllables of Pinyin in one word.
_SYLLABLE = (
    r"(?:[bpmfw]o|(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    r"(?:i[ao]ng|u?ang|[ei]ng|[iu]an|iao|uai|[aeiu]n|ong|[aeo][iou]|i[aeu]|u[aeio]|u?e|er|[aeiu]))"
)
_TWO_SYLLABLES = re.compile(rf"{_SYLLABLE}{_SYLLABLE}")
_CHARACTER = "[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
#: Behind NFKC, which makes “，” a comma; the dot stands between the names of foreigners.
_IN_CHARACTERS = re.compile(rf"{_CHARACTER}+(?:[\s,·・]*{_CHARACTER}+)*")
#: Most names are as plain as this, and are read five times as fast for it.
_PLAIN = re.compile(r"[A-Z][a-z]+(?: (?:[A-Z]\.|[A-Z][a-z]+)){1,3}")
_MAY_BE_FIRST = _FIRST_FAMILIES | _VIETNAMESE | _KOREAN
_NOT_PLAIN = _PARTICLES | _GROUP_WORDS | {"dr", "prof", "professor", "sir", "jr", "sr", "jnr", "snr", "phd"}
#: Longer texts are no names; what comes after so many characters is not read.
_MOST_CHARACTERS = 300

Words = tuple[str, ...]


def parts(name: str) -> tuple[str, str, str]:
    """Part a name, as it is written, into family, given and suffix: “Jan van Dam, Jr.” is van Dam, Jan, Jr.

    Degrees and titles are left out. A group's name is all family.
    """
    written = _parsed(name)
    return written.family, written.given, written.suffix


def given_first(name: str) -> str:
    """Return a name as people sign: “Kudva, R.” is R. Kudva. Names without a comma, and groups', stay as they are."""
    if "," not in name or is_group(name):
        return name
    family, given, suffix = parts(name)
    if not given:
        return name
    return f"{given} {family}, {suffix}" if suffix else f"{given} {family}"


@dataclass(frozen=True, slots=True)
class _Written:
    """The parts of a name as they stand there."""

    family: str
    given: str = ""
    suffix: str = ""
    #: Whether a comma or initials behind the family say where it begins and ends.
    certain: bool = True


def apart(name: str) -> str:
    """Put the space between initials, or an initial and a name, that is missing behind a full stop."""
    return _JOINED.sub(" ", name) if "." in name else name


def _parsed(name: str) -> _Written:
    name = " ".join(apart(name[:_MOST_CHARACTERS]).split())
    pieces = [piece for piece in map(str.strip, name.split(",")) if piece]
    if is_group(name):
        return _Written(" ".join([*pieces[1:], *pieces[:1]]))
    suffix = next((piece for n, piece in enumerate(pieces) if _is_suffix(piece, n, pieces)), "")
    pieces = [
        piece for n, piece in enumerate(pieces) if not (_is_suffix(piece, n, pieces) or _is_degree(piece, n, pieces))
    ]
    if len(pieces) < 2:  # noqa: PLR2004 - family, given
        return _without_comma(pieces[0], suffix) if pieces else _Written("", suffix=suffix)
    family, inner = _suffix_off(pieces[0])
    given, last = _suffix_off(", ".join(pieces[1:]))
    return _Written(*_particles_joined(family, given), suffix or inner or last)


def _is_suffix(piece: str, place: int, pieces: list[str]) -> bool:
    """Tell whether a piece is a suffix; in “Ivanov, IV” it is initials."""
    if not place or not SUFFIX.fullmatch(piece):
        return False
    return piece not in {"II", "IV"} or len(pieces) > 2 or " " in pieces[0]  # noqa: PLR2004 - family, given


def _is_degree(piece: str, place: int, pieces: list[str]) -> bool:
    """Tell whether a piece is a degree; in “Rahman, MD” it is initials."""
    if not place or not DEGREE.fullmatch(piece):
        return False
    return place > 1 or not _INITIALS.fullmatch(piece) or bool(_without_comma(pieces[0], "").given)


def _suffix_off(text: str, *, least: int = 1) -> tuple[str, str]:
    """Part a suffix from the end, where so many words stay before it; a doctor's degree behind a name is left out."""
    text = re.sub(r"(?i)(?<=\w)\s+ph\.?\s?d\.?$", "", text)
    words = text.split()
    if len(words) > least and SUFFIX.fullmatch(words[-1]):
        return " ".join(words[:-1]), words[-1]
    return text, ""


def _particles_joined(family: str, given: str) -> tuple[str, str]:
    """Read “Berg, R. van den” as “van den Berg, R.”."""
    words = given.split()
    start = len(words)
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return " ".join([*words[start:], family]), " ".join(words[:start])


def _without_comma(name: str, suffix: str) -> _Written:
    bare, end = _suffix_off(_TITLE.sub("", name), least=2)
    if not end:
        # “Ivanov IV” has initials, “Gates III” and “King Jr.” have not.
        bare, end = _suffix_off(bare) if re.search(r"\s(?:III|[JS]r\.?)$", bare) else (bare, "")
    words, suffix = _particles_first(bare.split()), suffix or end
    behind = len(words)
    while behind > 1 and _is_behind(words[behind - 1], words[:behind]):
        behind -= 1
    if behind < len(words) and not all(_INITIAL.fullmatch(word) for word in words[:behind]):
        return _Written(" ".join(words[:behind]), " ".join(words[behind:]), suffix)
    start = len(words) - 1
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    if start == 1 and words[0] in _PARTICLES:
        start = 0
    return _Written(" ".join(words[start:]), " ".join(words[:start]), suffix, certain=False)


def _particles_first(words: list[str]) -> list[str]:
    """Read “Berg R. van den”, as Dutch catalogues have it, as “van den Berg R.”."""
    end = len(words)
    while end > 2 and words[end - 1] in _PARTICLES:  # noqa: PLR2004 - family, initials
        end -= 1
    has_initials = end < len(words) and (_INITIAL.fullmatch(words[end - 1]) or _INITIALS.fullmatch(words[end - 1]))
    return [*words[end:], *words[:end]] if has_initials else words


def _is_behind(word: str, before: list[str]) -> bool:
    """Tell whether a name's last word is initials: “GE”, “G.E.”, “J-P” behind a name that is not in capitals."""
    letters = [c for c in word if c.isalpha()]
    if (
        not letters
        or len(letters) > _MOST_INITIALS
        or not all(c.isupper() for c in letters)
        or word[:1] in _APOSTROPHES
    ):
        return bool(_INITIAL.fullmatch(word)) and word.endswith(".") and word[:1].isupper()
    return len(letters) == 1 or "." in word or "-" in word or not " ".join(before[:-1]).isupper()


def _is_particle(word: str) -> bool:
    """Tell whether a word is a particle; “D.” is an initial, “St.” is not."""
    return word.casefold().rstrip(".") in _PARTICLES and not re.fullmatch(r"[^\W\d_]\.", word)


def is_group(name: str) -> bool:
    """Tell whether a collaboration, a consortium or the like signs with this name."""
    return not _GROUP_WORDS.isdisjoint(_LETTERS.findall(name.casefold()))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a name, folded; an abbreviated given name keeps its full stop."""

    family: Words
    given: Words = ()
    suffix: str = ""
    #: Where the family begins is a guess: so many words before it may be part of it.
    open: int = 0

    def extended(self) -> Iterator["_Reading"]:
        """Give this reading, and those that take given names for the beginning of the family."""
        for more in range(self.open + 1):
            at = len(self.given) - more
            if more and self.given[at] in _PARTICLES:
                # A particle would have been told: in “Nguyễn Văn An” it is a given name.
                continue
            yield _Reading((*self.given[at:], *self.family), self.given[:at], self.suffix)

    @property
    def keys(self) -> Words:
        """The family's last word, and all of it where it has several."""
        joined = "".join(self.family)
        return (self.family[-1], joined) if len(self.family) > 1 else (joined,)


def _readings(name: str) -> tuple[_Reading, ...]:
    """Return every way to read a name, the likeliest first; none where it holds no letters."""
    return _read(name[:_MOST_CHARACTERS])


@lru_cache(maxsize=1 << 16)
def _read(name: str) -> tuple[_Reading, ...]:
    if _PLAIN.fullmatch(name) and not name.endswith("."):
        words = tuple(name.lower().split())
        if _NOT_PLAIN.isdisjoint(words) and words[0] not in _MAY_BE_FIRST:
            return (_plain_reading(words),)
    return _read_any(name)


def _plain_reading(words: Words) -> _Reading:
    """Read names and initials in their usual order: all but the first may belong to the family, up to an initial."""
    initial = next((n for n in range(len(words) - 2, 0, -1) if words[n].endswith(".")), 0)
    return _Reading(words[-1:], words[:-1], open=len(words) - 2 - initial)


def _read_any(name: str) -> tuple[_Reading, ...]:
    name = unicodedata.normalize("NFKC", name)
    if is_group(name):
        return _of_group(name)
    if _IN_CHARACTERS.fullmatch(name):
        return tuple(_of_characters(name))
    name = _TORN_APOSTROPHE.sub(r"\1'", name)
    transcribed = name.translate(_TRANSCRIBED)
    written = [*_written(name), *(_written(transcribed) if transcribed != name else ())]
    return tuple(reading for reading in map(_folded, written) if reading.family)


def _of_characters(name: str) -> Iterator[_Reading]:
    """Give the readings of a name in Chinese, Japanese or Korean characters: family and given name are one word.

    “明 李” comes of sources that put the given name first.
    """
    pieces = re.findall(rf"{_CHARACTER}+", name)
    yield _Reading(("".join(pieces),))
    if len(pieces) == 2 and "," not in name:  # noqa: PLR2004 - family, given
        yield _Reading((pieces[1] + pieces[0],))


def _written(name: str) -> Iterator[_Written]:
    """Give the parts of a name, and other ones where they can be told apart in several ways."""
    likely = _parsed(name)
    yield likely
    if "," in name:
        return
    if likely.certain and len(likely.given.split()) == 1 and len(likely.family.split()) == 1:
        # “Xu LI”, “Ramesh K”: what looks like initials may be the family.
        yield _Written(likely.given, likely.family, likely.suffix)
    if _is_family_first(name.split()):
        family, _, given = name.partition(" ")
        yield _Written(family, given)
    capitals = _FAMILY_IN_CAPITALS.match(name)
    if capitals and capitals[1].isupper() and not capitals[2].isupper():
        # “LECUN Yann”, “WANG Wei”.
        yield _Written(capitals[1].strip(), capitals[2], likely.suffix)


def _is_family_first(words: list[str]) -> bool:
    """Tell whether a name may be written as in China, Korea or Vietnam: “Wei Wang” may not, both may be families."""
    if len(words) < 2 or (first := unaccented(words[0])) not in _MAY_BE_FIRST:  # noqa: PLR2004 - family, given
        return False
    given = [unaccented(word) for word in words[1:]]
    if len(given) > 1:
        return not any(map(_INITIAL.fullmatch, words)) and _are_syllables(first, given)
    syllables = given[0].split("-")
    if len(syllables) == 2:  # noqa: PLR2004 - such as Jong-Il
        return first in _FIRST_FAMILIES or all(map(_KOREAN_SYLLABLE.fullmatch, syllables))
    return first in _FIRST_FAMILIES and given[0] not in _FIRST_FAMILIES and bool(_TWO_SYLLABLES.fullmatch(given[0]))


def _are_syllables(family: str, given: list[str]) -> bool:
    """Tell whether given names are as many syllables as go with a family name of Vietnam or Korea."""
    if family in _VIETNAMESE and all(map(_VIETNAMESE_SYLLABLE.fullmatch, given)):
        return True
    # “Kim Min Lee” may be a Lee.
    return family in _KOREAN and given[-1] not in _KOREAN and all(map(_KOREAN_SYLLABLE.fullmatch, given))


def _of_group(name: str) -> tuple[_Reading, ...]:
    last, comma, first = name.partition(",")
    text = (f"{first} {last}" if comma else name).strip()
    text = text[1:-1] if _IN_PARENTHESES.fullmatch(text) else text
    text = _BEFORE_GROUP.sub("", _IN_PARENTHESES.sub(" ", text).strip())
    words = re.findall(r"[^\W_]+", unaccented(text))
    words = words[1:] if len(words) > 1 and words[0] == "the" else words
    return (_Reading((" ".join(words),)),) if words else ()


def _folded(written: _Written) -> _Reading:
    family = tuple(word.rstrip(".") for word in _words(written.family))
    given = _given_words(written)
    most = 0 if written.certain or "-" in written.family else _extensible(written.given)
    suffix = written.suffix.rstrip(".").casefold()
    return _Reading(
        tuple(word for word in family if word),
        given,
        _SAME_SUFFIX.get(suffix, suffix),
        min(most, max(len(given) - 1, 0)),
    )


def _extensible(given: str) -> int:
    """Count the whole words at the end of given names that may begin a double family name."""
    count = 0
    for word in reversed(_HYPHENS.sub(" ", given).split()):
        if _INITIAL.fullmatch(word) and word not in _PARTICLES:
            break
        count += 1
    return count


def _given_words(written: _Written) -> Words:
    """Fold given names; initials that stand together are taken apart, as each counts: “G.E.”, “GE”, “J-P”."""
    in_capitals = written.family.isupper() and len(written.family) > 1
    words: list[str] = []
    for word in _raw_words(written.given):
        letters = word.rstrip(".")
        if letters.isupper() and 1 < len(letters) <= _MOST_INITIALS and not in_capitals:
            words += [f"{unaccented(c)}." for c in letters]
        else:
            folded = unaccented(word)
            # “Þ” is an initial still, though it is “th”.
            words.append(f"{folded}." if len(letters) == 1 < len(folded) and letters == word else folded)
    return tuple(word for word in words if word.strip("."))


def _words(text: str) -> Words:
    return tuple(unaccented(word) for word in _raw_words(text))


def _raw_words(text: str) -> list[str]:
    return _WORD.findall(_NO_LETTERS.sub("", _HYPHENS.sub(" ", text)))


def is_same_person(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: same family name, and given names that do not contradict.

    Symmetric. An initial stands for any name that begins with it, a longer beginning does not: Wei is not Weida. A
    family name alone is nobody's but its own. Names that may be one person's share one of their `name_keys`.
    """
    return any(_may_be_same(a, b) for a in _readings(one) for b in _readings(other))


def _may_be_same(one: _Reading, other: _Reading) -> bool:
    if not set(one.keys) & set(other.keys) or (one.suffix and other.suffix and one.suffix != other.suffix):
        return False
    if _in_order(one) == _in_order(other):
        return True
    return any(
        _is_same_family(a.family, b.family) and _is_compatible(a.given, b.given)
        for a in one.extended()
        for b in other.extended()
    )


def _in_order(reading: _Reading) -> Words:
    return (*reading.given, *reading.family)


def _is_same_family(one: Words, other: Words) -> bool:
    """Compare family names; particles may be left out by one, but not be others."""
    if "".join(one) == "".join(other):
        return True
    names, particles = _without_particles(one)
    other_names, other_particles = _without_particles(other)
    return names == other_names and (not particles or not other_particles)


def _without_particles(family: Words) -> tuple[Words, Words]:
    at = 0
    while at < len(family) - 1 and family[at] in _PARTICLES:
        at += 1
    return family[at:], family[:at]


def _is_compatible(one: Words, other: Words) -> bool:
    if "".join(one) == "".join(other):
        return True
    pairs = list(zip(one, other, strict=False))
    return bool(pairs) and all(_may_stand_for(*pair) for pair in pairs)


def _may_stand_for(one: str, other: str) -> bool:
    """Tell whether two given names may be one: “G.” and “Yu.” stand for what begins with them, “Wei” for itself."""
    short, long = sorted((one.rstrip("."), other.rstrip(".")), key=len)
    if short == long:
        return True
    is_abbreviated = len(short) == 1 or f"{short}." in {one, other}
    return is_abbreviated and long.startswith(short)


def name_keys(name: str) -> tuple[str, ...]:
    """Return the keys to look a name up by, the likeliest first; names that may be one person's share one of them.

    Empty where the name holds no letters.
    """
    return tuple(dict.fromkeys(key for reading in _readings(name) for key in reading.keys))


def has_family_name(name: str, family: str) -> bool:
    """Tell whether somebody of this name has this family name, however the two are written."""
    family = unicodedata.normalize("NFKC", family)
    family_words = tuple(word.rstrip(".") for word in _words(family))
    if _IN_CHARACTERS.fullmatch(family):
        return any(reading.family[0].startswith(family_words[0]) for reading in _readings(name))
    readings = (each for reading in _readings(name) for each in (reading, *reading.extended()))
    return bool(family_words) and any(_is_same_family(each.family, family_words) for each in readings)


def is_single_name(name: str) -> bool:
    """Tell whether a name is a person's family name, or mononym, alone; “李明” is both names in one word."""
    readings = _readings(name)
    if _IN_CHARACTERS.fullmatch(name):
        return len(readings[0].family[0]) == 1
    return bool(readings) and not is_group(name) and not any(reading.given for reading in readings)
