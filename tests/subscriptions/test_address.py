"""An address is checked and written in one form before it is stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.errors import BadInput
from dailypapers.subscriptions.address import normal_address


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Alice@Example.ORG ", "alice@example.org"),
        ("ALICE+Papers@example.org", "alice+papers@example.org"),
        ("al.ice@gmail.com", "al.ice@gmail.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("alice@xn--mnchen-3ya.example.org", "alice@münchen.example.org"),
        ("alice@MÜNCHEN.example.org", "alice@münchen.example.org"),
        ("Ἀλίκη@example.org", "ἀλίκη@example.org"),
    ],
)
def test_an_address_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert normal_address(typed) == stored
    assert normal_address(stored) == stored


@pytest.mark.parametrize(
    "address",
    [
        "",
        "alice",
        "alice@",
        "@example.org",
        "a b@example.org",
        "alice@example.org\nBcc: eve@x.org",
        "alice@example.org, bob@example.org",
        "Alice <alice@example.org>",
        "alice@localhost",
        "alice@127.0.0.1",
        "alice@[127.0.0.1]",
        "ali..ce@example.org",
        f"alice@{'a' * 250}.org",
        "alice\0@example.org",
        "\ud800@example.org",
        "alice\u202e@example.org",
    ],
)
def test_what_is_not_an_address_is_refused_with_what_was_typed(address: str) -> None:
    with pytest.raises(BadInput, match="is not an email address: ") as raised:
        normal_address(address)
    assert f"“{address[:100]}”" in str(raised.value)


_NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9+_-]{0,20}[A-Za-z0-9])?", fullmatch=True)


@given(name=_NAMES, domain=_NAMES, spaces=st.sampled_from(["", " ", "\t", "\n"]))
def test_neither_case_nor_space_around_it_makes_another_address(name: str, domain: str, spaces: str) -> None:
    domain = domain.replace("+", "a").replace("_", "a").replace("-", "a")
    stored = normal_address(f"{name}@{domain}.example.org")
    assert normal_address(f"{spaces}{name.upper()}@{domain.upper()}.EXAMPLE.org{spaces}") == stored
    assert stored == f"{name}@{domain}.example.org".lower()
