"""A saved paper is a liked one too."""

from dailypapers.domain.vote import Vote


def test_saving_asks_for_more_of_the_kind() -> None:
    assert [vote for vote in Vote if vote.is_for] == [Vote.LIKE, Vote.SAVE]
