"""A thumbnail is served under a name that says nothing but what it is."""

from dailypapers.domain.thumbnail import NAME, Thumbnail


def test_a_thumbnail_s_file_is_called_by_its_content() -> None:
    picture = Thumbnail("0123456789abcdef" * 2, 480, 300)
    assert picture.file_name == f"{picture.name}.jpg"
    assert NAME.fullmatch(picture.name)
    assert not NAME.fullmatch("../secret")
