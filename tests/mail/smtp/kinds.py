"""Short names for tables of replies: what becomes of a mail, and the stages at which a server answers."""

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.mail.smtp.replies import Stage

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
