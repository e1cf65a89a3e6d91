r"""Quoted-printable (RFC 2045 6.7) that is canonical by construction: DKIM's body forms change none of its bytes.

No encoded line is longer than 76 characters, ends in white space, or holds a run of it; none begins with a dot, which
would have to be stuffed on the way (RFC 5321 4.5.2), or with "From ", as an mbox begins a mail. So `simple` and
`relaxed` canonicalisation (RFC 6376 3.4) both give what was written, and a body is hashed as it is.

A text can be encoded in pieces. Each piece begins and ends a line, with a soft line break where the text goes on, so
that encoded pieces are joined by putting them one behind the other.
"""

import binascii
import re

#: RFC 2045 6.7: no encoded line is longer.
LONGEST_LINE = 76
#: Bytes that are in no UTF-8 stand for a space and a tab that must be encoded, until the encoder has passed.
_SPACE, _TAB = b"\xff", b"\xfe"
#: A line that begins with a dot, or as an mbox begins a mail; `\n` first, which is quicker to look for than `^`.
_RISKY_LINE = re.compile(rb"\n((?:\.|From )[^\n]*)")
#: What ends every piece that is encoded as if more followed: an equals sign, which is never left as it is.
_MORE, _MORE_ENCODED = b"=", b"=3D"
_SOFT_BREAK = b"=\n"
#: Where a long word is broken, leaving room for the equals sign.
_BREAK_AT = LONGEST_LINE - 1
_DOT = ord(".")


def encoded(text: str) -> bytes:
    """Return the text encoded, its line ends as CRLF; halves of surrogate pairs become question marks."""
    return _encoded(_lines(text))


def piece(text: str) -> bytes:
    """Return a piece of a text encoded: whole lines of which the last ends softly, unless the piece ends with its line.

    Pieces must not be cut within CRLF.
    """
    raw = _lines(text)
    if not raw or raw.endswith(b"\n"):
        return _encoded(raw)
    begun = _simply_encoded(raw + _MORE) or _encoded(raw + _MORE)
    begun = begun[: -len(_MORE_ENCODED)]
    return begun if begun.endswith(b"=\r\n") else begun + b"=\r\n"


def plain_piece(text: str) -> bytes:
    """Return the same of a piece of ASCII letters, digits and `/:#~_-.` alone, as most addresses are: the quick way."""
    if ".." in text:
        return piece(text)
    word = text.encode()
    if _BREAK_AT < len(word) <= 2 * _BREAK_AT and word[_BREAK_AT] != _DOT:
        return b"%b=\r\n%b=\r\n" % (word[:_BREAK_AT], word[_BREAK_AT:])
    lines = []
    while word:
        end = _BREAK_AT if word[_BREAK_AT : _BREAK_AT + 1] != b"." else _BREAK_AT - 1
        lines.append(word[:end])
        word = word[end:]
    return b"=\r\n".join([*lines, b""])


def _lines(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in raw else raw


def _simply_encoded(raw: bytes) -> bytes:
    """Encode a text on one line, as most of what is one reader's is; nothing where it takes more than that."""
    if b"\n" in raw or b"  " in raw or b"\t" in raw or b"From " in raw:
        return b""
    lines = binascii.b2a_qp(raw)
    return b"" if lines[:1] == b"." or b"\n." in lines else lines.replace(b"\n", b"\r\n")


def _encoded(raw: bytes) -> bytes:
    while b"  " in raw:
        raw = raw.replace(b"  ", _SPACE + b" ")
    if b"\t" in raw:
        raw = raw.replace(b"\t", _TAB)
    lines = binascii.b2a_qp(b"\n" + raw, istext=True)
    if b"=FF" in lines or b"=FE" in lines:
        lines = lines.replace(b"=FF", b"=20").replace(b"=FE", b"=09")
    if b"\n." in lines or b"\nFrom " in lines:
        lines = _RISKY_LINE.sub(_tamed, lines)
    return lines[1:].replace(b"\n", b"\r\n")


def _tamed(match: re.Match[bytes]) -> bytes:
    return b"\n" + _tame(match[1])


def _tame(line: bytes) -> bytes:
    """Encode a line's first character where it is risky; a line that gets too long by it is broken behind it."""
    if not line.startswith((b".", b"From ")):
        return line
    first = b"=%02X" % line[0]
    if len(first) + len(line) - 1 <= LONGEST_LINE:
        return first + line[1:]
    return first + _SOFT_BREAK + _tame(line[1:])
