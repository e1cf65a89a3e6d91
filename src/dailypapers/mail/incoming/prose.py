"""Reports of undelivered mail that only people can read: which address they are about, and what stands near it.

Older and odd mail servers write no status report (RFC 3464); what they write names the address somewhere, mostly at the
beginning of a line, and the reason after it.
"""

import re
from collections.abc import Collection
from email import message_from_bytes

from flufl.bounce import all_failures

from dailypapers.mail.incoming.addresses import ADDRESS, first_address
from dailypapers.mail.incoming.parts import Parsed

#: Characters after an address that are about it, and addresses of one report.
_NEAR, MOST_RECIPIENTS = 1_500, 20
#: Bytes and boundaries of a mail that flufl.bounce is given: it does not bound its work.
_LONGEST_FOR_FLUFL, _BOUNDARIES_FOR_FLUFL = 8_192, 6
_OWN_NAMES = ("to", "from", "envelope-to")
#: Where the mail begins that a report is about, in a report that has no parts.
_BEGINS_QUOTE = re.compile(
    r"^[ \t>*=_|-]{0,100}("
    r"this is a copy|below this line|below is a copy|message text follows|here is|included is|received:|return-path:"
    r"|(begin(ning)? of |the )?(header|copy|text|body|rest)s? of (the|your|my)"
    r"|(the )?(first \d{1,4} lines of |headers? (of|from) )?(the |your )?"
    r"(original|returned|unsent|undelivered|failed|bounced) (message|mail|e-?mail|text)\b(?! was received)"
    r"|(message|mail) (header|text|non-?deliverable|follow)"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
#: What is quoted of the mail's header, and is no reason.
_FIELDS = re.compile(
    r"^[ \t]{0,20}(message-id|references|in-reply-to|date|sent|from|sender|original sender|sender-mta|subject|reply-to"
    r"|cc|mail from):.*$",
    re.IGNORECASE | re.MULTILINE,
)
_IN_BRACKETS = re.compile(r"\(reason: (.{1,600}?)\)\s*$", re.IGNORECASE | re.MULTILINE | re.DOTALL)
#: A line of the dialogue, or what sendmail says of the host right after it.
_DIALOGUE = re.compile(r"[ \t]{0,9}(>>>|<<<|[45]\d\d \S{1,253} \(e?smtp\)\.\.\. )", re.IGNORECASE)
_ANOTHER = re.compile(r"\n[ .]{0,9}while talking to ", re.IGNORECASE)
_EXPANDED = re.compile(r"\(expanded from[^()]{0,300}\)", re.IGNORECASE)
#: A line that begins with the address it is about.
_HEADING = re.compile(
    r"^[ \t>*\"'<(-]{0,40}(?:\d{3} )?"
    r"(?:(?:final-|original-)?recipient(?: address)?|address|to|unable to deliver message to|addressed to"
    r"|empfänger|destinat[aá]\w{2,4}|ontvanger|odbiorca|кому|получатель|收件人|宛先|받는 ?사람)?"
    rf"[ \t:：;<\"'*]{{0,20}}(?:rfc822;)?[ \t]{{0,5}}({ADDRESS.pattern})",
    re.IGNORECASE | re.MULTILINE,
)


def prose(mail: Parsed) -> str:
    """Return the text for people, without the mail that is quoted behind it."""
    texts = mail.of_type("text/plain") or mail.of_type("text/html")
    text = _unquoted(texts[0].text) if texts else ""
    text = _EXPANDED.sub("", _FIELDS.sub("", text))
    match = _BEGINS_QUOTE.search(text)
    return text[: match.start()] if match else text


def _unquoted(text: str) -> str:
    """A text without the marks that forwarding put before its lines."""
    lines = text.split("\n")
    is_quoted = 2 * sum(line.startswith(">") for line in lines) > len(lines)
    return re.sub(r"^>[ \t]?", "", text, flags=re.MULTILINE) if is_quoted else text


def near(text: str, address: str) -> str:
    """Return what a report says from the line on that names an address: before it stands what is said to everybody."""
    begin = text.lower().find(address.lower()) if address else -1
    line = text.rfind("\n", 0, max(begin, 0)) + 1
    return _reason(text[_with_dialogue(text, line) : begin + _NEAR]) if begin >= 0 else ""


def _with_dialogue(text: str, begin: int) -> int:
    """Return where the dialogue begins that stands before a line: sendmail quotes it, then names the address."""
    while begin and (previous := text.rfind("\n", 0, begin - 1) + 1) < begin and _DIALOGUE.match(text, previous):
        begin = previous
    return begin


def _reason(text: str) -> str:
    """Return the reason that sendmail gives in brackets, or what it says before it talks to another server."""
    match = _IN_BRACKETS.search(text)
    return match[1] if match else _ANOTHER.split(text, maxsplit=1)[0]


def recipients(mail: Parsed, text: str, quoted_to: str) -> dict[str, str]:
    """Return the addresses a report is about, each with what is said of it; the empty one where none is named."""
    ours = {each.lower() for name in _OWN_NAMES for each in ADDRESS.findall(mail.headers.first(name))}
    if sections := _sections(text, ours):
        return sections
    named = first_address(mail.headers.first("x-failed-recipients"))
    others = (name for each in ADDRESS.findall(text) if (name := each.strip(".'")).lower() not in ours)
    address = named or next(others, "") or _by_flufl(mail.content) or quoted_to
    return {address: near(text, address)}


def _sections(text: str, ours: Collection[str]) -> dict[str, str]:
    begins: dict[str, int] = {}
    for match in _HEADING.finditer(text):
        if match[1].lower() not in ours and len(begins) < MOST_RECIPIENTS:
            begins.setdefault(match[1].strip(".'"), _with_dialogue(text, match.start()))
    ends = [*begins.values(), len(text)][1:]
    return {
        address: _reason(text[begin : min(end, begin + _NEAR)])
        for (address, begin), end in zip(begins.items(), ends, strict=True)
    }


def _by_flufl(content: bytes) -> str:
    """Ask flufl.bounce, which knows how servers of three decades wrote; empty where it finds no address."""
    start = content[:_LONGEST_FOR_FLUFL]
    if start.lower().count(b"boundary=") > _BOUNDARIES_FOR_FLUFL:
        return ""
    try:
        temporary, permanent = all_failures(message_from_bytes(start))
    # It is given what anybody sent and was not written for that: whatever breaks in it, a report stays unread.
    except Exception:  # noqa: BLE001
        return ""
    addresses = sorted(each.decode("utf-8", "replace") for each in {*temporary, *permanent})
    return next((address for each in addresses if (address := first_address(each))), "")
