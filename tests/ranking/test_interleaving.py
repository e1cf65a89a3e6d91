"""Two lists become one, and every pick knows whose it is."""

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.digest import Pick, Reason
from dailypapers.ranking.interleaving import is_sampled, team_draft

KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def picks(keys: list[str]) -> list[Pick]:
    return [Pick(key, 1.0, Reason(())) for key in keys]


@given(KEYS, KEYS, st.integers(0, 10), st.text(max_size=3))
def test_an_interleaved_list_is_fair_and_repeats_nothing(
    one: list[str], other: list[str], limit: int, seed: str
) -> None:
    interleaved = team_draft(picks(one), picks(other), names=("a", "b"), limit=limit, seed=seed)
    keys = [pick.paper for pick in interleaved]
    assert len(set(keys)) == len(keys) == min(limit, len({*one, *other}))
    assert all(pick.paper in (one if pick.variant == "a" else other) for pick in interleaved)
    assert interleaved == team_draft(picks(one), picks(other), names=("a", "b"), limit=limit, seed=seed)
    if len(one) == len(other) == 8:
        assert abs([pick.variant for pick in interleaved].count("a") * 2 - len(interleaved)) <= 1


def test_two_lists_that_agree_give_each_half_over_many_seeds() -> None:
    same = picks(list("abcd"))
    interleaved = [team_draft(same, same, names=("a", "b"), limit=1, seed=str(n))[0].variant for n in range(400)]
    assert 150 < interleaved.count("a") < 250


def test_a_share_of_all_is_sampled() -> None:
    assert 60 < sum(is_sampled(str(n), 0.1) for n in range(1000)) < 140
    assert not any(is_sampled(str(n), 0) for n in range(100))
    assert all(is_sampled(str(n), 1) for n in range(100))
