"""HTML the way mail clients take it: styles on the elements, the rest as small as it goes.

Styles are put onto the elements of the template, once, not of each mail:

    template → its Jinja marked → css-inline → white space folded → its Jinja put back

so that a mail costs no parsing, and foreign text never passes through an HTML parser.
"""

import binascii
import re

import css_inline

from dailypapers.errors import BadSettings

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_MARK = re.compile(r"<!--jinja-(\d+)-mark-->|jinja-(\d+)-mark")
#: What stands in a tag or in the title is text to a parser; everywhere else only a comment stays where it is put.
_TAG_OR_MARK = re.compile(r"<title>.*?</title>|<[^<>]*>|jinja-\d+-mark", re.DOTALL)
_AS_ATTRIBUTE = re.compile(r'jinja-\d+-mark=""')
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
_INDENT = re.compile(r"\s*\n\s*")
#: What is itself in quoted-printable (RFC 2045 6.7), and the line feed.
_PLAIN = bytes(byte for byte in range(ord(" "), ord("~") + 1) if byte != ord("=")) + b"\t\n"
_INLINER = css_inline.CSSInliner(
    inline_style_tags=True, keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False, minify_css=True
)


def inlined(template: str, name: str) -> str:
    """Return the template with its style sheet's rules inlined; what a client must decide (@media) stays in the head.

    Raises `BadSettings` where the template's Jinja stands in places an HTML parser moves.
    """
    marked, jinja = _with_marks(template)
    html = _INDENT.sub("\n", _BETWEEN_TAGS.sub(">\n<", _INLINER.inline(marked)))
    if _order(html) != list(range(len(jinja))) or _AS_ATTRIBUTE.search(html):
        raise BadSettings(
            f"{name}: it could not be read as HTML with Jinja in it. Use Jinja between elements and inside the quotes "
            "of attributes, and close every element."
        )
    return _MARK.sub(lambda match: jinja[_number(match)], html)


def _number(mark: re.Match[str]) -> int:
    return int(mark[1] or mark[2])


def _order(html: str) -> list[int]:
    """Return the marks as they come; within a tag their order is free, as that of attributes is."""
    return [number for piece in html.split("<") for number in sorted(map(_number, _MARK.finditer(piece)))]


def _with_marks(template: str) -> tuple[str, list[str]]:
    jinja: list[str] = []

    def keep(match: re.Match[str]) -> str:
        jinja.append(match[0])
        return f"jinja-{len(jinja) - 1}-mark"

    def comment(match: re.Match[str]) -> str:
        return match[0] if match[0].startswith("<") else f"<!--{match[0]}-->"

    return _TAG_OR_MARK.sub(comment, _JINJA.sub(keep, template)), jinja


def encoded_size(text: str) -> int:
    """Return the bytes of a part as it travels: quoted-printable with CRLF (RFC 2045 6.7)."""
    encoded = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return len(encoded) + encoded.count(b"\n")


def weight(text: str) -> int:
    """Return what a part of a mail weighs, for `most_bytes`; parts that are put together weigh the sum."""
    raw = text.encode("utf-8", "replace")
    escaped = len(raw.translate(None, _PLAIN))
    return _BYTE * (len(raw) + 2 * escaped) + _LINE * raw.count(b"\n")


def weight_of_plain(text: str) -> int:
    """Return the same of a text on one line that needs no encoding."""
    return _BYTE * len(text)


def most_bytes(weight: int) -> int:
    """Return the bytes that text of a weight has at most as it travels; known without encoding it.

    A byte that is not plain becomes three. A line of 76 may end three early, so as not to part those, and its break
    takes three more. At a line's end a space is encoded, and so are all but one of those it begins with.
    """
    return weight // _PARTS_OF_A_BYTE + 3


#: Weights in eighteenths of a byte, so that they are whole numbers: 76 bytes carry 72.
_PARTS_OF_A_BYTE = 18
_BYTE, _LINE = 19, 5 * _PARTS_OF_A_BYTE
