"""What an operation is, by what it says of itself."""

from dailypapers.domain.api_key import Scope
from dailypapers.web.api.operation import lacking
from dailypapers.web.api.problem import Kind
from dailypapers.web.api.table import OPERATIONS

BY_NAME = {operation.name: operation for operation in OPERATIONS}


def test_reading_writes_nothing_and_takes_no_idempotency_key() -> None:
    show, add = BY_NAME["showSubscriber"], BY_NAME["addSubscriber"]
    assert (show.writes, show.takes_idempotency_key, show.requires_body) == (False, False, False)
    assert (add.writes, add.takes_idempotency_key, add.requires_body) == (True, True, True)
    assert not BY_NAME["resumeSubscriber"].requires_body


def test_what_is_public_takes_no_key() -> None:
    assert {name for name, each in BY_NAME.items() if not each.takes_key} == {"describe", "showProblemType"}


def test_a_scope_that_lacks_is_named() -> None:
    problem = lacking(Scope.SUBSCRIBERS_ADMIT)
    assert (problem.kind, "subscribers:admit" in problem.detail) == (Kind.SCOPE, True)
    assert 'error="insufficient_scope"' in problem.headers["WWW-Authenticate"]
