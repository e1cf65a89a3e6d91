"""Addresses in an envelope: a domain beyond ASCII is written as any server reads it."""

import pytest

from dailypapers.mail.idn import envelope_address


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ann@example.org", "ann@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("jürgen@bücher.example", "jürgen@bücher.example"),
        ("jürgen@example.org", "jürgen@example.org"),
        ('"a@b"@bücher.example', '"a@b"@xn--bcher-kva.example'),
    ],
)
def test_only_a_domain_beyond_ascii_is_rewritten(address: str, written: str) -> None:
    assert envelope_address(address) == written


def test_what_is_not_a_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="bü"):
        envelope_address("ann@bü cher.example")
