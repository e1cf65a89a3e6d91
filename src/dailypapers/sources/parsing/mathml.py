"""MathML on one line of Unicode: 1/3 is not 13, and 10⁵ is not 105. See https://www.w3.org/TR/mathml-core/.

Knows presentation elements, in the forms journals send them. What is not recognised gives its content.
"""

import html
import unicodedata
from collections.abc import Sequence
from string import ascii_letters

from dailypapers.sources.parsing.elements import Node, names, text_of
from dailypapers.sources.tex.math import BOARD, fraction, joined_fractions, linear, root, wrapped
from dailypapers.sources.tex.symbols import over_by_sign, small

NAMES = names(
    "math mi mn mo ms mtext mspace mrow mstyle mpadded mphantom merror menclose mfenced mfrac msqrt mroot msub msup"
    " msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr mlabeledtr mtd maction semantics"
    " annotation annotation-xml mglyph maligngroup malignmark"
)
_TOKENS = frozenset({"mi", "mn", "mo", "ms", "mtext"})
_NOT_SHOWN = frozenset({"annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark", "none", "mprescripts"})
_FUNCTIONS = names(
    "sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan log ln lg exp max min sup inf lim det dim ker deg gcd"
    " arg mod Tr tr rank sgn diag"
)
_LONGEST_FUNCTION = max(map(len, _FUNCTIONS))
_APPLY = "\N{FUNCTION APPLICATION}"
_PAIR = 2
_TRIPLE = 3


def linear_text(math: Node) -> str:
    """Write a formula on one line; empty where there is nothing in it."""
    return " ".join(joined_fractions(_row(math.children)).split())


def _row(children: Sequence[Node | str]) -> str:
    text = ""
    for child in children:
        piece = child.strip() and html.unescape(child.strip()) if isinstance(child, str) else _element(child)
        gap = " " if _runs_together(text, piece, child) else ""
        text += gap + piece
    return text.replace(_APPLY, "")


def _runs_together(text: str, piece: str, child: Node | str) -> bool:
    """Tell whether two words, or two numbers, would become one: sin x, log n."""
    if (
        not piece
        or isinstance(child, str)
        or child.name not in {"mi", "mn", "mrow", "msub", "msup", "msubsup", "mtext"}
    ):
        return False
    before = text[-_LONGEST_FUNCTION - 2 :].removesuffix(_APPLY)
    if not before or not before[-1].isalnum() or not piece[0].isalnum():
        return False
    if child.name == "mn" and before[-1].isdecimal():
        return True
    return before[len(before.rstrip(ascii_letters)) :] in _FUNCTIONS


def _element(node: Node) -> str:
    if node.name in _TOKENS:
        return _token(node)
    if node.name in _NOT_SHOWN:
        return ""
    if node.name == "mspace":
        return "" if node.attributes.get("width", "").startswith(("-", "0em", "0px")) else " "
    layout = _LAYOUTS.get(node.name)
    return layout(node) if layout else _row(node.children)


def _token(node: Node) -> str:
    written = html.unescape(text_of(node))
    text = " ".join(written.split()) or (" " if written and node.name != "mi" else "")
    if node.name == "mtext":
        # Words keep the spaces that part them from the formula.
        return f"{' ' * written[:1].isspace()}{text}{' ' * written[-1:].isspace()}" if text.strip() else text
    if node.attributes.get("mathvariant") == "double-struck":
        return BOARD.get(text, text)
    return {"'": "′", "~": "∼"}.get(text, text)


def _parts(node: Node, count: int) -> list[str]:
    """Give the texts of an element's first arguments; those it lacks are empty."""
    texts = [_element(child) for child in node.elements()]
    return (texts + [""] * count)[:count]


def _rest(node: Node, count: int) -> str:
    """What stands behind an element's last argument, against the standard; nothing is lost."""
    return _row(node.elements()[count:])


def _fraction(node: Node) -> str:
    above, below = _parts(node, _PAIR)
    if node.attributes.get("linethickness") in {"0", "0pt", "0px"}:
        return f"C({joined_fractions(above)}, {joined_fractions(below)})"
    return fraction(joined_fractions(above), joined_fractions(below)) + _rest(node, _PAIR)


def _square_root(node: Node) -> str:
    return f"√{wrapped(joined_fractions(_row(node.children)))}"


def _root(node: Node) -> str:
    base, degree = (joined_fractions(part) for part in _parts(node, _PAIR))
    return root(degree, base)


def _sub(node: Node) -> str:
    base, lowered = _parts(node, _PAIR)
    return _based(base) + _script(lowered, raised=False) + _rest(node, _PAIR)


def _sup(node: Node) -> str:
    base, raised = _parts(node, _PAIR)
    return _based(base) + _script(raised, raised=True) + _rest(node, _PAIR)


def _sub_and_sup(node: Node) -> str:
    base, lowered, raised = _parts(node, _TRIPLE)
    return _based(base) + _script(lowered, raised=False) + _script(raised, raised=True) + _rest(node, _TRIPLE)


def _based(base: str) -> str:
    """A fraction that is raised is one thing."""
    whole = joined_fractions(base)
    return f"({whole})" if whole != base and "/" in whole and not whole.startswith("(") else whole


def _script(text: str, *, raised: bool) -> str:
    text = joined_fractions(text).strip()
    if not text or text in {"′", "″", "‴", "*", "†", "∗"}:
        return text
    as_small = small(text.replace(" ", ""), raised=raised)
    return as_small if as_small is not None else ("^" if raised else "_") + wrapped(text)


def _under(node: Node) -> str:
    base, below = _parts(node, _PAIR)
    return base + (below if _is_drawn(below) else _script(below, raised=False))


def _over(node: Node) -> str:
    base, above = _parts(node, _PAIR)
    accented = over_by_sign(above.strip(), base.strip())
    if accented is not None:
        return accented
    return base + (above if _is_drawn(above) else _script(above, raised=True))


def _under_and_over(node: Node) -> str:
    base, below, above = _parts(node, _TRIPLE)
    return base + _script(below, raised=False) + _script(above, raised=True)


def _is_drawn(text: str) -> bool:
    """Tell whether it is a bar, a brace or an arrow, drawn along what it belongs to."""
    return not any(c.isalnum() for c in unicodedata.normalize("NFKD", text))


def _around(node: Node) -> str:
    """Scripts on both sides: an isotope's numbers stand before it."""
    children = node.elements()
    split = next((n for n, child in enumerate(children) if child.name == "mprescripts"), len(children))
    before, after = children[split + 1 :], children[1:split]
    base = _based(_element(children[0])) if children else ""
    return _pairs(before, first_raised=True) + base + _pairs(after, first_raised=False)


def _pairs(children: Sequence[Node], *, first_raised: bool) -> str:
    written = ""
    texts = [_element(child) for child in children] + [""]
    for low, high in zip(texts[::_PAIR], texts[1::_PAIR], strict=False):
        lowered, raised = _script(low, raised=False), _script(high, raised=True)
        written += raised + lowered if first_raised else lowered + raised
    return written


def _fenced(node: Node) -> str:
    separators = "".join(node.attributes.get("separators", ",").split())
    parts = [_element(child) for child in node.elements()]
    inside = "".join(
        part + (f"{separators[min(n, len(separators) - 1)]} " if separators and n < len(parts) - 1 else "")
        for n, part in enumerate(parts)
    )
    return f"{node.attributes.get('open', '(')}{inside}{node.attributes.get('close', ')')}"


def _table(node: Node) -> str:
    rows = [", ".join(filter(None, map(str.strip, map(_element, row.elements())))) for row in node.elements()]
    return "; ".join(filter(None, rows))


def _semantics(node: Node) -> str:
    """The formula itself; its TeX only where there is nothing else."""
    row = _row([child for child in node.elements() if not child.name.startswith("annotation")])
    if row.strip():
        return row
    for child in node.elements():
        if "tex" in child.attributes.get("encoding", "").lower():
            return (linear(text_of(child)) or text_of(child)).replace("~", "∼")
    return ""


def _first(node: Node) -> str:
    return _parts(node, 1)[0]


_LAYOUTS = {
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msub": _sub,
    "msup": _sup,
    "msubsup": _sub_and_sup,
    "munder": _under,
    "mover": _over,
    "munderover": _under_and_over,
    "mmultiscripts": _around,
    "mfenced": _fenced,
    "mtable": _table,
    "semantics": _semantics,
    "maction": _first,
}
