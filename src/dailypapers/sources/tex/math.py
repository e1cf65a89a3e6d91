"""One piece of TeX mathematics as a line of Unicode. What is not recognised stays as it was written."""

import re
import unicodedata

from dailypapers.sources.tex.symbols import code_point, over, small, symbol

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~]|\s+|[A-Za-z]+|\d+|.", re.DOTALL)
_SPACE = re.compile(r"\\[,;:> ]|\\(?:quad|qquad|space|thinspace|enspace)|~")
_NOTHING = re.compile(
    r"\\[!/-]|\\(?:left|right|middle|[bB]igg?[lrm]?|displaystyle|(?:script)?textstyle|scriptstyle|limits|nolimits"
    r"|nonumber|rm|bf|it|cal|sf|tt|mathstrut|protect"
    r"|tiny|small|large|Large|footnotesize|scriptsize|boldmath)"
)
_FONT = re.compile(
    r"\\(?:math(?:rm|bf|it|sf|tt|cal|scr|frak|normal|ds|op|bin|rel|bb|bbm)|text(?:rm|bf|it|tt|sf|sc|normal|up)?"
    r"|boldsymbol|bm|bold|pmb|mbox|hbox|operatorname\*?|emph|ensuremath|underline|Bbb)"
)
_WORD = re.compile(
    r"arc(?:cos|sin|tan)|arg(?:max|min)?|(?:cos|sin|tan|cot)h?|csc|sec|deg|det|dim|exp|gcd|hom|inf|ker|lg|lim(?:inf|sup)?"
    r"|ln|log|max|min|b?mod|Pr|sup|Re|Im|poly|polylog|sgn|sign|tr|Tr|diag|rank"
)
_FRACTION = re.compile(r"[dt]?frac")
#: Letters of blackboards, which stand for sets of numbers.
BOARD = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
_ESCAPED = re.compile(r"\\[%&$#_{}]")
_NOT_ONE_LINE = frozenset({"\\begin", "\\end", "&", "\\\\", "\\newcommand", "\\def"})
_SIMPLE = re.compile(r"[∂√∛∜∇]?[\w.′]+|\W")
# They stand around a fraction until its neighbours are known.
_OPEN, _CLOSE = "\x04", "\x05"
_INSIDE = rf"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}"
_JOINED_BEHIND = re.compile(rf"(?<=[\w)\]]){_INSIDE}")
_JOINED_AHEAD = re.compile(rf"{_INSIDE}(?=[\w(\[√∛∜∂∇∑∏∫‖{_OPEN}])")
_LAST_FRACTION = re.compile(_INSIDE)
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_AROUND = {"sqrt": "√{}", "pmod": " (mod {})"}
#: Deeper nesting is no mathematics.
_MAX_DEPTH = 12


class _Unreadable(ValueError):
    """More than one line, or not balanced."""


def is_command(name: str) -> bool:
    r"""Whether a macro with an argument, `\name{…}`, is one of those read here."""
    known = _FONT.fullmatch(f"\\{name}") or _FRACTION.fullmatch(name) or name in {"binom", "unicode", *_AROUND}
    return bool(known) or over(name, "x") is not None


def linear(source: str) -> str | None:
    r"""Write mathematics on one line (`x^{2} \leq \frac{a}{b}` → x² ≤ a/b); `None` where it does not fit one."""
    reader = _Reader(_TOKEN.findall(source))
    try:
        text = reader.sequence(0)
    except _Unreadable:
        return None
    return " ".join(joined_fractions(text).split()) if reader.done() else None


def fraction(above: str, below: str) -> str:
    """Write a fraction, marked until `joined_fractions` knows what stands beside it."""
    return f"{_OPEN}{wrapped(above)}/{wrapped(below)}{_CLOSE}"


def root(degree: str, base: str) -> str:
    """Write a root on one line. Roots that have a sign take it: 2³√x might be read as 8√x."""
    sign = _ROOTS.get(degree.strip()) or f"{small(degree, raised=True) or f'root {degree} of '}√"
    return f"{sign}{wrapped(base)}"


def joined_fractions(text: str) -> str:
    """Put a fraction in parentheses where its neighbours would join it: 2 and 1/2 are not 21/2."""
    while _OPEN in text:
        kept = _LAST_FRACTION.sub(r"\1", _JOINED_AHEAD.sub(r"(\1)", _JOINED_BEHIND.sub(r"(\1)", text)))
        if kept == text:
            return text.replace(_OPEN, "")
        text = kept
    return text


class _Reader:
    """Reads signs from left to right; each method takes what it understands and gives its text."""

    def __init__(self, signs: list[str]) -> None:
        self._signs = signs
        self._at = 0

    def done(self) -> bool:
        return self._at >= len(self._signs)

    def _peek(self) -> str:
        return "" if self.done() else self._signs[self._at]

    def _take(self) -> str:
        self._at += 1
        return self._signs[self._at - 1]

    def _skip_spaces(self) -> bool:
        before = self._at
        while self._peek().isspace():
            self._at += 1
        return self._at > before

    def sequence(self, depth: int) -> str:
        """Read up to the end of the group."""
        if depth > _MAX_DEPTH:
            raise _Unreadable
        pieces: list[str] = []
        while not self.done() and self._peek() != "}":
            if self._peek() in {"^", "_"}:
                pieces = _without_space_behind(pieces)
            pieces.append(self._piece(depth, after="".join(pieces[-2:])))
        return "".join(pieces)

    def _piece(self, depth: int, *, after: str) -> str:
        sign = self._take()
        if sign in _NOT_ONE_LINE:
            raise _Unreadable
        if sign == "{":
            return self._group(depth)
        if sign in {"^", "_"}:
            return self._script(sign, depth)
        if sign.startswith("\\"):
            return self._macro(sign, depth, after=after)
        if sign == "~":
            return " "
        return sign.replace("'", "′")

    def _group(self, depth: int) -> str:
        inside = self.sequence(depth + 1)
        if self.done():
            raise _Unreadable
        self._take()
        return inside

    def _argument(self, depth: int) -> str:
        self._skip_spaces()
        if self.done() or self._peek() == "}":
            raise _Unreadable
        sign = self._take()
        if sign == "{":
            return self._group(depth)
        if sign.startswith("\\"):
            return self._macro(sign, depth + 1, after="").strip()
        if sign.isalnum() and len(sign) > 1:
            # TeX takes one character: x^10 is x¹0, as its author will have noticed.
            self._at -= 1
            self._signs[self._at] = sign[1:]
            return sign[0]
        return sign.replace("'", "′")

    def _script(self, kind: str, depth: int) -> str:
        text = self._argument(depth).strip()
        if text in {"′", "″", "*", "⋆", "†", ""}:
            return text
        if text.startswith(("_", "^")):
            raise _Unreadable
        as_small = small(text.replace(" ", ""), raised=kind == "^")
        return as_small if as_small is not None else kind + wrapped(text)

    def _macro(self, sign: str, depth: int, *, after: str) -> str:
        name = sign[1:]
        if _SPACE.fullmatch(sign):
            return " "
        if _ESCAPED.fullmatch(sign):
            return name
        if _NOTHING.fullmatch(sign):
            return self._delimiter(sign)
        if name == "not":
            return self._negated(depth, after=after)
        if is_command(name):
            return self._root(depth) if (name, self._peek()) == ("sqrt", "[") else self._command(name, depth)
        return self._symbol(sign, depth, after=after)

    def _command(self, name: str, depth: int) -> str:
        text = self._argument(depth)
        if _FRACTION.fullmatch(name):
            return fraction(text, self._argument(depth))
        if name == "binom":
            return f"C({text}, {self._argument(depth)})"
        if name == "unicode":
            return code_point(text) or f"\\unicode{{{text}}}"
        if name in _AROUND:
            return _AROUND[name].format(wrapped(text) if name == "sqrt" else text)
        if name.endswith(("bb", "ds", "bbm")):
            return BOARD.get(text, text)
        return text if _FONT.fullmatch(f"\\{name}") else over(name, text) or f"\\{name}{{{text}}}"

    def _root(self, depth: int) -> str:
        self._take()
        degree = ""
        while self._peek() != "]":
            if self.done() or self._peek() == "}":
                raise _Unreadable
            degree += self._piece(depth + 1, after=degree)
        self._take()
        return root(degree, self._argument(depth))

    def _delimiter(self, sign: str) -> str:
        self._skip_spaces()
        if sign in {"\\left", "\\right"} and self._peek() == ".":
            self._take()
        return ""

    def _negated(self, depth: int, *, after: str) -> str:
        self._skip_spaces()
        macro = self._peek().startswith("\\")
        text = self._macro(self._take(), depth + 1, after=after) if macro else self._argument(depth)
        return unicodedata.normalize("NFC", f"{text[:1]}\u0338{text[1:]}")

    def _symbol(self, sign: str, depth: int, *, after: str) -> str:
        name = sign[1:]
        if _WORD.fullmatch(name):
            return self._word(name, after=after)
        character = symbol(name)
        if character is None:
            return self._unknown(sign, depth)
        if not character[-1:].isalpha() and sign[1:2].isalpha():
            between = self._skip_spaces()
            return f"{character} " if after[-1:].isspace() and between else character
        if self._peek().isspace() and self._next_word().isalnum():
            self._skip_spaces()
        return character

    def _word(self, name: str, *, after: str) -> str:
        """Write the name of a function apart from what it stands behind and before: n log n."""
        between = self._skip_spaces()
        before = " " if after[-1:].isalnum() and not after.endswith("arg") else ""
        behind = " " if between and (self._peek()[:1].isalnum() or self._peek()[:1] == "\\") else ""
        return f"{before}{name}{behind}"

    def _next_word(self) -> str:
        return self._signs[self._at + 1][:1] if self._at + 1 < len(self._signs) else ""

    def _unknown(self, sign: str, depth: int) -> str:
        text = sign
        while self._peek() == "{":
            self._take()
            text += f"{{{self._group(depth)}}}"
        return text


def _without_space_behind(pieces: list[str]) -> list[str]:
    r"""Leave out the space before a script, which TeX does not see: “\ell _{1}”."""
    return pieces[:-1] if len(pieces) > 1 and pieces[-1].isspace() else pieces


def wrapped(text: str) -> str:
    """Put a text in parentheses, unless it is one sign, one word or one number."""
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) else f"({text})"
