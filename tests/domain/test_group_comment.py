"""Comments name a paper by its number, and what a program quotes without a mark is none."""

from dailypapers.domain.group_comment import numbered_parts, without_digest


def test_a_number_begins_a_comment_on_that_paper() -> None:
    text = "Two thoughts.\n\n3: Nice\nproof.\n\nAnd short.\n#1: Meh\nWe meet at 10:30\n5:45 is too late"
    assert numbered_parts(text) == [
        (0, "Two thoughts."),
        (3, "Nice proof.\n\nAnd short."),
        (1, "Meh We meet at 10:30 5:45 is too late"),
    ]
    assert numbered_parts("12：好") == [(12, "好")]
    assert numbered_parts("2:\n \n") == []


def test_a_copy_of_the_groups_mail_is_left_out() -> None:
    assert without_digest("Nice\n\nGRAPH CLUB · Monday, 20 April\n\n1. A paper", "Graph club") == "Nice\n"
    assert without_digest("Nice\nGraph club\n20 April", "Graph club") == "Nice"
    assert without_digest("I like this graph club · a lot", "Graph club") == "I like this graph club · a lot"
