"""Why a mail bounced: whose fault it is, and whether the address is dead, from what a report says of it.

    words nearest to the address | status (RFC 3463) | more words | the reply, as in a dialogue (`mail.smtp.replies`)

Where words and status disagree, the milder reading holds: an address that is dead bounces again.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dailypapers.domain.bounce import Diagnosis
from dailypapers.domain.fault import Fault
from dailypapers.mail.incoming import phrases
from dailypapers.mail.smtp.replies import Stage, classify, readable

#: Characters of a report's words that are looked at; the reason stands near the address.
_LONGEST_WORDS = 3_000
_REPLY = re.compile(r"(?<![\d.:/#\[-])([45]\d\d)(?:[ -]|(?= ?#))")
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
#: Statuses, without their class, of an address that does not exist, of a full mailbox, of a mail too large.
_DEAD, _FULL, _TOO_LARGE = {"1.1", "1.2", "1.3", "1.6", "1.10"}, {"2.2"}, {"3.4", "2.3"}
_LOOP, _POLICY = "4.6", "7."
#: A mailbox, or a domain, that is somebody else's by now (RFC 7293): it is in use, and closed to what was meant before.
_NEW_OWNER = {"7.17", "7.18"}
#: "The next hop cannot be determined" (RFC 3463 3.5), for good: there is no such domain, or it takes no mail.
_NO_ROUTE = "5.4.4"
#: By their subject (RFC 3463 3) these tell whose fault it is; 1 (which address?), 2 and 5 do not.
_BY_SUBJECT = {"3": Fault.DOMAIN, "4": Fault.CONNECTION, "6": Fault.US, "7": Fault.US}
#: Receipt rules of SES refuse in words of their operator's choice.
_OPERATORS_CHOICE = re.compile(r"inbound-smtp\.\S{1,40}\.amazonaws\.com")

_Verdict = tuple[Fault, bool]


@dataclass(frozen=True)
class _Words:
    """Words of a report, and what else is known of the refusal they are about."""

    original: str
    status: str
    stage: Stage | None

    @cached_property
    def words(self) -> str:
        unnamed = phrases.NAMES.sub(" ", self.original)
        return phrases.SAYS_NOTHING.sub(" ", " ".join(unnamed.split()))

    @property
    def subject(self) -> str:
        """The status without its class."""
        return self.status[2:]

    @cached_property
    def about_sender(self) -> bool:
        return bool(phrases.SENDER.search(self.words))

    @cached_property
    def about_us(self) -> bool:
        return bool(phrases.ABOUT_US.search(phrases.NOT_ABOUT_US.sub(" ", self.words)))

    @cached_property
    def no_domain(self) -> bool:
        return not self.about_sender and self.says(phrases.NO_DOMAIN) and not self.says(phrases.TRY_AGAIN)

    @cached_property
    def no_address(self) -> bool:
        return not self.about_sender and bool(phrases.NO_ADDRESS.search(self.words))

    @property
    def was_dropped(self) -> bool:
        """Whether the connection broke; a server that refuses for good and then hangs up has given its reason."""
        return self.says(phrases.DROPPED) and not self.about_us and not self.says(phrases.ANSWERED)

    @property
    def is_full(self) -> bool:
        return self.subject in _FULL or (self.says(phrases.FULL) and self.subject not in _TOO_LARGE)

    @property
    def has_dead_status(self) -> bool:
        return self.subject in _DEAD

    @property
    def is_vague(self) -> bool:
        """Whether "user unknown" may be what a filter says: nothing tells that the recipient alone was refused."""
        if phrases.CARRIER.search(self.original):
            return True
        return self.stage is not Stage.RCPT and not phrases.NO_ADDRESS.search(phrases.VAGUE.sub(" ", self.words))

    def says(self, *meanings: re.Pattern[str]) -> bool:
        return any(meaning.search(self.words) for meaning in meanings)


#: What words mean, in the order in which they are asked: the first that applies is the verdict.
_RULES: tuple[tuple[Callable[[_Words], bool], Fault, bool], ...] = (
    (lambda said: said.says(phrases.OVER_LIMIT), Fault.US, False),
    (lambda said: said.is_full or said.says(phrases.GREYLISTED), Fault.MAILBOX, False),
    (lambda said: said.says(phrases.REFUSED_GREETING), Fault.US, False),
    (lambda said: said.says(phrases.LOST), Fault.CONNECTION, False),
    (lambda said: said.was_dropped, Fault.CONNECTION, False),
    (lambda said: said.says(phrases.GROUPS), Fault.US, False),
    (lambda said: said.says(phrases.MEANS_NO_ADDRESS), Fault.MAILBOX, True),
    (lambda said: said.says(phrases.THEIR_SYSTEM_SURELY), Fault.DOMAIN, False),
    (lambda said: said.no_domain and said.status[:1] != "4", Fault.DOMAIN, True),
    (lambda said: said.no_domain, Fault.DOMAIN, False),
    (lambda said: said.says(phrases.MEMBERS_ONLY), Fault.US, False),
    (lambda said: said.says(phrases.DISABLED) and not said.has_dead_status, Fault.MAILBOX, False),
    (lambda said: said.subject in _NEW_OWNER, Fault.MAILBOX, False),
    (lambda said: said.says(phrases.MOVED), Fault.MAILBOX, True),
    (lambda said: said.no_address and said.has_dead_status, Fault.MAILBOX, True),
    (lambda said: said.no_address and said.about_us, Fault.US, False),
    (lambda said: said.no_address and said.is_vague, Fault.MAILBOX, False),
    (lambda said: said.no_address, Fault.MAILBOX, True),
    (lambda said: said.has_dead_status and not said.about_us and not said.about_sender, Fault.MAILBOX, True),
    (lambda said: said.says(phrases.TOO_LARGE) or said.subject in _TOO_LARGE, Fault.MESSAGE, False),
    (lambda said: said.subject == _LOOP, Fault.CONNECTION, False),
    (lambda said: said.status == _NO_ROUTE and not said.about_us, Fault.DOMAIN, True),
    (lambda said: said.about_us or said.about_sender or said.subject.startswith(_POLICY), Fault.US, False),
    (lambda said: said.says(phrases.NOT_UNDERSTOOD), Fault.MESSAGE, False),
    (lambda said: said.says(phrases.NO_WAY), Fault.CONNECTION, False),
    (lambda said: said.says(phrases.THEIR_SYSTEM), Fault.DOMAIN, False),
    (lambda said: bool(phrases.UNAVAILABLE.search(said.original)), Fault.MAILBOX, False),
)


def diagnose(diagnostic: str, *, status: str = "", prose: Sequence[str] = (), reporter: str = "") -> Diagnosis:
    """Return why a mail bounced.

    `diagnostic` is what a server answered, `status` RFC 3463's as it stands in the report, `prose` what the report says
    to people: first what stands nearest to the address, then more of it. `reporter` is who reports.
    """
    texts = [text[:_LONGEST_WORDS] for text in (diagnostic, *prose) if text] or [""]
    code, given = _code(texts), _given(status, texts)
    fault, is_hard = _verdict(texts, code, given, _stage("\n".join(texts)))
    is_spared = _OPERATORS_CHOICE.search(reporter) or any(phrases.SUSPENDED.search(text) for text in texts)
    return Diagnosis(fault, is_hard and not is_spared, given, code, readable(_with_reply(texts)))


def _stage(text: str) -> Stage | None:
    """Return where in the dialogue the refusal came; `None` where nothing tells."""
    stages = ((Stage.BODY, phrases.AFTER_BODY), (Stage.MAIL, phrases.AFTER_MAIL), (Stage.RCPT, phrases.AFTER_RCPT))
    return next((stage for stage, words in stages if words.search(text)), None)


def _with_reply(texts: Sequence[str]) -> str:
    """Return the first text that quotes a reply; the first of all where none does."""
    return next((text for text in texts if _REPLY.search(text) or _STATUS.search(text)), texts[0])


def _code(texts: Sequence[str]) -> int:
    return next((int(match[1]) for text in texts if (match := _REPLY.search(text))), 0)


def _given(status: str, texts: Sequence[str]) -> str:
    """Return the status that tells most: one that ends in 0.0 tells the class alone (RFC 3463 3.1)."""
    statuses = [match[1] for text in (status, *texts) if (match := _STATUS.search(text))]
    return next((each for each in statuses if not each.endswith(".0.0")), statuses[0] if statuses else "")


def _verdict(texts: Sequence[str], code: int, status: str, stage: Stage | None) -> _Verdict:
    near, *rest = texts
    verdict = _by_words(_Words(near, status, stage)) or _by_status(status)
    if verdict and verdict[1] and any(_Words(text, "", None).says(phrases.FULL) for text in rest):
        return Fault.MAILBOX, False
    more = (_by_words(_Words(text, status, stage)) for text in rest)
    return verdict or next((each for each in more if each), None) or _by_reply(near, code, status, stage)


def _by_words(words: _Words) -> _Verdict | None:
    return next(((fault, is_hard) for applies, fault, is_hard in _RULES if applies(words)), None)


def _by_status(status: str) -> _Verdict | None:
    fault = _BY_SUBJECT.get(status[2:3])
    return (fault, False) if fault else None


def _by_reply(near: str, code: int, status: str, stage: Stage | None) -> _Verdict:
    """Read code and status as those of a reply in a dialogue."""
    passes = (status or str(code)).startswith("4")
    text = f"{status} {_Words(near, status, stage).words}"
    outcome = classify(code or (450 if passes else 550), text, stage=stage or Stage.RCPT)
    return outcome.fault, outcome.address_is_dead
