"""Outside: what others talk about and a reader's subjects have not brought, to look over the fence."""

from collections.abc import Collection, Sequence

from dailypapers.ranking.corpus.frequencies import Columns, Vector


def outside(
    talked_about: Sequence[int], scores: Vector, clusters: Columns, *, taken: Collection[int], enough: float, count: int
) -> tuple[int, ...]:
    """The first `count` columns of `talked_about` that a reader may see and does not get anyway.

    `scores` are the reader's own: below 0 is what they exclude or would rather not see, and what scores `enough` is
    inside their subjects. Of `taken`, and of papers that say the same (`clusters`), none comes again.
    """
    met = {int(clusters[column]) for column in taken}
    found: list[int] = []
    for column in talked_about:
        if len(found) == count:
            break
        inside = scores[column] >= enough > 0
        if scores[column] >= 0 and not inside and int(clusters[column]) not in met:
            met.add(int(clusters[column]))
            found.append(column)
    return tuple(found)
