"""Whatever a server does, each mail ends in one of: taken, not taken, in doubt; and the server's count agrees."""

from collections import Counter

import pytest
from tests.sending import events
from tests.smtp_sink import CHUNKING, PIPELINING, Rule, smtp_sink

from dailypapers.domain.delivery import OutcomeKind
from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import AboutToHandOver, Answered

READERS = [f"reader{n}@{'slow' if n % 3 else 'quick'}.example" for n in range(16)]
#: More than the buffers between two programs of one machine hold.
HUGE = b"Subject: huge\r\n\r\n" + (b"x" * 70 + b"\r\n") * 100_000
CONTENT = b"Subject: hello\r\n\r\nfirst\r\n.\r\n..dots\r\nlast\r\n"
OFFERS = {"plain": ("8BITMIME",), "pipelining": PIPELINING, "chunking": CHUNKING}

RULES = {
    "nothing": (),
    "closes at the greeting": (Rule("connect", "hang up", after=1),),
    "closes at EHLO": (Rule("ehlo", "hang up", after=1, times=2),),
    "refuses a connection": (Rule("connect", "421 4.3.2 busy", after=1, times=3),),
    "closes at MAIL": (Rule("mail", "hang up", after=4, times=2),),
    "closes at RCPT": (Rule("rcpt", "hang up", after=4, times=2),),
    "closes at DATA": (Rule("data", "hang up", after=4),),
    "agrees, and closes": (Rule("rcpt", "agree, hang up", after=4), Rule("data", "agree, hang up", after=6)),
    "closes in the mail": (Rule("data", "middle", after=4),),
    "closes after the dot": (Rule("body", "hang up", after=4),),
    "takes it and closes": (Rule("body", "accept, hang up", after=4),),
    "takes it and closes, always": (Rule("body", "accept, hang up", after=8, times=0),),
    "says half of what it means": (Rule("body", "half", after=4), Rule("rcpt", "half", after=9)),
    "is slow": (Rule("mail", "slow", times=5), Rule("body", "slow", times=5)),
    "is silent at MAIL": (Rule("mail", "silence", after=4),),
    "is silent at RCPT": (Rule("rcpt", "silence", after=4),),
    "is silent at DATA": (Rule("data", "silence", after=4),),
    "is silent after the dot": (Rule("body", "silence", after=4),),
    "says it twice at MAIL": (Rule("mail", "twice", after=4),),
    "says it twice at RCPT": (Rule("rcpt", "twice", after=4),),
    "says it twice at DATA": (Rule("data", "twice", after=4),),
    "says it twice after the dot": (Rule("body", "twice", after=4),),
    "says rubbish at MAIL": (Rule("mail", "rubbish", after=4),),
    "says rubbish at DATA": (Rule("data", "rubbish", after=4),),
    "says rubbish after the dot": (Rule("body", "rubbish", after=4),),
    "loses what is sent ahead": (Rule("body", "swallow", times=0), Rule("mail", "swallow", times=0)),
    "says 421 at MAIL": (Rule("mail", "421 4.7.0 too many messages in this session", after=4, times=2),),
    "says 421 at RCPT": (Rule("rcpt", "421 4.3.2 shutting down", after=4, times=2),),
    "says 421 after the dot": (Rule("body", "421 4.3.2 shutting down", after=4),),
    "refuses at MAIL": (Rule("mail", "451 4.3.0 not now", after=4, times=2),),
    "refuses at RCPT": (Rule("rcpt", "550 5.1.1 nobody", after=4, times=3),),
    "refuses a domain": (Rule("rcpt", "450 4.2.0 greylisted", who="@slow.example", times=0),),
    "refuses at DATA": (Rule("data", "451 4.3.0 not now", after=4, times=2),),
    "refuses the mail": (Rule("body", "550 5.7.1 no", after=4, times=2), Rule("body", "451 4.3.0 no", after=2)),
    "does not know RSET": (
        Rule("rset", "502 5.5.2 what?", times=0),
        Rule("rcpt", "550 5.1.1 nobody", after=2, times=3),
    ),
    "is out of sequence": (Rule("rcpt", "503 5.5.1 sender not yet given", after=4),),
}


#: A server that offers to be sent commands ahead may say all of its replies at once.
TALKS = [(offer, False) for offer in OFFERS] + [("pipelining", True), ("chunking", True)]


@pytest.mark.parametrize(("offer", "gathers"), TALKS)
@pytest.mark.parametrize("rules", RULES)
async def test_every_mail_ends_once_and_both_sides_agree(rules: str, offer: str, *, gathers: bool) -> None:
    fresh = [Rule(rule.stage, rule.action, rule.who, rule.after, rule.times) for rule in RULES[rules]]
    mails = [OutgoingMail(Envelope("b@example.org", who), CONTENT, n) for n, who in enumerate(READERS)]
    with smtp_sink(*fresh, extensions=OFFERS[offer], gathers=gathers) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=0.15), connections=3)
        happened = await events(transport, *mails)
        await transport.close()
    answers = {event.mail.envelope.recipient: event.outcome for event in happened if isinstance(event, Answered)}
    assert len([event for event in happened if isinstance(event, Answered)]) == len(READERS) == len(answers)
    announced = Counter(event.mail.envelope.recipient for event in happened if isinstance(event, AboutToHandOver))
    for who, outcome in answers.items():
        taken = sink.taken[who]
        if outcome.kind is OutcomeKind.ACCEPTED:
            assert taken == 1, (who, outcome)
        elif outcome.kind is OutcomeKind.UNCERTAIN:
            assert taken <= 1, (who, outcome)
        else:
            assert taken == 0, (who, outcome)
        assert announced[who] or not taken, "a mail left before anybody knew that it would"
    assert set(sink.contents.values()) <= {CONTENT}
    doubtful = [who for who, outcome in answers.items() if outcome.kind is OutcomeKind.UNCERTAIN]
    assert len(doubtful) <= max(4, sink.connections)


@pytest.mark.parametrize("offer", OFFERS)
async def test_a_mail_cut_in_the_middle_is_not_in_doubt(offer: str) -> None:
    rule = Rule("data", "middle") if offer != "chunking" else Rule("mail", "hang up", times=0)
    with smtp_sink(rule, extensions=OFFERS[offer]) as sink:
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none", timeout=5), connections=1)
        mail = OutgoingMail(Envelope("b@example.org", "ann@example.org"), HUGE)
        happened = await events(transport, mail)
        await transport.close()
    assert [event.outcome.kind for event in happened if isinstance(event, Answered)] == [
        OutcomeKind.INTERRUPTED if offer == "chunking" else OutcomeKind.ACCEPTED
    ]
