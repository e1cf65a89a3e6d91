"""Names of people: whether two of them, as they stand in papers and preferences, may be one person's."""

from dailypapers.ranking.words import plain_words


def name_parts(author: str) -> tuple[str, tuple[str, ...]]:
    """Family name and given names, compared form: "Gu, Albert", "Albert Gu" and "A. Gu" have one family name."""
    family, comma, given = author.partition(",")
    found = plain_words(family)
    if comma:
        return " ".join(found), tuple(plain_words(given))
    return (found[-1] if found else ""), tuple(found[:-1])


def is_same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: same family name, and given names that do not contradict."""
    (family, given), (other_family, other_given) = name_parts(one), name_parts(other)
    if not family or family != other_family:
        return False
    pairs = list(zip(given, other_given, strict=False))
    return bool(pairs) and all(a.startswith(b) or b.startswith(a) for a, b in pairs)
