"""An address to vote says on which paper; where nobody can vote there is none."""

from dailypapers.domain.link import vote_address


def test_a_paper_stands_behind_what_is_signed() -> None:
    assert vote_address("https://p.example.org/feedback/abc.def", 71) == "https://p.example.org/feedback/abc.def~71"


def test_without_votes_or_without_the_papers_id_there_is_no_address() -> None:
    assert vote_address("", 71) == vote_address("https://p.example.org/feedback/abc.def", 0) == ""
