"""Addresses in texts that anybody may have written."""

import pytest

from dailypapers.mail.incoming.addresses import first_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Alice <alice@example.org>, bob@example.org", "alice@example.org"),
        ("to 'alice@example.org'.", "alice@example.org"),
        ("alice@example.org、ご確認", "alice@example.org"),
        ("jürgen@bücher.example:", "jürgen@bücher.example"),
        ("nobody at all @ home", ""),
    ],
)
def test_the_first_address_is_read_without_what_stands_around_it(text: str, address: str) -> None:
    assert first_address(text) == address
