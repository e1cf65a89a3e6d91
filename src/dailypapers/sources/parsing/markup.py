"""HTML, JATS and what publishers mix of them, as plain text: tags are read, formulas linearised, letters kept.

Knows which tags there are, and when something in angle brackets is none. Does not know TeX in prose or what the text
is for. Every pattern takes linear time, and nesting is bounded: the text is a stranger's.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from dailypapers.sources.parsing import mathml
from dailypapers.sources.parsing.elements import Node, has, names, text_of
from dailypapers.sources.tex.math import linear, wrapped
from dailypapers.sources.tex.symbols import small

_BLOCK = names(
    "p br div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 tr td th table blockquote section article header footer figure"
    " figcaption aside main center pre hr title sec abstract trans-abstract list list-item def-list def-item def"
    " disp-quote disp-formula disp-formula-group break p1 fn label caption kwd-group st boxed-text statement verse-line"
    # HTML's newer ones, and what Elsevier, Springer and PubMed call paragraphs and headings.
    " details summary para simple-para simplepara heading section-title abstracttext"
)
_PHRASE = names(
    "a abbr acronym address b bdi bdo big cite code del dfn em font i img ins italic bold kbd mark q s samp small span"
    " strike strong sub sup tt u var wbr script style iframe object embed form input button video audio svg noscript"
    " html head body meta link nobr ruby rb rt rp time data picture source path"
    # JATS and what IEEE, Wiley and Springer add to it.
    " alternatives bold-italic chem-struct email ext-link formula graphic inline-formula inline-graphic"
    " inline-supplementary-material institution monospace named-content overline private-char roman sans-serif sc scp"
    " styled-content tex tex-math tfrac underline uri xref content abbrev emphasis inf subscript superscript"
)
#: Other names for what HTML calls so.
_SAME = {"inf": "sub", "subscript": "sub", "superscript": "sup"}
_VOID = names("br hr img wbr input meta link embed graphic inline-graphic break mspace mprescripts none")
_KNOWN = _BLOCK | _PHRASE | mathml.NAMES
#: Tags that a publisher leaves open, or that stand alone, without the text being any less marked up.
_SELDOM_CLOSED = frozenset({"br", "p", "li", "hr", "img"})
_NEVER_READ = frozenset({"script", "style"})
_TEX = frozenset({"tex-math", "tex"})
_FORMULAS = frozenset({"alternatives", "inline-formula", "disp-formula", "formula"})
# A “<” begins a tag only where all of it looks like one: “n <p and q> 0” is mathematics.
_TAG = re.compile(
    r"<(?P<close>/?)(?P<prefix>[A-Za-z]\w{0,15}:)?(?P<name>[A-Za-z][A-Za-z0-9]{0,15}(?:-[A-Za-z]{1,20}){0,3})"
    r"(?P<attributes>(?:\s+(?:[\w:.-]{1,60}\s?=\s?(?:\"[^\"<]{0,5000}\"|'[^'<]{0,5000}'|[^\s\"'<>=]{1,5000})"
    r"|hidden|nowrap|controls|async|defer|checked|disabled|allowfullscreen))*)\s*(?P<empty>/?)>"
)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,60})\s?=\s?(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_UNREAD = re.compile(r"<\?xml[^<>]{0,200}\?>|<!DOCTYPE[^<>]{0,200}>", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
#: How a publisher ends a text that goes on elsewhere.
_CUT = ("…", "...", "]")
#: How often the entities of a text may have been escaped once too often.
_MAX_ESCAPES = 3
#: Deeper nesting is flattened.
_MAX_DEPTH = 60
_DOCUMENT = re.compile(r"\\begin\s?\{document\}(.*?)(?:\\end\s?\{document\}|$)", re.DOTALL)
_DOLLARS = re.compile(r"^(?:\$\$?|\\\(|\\\[)|(?:\$\$?|\\\)|\\\])$")
_ORDINAL = re.compile(r"st|nd|rd|th", re.IGNORECASE)
_JOINABLE = re.compile(r"[\w.,+\N{MINUS SIGN}-]+")
#: Journals write a charge or a negative power with an en dash: SO₄²⁻, NO₃⁻, 10⁻⁹.
_CHARGE = re.compile(r"^\N{EN DASH}(?=\d*$)|(?<=^\d)\N{EN DASH}$")
_SIGNS = {"TM": "™", "SM": "℠", "(R)": "®", "(TM)": "™", "o": "°"}
_DRAWN_TWICE = re.compile(r"\bkatex-html\b|\bMathJax_Preview\b|\bmjx-chtml\b")


def read_markup(text: str, *, plain: bool = False) -> str:
    """Give the text without its markup, a line end where a block begins or ends; entities are read.

    `plain` is for sources that send plain text: there only formulas in MathML, links and raised or lowered
    characters of a word are markup. Never raises; text that only looks like markup stays.
    """
    if "<" in text:
        text = _CDATA.sub(" ", _UNREAD.sub(" ", _without_comments(text)))
        tags = _tags(text, plain=plain)
        if tags:
            return _rendered(_tree(text, tags))
    if plain or "&" not in text or "&lt;" not in text:
        return unescaped(text)
    once = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    tags = _tags(once, plain=False) if "<" not in text else []
    # A single word in brackets may be what the text is about; elements with an end are markup escaped twice.
    return _rendered(_tree(once, tags)) if any(tag.closes for tag in tags) else unescaped(once)


def unescaped(text: str) -> str:
    """Read the entities of a text, also those that were escaped more than once."""
    for _ in range(_MAX_ESCAPES):
        if "&" not in text or not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text


def _without_comments(text: str) -> str:
    # Only up to the last end of one: searching for an end that never comes would take quadratic time.
    end = text.rfind("-->") + len("-->")
    return re.sub(r"<!--.*?-->", " ", text[:end]) + text[end:] if end >= len("-->") else text


@dataclass(frozen=True, slots=True)
class _Tag:
    """Something in angle brackets that is an element's beginning, its end, or all of it."""

    name: str
    start: int
    end: int
    prefixed: bool
    closes: bool
    empty: bool
    attributes: str


def _tags(text: str, *, plain: bool) -> list[_Tag]:
    """Find the tags of a text; none, where what looks like them is the text."""
    tags = [_tag(match) for match in _TAG.finditer(text)]
    others = frozenset() if plain else _elements_of_others(tags)
    tags = [tag for tag in tags if tag.name in _KNOWN or tag.prefixed or tag.name in others]
    if not any(tag.name == "math" for tag in tags):
        tags = [tag for tag in tags if tag.prefixed or tag.name not in mathml.NAMES]
    if plain:
        return _markup_in_plain_text(text, tags)
    return _paired(text, tags) if _is_marked_up(text, tags) else []


def _elements_of_others(tags: Iterable[_Tag]) -> frozenset[str]:
    """Find the names of elements that no list has: they have an end, and a hyphen or an attribute is no prose."""
    begun = {tag.name for tag in tags if not tag.closes and ("-" in tag.name or '="' in tag.attributes)}
    return frozenset(begun & {tag.name for tag in tags if tag.closes})


def _tag(match: re.Match[str]) -> _Tag:
    name = match["name"].lower()
    name = _SAME.get(name, name)
    empty = bool(match["empty"]) or name in _VOID
    return _Tag(
        name, match.start(), match.end(), bool(match["prefix"]), bool(match["close"]), empty, match["attributes"]
    )


def _is_marked_up(text: str, tags: list[_Tag]) -> bool:
    """Tell whether one of them at least can be nothing else: it has attributes, a namespace, or an end that fits."""
    opened: dict[str, list[_Tag]] = {}
    for tag in tags:
        if tag.attributes or tag.prefixed or tag.name in {"br", "hr", "break"}:
            return True
        if tag.name in _SELDOM_CLOSED and not tag.closes and _begins_block(text[: tag.start]):
            return True
        if not tag.closes:
            opened.setdefault(tag.name, []).append(tag)
        elif any(_fit(text, start, tag) for start in opened.get(tag.name, ())[-1:]):
            return True
    return False


def _begins_block(before: str) -> bool:
    """Tell whether a tag behind this text begins the text, or ends one paragraph and begins the next: “</p><p>”."""
    before = before.rstrip()
    return not before or before.endswith("</p>")


def _paired(text: str, tags: list[_Tag]) -> list[_Tag]:
    """Leave out what has no end though it should: in “<p>the token <s></p>” it is a word."""
    ended = {tag.name for tag in tags if tag.closes}
    cut = tags[-1] if text.endswith(_CUT) else None
    return [
        tag
        for tag in tags
        if tag.name in ended or tag.name in _BLOCK or tag.empty or tag.attributes or tag.prefixed or tag is cut
    ]


def _fit(text: str, start: _Tag, end: _Tag) -> bool:
    """Tell whether two tags are an element's ends: “the tokens <s> and </s>” names them only."""
    inside = text[start.end : end.start]
    return start.name in _BLOCK or not (inside[:1].isspace() and inside[-1:].isspace())


def _markup_in_plain_text(text: str, tags: list[_Tag]) -> list[_Tag]:
    chosen: list[_Tag] = []
    depth = 0
    has_formulas = any(tag.name == "math" and tag.closes for tag in tags)
    for tag, following in zip_longest(tags, tags[1:]):
        if tag.name == "math" and has_formulas:
            depth += 0 if tag.empty else (-1 if tag.closes else 1)
            chosen.append(tag)
        elif depth > 0 or _is_link(tag) or _is_script_of_a_word(text, tag, following) or _ends_the_last(tag, chosen):
            chosen.append(tag)
    return chosen


def _is_link(tag: _Tag) -> bool:
    return tag.name == "a" and "href" in tag.attributes


def _is_script_of_a_word(text: str, tag: _Tag, following: _Tag | None) -> bool:
    if tag.name not in {"sub", "sup"} or tag.closes or following is None:
        return False
    inside = text[tag.end : following.start]
    joined = text[tag.start - 1 : tag.start].strip() or text[following.end : following.end + 1].isalpha()
    return bool(
        joined and inside and inside == inside.strip() and (following.name, following.closes) == (tag.name, True)
    )


def _ends_the_last(tag: _Tag, chosen: list[_Tag]) -> bool:
    return (
        tag.closes
        and tag.name in {"a", "sub", "sup"}
        and bool(chosen)
        and ((chosen[-1].name, chosen[-1].closes) == (tag.name, False))
    )


def _tree(text: str, tags: Iterable[_Tag]) -> Node:
    root = Node("")
    path = [root]
    done = 0
    for tag in tags:
        path[-1].append(text[done : tag.start])
        done = tag.end
        if tag.closes:
            _close(path, tag.name)
        else:
            node = Node(tag.name, attributes=_attributes(tag.attributes))
            path[-1].children.append(node)
            if not tag.empty and len(path) < _MAX_DEPTH:
                path.append(node)
    path[-1].append(text[done:])
    return root


def _close(path: list[Node], name: str) -> None:
    for position in range(len(path) - 1, 0, -1):
        if path[position].name == name:
            del path[position:]
            return


def _attributes(text: str) -> dict[str, str]:
    return {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(text)}


@dataclass(slots=True)
class _Page:
    """The text as it grows; what is raised or lowered looks back at the character it stands behind."""

    pieces: list[str] = field(default_factory=list)
    #: Inside a formula: whether it is given in MathML, so that its TeX would say it twice.
    has_mathml: bool | None = None

    def last(self) -> str:
        return next((piece[-1] for piece in reversed(self.pieces) if piece), "")


def _rendered(root: Node) -> str:
    page = _Page()
    _write_children(root, page)
    return "".join(page.pieces)


def _write_children(node: Node, page: _Page) -> None:
    for child in node.children:
        if isinstance(child, str):
            page.pieces.append(unescaped(child))
        else:
            _write(child, page)


def _write(node: Node, page: _Page) -> None:
    if node.name in _BLOCK:
        page.pieces.append("\n")
        _write_inside(node, page)
        page.pieces.append("\n")
    elif node.name in {"sub", "sup"}:
        inside = " ".join(_rendered(node).split())
        page.pieces.append(_script(page.last(), inside, raised=node.name == "sup"))
    elif node.name == "math":
        page.pieces.append(_formula(node))
    elif node.name in _TEX or _is_tex_script(node):
        page.pieces.append("" if page.has_mathml else _tex(text_of(node)))
    elif node.name == "img":
        page.pieces.append(_drawn_formula(node))
    elif node.name not in _NEVER_READ and not _is_drawn_twice(node):
        _write_inside(node, page)


def _write_inside(node: Node, page: _Page) -> None:
    """Write an element's content; a formula that is given in several ways is written once."""
    if node.name not in _FORMULAS or page.has_mathml is not None:
        _write_children(node, page)
        return
    page.has_mathml = has(node, "math")
    _write_children(node, page)
    page.has_mathml = None


def _is_drawn_twice(node: Node) -> bool:
    return node.name == "span" and bool(_DRAWN_TWICE.search(node.attributes.get("class", "")))


def _is_tex_script(node: Node) -> bool:
    return node.name == "script" and node.attributes.get("type", "").startswith("math/tex")


def _script(before: str, text: str, *, raised: bool) -> str:
    """Write what is raised or lowered behind a character: 10⁵, CO₂, PM2.5, 10^5.2, 1st."""
    if not text:
        return ""
    if raised:
        text = _CHARGE.sub("\N{MINUS SIGN}", text)
    if raised and (text in _SIGNS or not any(c.isalnum() for c in text)):
        return _SIGNS.get(text) or small(text, raised=True) or text
    if raised and before.isdigit() and _ORDINAL.fullmatch(text):
        return text
    as_small = small(text.replace(" ", ""), raised=raised)
    if as_small is not None:
        return as_small
    joined = not before.isalnum() if raised else before.isalpha() or not before
    if joined and _JOINABLE.fullmatch(text):
        return text
    return ("^" if raised else "_") + wrapped(text)


def _formula(node: Node) -> str:
    text = mathml.linear_text(node) or _tex(node.attributes.get("alttext", ""))
    return f" {text} " if node.attributes.get("display") == "block" else text


def _drawn_formula(node: Node) -> str:
    alternative = node.attributes.get("alt", "")
    is_drawn = "latex" in node.attributes.get("class", "") or alternative.startswith(("$", "\\("))
    return _tex(alternative) if is_drawn else ""


def _tex(source: str) -> str:
    """Read a formula in TeX, with or without its dollars and its document around it."""
    source = unescaped(source)
    document = _DOCUMENT.search(source)
    formula = _DOLLARS.sub("", _DOLLARS.sub("", (document[1] if document else source).strip())).strip()
    linear_text = linear(formula)
    # A tilde in prose is TeX's space.
    return formula if linear_text is None else linear_text.replace("~", "∼")


def blocks(text: str) -> Iterator[str]:
    """Give the blocks of a text that `read_markup` gave, those with something in them."""
    return (block for line in text.split("\n") if (block := line.strip()))
