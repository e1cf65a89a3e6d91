"""Every error is one sentence for a person, and a cousin of the builtin one."""

import inspect

import pytest

from dailypapers import errors
from dailypapers.errors import BadPaperId, DailypapersError, FetchFailed

ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, DailypapersError) and error is not DailypapersError
]


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_says_in_its_docstring_when_it_is_raised(error: type[DailypapersError]) -> None:
    assert (error.__doc__ or "").endswith(".")


def test_a_long_text_is_cut_in_the_sentence() -> None:
    assert len(str(BadPaperId("x" * 10_000))) < 300


def test_what_an_error_quotes_of_strangers_is_printable() -> None:
    told = "It says \ud800\x1b[31m\nand\x00 more"
    assert str(FetchFailed(told)) == "It says   [31m and  more"
    assert str(BadPaperId(told)).isprintable()
