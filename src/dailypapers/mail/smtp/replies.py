"""What a server's reply means. Most senders get this wrong: a refusal because of us must not cost a reader.

Follows RFC 5321 4.2 (reply codes), RFC 3463 (enhanced status codes) and what large providers publish of theirs.
"""

import re
from dataclasses import dataclass
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
#: Addresses in a reply's words: what they are called says nothing.
_NAMED_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
#: Words of a refusal that is about the sender, in replies without a telling status.
_ABOUT_US = re.compile(
    r"spam|black ?list|block ?list|blocked|policy|policies|reputation|\bspf\b|dkim|dmarc|\brdns|reverse dns|\bptr\b"
    r"|authenticat|\brelay|not permitted|denied|prohibited|unsolicited|barracuda|banned|\bhelo\b|poor|dnsbl|\brbl"
    r"|virus|malware|sender|client (host|ip)|too many (recipients|connections)|frequency|rate limit",
    re.IGNORECASE,
)
#: Words of a refusal that is about the mailbox.
_NO_SUCH_ADDRESS = re.compile(
    r"(user|recipient|mailbox|address|account|addressee|e-?mail)[^.;]{0,40}"
    r"(unknown|not found|does not exist|doesn'?t exist|no longer|not exist|invalid|disabled|inactive|not available"
    r"|not a valid|suspended|deleted|expired|closed)"
    r"|(unknown|no such|invalid|non-?existent|bad|not a valid|inactive|disabled)[^.;]{0,20}"
    r"(user|recipient|mailbox|address|account|destination|local)"
    r"|not our customer|does( not|n'?t) have an? .{0,20}account|no mailbox|nobody here",
    re.IGNORECASE,
)
_FULL = re.compile(r"\bfull\b|quota|insufficient (system )?storage|storage (space|allocation)", re.IGNORECASE)
_SIZE = re.compile(r"(message|mail|header)s? (size|too (big|large)|exceeds)|too (big|large)|size limit", re.IGNORECASE)

_DEAD = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
#: The sender's address or what was sent: 5.1.7, 5.1.8, 5.2.3, 5.3.4.
_OURS = {(1, 7), (1, 8), (2, 3), (3, 4)}
_FULL_STATUS = {(2, 2), (3, 1)}
_POLICY_SUBJECT, _CONTENT_SUBJECT = 7, 6
_NETWORK_SUBJECTS = {3, 4}
_SHUTTING_DOWN = 421
_NO_ROOM = 552
_AUTH_REPLIES = {530, 534, 535, 538}


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply, taken apart."""

    code: int
    status: tuple[int, int] | None
    """Subject and detail of the enhanced status."""
    words: str
    """Without addresses."""
    stage: Stage

    @property
    def ours(self) -> bool:
        return bool(_ABOUT_US.search(self.words))

    @property
    def nobody(self) -> bool:
        return bool(_NO_SUCH_ADDRESS.search(self.words))


def classify(code: int, text: str, *, stage: Stage) -> Outcome:
    """Return what a reply means for this delivery; `text` is the reply without its code.

    Only a 2xx after the final dot is `accepted`. A reply that is none, or not one that belongs there, is a broken
    dialogue: `interrupted`, or `uncertain` where the server has the mail.
    """
    line = " ".join(text.split())[:500]
    match = _ENHANCED.search(line)
    enhanced = match[0] if match else ""
    status = (int(match[2]), int(match[3])) if match else None
    reply = _Reply(code, status, _NAMED_ADDRESS.sub("", line), stage)
    return Outcome(_kind(reply, passing=enhanced.startswith("4")), code, enhanced, line)


def _kind(reply: _Reply, *, passing: bool) -> OutcomeKind:
    """The first digit tells most (RFC 5321 4.2.1); a 5xx whose status begins with 4 is believed to pass."""
    match reply.code // 100:
        case 2 if reply.stage is Stage.BODY:
            return OutcomeKind.ACCEPTED
        case 4:
            return _temporary(reply)
        case 5 if passing and reply.code not in _AUTH_REPLIES:
            return OutcomeKind.DEFERRED
        case 5:
            return _permanent(reply)
    return OutcomeKind.UNCERTAIN if reply.stage is Stage.BODY else OutcomeKind.INTERRUPTED


def _temporary(reply: _Reply) -> OutcomeKind:
    """While connecting, no mailbox has been named yet; so what passes then says nothing of one."""
    if reply.status and reply.status[0] == _POLICY_SUBJECT:
        return OutcomeKind.DEFERRED
    about_no_mailbox = reply.code == _SHUTTING_DOWN or reply.stage is Stage.CONNECT
    return OutcomeKind.INTERRUPTED if about_no_mailbox else OutcomeKind.DEFERRED


def _permanent(reply: _Reply) -> OutcomeKind:
    """The status tells; where there is none, or it is a catch-all, the words do; then the stage."""
    if reply.code in _AUTH_REPLIES or reply.status in _OURS:
        return OutcomeKind.OUR_FAULT
    if reply.status in _DEAD:
        return OutcomeKind.DEAD_ADDRESS
    if reply.status in _FULL_STATUS:
        return OutcomeKind.DEFERRED
    subject, detail = reply.status or (0, 0)
    if subject == _POLICY_SUBJECT:
        # Some servers say 5.7.1 and mean that there is nobody of that name: that stops no run, and with a status that
        # is about us it costs nobody an address either.
        mistaken = reply.stage is Stage.RCPT and reply.nobody and not reply.ours
        return OutcomeKind.FAILED if mistaken else OutcomeKind.OUR_FAULT
    if subject == _CONTENT_SUBJECT:
        return OutcomeKind.OUR_FAULT
    return OutcomeKind.FAILED if subject in _NETWORK_SUBJECTS and detail else _by_words(reply)


def _by_words(reply: _Reply) -> OutcomeKind:
    """What the words say; where they say both, nobody is suppressed and nothing is stopped: it failed, this once."""
    if _SIZE.search(reply.words):
        return OutcomeKind.OUR_FAULT
    if _FULL.search(reply.words):
        return OutcomeKind.DEFERRED
    if reply.stage in {Stage.RCPT, Stage.BODY} and reply.nobody:
        return OutcomeKind.FAILED if reply.ours else OutcomeKind.DEAD_ADDRESS
    # An unexplained refusal at RCPT is about that one recipient; of the whole mail, about what we sent.
    about_the_recipient = reply.stage is Stage.RCPT and not reply.ours and reply.code != _NO_ROOM
    return OutcomeKind.FAILED if about_the_recipient else OutcomeKind.OUR_FAULT
