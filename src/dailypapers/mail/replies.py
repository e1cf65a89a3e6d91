"""What a server's reply means. Most senders get this wrong: a refusal because of us must not cost a reader.

Follows RFC 5321 4.2 (reply codes), RFC 3463 (enhanced status codes) and what large providers publish of theirs.
"""

import re
from enum import StrEnum

from dailypapers.domain.delivery import Outcome, OutcomeKind


class Stage(StrEnum):
    """Where in the dialogue the reply came."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"


_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
#: Words of a refusal that is about the sender, in replies without a telling status.
_ABOUT_US = re.compile(
    r"spam|black ?list|block ?list|blocked|block list|policy|reputation|spf|dkim|dmarc|rdns|reverse dns|ptr record"
    r"|authenticat|relay|not permitted|denied|prohibited|unsolicited|spamhaus|barracuda|banned|bad helo|poor",
    re.IGNORECASE,
)
#: Words of a refusal that is about the mailbox.
_NO_SUCH_ADDRESS = re.compile(
    r"(user|recipient|mailbox|address|account|addressee|e-?mail)[^.;]{0,40}"
    r"(unknown|not found|does not exist|doesn'?t exist|no longer|not exist|invalid|disabled|inactive|not available"
    r"|not a valid|suspended|deleted|expired|closed)"
    r"|(unknown|no such|invalid|non-?existent|bad|not a valid|inactive|disabled)[^.;]{0,20}"
    r"(user|recipient|mailbox|address|account|destination|local)"
    r"|not our customer|does not have an? .{0,20}account|no mailbox|nobody here",
    re.IGNORECASE,
)
_FULL = re.compile(r"full|quota|over ?quota|insufficient (system )?storage|storage", re.IGNORECASE)

_DEAD = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
_TOO_BIG = {(3, 4), (2, 3)}
_FULL_STATUS = (2, 2)
_POLICY_SUBJECT = 7
_NETWORK_SUBJECTS = {3, 4}
_SHUTTING_DOWN = 421
_AUTH_REPLIES = {530, 534, 535, 538}


def classify(code: int, text: str, *, stage: Stage) -> Outcome:
    """What a reply that is not 2xx or 3xx means for this delivery; `text` is the reply without its code."""
    line = " ".join(text.split())[:500]
    match = _ENHANCED.search(line)
    status = (int(match[2]), int(match[3])) if match else None
    enhanced = match[0] if match else ""
    permanent = code >= 500  # noqa: PLR2004 - the first digit of a reply is its meaning
    kind = _permanent(code, status, line, stage) if permanent else _temporary(code, status)
    return Outcome(kind, code, enhanced, line)


def _temporary(code: int, status: tuple[int, int] | None) -> OutcomeKind:
    if code == _SHUTTING_DOWN and (status is None or status[0] != _POLICY_SUBJECT):
        return OutcomeKind.INTERRUPTED
    return OutcomeKind.DEFERRED


def _permanent(code: int, status: tuple[int, int] | None, line: str, stage: Stage) -> OutcomeKind:
    """The status tells; where there is none, or it is a catch-all, the words do; then the stage."""
    if code in _AUTH_REPLIES or status in _TOO_BIG:
        return OutcomeKind.OUR_FAULT
    if status in _DEAD:
        return OutcomeKind.DEAD_ADDRESS
    if status == _FULL_STATUS:
        return OutcomeKind.DEFERRED
    if status and status[0] == _POLICY_SUBJECT:
        # Some servers say 5.7.1 and mean that there is nobody of that name.
        return OutcomeKind.DEAD_ADDRESS if _nobody(line, stage) else OutcomeKind.OUR_FAULT
    return OutcomeKind.FAILED if status and status[0] in _NETWORK_SUBJECTS else _by_words(line, stage)


def _nobody(line: str, stage: Stage) -> bool:
    return stage is Stage.RCPT and bool(_NO_SUCH_ADDRESS.search(line)) and not _ABOUT_US.search(line)


def _by_words(line: str, stage: Stage) -> OutcomeKind:
    if _FULL.search(line):
        return OutcomeKind.DEFERRED
    if stage in {Stage.RCPT, Stage.BODY} and _NO_SUCH_ADDRESS.search(line):
        return OutcomeKind.DEAD_ADDRESS
    if _ABOUT_US.search(line) or stage in {Stage.CONNECT, Stage.MAIL, Stage.DATA}:
        return OutcomeKind.OUR_FAULT
    # An unexplained refusal at RCPT is about that one recipient; of the whole mail, about what we sent.
    return OutcomeKind.FAILED if stage is Stage.RCPT else OutcomeKind.OUR_FAULT
