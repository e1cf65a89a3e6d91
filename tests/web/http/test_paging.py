"""Which page of a list is asked for."""

import pytest
from fastapi import Request

from dailypapers.web.http.paging import bounded, page_number


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("3", 3),
        ("0", 1),
        ("-2", 1),
        ("", 1),
        ("two", 1),
        ("²", 1),
        ("٣", 1),
        ("9999999999", 1),
        ("999999999", 999_999_999),
    ],
)
def test_what_is_not_a_number_is_the_first_page(text: str, page: int) -> None:
    assert page_number(Request({"type": "http", "query_string": f"page={text}".encode(), "headers": []})) == page


@pytest.mark.parametrize(
    ("page", "items", "shown"), [(1, 0, (1, 1)), (2, 10, (1, 1)), (2, 11, (2, 2)), (9, 25, (3, 3))]
)
def test_a_page_beyond_the_end_is_the_last(page: int, items: int, shown: tuple[int, int]) -> None:
    assert bounded(page, items, 10) == shown
