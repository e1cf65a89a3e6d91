r"""Addresses and code inside prose: what TeX's typography must leave alone.

In “https://example.org/~lee/a--b” nothing is a space or a dash. Where an author escaped an address for TeX (`\_`,
`$\sim$`), its plain form is given. Knows what they look like, not what they lead to.
"""

import re
from collections.abc import Callable

# What TeX needs for a tilde, and signs with a backslash before them, beside what an address is made of.
_TILDE = r"\$\\sim\$|\{?\\(?:sim|textasciitilde|tilde)(?![A-Za-z])\s?(?:\{\})?\}?|\\~(?:\{\})?"
_CHARACTER = rf"(?:[^\s<>\"{{}}|\\^`$\x02\x03]|\\[_%#&$]|{_TILDE})"
_HOSTS = r"com|org|net|io|edu|gov|ai|dev|app|co|info|eu|de|uk|fr|ch|at|nl|it|es|se|dk|no|fi|pl|cn|jp|kr|in|au|ca|us|be"
_WEB = re.compile(
    rf"(?:https?://|ftp://|\bwww\.){_CHARACTER}{{1,500}}|\bdoi:\s?10\.\d{{4,9}}/{_CHARACTER}{{1,300}}"
    rf"|\b10\.\d{{4,9}}/{_CHARACTER}{{1,300}}|\b(?:[\w-]{{1,63}}\.){{1,4}}(?:{_HOSTS})/{_CHARACTER}{{1,500}}",
    re.IGNORECASE,
)
#: What each of them has in it near its beginning; few texts with a stroke do.
_STROKE_OF_WEB = re.compile(r"/(?<=[:\d]/)|/(?<=[.][A-Za-z]{2}/)|/(?<=[.][A-Za-z]{3}/)|/(?<=[.][A-Za-z]{4}/)")
_WWW = re.compile(r"[wW]{3}[.]")
#: With the path of a repository behind it: git@host.org:lab/code.git.
_MAIL = re.compile(r"(?<![\w.+~-])(?:[\w.+~-]|\\_){1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?::[\w./~-]{0,200}\w)?")
#: A repository such as lab/what-is--it: one stroke, and hyphens or digits besides the two hyphens.
_REPOSITORY = re.compile(
    r"(?<![\w/.:@-])(?=[\w./-]{0,80}(?:[\w.]-[\w.]|[\d_]))[\w.-]{1,40}/[\w.-]{0,40}\w--\w[\w.-]{0,40}(?![\w/])"
)
_VERBATIM = re.compile(
    r"\\(?:href(?=\s?\{[^{}]*\}(?!\s?\{))|url|path|nolinkurl|texttt|code|lstinline|verb)\s?\{([^{}$]{1,500})\}|\\verb([|+!])(.{1,200}?)\2"
)
_SPAN = re.compile(r"(?<![\w`])`[^`'\s](?:[^`']{0,80}[^`'\s])?`(?!`)")
_MACRO = re.compile(r"\\(?!sim|textasciitilde|tilde)[A-Za-z]")
_ESCAPED = re.compile(r"\\([_%#&${}])")
_END = ".,;:!?'*)]’”"


def set_aside(text: str, keep: Callable[[str], str]) -> str:
    """Put what `keep` gives for it in place of each address and piece of code."""
    if "\\" in text:
        text = _VERBATIM.sub(lambda match: _verbatim(match, keep), text)
    if "`" in text:
        text = _SPAN.sub(lambda match: keep(match[0]), text)
    if "/" in text:
        start = _start_of_web(text)
        text = text[:start] + _WEB.sub(lambda match: _trimmed(match[0], keep), text[start:])
        if "--" in text:
            text = _REPOSITORY.sub(lambda match: keep(match[0]), text)
    if "@" in text:
        text = _MAIL.sub(lambda match: keep(match[0].replace("\\_", "_")), text)
    return text


def _start_of_web(text: str) -> int:
    """Return where the first address may begin; the text's end where there is none.

    That is at most a word before what tells one: “doi: 10.1101/…”.
    """
    signs = (_STROKE_OF_WEB.search(text), _WWW.search(text) if "www." in text.lower() else None)
    place = min((sign.start() for sign in signs if sign), default=len(text))
    return max(text.rfind(" ", 0, max(text.rfind(" ", 0, place), 0)), 0) if place < len(text) else place


def _verbatim(match: re.Match[str], keep: Callable[[str], str]) -> str:
    if match[3]:
        return keep(match[3])
    return match[0] if _MACRO.search(match[1]) else keep(_plain(match[1]))


def _trimmed(address: str, keep: Callable[[str], str]) -> str:
    """Leave to the sentence what belongs to it: its full stop, a bracket that was not opened inside."""
    end = len(address)
    while end and address[end - 1] in _END and not (address[end - 1] == ")" and _is_closing(address[:end])):
        end -= 1
    return keep(_plain(address[:end])) + address[end:] if end else address


def _is_closing(address: str) -> bool:
    return address.count("(") >= address.count(")")


def _plain(address: str) -> str:
    return _ESCAPED.sub(r"\1", re.sub(_TILDE, "~", address))
