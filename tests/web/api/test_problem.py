"""Problems have what RFC 9457 says, and a type that is told apart."""

import json

from dailypapers.web.api.problem import Kind, Problem, answer, is_api, members


def test_a_problem_is_answered_with_what_it_is_about() -> None:
    told = answer("http://pages/", Problem(Kind.LIMIT, "Try later.", headers={"Retry-After": "7"}, key="a\ud800"))
    assert (told.status_code, told.headers["retry-after"], told.media_type) == (429, "7", "application/problem+json")
    assert json.loads(bytes(told.body)) == {**members("http://pages/", Kind.LIMIT, "Try later."), "key": "a?"}


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.slug for kind in Kind}) == len(Kind)
    assert Kind.NOT_FOUND.title == "Not found"


def test_only_addresses_below_api_are_answered_by_problems() -> None:
    assert [is_api(path) for path in ("/api", "/api/v2", "/apis", "/")] == [True, True, False, False]
