"""Profiles: recognised by their address or id, and nothing else is taken for one."""

import pytest

from dailypapers.domain.profile import BY_KEY, OWN_LIBRARY, Profile, ProfileKind, parted, profile_of


@pytest.mark.parametrize(
    ("text", "kind", "identifier"),
    [
        ("0000-0002-1825-0097", ProfileKind.ORCID, "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1694-233x", ProfileKind.ORCID, "0000-0002-1694-233X"),
        ("https://openalex.org/A5023888391", ProfileKind.OPENALEX, "A5023888391"),
        ("a5023888391", ProfileKind.OPENALEX, "A5023888391"),
        ("https://dblp.org/pid/65/9612.html", ProfileKind.DBLP, "65/9612"),
        ("dblp:g/JohnGrundy-1", ProfileKind.DBLP, "g/JohnGrundy-1"),
        ("https://www.zotero.org/groups/2468/reading_club/library", ProfileKind.ZOTERO, "2468"),
        ("https://www.zotero.org/users/475425/items", ProfileKind.ZOTERO_USER, "475425"),
        ("zotero: users/475425", ProfileKind.ZOTERO_USER, "475425"),
    ],
)
def test_a_profile_is_known_by_its_address_or_its_id(text: str, kind: ProfileKind, identifier: str) -> None:
    assert profile_of(f" <{text}> ") == Profile(kind, identifier)
    assert profile_of(profile_of(text).address) == Profile(kind, identifier)  # type: ignore[union-attr]


@pytest.mark.parametrize("written", ["zotero: {}", "Zotero key: {}", "zotero {}"])
def test_a_key_opens_a_library_and_is_not_shown(written: str) -> None:
    key = "P9NiFoyLeZu2bZNvvuQPDWsd"
    library = profile_of(written.format(key))
    assert library == Profile(ProfileKind.ZOTERO_USER, BY_KEY, key)
    assert library
    assert key not in repr(library)
    assert library.address == OWN_LIBRARY
    assert profile_of(key) is None


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0098",
        "2401.00001",
        "10.1101/2026.04.17.1",
        "https://orcid.org/0000-0002-1825-0097/evil?x",
        "https://dblp.org/pid/../../etc",
        "see https://openalex.org/A5023888391",
        "https://openalex.example/A5023888391",
        "https://www.zotero.org/alice",
        "A12",
        "",
        "x" * 5000,
    ],
)
def test_nothing_else_is_taken_for_one(text: str) -> None:
    assert profile_of(text) is None


def test_lines_with_profiles_are_parted_from_the_others_which_keep_their_places() -> None:
    profiles, rest = parted("2401.00001\n0000-0002-1825-0097\n10.1/x\nhttps://orcid.org/0000-0002-1825-0097")
    assert profiles == (Profile(ProfileKind.ORCID, "0000-0002-1825-0097"),)
    assert rest == "2401.00001\n\n10.1/x\n"
