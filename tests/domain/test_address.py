"""Which addresses reach one mailbox, and which were probably mistyped."""

import pytest

from dailypapers.domain.address import domain_of, normalised_mailbox, suggestion


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("alice@example.org", "alice@example.org"),
        ("alice+papers@example.org", "alice@example.org"),
        ("al.ice@example.org", "al.ice@example.org"),
        ("a.l.i.c.e+x+y@gmail.com", "alice@gmail.com"),
        ("a.lice@googlemail.com", "alice@gmail.com"),
        ("+@example.org", "+@example.org"),
        ('"a@b"@example.org', '"a@b"@example.org'),
    ],
)
def test_addresses_of_one_mailbox_have_one_form(address: str, mailbox: str) -> None:
    assert normalised_mailbox(address) == mailbox
    assert normalised_mailbox(mailbox) == mailbox


@pytest.mark.parametrize(
    "typed", ["gmial.com", "gmai.com", "gmaill.com", "gmail.con", "gamil.com", "gmail.co", "gnail.com", "ggmail.com"]
)
def test_one_slip_beside_a_well_known_domain_is_noticed(typed: str) -> None:
    assert suggestion(f"alice@{typed}").startswith("alice@g")


@pytest.mark.parametrize("domain", ["gmail.com", "mail.com", "ymail.com", "gmx.de", "pm.me", "ox.ac.uk", "example.org"])
def test_other_domains_are_taken_as_they_stand(domain: str) -> None:
    assert suggestion(f"alice@{domain}") == ""


def test_what_is_behind_the_last_at_is_the_domain() -> None:
    assert domain_of('"a@b"@example.org') == "example.org"


@pytest.mark.parametrize(
    "domain",
    [
        "posteo.me",
        "posteo.ch",
        "hotmail.it",
        "hotmail.be",
        "yahoo.ca",
        "outlook.be",
        "orange.ch",
        "email.com",
        "gmx.ch",
    ],
)
def test_real_domains_beside_well_known_ones_are_not_called_mistyped(domain: str) -> None:
    assert suggestion(f"alice@{domain}") == ""


@pytest.mark.parametrize(
    ("typed", "meant"), [("gmail.con", "gmail.com"), ("hotmail.vom", "hotmail.com"), ("psteo.de", "posteo.de")]
)
def test_slips_that_are_no_domains_of_a_provider_are(typed: str, meant: str) -> None:
    assert suggestion(f"alice@{typed}") == f"alice@{meant}"
