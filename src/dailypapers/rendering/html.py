"""HTML the way mail clients take it: styles on the elements, the rest as small as it goes."""

import binascii
import re
from functools import cache

import css_inline

_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
_INDENT = re.compile(r"\n\s+")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        inline_style_tags=True, keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
    )


def for_mail(html: str) -> str:
    """Put the style sheet's rules onto the elements, keep only what a client must decide (@media), fold white space."""
    inlined = _inliner().inline(html)
    return _INDENT.sub("\n", _BETWEEN_TAGS.sub(">\n<", inlined))


def encoded_size(html: str) -> int:
    """Bytes of the HTML part as it travels, quoted-printable (RFC 2045)."""
    return len(binascii.b2a_qp(html.encode("utf-8", "replace"), istext=True))
