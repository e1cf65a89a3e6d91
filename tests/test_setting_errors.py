"""What is said of a setting names its place, what belongs there and what was meant, and gives no secret away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.setting_errors import Problem, in_toml, nearest, place_of, sentence

KNOWN = {"mail": ["host", "port", "owner_address"], "web": ["host", "trusted_proxies"], "sources": ["kind", "url"]}


def said(type: str, *loc: str | int, variable: str = "", **fields: object) -> str:  # noqa: A002 - pydantic's word
    problem: Problem = {"type": type, "loc": loc, "msg": "pydantic’s own words", **fields}
    return sentence(problem, names_by_section=KNOWN, variable=variable)


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        (("mail",), "mail"),
        (("mail", "port"), "mail.port"),
        (("sources", 0), "sources, entry 1"),
        (("sources", 1, "url"), "sources, entry 2: url"),
        (("web", "trusted_proxies", 2), "web.trusted_proxies, entry 3"),
        ((), ""),
    ],
)
def test_a_place_is_written_as_people_count(loc: tuple[str | int, ...], place: str) -> None:
    assert place_of(loc) == place


@given(st.lists(st.text("abc_", min_size=1), min_size=1, max_size=3), st.integers(0, 99))
def test_an_entry_is_counted_from_one_wherever_it_stands(names: list[str], index: int) -> None:
    assert place_of([*names, index]) == f"{'.'.join(names)}, entry {index + 1}"


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ({"type": "int_parsing", "input": "many"}, "mail.port must be a whole number, not “many”"),
        ({"type": "bool_parsing", "input": 7}, "mail.port must be true or false, not “7”"),
        ({"type": "string_type", "input": True}, "mail.port must be text in quotes, not “true”"),
        ({"type": "string_type", "input": ["a"]}, "mail.port must be text in quotes"),
        ({"type": "greater_than", "input": 0, "ctx": {"gt": 0}}, "mail.port must be greater than 0, not “0”"),
        ({"type": "less_than_equal", "input": 1e9, "ctx": {"le": 65535}}, "at most 65535, not “1000000000.0”"),
        ({"type": "missing"}, "mail.port is missing"),
        ({"type": "string_too_short", "input": ""}, "mail.port must be set; it must not be empty"),
        ({"type": "value_error", "msg": "Value error, it is odd."}, "mail.port: it is odd"),
        ({"type": "something_new"}, "mail.port: pydantic’s own words"),
    ],
)
def test_every_kind_of_problem_is_a_sentence(problem: Problem, expected: str) -> None:
    fields = {"loc": ("mail", "port"), "msg": "pydantic’s own words", **problem}
    assert sentence(fields, names_by_section=KNOWN, variable="").endswith(expected)


def test_a_problem_of_everything_together_has_no_place() -> None:
    assert said("value_error", msg="Value error, two sources are named “a”.") == "two sources are named “a”"


@pytest.mark.parametrize("name", ["password", "secret"])
def test_a_secret_is_not_repeated(name: str) -> None:
    assert said("int_parsing", "mail", name, input="hunter2") == f"mail.{name} must be a whole number"


def test_of_a_long_value_nothing_is_repeated() -> None:
    assert said("int_parsing", "mail", "port", input="x" * 61) == "mail.port must be a whole number"


def test_the_variable_is_named_where_the_value_came_from_one() -> None:
    sentence_said = said("int_parsing", "mail", "port", input="x", variable="DAILYPAPERS_MAIL__PORT")
    assert sentence_said == "DAILYPAPERS_MAIL__PORT must be a whole number, not “x”"


def test_a_choice_names_all_there_are_and_the_one_that_was_meant() -> None:
    context = {"expected": "'', 'words' or 'topics'"}
    assert said("literal_error", "ranking", "interleave", input="WORDS", ctx=context) == (
        "ranking.interleave must be empty, “words” or “topics”, not “WORDS”; did you mean “words”?"
    )
    only = {"expected": "'words'"}
    assert said("literal_error", "ranking", "interleave", input=1, ctx=only) == (
        "ranking.interleave must be “words”, not “1”"
    )


@pytest.mark.parametrize(
    ("loc", "expected"),
    [
        (("mail", "prot"), "unknown setting mail.prot; did you mean port?"),
        (("mail", "kind"), "unknown setting mail.kind; it belongs in [sources]"),
        (("mail", "xyz"), "unknown setting mail.xyz; the settings of mail are host, port, owner_address"),
        (("nobody", "xyz"), "unknown setting nobody.xyz"),
        (("sources", 1, "ulr"), "sources, entry 2: unknown setting ulr; did you mean url?"),
        (("host",), "unknown setting host outside a section; it belongs in [mail] or [web]"),
        (("mails",), "unknown section or setting mails; did you mean [mail]?"),
        (("qqqq",), "unknown section or setting qqqq"),
    ],
)
def test_an_unknown_name_is_told_where_it_belongs_or_what_it_was_meant_to_be(
    loc: tuple[str | int, ...], expected: str
) -> None:
    assert said("extra_forbidden", *loc) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Expected '=' (at line 3, column 5)", "line 3, column 5: expected '='"),
        ("Expected '=' (at end of document)", "at the end: expected '='"),
        ("Something\nelse (at line 1, column 1)", "line 1, column 1: something\nelse"),
        ("Without a place", "Without a place"),
    ],
)
def test_what_the_toml_parser_says_begins_with_the_place(message: str, expected: str) -> None:
    assert in_toml(message) == expected


def test_the_nearest_name_is_none_where_none_is_near() -> None:
    assert nearest("prot", ["host", "", "port"]) == "port"
    assert nearest("qqqq", ["host", "port"]) == nearest("", ["", "host"]) == ""
