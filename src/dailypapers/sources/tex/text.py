r"""TeX in titles, abstracts and names as plain Unicode.

Mail clients run no TeX, and a reader searches for “Schrödinger”, not for `Schr\"odinger`. Accents, Greek letters,
simple formulas and quotation marks are rewritten; whatever is not recognised stays as its author wrote it. Prose comes
first: a lone dollar, percent sign or backslash means itself, and “$5 and $6” is money.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dailypapers.sources.tex.addresses import set_aside
from dailypapers.sources.tex.math import is_command, linear
from dailypapers.sources.tex.symbols import accented, code_point, is_macro, small, symbol, tied

_OPEN, _CLOSE = "\x02", "\x03"
_SET_ASIDE = re.compile(rf"{_OPEN}(\d+){_CLOSE}")
_SIGNS = ("\\", "$", "^", "{", "}", "~", "`")
#: Signs of several characters, by the one that is looked for first: that takes a twentieth of the time.
_LONGER_SIGNS = (
    ("'", ("''",)),
    ("*", ("**",)),
    ("-", ("--",)),
    ("[", ("[≤]", "[≥]", "[±]", "[×]", "[→]", "[≈]", "[A]")),
)
_MATH = re.compile(r"\$|\\[(\[]")
# It begins with a sign, whatever must not stand before that: so the engine looks for the sign alone.
_FORMULA = re.compile(
    r"\$(?:(?<!\\\$)(?:\$(?P<display>(?:\\.|[^$\\]){1,1000})\$\$"
    # As in Pandoc: no space inside either dollar and no digit behind the second, or it is money …
    r"|(?![\s$])(?P<tight>(?:\\.|[^$\\]){1,1000})(?<!\s)\$(?!\d)"
    # … except where something inside can only be TeX.
    r"|(?=[^$]{0,300}[\\^_])(?P<loose>(?:\\.|[^$\\]){1,1000})\$"
    r"|(?P<sign>[<>=~+@-]{1,2})\$)"
    # Behind a space in the first dollar no money comes; before one in the second a letter or a bound may.
    r"|(?<![\\\w$]\$)(?:\s(?P<spaced>[^\s$][^$]{0,60}?)\s?\$(?![\d$])"
    r"|(?P<late>[A-Za-z]|[<>≤≥=~]\s?\d[\d.,]{0,12})\s\$(?![\d$])))"
    r"|\\(?:\((?P<round>.{1,1000}?)\\\)|\[(?P<square>.{1,1000}?)\\\])"
)
_PLAIN_WORDS = re.compile(r"\s[A-Za-z]{3,}|[A-Za-z]{3,}\s")
_MATH_WORDS = re.compile(r"\b(?:log|exp|max|min|sin|cos|mod|poly|and|for|all|sup|inf|lim|det)\b")
_ACCENT = re.compile(
    r"""\\(?:(?P<mark>["'`^~=.])\s?|(?P<word>[uvHckrbd]|textcommabelow)(?:\s|(?=\{|\\[ij](?![A-Za-z]))))"""
    r"""(?:\{\s?(?P<group>[A-Za-z]|\\[ij])\s?\}|(?P<bare>[A-Za-z]|\\[ij](?![A-Za-z])\s?(?:\{\})?))"""
)
#: An accent over a letter that has one already, as in Vietnamese names.
_STACKED_ACCENT = re.compile(
    r"""\\(?:(?P<mark>["'`^~=.])\s?|(?P<word>[uvHckrbd])(?:\s|(?=\{)))(?:\{\s?(?P<group>[^\W\d_A-Za-z])\s?\}|(?P<bare>[^\W\d_A-Za-z]))"""
)
# An apostrophe that some program put a backslash before, as in a string: Alzheimer\'s, don\'t, users\' data, O\'Neill.
_ESCAPED_APOSTROPHE = re.compile(
    r"(?<=[^\W\d_])\\'(?=(?:s|t|d|m|re|ve|ll)(?![^\W\d_]))|(?<=[s\d])\\'(?=\s)|(?<![^\W_])([^\W\d_])\\'(?=[A-Z][a-z])"
)
_ESCAPED_QUOTES = re.compile(r'(?<!\w)\\"([^"\\]{1,100}[^"\\\s])\\"(?!\w)')
_LETTER = re.compile(r"\\(ss|aa|AA|ae|AE|oe|OE|o|O|l|L|i|j|th|TH|dh|DH|dj|DJ|ng|NG)(?![A-Za-z])(?:\{\}|\s)?")
_LONE_LETTER = re.compile(r"\{([^\W\d_A-Za-z])\s?\}")
# What is in braces, which may hold braces once more: an author's own \name{}, or the thousands of 2{,}000.
_BRACES = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_FONT = re.compile(
    r"\\(?:emph|textbf|textit|textsc|texttt|textsf|textrm|textsl|textnormal|textup|text|mbox|url|underline|uline|acro|acs?|gls|num|mathrm"
    rf"|small)\s?{_BRACES}"
)
#: Chemistry by the package mhchem: \ce{SO4^2-}, \ce{2H2 + O2 -> 2H2O}.
_CHEMISTRY = re.compile(rf"\\(?:ce|cf)\s?{_BRACES}")
_COUNT = re.compile(r"(?<=[A-Za-z)\]])\d{1,3}")
_CHARGE = re.compile(r"\^\{?(\d?[+-])\}?")
_SKIP = re.compile(r"\\[hv]space\*?\s?\{[^{}]{0,20}\}")
_OLD_FONT = re.compile(
    r"\{\\(?:em|it|bf|tt|sc|rm|sl|sf|small|itshape|bfseries|color\s?\{\w{1,20}\})(?![A-Za-z])\s?([^{}]*)\}"
)
_LINK = re.compile(
    rf"\\(?:href|hyperlink|textcolor|color)\s?\{{[^{{}}]*\}}\s?{_BRACES}|\\(?:text)?color\{{\w{{1,20}}\}}\s?"
)
# Some write a link as a formula.
_LINK_IN_DOLLARS = re.compile(r"\$(\\href\s?\{[^{}$]*\}\s?\{[^{}$]*\})\$")
_CITED = re.compile(r"(?:~\\|\\)(?:[cC]ite[a-z]{0,6}\*?|ref|eqref|cref|autoref)\s?\{([^{}]*)\}")
_FOOTNOTE = re.compile(rf"\s?\\(?:footnote|thanks)\s?{_BRACES}")
_CODE_POINT = re.compile(r"\\unicode\s?\{(x\w{2,6})\}")
# Programs that take abstracts apart leave “b{eta}”, with a backslash, where “beta” stood.
_LOST_GREEK = re.compile(r"\\([bcdkrtuv])\{([A-Za-z]{2,12})\}")
# HighWire, which serves bioRxiv, writes IFN{gamma}, 8{+/-}1, [≤] and 2.5 [A] for what its feed cannot hold.
_NAMED_SIGN = (
    r"\{((?:var)?(?:epsilon|theta|phi|rho|sigma|kappa|pi)|alpha|beta|gamma|delta|zeta|eta|iota|lambda"
    r"|mu|nu|xi|tau|upsilon|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|degrees|micro|\+/-)\}"
)
_BRACED = re.compile(rf"(\\[A-Za-z]*|[\^_}}])?{_NAMED_SIGN}")
_HAS_BRACED = re.compile(_NAMED_SIGN)
_BRACKETED = re.compile(r"\[([≤≥±×→≈])\]|(?<=\d)(\s?)\[A\](?!\w)")
_BRACED_SIGNS = {"degrees": "°", "micro": "µ", "+/-": "±"}
_DEGREES = re.compile(r"(?<=\d)(?:\{\\deg\}|\\deg\b)")
#: Signs and spaces that stand right behind a word as well.
_BEHIND_WORDS = re.compile(
    r"\\(text[a-z]{2,14}|ldots|dots|x?space|newline|noindent|slash|c(?:dprime|prime)|guillemot(?:left|right)|relax)(?![A-Za-z{])(?:\{\}|\s)?"
)
_ABBREVIATIONS = {
    "eg": "e.g.",
    "ie": "i.e.",
    "etc": "etc.",
    "etal": "et al.",
    "cf": "cf.",
    "vs": "vs.",
    "wrt": "w.r.t.",
    "aka": "a.k.a.",
}
_ABBREVIATION = re.compile(r"\\(eg|ie|etc|etal|cf|vs|wrt|aka)(?![A-Za-z])(?:\{\})?\.?")
_THOUSANDS = re.compile(r"(?<=\d)\{,\}(?=\d)")
_HYPHEN = re.compile(r"(?<=\w)\\-(?=\w)")
#: “Mamba`s” has no other apostrophe; ``so`` is quoted by two strokes on both sides.
_STROKE = re.compile(r"(?<=[^\W\d_])`(?=(?:s|t|re|ve|ll|d|m)(?![^\W\d_]))")
_TWO_STROKES = re.compile(r"``(?=\S)([^`]{1,100}?)(?<=\S)``(?!`)")
_HALF_QUOTED = re.compile(r"(?<![\w`])`([A-Za-z][^`']{0,80})'(?!\w)")
_DASH = re.compile(r"(?<=[^\s-])---(?=[^\s-])|(?<=\S\s)---(?=\s\S)")
_RANGE = re.compile(r"--(?:(?<=[\w%)\]”\x03]--)(?=[\w\x02])|(?<=\S\s--)(?=\s\S))")
_COMMAND = re.compile(r"\\([A-Za-z]+)(?:\{[^{}]*\}){1,2}")
# What stands before a sign is looked at behind it: the engine is ten times as fast at finding what begins with a sign.
_NAME = re.compile(r"\\(?:(?<![\\:\w]\\)|(?<=\d\\))([A-Za-z]{2,})(?:\{\})?")
_ENQUOTED = re.compile(rf"\\enquote\*?\s?{_BRACES}")
#: Macros of the authors' own, which are defined nowhere: around a text they mark or colour it, alone they are a name.
#: What TeX itself takes as an argument without showing it is none of theirs.
_OWN_MACRO = re.compile(
    r"\\(?!(?:begin|end|label|vspace|hspace|input|include[a-z]{0,8}|bibliography[a-z]{0,5}|char|newcommand|renewcommand|def"
    rf"|foreignlanguage|[a-z]?ref|verb|sqrt|[dt]?frac|binom)\b)[A-Za-z]{{2,30}}(?:\[\])?{_BRACES}"
)
#: One of them by itself; what follows a letter or another one is a path.
_LONE_MACRO = re.compile(r"\\(?<![\\\w:/.\"']\\)([A-Za-z]{2,30})(?:\{\}|(?![A-Za-z{]|\\(?!%)))")
_NOT_OWN = frozenset({"begin", "end", "def", "newcommand", "renewcommand", "char", "label", "par"})
_TEXT_SCRIPT = re.compile(r"\\text(super|sub)script\{([^{}]{1,30})\}")
_SCRIPT = re.compile(r"([\^_])(?<=[\w)\]][\^_])\{([^{}]{1,20})\}")
_POWER = re.compile(r"(?<=[A-Za-z0-9)])\^(\d{1,3})(?![\w.^])")
#: Braces that keep letters together or capital, as in BibTeX, or part a text from what is around it; sets have commas.
_NAME_IN_BRACES = re.compile(r"\{(?<![^\s(“‘\"'/-]\{)([^\W\d_][\w .'&/+-]{1,80})\}")
_LONGER_IN_BRACES = re.compile(r"\{(?<![^\s(]\{)([A-Z][a-z]*:?(?:\s[^\s{}]{1,40}){4,60})\}")
_CAPITALS_IN_BRACES = re.compile(r"(\\[A-Za-z]*)?(?<=[A-Za-z⁰¹²³⁴-⁹])\{([A-Z]{1,6})\}")
_HAS_CAPITALS_IN_BRACES = re.compile(r"\{[A-Z]{1,6}\}")
#: “{E}xperiential”, “(r{→}s)”, “0{.}99”, “on {23} models”.
_LETTER_IN_BRACES = re.compile(
    r"\{(?:(?<![^\s(“‘\"'/-]\{)([^\W\d_])\}(?=[a-z]{2})|(?<=[\w)]\{)([→←↔.:])\}(?=[\w(])|(?<=[a-z]\s\{)(\d{1,4})\}(?=\s[a-z]))"
)
#: What may be a sentence, or a part of one; sets are lists of a word or two each.
_SENTENCE_IN_BRACES = re.compile(r"\{(?<![\\\w^_]\{)([^{}]{12,600})\}")
_WORDS_OF_SENTENCE, _WORDS_AN_ITEM = 4, 3
_BRACE = re.compile(r"""[{}](?<!\\.)(?<!["'`“‘].)""")
_TAKES_BRACES = re.compile(r"(?:\\[A-Za-z]{1,30}\*?\s?|\})$")
#: Behind \textless they keep the space after it, which references look for.
_SIGN_IN_BRACES = re.compile(
    r"\{(?:(?<![\^_]\{)\s?([=<>+×–—]|-{1,3})\s?\}|(?<=[A-Za-z\d]\{)(?<!\\textless\{)(?<!\\textgreater\{)\})"
)
_ESCAPED = re.compile(r"\\([%&$#_{}])")
_BREAK = re.compile(r"(?<=\S)\s?\\\\(?=\s)")
_THIN = re.compile(r"\\(?<=[\w.)\x03]\\)[, ](?=\S)")
_TIE = re.compile(r"(?<=[\w.,)\]\x03])~(?=[\w\x02\\(\[])|~(?=\s)|(?<=[^\W\d])\s~(?=[(\[])")
_QUOTED = re.compile(r"""``(.{1,300}?)(?<=\S)(?:''|")""")
_HALF_BY_APOSTROPHES = re.compile(r"""(?<!\w)"(?=\S)([^"“”]{1,100}?)(?<=\S)''(?!\w)""")
#: Markdown, which arXiv does not read: **Name** and **N**ame.
_BOLD = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*]{1,200}?)(?<=\S)\*\*(?!\*)")
_QUOTED_BY_APOSTROPHES = re.compile(r"""(?<!\w)''(?=\S)(.{1,300}?)(?<=\S)(?:''|")""")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One thing that TeX writes otherwise: a sign without which there is none, its pattern, and what takes its place.

    The sign is looked for first, which takes a hundredth of the time of a pattern that finds nothing. Where the sign is
    common and the pattern begins with something optional, `core` is the part of it that begins with the sign.
    """

    sign: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str]
    core: re.Pattern[str] | None = None


def to_unicode(text: str) -> str:
    """Rewrite the TeX we can read in a line of prose. Never raises and never drops what it cannot read."""
    if not _has_signs(text):
        return text
    aside: list[str] = []

    def keep(written: str) -> str:
        aside.append(written)
        return f"{_OPEN}{len(aside) - 1}{_CLOSE}"

    # Addresses and formulas are set aside, for nothing in them is prose; commands of the prose may well go around them.
    text = set_aside(text.replace(_OPEN, "").replace(_CLOSE, ""), keep)
    if "$\\href" in text:
        text = _LINK_IN_DOLLARS.sub(r"\1", text)
    prose = _prose(_FORMULA.sub(lambda match: keep(_formula(match)), text) if _MATH.search(text) else text)
    return _put_back(prose, aside) if aside else prose


def _has_signs(text: str) -> bool:
    return any(map(text.__contains__, _SIGNS)) or any(
        first in text and any(map(text.__contains__, signs)) for first, signs in _LONGER_SIGNS
    )


def _put_back(text: str, aside: list[str]) -> str:
    """Put everything back where it stood; a formula may hold an address, and nothing holds more."""
    for _ in range(2):
        text = _SET_ASIDE.sub(lambda match: aside[int(match[1])], text)
    return text


def _formula(match: re.Match[str]) -> str:
    content = match[str(match.lastgroup)]
    if not re.search(r"[\\^_{=<>+]", content) and _PLAIN_WORDS.search(_MATH_WORDS.sub("", content)):
        return match[0]
    linear_text = linear(content)
    if linear_text is None:
        return match[0]
    return _rewritten(linear_text, _OWN_MACROS) if "\\" in linear_text else linear_text


def _prose(text: str) -> str:
    if text.count("{") != text.count("}"):
        text = _balanced(text)
    text = _rewritten(text, _LETTERS_AND_BREAKS)
    for _ in range(_DEEPEST):
        before = text
        text = _rewritten(text, _AROUND_TEXT)
        if text == before:
            break
    return _rewritten(text, _COMMANDS_AND_TYPOGRAPHY)


def _balanced(text: str) -> str:
    """Leave out braces that have no partner, and close at the end what a command opened, as the text was cut there."""
    opened: list[int] = []
    alone: set[int] = set()
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif opened:
            opened.pop()
        else:
            alone.add(match.start())
    of_commands = {place for place in opened if _TAKES_BRACES.search(text[max(place - 40, 0) : place])}
    if len(of_commands) > _DEEPEST:
        return text
    alone |= set(opened) - of_commands
    return "".join(c for place, c in enumerate(text) if place not in alone) + "}" * len(of_commands)


def _rewritten(text: str, rewrites: Sequence[Rewrite]) -> str:
    for rewrite in rewrites:
        if rewrite.sign in text and (rewrite.core is None or rewrite.core.search(text)):
            text = rewrite.pattern.sub(rewrite.replacement, text)
    return text


def _accent(match: re.Match[str]) -> str:
    letter = (match["group"] or match["bare"]).replace("\\", "").removesuffix("{}").strip()
    return accented(match["mark"] or match["word"], letter) or match[0]


def _letter(match: re.Match[str]) -> str:
    return symbol(match[1]) or match[0]


def _abbreviation(match: re.Match[str]) -> str:
    return _ABBREVIATIONS[match[1]]


def _braced(match: re.Match[str]) -> str:
    argument = match[1] is not None
    return match[0] if argument else _BRACED_SIGNS.get(match[2]) or symbol(match[2]) or match[0]


def _bracketed(match: re.Match[str]) -> str:
    return match[1] or f"{match[2]}Å"


def _cited(match: re.Match[str]) -> str:
    stands_apart = match[0].startswith("~") or match.string[: match.start()][-1:].isalnum()
    return f"{' ' if stands_apart else ''}[{match[1]}]"


def _behind_word(match: re.Match[str]) -> str:
    if match[1] in {"noindent", "relax"}:
        return ""
    return " " if match[1].endswith(("space", "newline")) else symbol(match[1]) or match[0]


def _chemistry(match: re.Match[str]) -> str:
    """Lower the numbers of atoms and raise charges; arrows are drawn."""
    text = _CHARGE.sub(lambda charge: small(charge[1], raised=True) or charge[0], match[1])
    text = _COUNT.sub(lambda count: small(count[0], raised=False) or count[0], text)
    return text.replace("<=>", "⇌").replace("->", "→")


def _own_macro(match: re.Match[str]) -> str:
    """Leave out the name of a macro around words; one around a letter or two is a function: “GF(5)”."""
    if re.search(r"[^\W\d_]{3}", match[1]):
        return match[1]
    name = match[0].partition("{")[0].removeprefix("\\").removesuffix("[]")
    return match[0] if is_macro(name) or not match[1].strip() else f"{name}({match[1]})"


def _lone_macro(match: re.Match[str]) -> str:
    return match[0] if is_macro(match[1]) or match[1] in _NOT_OWN else match[1]


def _letter_in_braces(match: re.Match[str]) -> str:
    return str(match[match.lastindex or 0])


def _sentence_in_braces(match: re.Match[str]) -> str:
    words = len(re.findall(r"(?<!\S)[^\W\d_]{2,}(?!\w)", match[1]))
    is_sentence = words >= max(_WORDS_OF_SENTENCE, _WORDS_AN_ITEM * (1 + match[1].count(",")))
    return match[1] if is_sentence and not re.search(r"[=<>∈|\\]", match[1]) else match[0]


def _capitals(match: re.Match[str]) -> str:
    return match[0] if match[1] else match[2]


def _sign_in_braces(match: re.Match[str]) -> str:
    return match[1] or ""


def _lost_greek(match: re.Match[str]) -> str:
    is_tie = match[1] == "t" and len(match[2]) == 2  # noqa: PLR2004 - two letters, one arc
    return symbol(match[1] + match[2]) or (tied(match[2]) if is_tie else match[0])


def _code_point(match: re.Match[str]) -> str:
    return code_point(match[1]) or match[0]


def _text_script(match: re.Match[str]) -> str:
    return small(match[2], raised=match[1] == "super") or match[2]


def _command(match: re.Match[str]) -> str:
    return (is_command(match[1]) and linear(match[0])) or match[0]


def _name(match: re.Match[str]) -> str:
    return symbol(match[1]) or match[0]


def _script(match: re.Match[str]) -> str:
    """Write a raised or lowered text as `linear` does in formulas."""
    return small(match[2], raised=match[1] == "^") or f"{match[1]}({match[2]})"


def _power(match: re.Match[str]) -> str:
    return small(match[1], raised=True) or match[0]


_LETTERS_AND_BREAKS = (
    Rewrite("\\'", _ESCAPED_APOSTROPHE, r"\1'"),
    Rewrite('\\"', _ESCAPED_QUOTES, r'"\1"'),
    Rewrite("\\", _ACCENT, _accent),
    Rewrite("\\", _STACKED_ACCENT, _accent),
    Rewrite("\\", _LETTER, _letter),
    Rewrite("\\\\", _BREAK, " "),
    Rewrite("\\deg", _DEGREES, "°"),
    Rewrite("\\", _LOST_GREEK, _lost_greek),
    Rewrite("\\", _ABBREVIATION, _abbreviation),
)
#: Commands around text, which may hold one another.
_AROUND_TEXT = (
    Rewrite("\\c", _CHEMISTRY, _chemistry),
    Rewrite("\\", _FONT, r"\1"),
    Rewrite("{\\", _OLD_FONT, r"\1"),
    Rewrite("\\", _LINK, r"\1"),
    Rewrite("\\", _CITED, _cited),
    Rewrite("\\enquote", _ENQUOTED, r"“\1”"),
    Rewrite("\\footnote", _FOOTNOTE, r" (\1)"),
    Rewrite("\\thanks", _FOOTNOTE, r" (\1)"),
)
_DEEPEST = 3
_OWN_MACROS = (
    Rewrite("\\c", _CHEMISTRY, _chemistry),
    Rewrite("\\", _OWN_MACRO, _own_macro),
    Rewrite("\\", _LONE_MACRO, _lone_macro),
)
_COMMANDS_AND_TYPOGRAPHY = (
    Rewrite("\\unicode", _CODE_POINT, _code_point),
    Rewrite("space", _SKIP, " "),
    Rewrite("\\", _BEHIND_WORDS, _behind_word),
    Rewrite("\\text", _TEXT_SCRIPT, _text_script),
    Rewrite("\\", _COMMAND, _command),
    Rewrite("\\", _NAME, _name),
    *_OWN_MACROS,
    Rewrite("\\", _THIN, " "),
    Rewrite("\\-", _HYPHEN, "-"),
    Rewrite("[", _BRACKETED, _bracketed),
    Rewrite("{", _BRACED, _braced, core=_HAS_BRACED),
    Rewrite("{,}", _THOUSANDS, ","),
    Rewrite("{", _LONE_LETTER, r"\1"),
    Rewrite("{", _SCRIPT, _script),
    Rewrite("{", _CAPITALS_IN_BRACES, _capitals, core=_HAS_CAPITALS_IN_BRACES),
    Rewrite("{", _LETTER_IN_BRACES, _letter_in_braces),
    Rewrite("{", _NAME_IN_BRACES, r"\1"),
    Rewrite("{", _LONGER_IN_BRACES, r"\1"),
    Rewrite("{", _SENTENCE_IN_BRACES, _sentence_in_braces),
    Rewrite("{", _SIGN_IN_BRACES, _sign_in_braces),
    Rewrite("^", _POWER, _power),
    Rewrite("`", _STROKE, "'"),
    Rewrite("``", _TWO_STROKES, r"“\1”"),
    Rewrite("``", _QUOTED, r"“\1”"),
    Rewrite("''", _HALF_BY_APOSTROPHES, r"“\1”"),
    Rewrite("**", _BOLD, r"\1"),
    Rewrite("''", _QUOTED_BY_APOSTROPHES, r"“\1”"),
    Rewrite("`", _HALF_QUOTED, "\N{LEFT SINGLE QUOTATION MARK}\\1\N{RIGHT SINGLE QUOTATION MARK}"),
    Rewrite("~", _TIE, " "),
    Rewrite("---", _DASH, "—"),
    Rewrite("--", _RANGE, "\N{EN DASH}"),
    Rewrite("\\", _ESCAPED, r"\1"),
)
