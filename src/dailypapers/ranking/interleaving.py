"""Interleaving: two rankings in one list, so that readers' votes say which is better (team draft, Radlinski 2008)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from dailypapers.domain.digest import Pick


def team_draft(
    one: Sequence[Pick], other: Sequence[Pick], *, names: tuple[str, str], limit: int, lot: str
) -> tuple[Pick, ...]:
    """Weave two lists: round by round each names its best paper that is not taken yet, who is first is drawn by lot.

    Every pick tells by `recipe` whose it is. The same `lot` draws the same.
    """
    rest = [list(one), list(other)]
    woven: list[Pick] = []
    taken: set[str] = set()
    for turn in range(limit):
        first = int(hashlib.sha256(f"{lot} {turn}".encode()).hexdigest(), 16) % 2
        for team in (first, 1 - first):
            pick = next((pick for pick in rest[team] if pick.paper not in taken), None)
            if pick and len(woven) < limit:
                taken.add(pick.paper)
                woven.append(replace(pick, recipe=names[team]))
    return tuple(woven)


def takes_part(lot: str, share: float) -> bool:
    """Whether this one is drawn into a share (0 to 1) of all."""
    return int(hashlib.sha256(lot.encode()).hexdigest()[:8], 16) < share * 16**8
