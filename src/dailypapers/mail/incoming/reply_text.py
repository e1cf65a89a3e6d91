"""What somebody wrote themselves in a reply: without what it quotes, their signature, and the header of Outlook.

    parts | text (plain, else of HTML) | cut where our own mail begins | lines that are not quoted

Reads anything and never raises; people reply above, below and between what they quote. Does not know what words mean.
"""

import html
import re
from collections.abc import Iterator

from dailypapers.mail.incoming import parts
from dailypapers.mail.incoming.parts import Part

#: Characters of a reply that are looked at: a whole digest may be quoted above what was written.
_LONGEST = 200_000
#: Characters that somebody writes themselves, at most.
_LONGEST_REPLY = 4_000
#: A quoted line from this length on may have been wrapped by a program, so that its rest stands unmarked on the next.
_WRAPPED_FROM = 60
#: Lines over which a program spreads “On …, … wrote:”.
_ATTRIBUTION_LINES = 4
_QUOTED = re.compile(r"^[ \t]{0,8}[>|]")
#: How programs introduce what they quote (Thunderbird, Gmail, Apple Mail), in the languages that are met most.
_ATTRIBUTION = re.compile(
    r"^\W{0,3}(?:(?:on|am|le|el|em|il|op|den|dne|w dniu|begin forwarded message)\b.{0,400}"
    r"(?:wrote|schrieb|écrit|escribió|escreveu|ha scritto|schreef|skrev|napsal|pisze|napisał\w?|message)"
    r".{0,200}|\d.{0,300}(?:写道|寫道|のメール|작성))\s{0,3}[:：]\s{0,9}$",
    re.IGNORECASE | re.DOTALL,
)
#: What Outlook and kin put between a reply and what it is to, and where a signature begins (RFC 3676 4.3).
_DIVIDER = re.compile(r"^(?:-{2,}\s?[^-\n]{3,60}\s?-{2,}|_{10,}|\*{10,})$")
_SIGNATURE = re.compile(r"^--\s{0,2}$")
#: The first fields of the header that Outlook writes over a mail it quotes.
_FROM_FIELD = re.compile(r"^\W{0,3}(from|von|de|da|van|från|fra|od|от|发件人|差出人|보낸 사람)\s?[:：]", re.IGNORECASE)
_NEXT_FIELD = re.compile(
    r"^\W{0,3}(sent|to|date|subject|gesendet|an|datum|betreff|envoyé|à|objet|enviado\w*|para|asunto|inviato|a|oggetto|"
    r"verzonden|aan|onderwerp|skickat|till|sendt|til|emne|odesláno|komu|wysłano|do|发送时间|收件人|送信日時|宛先)\s?[:：]",
    re.IGNORECASE,
)
#: In HTML: what a mail program wraps a quotation in, up to the end of the mail or of the quotation.
_BLOCKQUOTE = re.compile(r"<(/?)blockquote\b[^<>]{0,2000}>", re.IGNORECASE)
_REST_IS_QUOTED = re.compile(
    r"<(?:div|hr|span|table)\b[^<>]{0,600}(?:divRplyFwdMsg|appendonsend|stopSpelling|yahoo_quoted|"
    r"border-top:\s?solid #(?:E1E1E1|B5C4DF))[^<>]{0,600}>",
    re.IGNORECASE,
)
_NOT_TEXT = re.compile(r"<(/?)(?:style|script|title)\b[^<>]{0,2000}>", re.IGNORECASE)
_LINE_END = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?ul|/?ol|/?h\d|/?table|hr)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")


def reply_text(content: bytes, own_host: str) -> str:
    """Return what somebody wrote themselves, a line each; empty where that is nothing.

    `own_host` is where our links lead: whatever stands from the first of them on, our mail has said.
    """
    mail = parts.parsed(content)
    written = [part for part in mail.of_type("text/plain", "text/html") if not part.is_attachment]
    plain = next((_whole(part) for part in written if part.type == "text/plain" and part.octets.strip()), "")
    if not plain:
        plain = next((_of_html(_whole(part), own_host) for part in written if part.type == "text/html"), "")
    return "\n".join(_first(_written(plain, own_host)))[:_LONGEST_REPLY].strip()


def _first(lines: Iterator[str]) -> Iterator[str]:
    """Yield lines until there are as many characters as are read; what comes behind is not looked at."""
    read = 0
    for line in lines:
        yield line
        read += len(line) + 1
        if read > _LONGEST_REPLY:
            return


def _whole(part: Part) -> str:
    return part.decoded(_LONGEST)


def _of_html(text: str, own_host: str) -> str:
    """Return the text of HTML without what it quotes, in lines as they are shown."""
    unquoted = _up_to_own_link(_without(_NOT_TEXT, _without(_BLOCKQUOTE, text)), own_host)
    cut = _REST_IS_QUOTED.search(unquoted)
    own_html = unquoted[: cut.start()] if cut else unquoted
    lines = _LINE_END.sub("\n", re.sub(r"\s+", " ", own_html))
    return "\n".join(line.strip() for line in html.unescape(_TAG.sub("", lines)).replace("\xa0", " ").split("\n"))


def _without(tags: re.Pattern[str], text: str) -> str:
    """Leave out what stands within these tags, however deep; one that is not closed reaches to the end."""
    unquoted, depth, end = [], 0, 0
    for tag in tags.finditer(text):
        if depth == 0:
            unquoted.append(text[end : tag.start()])
        depth = max(0, depth - 1) if tag[1] else depth + 1
        end = tag.end()
    return "\n".join([*unquoted, text[end:] if depth == 0 else ""])


def _up_to_own_link(text: str, own_host: str) -> str:
    """Cut before the first link to our pages; some programs wrap links in links of their own."""
    match = re.search(rf"(?://|%2F%2F){re.escape(own_host)}(?![\w.-])", text, re.IGNORECASE) if own_host else None
    return text[: match.start()].rpartition("\n" if "<" not in text else "<")[0] if match else text


def _written(text: str, own_host: str) -> Iterator[str]:
    """Yield the lines that are neither quoted nor stand after what ends a reply."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").split("\n")
    number, may_be_rest = 0, False
    while number < len(lines):
        line = lines[number].strip()
        if _QUOTED.match(lines[number]):
            may_be_rest = len(line) >= _WRAPPED_FROM
        elif length := _attribution(lines, number):
            number += length
            if not _quotes_next(lines, number):
                return
            continue
        elif _ends_reply(lines, number) or _up_to_own_link(line, own_host) != line:
            return
        elif not may_be_rest or not line:
            may_be_rest = False
            yield line
        number += 1


def _attribution(lines: list[str], number: int) -> int:
    """Return over how many lines a quotation is introduced from here on; 0 where none is."""
    for length in range(1, _ATTRIBUTION_LINES + 1):
        together = [line.strip() for line in lines[number : number + length]]
        if not together[-1]:
            return 0
        if together[-1].endswith((":", "：")) and _ATTRIBUTION.match(" ".join(together)[:1000]):
            return length
    return 0


def _quotes_next(lines: list[str], number: int) -> bool:
    following = next((line for line in lines[number:] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _ends_reply(lines: list[str], number: int) -> bool:
    line = lines[number].strip()
    if _DIVIDER.match(line) or _SIGNATURE.match(line):
        return True
    following = " ".join(each.strip() for each in lines[number + 1 : number + 3])
    return bool(_FROM_FIELD.match(line) and _NEXT_FIELD.match(following))
