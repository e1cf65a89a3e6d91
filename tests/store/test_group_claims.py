"""Which groups a claim names."""

import sqlalchemy as sa
from tests.a_group import CLOSED, OPEN, a_group, a_reader

from dailypapers.store import group_claims, groups
from dailypapers.store.database import writing


def test_groups_are_found_by_the_very_words_of_a_claim(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    first, second, third = (a_group(engine, (ada, OPEN), (bob, CLOSED)) for _ in range(3))
    with writing(engine) as tx:
        for group, claim in ((first, "ml-lab"), (second, "ml-lab"), (third, "library")):
            group_claims.put(tx, group, claim)
        assert group_claims.groups_of(tx, ["ml-lab", "ML-Lab", "x"]) == [first, second]
        assert group_claims.groups_of(tx, ["", "ML-LAB"]) == []
        group_claims.mark(tx, first, bob)
        assert [each.by_claim for each in groups.members(tx, first)] == [False, True]
        group_claims.put(tx, first, "")
        assert group_claims.groups_of(tx, ["ml-lab"]) == [second]
        assert [each.by_claim for each in groups.members(tx, first)] == [False, False]
