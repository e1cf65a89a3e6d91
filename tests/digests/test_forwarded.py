"""How forwarded papers join what was chosen; from the email to the digest, tests/inbound/test_forwarded.py goes."""

from dailypapers.digests.choose import Choice
from dailypapers.digests.forwarded import WEIGHT, _together
from dailypapers.domain.digest import Pick, QuietTopic, Reason, Term, TermKind
from dailypapers.domain.forwarded import Candidate


def a_pick(paper_id: int, score: float, *, topic: str = "maps", outside: bool = False) -> Pick:
    reason = Reason((Term(TermKind.WORDS, topic, score, topic),))
    return Pick(f"file:{paper_id}", score, reason, outside=outside, paper_id=paper_id)


def test_the_best_come_first_and_each_reason_adds_up_to_its_score() -> None:
    choice = Choice((a_pick(1, 0.9), a_pick(2, 0.5), a_pick(9, 0.1, outside=True)), (QuietTopic("sea"),))
    waiting = (
        Candidate(2, ("a",), is_asked_for=True),
        Candidate(3, ("b",), is_asked_for=True),
        Candidate(4, ("c",), is_asked_for=False),
    )
    keys = {2: "file:2", 3: "alert:3", 4: "alert:4"}
    made = _together(choice, (a_pick(2, 0.5, topic="sea"),), waiting, keys, 5)
    assert [pick.paper_id for pick in made.picks] == [2, 1, 3, 9]
    assert [round(pick.score, 6) for pick in made.picks] == [0.5 + WEIGHT, 0.9, WEIGHT, 0.1]
    assert all(pick.score == pick.reason.score for pick in made.picks)
    assert [pick.paper_id for pick in _together(choice, (), waiting, keys, 1).picks] == [2, 9]


def test_on_an_empty_day_they_come_in_place_of_what_is_trending() -> None:
    choice = Choice((a_pick(1, 0.9),), instead=True)
    made = _together(choice, (), (Candidate(3, ("b",), is_asked_for=True),), {3: "alert:3"}, 5)
    assert ([pick.paper_id for pick in made.picks], made.instead) == ([3], False)
    assert _together(choice, (), (Candidate(4, ("c",), is_asked_for=False),), {4: "alert:4"}, 5) == choice
