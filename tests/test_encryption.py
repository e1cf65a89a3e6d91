"""What is encrypted can be read with the same secret, for the same purpose and owner, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.encryption import decrypt, encrypt, is_encrypted
from dailypapers.errors import Undecipherable

SECRET = b"a secret of the service"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_encrypted_comes_back(text: str) -> None:
    stored = encrypt(SECRET, text, purpose="a key", owner=7)
    assert is_encrypted(stored)
    assert decrypt(SECRET, stored, purpose="a key", owner=7) == text
    assert len(text) < 3 or text not in stored


def test_the_same_text_is_never_stored_the_same() -> None:
    assert len({encrypt(SECRET, "a key", purpose="a key", owner=7) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("secret", "purpose", "owner"), [(b"another", "a key", 7), (SECRET, "an address", 7), (SECRET, "a key", 8)]
)
def test_it_opens_with_nothing_else(secret: bytes, purpose: str, owner: int) -> None:
    stored = encrypt(SECRET, "text", purpose="a key", owner=7)
    with pytest.raises(Undecipherable, match="another secret"):
        decrypt(secret, stored, purpose=purpose, owner=owner)


@pytest.mark.parametrize("damage", ["", "1:", "1:AAAA", "1:*", "plain", "1:ä"])
def test_what_is_damaged_is_named(damage: str) -> None:
    with pytest.raises(Undecipherable):
        decrypt(SECRET, damage, purpose="a key", owner=7)


def test_one_changed_letter_is_seen() -> None:
    stored = encrypt(SECRET, "text", purpose="a key", owner=7)
    changed = stored[:-6] + ("A" if stored[-6] != "A" else "B") + stored[-5:]
    with pytest.raises(Undecipherable):
        decrypt(SECRET, changed, purpose="a key", owner=7)
