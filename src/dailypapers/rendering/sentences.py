"""Sentences of an abstract: where each ends, and where a full stop ends none.

Knows English abbreviations, initials, decimals, formulas, and the headings of structured abstracts. A text in another
script than Latin ends its sentences with its own marks.
"""

import re

#: Words whose full stop ends no sentence, whatever follows; “et al” by its second word.
_ABBREVIATIONS = re.compile(
    r"al|approx|assoc|ca|cf|ch|def|dept|dr|eds|eqn?s?|esp|est|ex|figs?|fn|gen|i\.e|e\.g|i\.i\.d|incl|jr|lem|max|min|mr|mrs|"
    r"ms|mt|nb|nos?|nr|op|pp|prof|prop|refs?|rem|resp|secs?|sects?|spp?|sr|ssp|st|subsp|suppl|tab|tbl|thm|viz|vols?|vs|"
    r"w\.l\.o\.g|w\.r\.t|wrt",
    re.IGNORECASE,
)
#: What begins a sentence even behind an initial or an acronym: “… and vitamin D. We …”.
_BEGINNINGS = (
    r"(?:We|Our|The|This|These|Those|It|In|On|At|To|For|From|With|As|By|An?|However|Here|Moreover|Furthermore|Finally|"
    r"Additionally|Specifically|Experiments?|Results?|Extensive|Unlike|While|Although|Existing|Recent|Using|Based|"
    r"Such|Then|Thus|Both|When|If|Code|Conclusions?|Methods?)"
)
_BEGINNING = re.compile(rf"{_BEGINNINGS}\b")
_BOUNDARY = re.compile(
    r"\$[^$]{1,300}\$"
    r"|(?P<end>[.!?…]+[\"”’')\]]*)(?P<gap>\s+)(?=[\"“‘'(\[]?[A-Z\u00c0-\u00de\u0391-\u03a9\u0400-\u042f\d$τα-ω\\])"
    rf"|(?<=[a-z]{{3}})(?P<glued>[.!?])(?={_BEGINNINGS}\b)"
    r"|(?P<wide>[。！？؟।]+[」』”）]*)\s*"
)
_LAST_WORD = re.compile(r"[\"“‘'(\[]*([^\s(\[“\"]+)$")
_INITIAL = re.compile(r"(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z])")


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text of one line, in order; together they are the text, but for the space between."""
    pieces, start = [], 0
    for match in _BOUNDARY.finditer(text):
        if match["end"] and not _ends(text[start : match.start()], match["end"], text[match.end() : match.end() + 20]):
            continue
        if match["end"] or match["glued"] or match["wide"]:
            pieces.append(text[start : match.end()].strip())
            start = match.end()
    return tuple(piece for piece in (*pieces, text[start:].strip()) if piece)


def _ends(before: str, mark: str, after: str) -> bool:
    """Whether a mark ends a sentence, by the word before it and what comes next."""
    last = _LAST_WORD.search(before, before.rfind(" ") + 1)
    if mark != "." or not last:
        return True
    word = last[1]
    # In capitals it is an acronym: SR is super-resolution, and no Senior.
    if _ABBREVIATIONS.fullmatch(word) and not (len(word) > 1 and word.isupper()):
        return False
    if _INITIAL.fullmatch(word):
        return bool(_BEGINNING.match(after.lstrip("\"“‘'([")))
    return True
