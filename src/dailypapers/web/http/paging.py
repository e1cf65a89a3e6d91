"""Lists that are shown a page at a time."""

from fastapi import Request

_MOST_DIGITS = 9


def page_number(request: Request) -> int:
    """Return which page of a list is asked for, from 1 on; anything but a number is the first."""
    text = request.query_params.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 1


def bounded(page: int, items: int, size: int) -> tuple[int, int]:
    """Return the page, or the last one where there are fewer; and the last one's number."""
    last = max(-(-items // size), 1)
    return min(page, last), last
