"""Two lists become one, and every pick knows whose it is."""

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.digest import Pick, Reason
from dailypapers.ranking.interleaving import takes_part, team_draft

KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def picks(keys: list[str]) -> list[Pick]:
    return [Pick(key, 1.0, Reason(())) for key in keys]


@given(KEYS, KEYS, st.integers(0, 10), st.text(max_size=3))
def test_a_woven_list_is_fair_and_holds_nothing_twice(one: list[str], other: list[str], limit: int, lot: str) -> None:
    woven = team_draft(picks(one), picks(other), names=("a", "b"), limit=limit, lot=lot)
    keys = [pick.paper for pick in woven]
    assert len(set(keys)) == len(keys) == min(limit, len({*one, *other}))
    assert all(pick.paper in (one if pick.recipe == "a" else other) for pick in woven)
    assert woven == team_draft(picks(one), picks(other), names=("a", "b"), limit=limit, lot=lot)
    if len(one) == len(other) == 8:
        assert abs([pick.recipe for pick in woven].count("a") * 2 - len(woven)) <= 1


def test_two_lists_that_agree_give_each_team_half_over_many_lots() -> None:
    same = picks(list("abcd"))
    woven = [team_draft(same, same, names=("a", "b"), limit=1, lot=str(n))[0].recipe for n in range(400)]
    assert 150 < woven.count("a") < 250


def test_a_share_of_all_takes_part() -> None:
    assert 60 < sum(takes_part(str(n), 0.1) for n in range(1000)) < 140
    assert not any(takes_part(str(n), 0) for n in range(100))
    assert all(takes_part(str(n), 1) for n in range(100))
