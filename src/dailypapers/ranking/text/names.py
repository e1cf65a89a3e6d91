"""Names of people: whether two of them, as they stand in papers and preferences, may be one person's."""

from dailypapers.ranking.text.words import plain_words


def name_parts(author: str) -> tuple[str, tuple[str, ...]]:
    """Family name and given names, compared form: "Gu, Albert", "Albert Gu" and "A. Gu" have one family name."""
    family, comma, given = author.partition(",")
    found = plain_words(family)
    if comma:
        return " ".join(found), tuple(plain_words(given))
    return (found[-1] if found else ""), tuple(found[:-1])


def is_same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: same family name, and given names that do not contradict.

    An initial stands for any name that begins with it, a longer beginning does not: Wei is not Weida.
    """
    (family, given), (other_family, other_given) = name_parts(one), name_parts(other)
    if not family or family != other_family:
        return False
    if "".join(given) == "".join(other_given):
        return True
    pairs = list(zip(given, other_given, strict=False))
    return bool(pairs) and all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs)
