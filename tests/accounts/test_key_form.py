"""Keys of one kind are recognised by how they look, and by nothing but the whole of them."""

from dailypapers.accounts.key_form import KeyForm, is_right
from dailypapers.accounts.sessions import hash_of

FORM = KeyForm("dpx_")


def test_a_new_key_has_its_form_and_no_other() -> None:
    prefix, key = FORM.new()
    assert FORM.prefix_of(key) == prefix
    assert FORM.is_in(f"token = '{key}'")
    assert KeyForm("dpy_").prefix_of(key) is None
    assert FORM.prefix_of(key + "x") is None
    assert not FORM.is_in(prefix)


def test_only_the_whole_key_is_right() -> None:
    _, key = FORM.new()
    assert is_right(key, hash_of(key))
    assert not is_right(key, hash_of(key[:-1]))
    assert not is_right(key, None)
    assert not is_right("", None)
