"""Tables of replies: short names for what becomes of a mail and for the stages, and what compares such a table."""

from collections.abc import Mapping, Sequence

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.mail.smtp.replies import Stage, classify

OURS, DEAD, LATER, FAILED, AGAIN, UNFIT, SLOW, LIMIT = (
    OutcomeKind.OUR_FAULT,
    OutcomeKind.DEAD_ADDRESS,
    OutcomeKind.DEFERRED,
    OutcomeKind.FAILED,
    OutcomeKind.INTERRUPTED,
    OutcomeKind.UNSENDABLE,
    OutcomeKind.THROTTLED,
    OutcomeKind.OVER_LIMIT,
)
CONNECT, MAIL, RCPT, DATA, BODY = Stage


def misread(replies: Mapping[str, Sequence[tuple[Stage, int, str, OutcomeKind]]]) -> list[tuple[str, int, str]]:
    """Return the replies that are read as another kind than stands behind them, each with what it is an example of."""
    return [
        (about, code, text)
        for about, examples in replies.items()
        for stage, code, text, kind in examples
        if classify(code, text, stage=stage).kind is not kind
    ]
