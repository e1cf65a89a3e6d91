"""What a server's reply means: whose fault a refusal is, and whether it passes. Ours must not cost a reader.

Follows RFC 5321 4.2 (reply codes), RFC 2034 4 (where an enhanced status stands), RFC 3463 and 5248 (what it means), and
what large providers publish of theirs. Knows nothing of connections, and nothing of what is done about a reply.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.text import controls_spaced
from dailypapers.mail.smtp import reply_words as words


class Stage(StrEnum):
    """Where in the dialogue the reply came."""

    CONNECT = "connect"
    """Greeting, EHLO, STARTTLS, AUTH."""
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"


#: An enhanced status stands at the beginning of the text (RFC 2034 4); some servers put a mark before it, or the code
#: once more. An IP address has one number more.
_ENHANCED = re.compile(r"(?:(?P<code>[245]\d\d)[ -])?[#(\[]{0,2}([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
#: Addresses in a reply's words: what they are called says nothing.
_NAMED_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
#: Longest text of a reply that is stored, in characters.
_LONGEST_TEXT = 500

_Status = tuple[int, int]
_DEAD = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
#: The sender's address: 5.1.7, 5.1.8.
_OURS = {(1, 7), (1, 8)}
_FULL_STATUS = {(2, 2), (3, 1)}
_TOO_LARGE = {(2, 3), (3, 4)}
#: Our daily limit: 5.4.5, and Exchange Online's 5.1.90.
_LIMIT_STATUS = {(4, 5), (1, 90)}
#: What the recipient's server cannot take of addresses and headers beyond ASCII (RFC 6531 3.7.4.2).
_NOT_ASCII = {(6, 7), (6, 9)}
#: Closed to this sender and about one recipient alone: lists that are not expanded (RFC 3463), a mailbox or domain of a
#: new owner (RFC 7293), Exchange's groups and mailboxes that take mail from inside only.
_CLOSED = {(7, detail) for detail in (2, 12, 17, 18, 124, 129, 133, 134, 135, 136, 193)}
_POLICY, _CONTENT = 7, 6
_NETWORK_SUBJECTS = {3, 4}
_PERMANENT = range(500, 600)
#: Reply codes that mean the same at every stage (RFC 5321 4.2.3).
SUCCESS = range(200, 300)
GO_AHEAD = 354
SHUTTING_DOWN = 421
_BAD_SEQUENCE = 503
_NO_ROOM = 552
_TAKES_NO_MAIL = 521
_AUTH_REPLIES = {530, 534, 535, 538}
#: Before a recipient has been named, nothing is about one.
_BEFORE_RECIPIENT = {Stage.CONNECT, Stage.MAIL}


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply, taken apart."""

    code: int
    status: _Status
    """Subject and detail of the enhanced status, (0, 0) where there is none."""
    words: str
    """Without addresses."""
    stage: Stage

    @property
    def about_us(self) -> bool:
        return bool(words.ABOUT_US.search(self.words))

    @property
    def no_such_address(self) -> bool:
        return bool(words.NO_SUCH_ADDRESS.search(self.words))

    @property
    def may_pass_soon(self) -> bool:
        """Whether the same mail is taken later, whatever class its code has: greylists, a mailbox that gets many."""
        return bool(words.GREYLISTED.search(self.words) or words.MAILBOX_RATE.search(self.words))

    @property
    def over_limit(self) -> bool:
        return self.status in _LIMIT_STATUS or bool(words.OVER_LIMIT.search(self.words))

    @property
    def about_recipient(self) -> bool:
        return self.stage not in _BEFORE_RECIPIENT


def classify(code: int, text: str, *, stage: Stage) -> Outcome:
    """Return what a reply means for this delivery; `text` is the reply without its code.

    Only a 2xx after the final dot is `accepted`. A reply that is none, or not one that belongs there, is a broken
    dialogue: `interrupted`, or `uncertain` where the server has the mail.
    """
    line = readable(text)
    match = _ENHANCED.match(line)
    if match and match["code"] not in {None, str(code)}:
        match = None
    fits = match is not None and int(match[2]) == code // 100
    status = (int(match[3]), int(match[4])) if match else (0, 0)
    enhanced = f"{match[2]}.{match[3]}.{match[4]}" if match and fits else ""
    # A 5xx with a status of 4 contradicts itself; the softer of the two costs nobody anything.
    softened = match is not None and match[2] == "4" and code in _PERMANENT and code not in _AUTH_REPLIES
    reply = _Reply(code, status if fits or softened else (0, 0), _NAMED_ADDRESS.sub("", line), stage)
    kind = _temporary(reply) if softened else _kind(reply)
    return Outcome(kind, code, enhanced, line, too_large=kind is OutcomeKind.UNSENDABLE and _is_too_large(reply))


def readable(text: str) -> str:
    """Return a reply's text on one line, as any database stores it, whatever bytes it came in (as surrogate escapes).

    RFC 6531 has UTF-8, and what is not is taken for Latin-1: only the code and the status count (RFC 5321 4.2.1).
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return " ".join(controls_spaced(text).split())[:_LONGEST_TEXT]


def is_out_of_step(code: int, text: str) -> bool:
    """Return whether a server says that our commands came in an order, or at a moment, it did not expect."""
    return code == _BAD_SEQUENCE or bool(words.OUT_OF_STEP.search(text))


def _kind(reply: _Reply) -> OutcomeKind:
    """The first digit tells most (RFC 5321 4.2.1)."""
    match reply.code // 100:
        case 2 if reply.stage is Stage.BODY:
            return OutcomeKind.ACCEPTED
        case 4:
            return _temporary(reply)
        case 5:
            return _permanent(reply)
    return OutcomeKind.UNCERTAIN if reply.stage is Stage.BODY else OutcomeKind.INTERRUPTED


def _temporary(reply: _Reply) -> OutcomeKind:
    """Before a recipient was named, what passes says nothing of one; later, 4.7.x is about all mail of ours."""
    if reply.stage is Stage.CONNECT:
        return OutcomeKind.INTERRUPTED
    if reply.stage is Stage.MAIL:
        return _temporary_at_mail(reply)
    if reply.may_pass_soon:
        return OutcomeKind.DEFERRED
    if reply.status[0] == _POLICY or words.REFUSES_OUR_SERVER.search(reply.words):
        return OutcomeKind.THROTTLED
    if reply.code == SHUTTING_DOWN:
        return OutcomeKind.INTERRUPTED
    return OutcomeKind.OVER_LIMIT if reply.over_limit else OutcomeKind.DEFERRED


def _temporary_at_mail(reply: _Reply) -> OutcomeKind:
    """What one connection may carry is not what we may send: another connection may carry more at once."""
    if reply.code == SHUTTING_DOWN or words.PER_CONNECTION.search(reply.words):
        return OutcomeKind.INTERRUPTED
    slow_down = reply.over_limit or reply.status[0] == _POLICY
    return OutcomeKind.OVER_LIMIT if slow_down else OutcomeKind.INTERRUPTED


def _permanent(reply: _Reply) -> OutcomeKind:
    """What is told by code and status alone comes first, then the words, then the stage."""
    if reply.code in _AUTH_REPLIES or reply.status in _OURS:
        return OutcomeKind.OUR_FAULT
    if is_out_of_step(reply.code, reply.words):
        return OutcomeKind.OUR_FAULT if words.WANTS_LOGIN.search(reply.words) else OutcomeKind.INTERRUPTED
    if reply.may_pass_soon and reply.about_recipient:
        return OutcomeKind.DEFERRED
    if reply.over_limit:
        return OutcomeKind.INTERRUPTED if reply.stage is Stage.CONNECT else OutcomeKind.OVER_LIMIT
    if reply.status in _NOT_ASCII or _is_too_large(reply):
        return OutcomeKind.UNSENDABLE
    return _about_recipient(reply) if reply.about_recipient else OutcomeKind.OUR_FAULT


def _about_recipient(reply: _Reply) -> OutcomeKind:
    """A refusal once a recipient was named. Words that say both (us, the mailbox) suppress nobody."""
    subject, detail = reply.status
    # A host that takes no mail at all (RFC 7504) says nothing of the mailbox.
    if reply.status in _DEAD and reply.code != _TAKES_NO_MAIL:
        return OutcomeKind.FAILED if reply.about_us and not reply.no_such_address else OutcomeKind.DEAD_ADDRESS
    if reply.status in _FULL_STATUS:
        return OutcomeKind.DEFERRED
    if reply.status in _CLOSED or words.RESTRICTED.search(reply.words):
        return OutcomeKind.FAILED
    if subject == _POLICY:
        return _by_policy(reply)
    if subject == _CONTENT:
        return OutcomeKind.OUR_FAULT
    return OutcomeKind.FAILED if subject in _NETWORK_SUBJECTS and detail else _by_words(reply)


def _by_policy(reply: _Reply) -> OutcomeKind:
    """Our fault, unless the words are about one recipient: that stops no run, and costs nobody an address either.

    Some say 5.7.1 and mean that there is nobody of that name, or no room.
    """
    if reply.stage is not Stage.RCPT or reply.about_us:
        return OutcomeKind.OUR_FAULT
    if words.MAILBOX_FULL.search(reply.words):
        return OutcomeKind.DEFERRED
    return OutcomeKind.FAILED if reply.no_such_address else OutcomeKind.OUR_FAULT


def _by_words(reply: _Reply) -> OutcomeKind:
    if words.FULL.search(reply.words):
        return OutcomeKind.DEFERRED
    if reply.stage is not Stage.DATA and reply.no_such_address:
        return OutcomeKind.FAILED if reply.about_us else OutcomeKind.DEAD_ADDRESS
    # An unexplained refusal at RCPT is about that one recipient; of the whole mail, about what we sent.
    if reply.stage is Stage.RCPT and not reply.about_us:
        return OutcomeKind.DEFERRED if reply.code == _NO_ROOM else OutcomeKind.FAILED
    return OutcomeKind.OUR_FAULT


def _is_too_large(reply: _Reply) -> bool:
    """Return whether a permanent refusal is about the size of this mail (RFC 1870 6)."""
    if reply.status[0]:
        by_words = reply.status[0] not in {1, 2, _CONTENT, _POLICY} and bool(words.SIZE.search(reply.words))
        return reply.status in _TOO_LARGE or (by_words and not words.HEADER_SIZE.search(reply.words))
    if words.HEADER_SIZE.search(reply.words):
        return False
    if words.MAILBOX_FULL.search(reply.words):
        return bool(words.MAIL_SIZE.search(reply.words))
    unexplained = reply.code == _NO_ROOM and reply.stage is not Stage.RCPT and not reply.about_us
    return bool(words.SIZE.search(reply.words)) or (unexplained and not words.FULL.search(reply.words))
