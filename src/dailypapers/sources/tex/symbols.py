"""TeX's names of characters: symbols, accents, raised and lowered letters. Tables and look-ups; no parsing."""

import re
import sys
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

_KNOWN = get_default_latex_context_db()
_MORE = {
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "Box": "□",
    "Im": "Im",
    "Join": "⋈",
    "Longleftarrow": "⟸",
    "Longrightarrow": "⟹",
    "P": "¶",
    "Re": "Re",
    # Not TeX's own, but what nearly everybody calls the sets of numbers.
    "CC": "ℂ",
    "NN": "ℕ",
    "QQ": "ℚ",
    "RR": "ℝ",
    "R": "ℝ",
    "ZZ": "ℤ",
    "S": "§",
    "ast": "*",
    "bot": "⊥",
    "bullet": "•",
    # MathSciNet's soft and hard sign of Russian names.
    "cprime": "ʹ",
    "cdprime": "ʺ",
    "checkmark": "✓",
    "colon": ":",
    "copyright": "©",
    "degree": "°",
    "dj": "đ",
    "DJ": "Đ",
    "euro": "€",
    "guillemotleft": "«",
    "guillemotright": "»",
    "ge": "≥",
    "iff": "⟺",
    "impliedby": "⟸",
    "implies": "⟹",
    "land": "∧",
    "lbrace": "{",
    "rbrace": "}",
    "le": "≤",
    "lor": "∨",
    "lVert": "‖",
    "rVert": "‖",
    "lvert": "|",
    "rvert": "|",
    "mod": "mod",
    "bmod": "mod",
    "ne": "≠",
    "neg": "¬",
    "ng": "ŋ",
    "NG": "Ŋ",
    "owns": "∋",
    "pounds": "£",
    "prime": "′",
    "sim": "~",
    "slash": "/",
    "textasciicircum": "^",
    "textbackslash": "\\",
    "textbar": "|",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textemdash": "—",
    "textendash": "\N{EN DASH}",
    "textgreater": ">",
    "textless": "<",
    "textminus": "−",
    "textquotedbl": '"',
    "textunderscore": "_",
    "triangle": "△",
    "vert": "|",
    "|": "‖",
    "Vert": "‖",
}
_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
    "textcommabelow": "\u0326",
}
_TIE = "\u0361"
_OVER_LETTERS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0304",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
    "mathring": "\u030a",
}
_DIGITS = "0123456789+-=()"
_RAISED = dict(zip(_DIGITS + "−*′″†‡°", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾⁻*′″†‡°", strict=True)) | {"∘": "°", "⊤": "ᵀ"}
_RAISED_LETTERS = dict(zip("abcdefghijklmnoprstuvwxyzTβγδ", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀᵝᵞᵟ", strict=True))
_LOWERED = dict(zip(_DIGITS + "−", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎₋", strict=True))
_LOWERED_LETTERS = dict(zip("aehijklmnoprstuvxβγρφχ", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
#: Longer words in small letters are hard to read and often missing in a mail client's font.
_MAX_SMALL_LETTERS = 2


@lru_cache(maxsize=2048)
def symbol(name: str) -> str | None:
    r"""Give the character a macro stands for (`alpha` → α, `leq` → ≤), or `None`."""
    if name in _MORE:
        return _MORE[name]
    spec = _KNOWN.get_macro_spec(name)
    replacement = spec.simplify_repl if spec else None
    if not isinstance(replacement, str) or not replacement or "\n" in replacement:
        return None
    # Longer ones are not characters but the library's notes, such as <cit.>.
    return replacement if len(replacement.strip()) == 1 else (" " if replacement.isspace() else None)


def is_macro(name: str) -> bool:
    r"""Tell whether TeX knows a macro of this name: `\section`, and not the `\method` of some author."""
    return name in _MORE or _KNOWN.get_macro_spec(name) is not None


def code_point(text: str) -> str | None:
    """Give the character of a code point written as x2013; `None` where the text is none."""
    match = re.fullmatch(r"x([0-9a-fA-F]{2,6})", text)
    point = int(match[1], 16) if match else sys.maxunicode + 1
    return chr(point) if point <= sys.maxunicode else None


def accented(mark: str, letter: str) -> str | None:
    r"""Put TeX's accent (`\'`, `\v`, …) on a letter; `None` where no such letter exists."""
    letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
    composed = unicodedata.normalize("NFC", letter + _ACCENTS.get(mark, "  "))
    # Over an accent there is another one in Yoruba and Vietnamese, with or without a character of its own.
    return composed if len(composed) == 1 or (not letter.isascii() and mark in _ACCENTS) else None


def tied(letters: str) -> str:
    r"""Put TeX's `\t` over two letters, as in transliterated Russian."""
    return letters[0] + _TIE + letters[1]


def over(name: str, letter: str) -> str | None:
    r"""Put a mathematical accent (`\hat`, `\vec`, …) over one letter; `None` where we cannot."""
    if name not in _OVER_LETTERS or len(letter) != 1 or not letter.isalnum():
        return None
    return unicodedata.normalize("NFC", letter + _OVER_LETTERS[name])


_SIGNS_OVER = {
    "^": "hat",
    "ˆ": "hat",
    "\u0302": "hat",
    "~": "tilde",
    "∼": "tilde",
    "˜": "tilde",
    "\u0303": "tilde",
    "¯": "bar",
    "ˉ": "bar",
    "‾": "bar",
    "_": "bar",
    "\N{HORIZONTAL BAR}": "bar",
    "\u0304": "bar",
    "\u0305": "bar",
    "→": "vec",
    "⃗": "vec",
    "⇀": "vec",
    "˙": "dot",
    ".": "dot",
    "\u0307": "dot",
    "¨": "ddot",
    "\u0308": "ddot",
    "ˇ": "check",
    "˘": "breve",
    "´": "acute",
    "`": "grave",
    "˚": "mathring",
    "°": "mathring",
}


def over_by_sign(sign: str, letter: str) -> str | None:
    """Put the accent that a sign of MathML stands for over one letter; `None` where we cannot."""
    name = _SIGNS_OVER.get(sign)
    return over(name, letter) if name else None


def small(text: str, *, raised: bool) -> str | None:
    """Write a text raised or lowered with Unicode's small characters; `None` where it would not be legible."""
    table = _RAISED | _RAISED_LETTERS if raised else _LOWERED | _LOWERED_LETTERS
    if sum(c.isalpha() for c in text) > _MAX_SMALL_LETTERS or not all(c in table for c in text):
        return None
    return "".join(table[c] for c in text)
