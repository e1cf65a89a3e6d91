"""Institutions: which ways of writing a name are one, and which are not."""

import pytest

from dailypapers.domain.institution import institution_key, institutions_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of Oxford", "Oxford University"),
        ("ETH Zürich", "eth zurich"),
        ("The Max Planck Institute for Intelligent Systems", "Max-Planck Institute, Intelligent Systems"),
        ("Universität Wien", "universitat wien"),
    ],
)
def test_ways_of_writing_one_name_are_the_same(one: str, other: str) -> None:
    assert institution_key(one) == institution_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("MIT", "Massachusetts Institute of Technology"), ("University of Oxford", "Oxford Brookes University"),
     ("Max Planck Institute for Physics", "Max Planck Institute"),
     ("University of York", "York University"), ("University of Washington", "Washington University"),
     ("University of California", "California University"), ("New York University", "University of York")],
)  # fmt: skip
def test_other_names_are_not(one: str, other: str) -> None:
    assert institution_key(one) != institution_key(other)


def test_every_part_of_an_address_counts_and_an_acronym_too() -> None:
    addresses = ["Department of Physics, University of Oxford, Oxford OX1 3PU, UK", "Massachusetts Institute (MIT)"]
    found = dict(institutions_in(addresses))
    assert found[institution_key("Oxford University")] == "University of Oxford"
    assert found[institution_key("mit")] == "MIT"
    assert "" not in found
    assert institution_key("the of –") == ""
