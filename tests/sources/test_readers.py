"""Every kind of answer can be read from a file."""

import datetime as dt

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.readers import READERS


@pytest.mark.parametrize("kind", READERS)
def test_what_is_of_no_kind_is_refused_with_a_sentence(kind: str) -> None:
    with pytest.raises(FetchFailed):
        READERS[kind](b"<html><body>Sorry</body></html>", dt.date(2026, 4, 20))
