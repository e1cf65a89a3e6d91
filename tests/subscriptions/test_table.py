"""A table of subscribers is read in each of the ways in which spreadsheets save it."""

import pytest

from dailypapers.errors import BadInput
from dailypapers.subscriptions.table import records


@pytest.mark.parametrize(
    "text",
    [
        "email,topics\na@x.org,graphs; cells\n",
        'E-Mail;Topics\r\na@x.org;"graphs; cells"\r\n',
        "e-mail\ttopics\na@x.org\tgraphs; cells\n",
        'sep=;\r\nemail;topics\r\na@x.org;"graphs; cells"',
        '"sep=,"\remail,topics\ra@x.org,graphs; cells',
        "sep=|\nemail|topics\na@x.org|graphs; cells\n",
    ],
)
def test_cells_are_parted_as_the_first_line_is(text: str) -> None:
    line = 3 if "sep=" in text else 2
    assert list(records(text, "people.csv")) == [(line, {"address": "a@x.org", "topics": "graphs; cells"})]


def test_addresses_alone_need_no_line_that_says_so() -> None:
    text = "a@x.org\n\nAnn Lee <b@x.org>\n"
    assert list(records(text, "people.txt")) == [(1, {"address": "a@x.org"}), (3, {"address": "Ann Lee <b@x.org>"})]


@pytest.mark.parametrize(
    "text", ["", "\n", "sep=;", "sep=;\nname;topics\n", "name\na@x.org\n", "a@x.org,b\n", "x" * 200_000]
)
def test_a_table_without_addresses_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"people\.csv has no column “address”"):
        list(records(text, "people.csv"))


def test_what_is_wrong_with_a_record_stands_in_its_place() -> None:
    read = list(records('email;hour\na@x.org;6;7\nb@x.org;"6\nc@x.org;7\n', "people.csv"))
    assert [line for line, _ in read] == [2, 3, 4]
    assert [type(cells) for _, cells in read] == [BadInput, BadInput, dict]
    assert [str(cells) for _, cells in read[:2]] == [
        "has 3 cells, but there are 2 columns",
        'has a quote (") that is not closed',
    ]
