"""Interleaving: two rankings in one list, so that readers' votes say which is better (team draft, Radlinski 2008)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from dailypapers.domain.digest import Pick


def team_draft(
    one: Sequence[Pick], other: Sequence[Pick], *, names: tuple[str, str], limit: int, seed: str
) -> tuple[Pick, ...]:
    """Return two rankings interleaved: in each round both add their best paper that is not in the list yet.

    Which of them is first is drawn anew in each round; the same `seed` draws the same. Every pick's `variant` is the
    name of the ranking that added it.
    """
    remaining = [list(one), list(other)]
    interleaved: list[Pick] = []
    chosen_keys: set[str] = set()
    for number in range(limit):
        first = int(hashlib.sha256(f"{seed} {number}".encode()).hexdigest(), 16) % 2
        for ranking in (first, 1 - first):
            pick = next((pick for pick in remaining[ranking] if pick.paper not in chosen_keys), None)
            if pick and len(interleaved) < limit:
                chosen_keys.add(pick.paper)
                interleaved.append(replace(pick, variant=names[ranking]))
    return tuple(interleaved)


def is_sampled(seed: str, share: float) -> bool:
    """Return whether this seed is in a random sample of a share (0 to 1) of all."""
    return int(hashlib.sha256(seed.encode()).hexdigest()[:8], 16) < share * 16**8
