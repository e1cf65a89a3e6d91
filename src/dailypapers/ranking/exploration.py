"""Outside: what others talk about and a reader's subjects have not brought, to look over the fence."""

from collections.abc import Collection, Sequence

from dailypapers.ranking.corpus.frequencies import Columns, Vector
from dailypapers.ranking.select import Flags


def outside(
    talked_about: Sequence[int], scores: Vector, inside: Flags, clusters: Columns, *, taken: Collection[int], count: int
) -> tuple[int, ...]:
    """Return the first `count` columns of `talked_about` that a reader may see and does not get anyway.

    `scores` are the reader's own: below 0 is what they exclude or would rather not see; `inside` is relevant for their
    subjects. Of `taken`, and of papers that say the same (`clusters`), none comes again.
    """
    clusters_met = {int(clusters[column]) for column in taken}
    columns: list[int] = []
    for column in talked_about:
        if len(columns) == count:
            break
        if scores[column] >= 0 and not inside[column] and int(clusters[column]) not in clusters_met:
            clusters_met.add(int(clusters[column]))
            columns.append(column)
    return tuple(columns)
