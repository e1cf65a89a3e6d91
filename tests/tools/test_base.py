"""What a refusal means, whichever tool says it."""

import pytest

from dailypapers.domain.tool import Refusal, Sent
from dailypapers.sources.http.client import Reply
from dailypapers.tools.base import Account, refused


@pytest.mark.parametrize(
    ("status", "sent", "refusal"),
    [
        (401, Sent.LATER, Refusal.KEY),
        (403, Sent.LATER, Refusal.KEY),
        (404, Sent.LATER, Refusal.TARGET),
        (429, Sent.LATER, None),
        (503, Sent.LATER, None),
        (400, Sent.IMPOSSIBLE, None),
        (302, Sent.IMPOSSIBLE, None),
    ],
)
def test_a_status_says_whether_it_is_the_key_the_moment_or_the_paper(
    status: int, sent: Sent, refusal: Refusal | None
) -> None:
    outcome = refused(Reply(status, b"you sent KEY-1", {}, 7.0), Account("KEY-1"))
    assert (outcome.sent, outcome.refusal) == (sent, refusal)
    assert outcome.detail == f"{status} you sent …"
