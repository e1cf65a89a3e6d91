"""What journals put where an abstract should be: their name, volume, pages, dates, DOI and authors.

    blocks | parted at labels | imprint, title, authors left out | the abstract, and the authors that stood there

Goes by the form of such lines, not by a list of publishers. Knows clean text only; does not know feeds.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dailypapers.domain.author_list import names_in
from dailypapers.domain.doi import find_in_address
from dailypapers.sources.parsing.elements import names

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?|Winter|Spring|Summer|Autumn|Fall)(?![a-z])\.?"
)
_WEEKDAY = r"(?:Mon|Tue|Tues|Wed|Wednes|Thu|Thurs|Fri|Sat|Satur|Sun)(?:day)?,?\s"
#: What makes a line an imprint.
_STRONG = re.compile(
    r"(?:Volume|Vol\.?|Issue|Iss\.|Pages?|pp?\.|Article(?:\s(?:number|ID|No\.?))?|Part|Number|No\.?)(?::\s|\s?)(?:[A-Z]{0,3}\.?\d[\w.–-]*|ahead-of-print|n/a(?:-n/a)?|[A-Z]\b)"
    r"|(?:Early\s?View|(?:Online\s)?ahead\sof\sprint|Accepted\s(?:Article|Manuscript)|(?:Article\s)?in\s?press|Advance\s(?:Article|Access)"
    r"|Just\sAccepted|Online\s(?:First|Now)|(?:First\s)?published(?:\s(?:online|in|on))?|Available\sonline|Publication\sdate|Epub"
    r"|Latest\sArticles|Journal\spre-?proof|(?:Un)?corrected\sproof)(?!\w)"
    r"|(?:doi:?\s?)(?:https?://)?\S*10\.\d{4,9}/\S+|(?:https?://|www\.)\S+|10\.\d{4,9}/\S+|ISSN:?\s?[\dX-]{8,9}|PM(?:C?ID):?\s?(?:PMC)?\d+"
    r"|\d{1,4}(?:\s?\(\d{1,4}\))?:\s?[\w.]*\d[\w.–-]*|\d{1,4}\s?\(\d{1,4}\),\s(?:no\.\s\d{1,3},\s)?(?:pp?\.\s)?\d+[–-]\d+"
    # “160, 010901 (2026)”, “2026, 45, 112345”, “30 pages”.
    r"|\d{1,4},\s[A-Z]?\d{2,6}[\w–-]{0,8}\s\((?:19|20)\d\d\)|(?:19|20)\d\d,\s\d{1,4},\s\w{0,4}\d[\w.–-]*"
    r"|\d{1,4}\s(?:pp?\.|pages)(?!\w)"
    rf"|(?:Received|Accepted|Revised)(?:\son)?:?\s(?=\d|{_MONTH})|(?:Article\s)?ASAP(?!\w)|arXiv:\s?\d\S+",
    re.IGNORECASE,
)
#: The same in lower case: without regard to case the engine takes ten times as long to find that there is none.
_STRONG_IN_LOWER_CASE = re.compile(re.sub(r"(?<!\\)[A-Z]", lambda match: match[0].lower(), _STRONG.pattern))
#: With one of these it begins. They are found in a tenth of the time: digits by themselves and words by their letter,
#: for the engine leaves out letters with which no alternative begins.
_STRONG_BEGINS = (
    re.compile(r"\d"),
    re.compile(
        r"vol|i(?:ss|n\s?press)|p(?:age|p?\.|mc?id|art|ubli)|a(?:rticle|head|ccepted|dvance|vailable)|n(?:umber|o\.)"
        r"|e(?:arly|pub)|online|j(?:ust|ournal)|first|latest|uncorr|corr|doi|http|www|re(?:ceiv|vis)|a(?:sap|rxiv)"
    ),
)
_WEAK = re.compile(
    rf"(?:{_WEEKDAY})?(?:\d{{1,2}}\s)?{_MONTH}(?:[-–/]{_MONTH})?(?:\s\d{{1,2}}(?!\d))?,?(?:\s(?:19|20)\d\d)?"
    r"|(?:[A-Za-z]{0,6}|id\.[A-Za-z]?)\d[\d.–-]*(?![A-Za-z])|(?:from|in)\s(?=Vol)|[\s.,;:()\[\]|–—·•/&-]+"
    r"|(?:Open\sAccess|Edge\sArticle|(?:Original\s|Research\s|Review\s)?Article|Paper|Communication|Review|Perspective|Letter|Editorial|Special\sIssue)(?!\w)",
    re.IGNORECASE,
)
#: “Front. Neurosci., 20 April 2026”: a name, a date, and nothing else.
_DATED = re.compile(rf",\s(?:\d{{1,2}}\s)?{_MONTH}(?:\s\d{{1,2}},)?\s(?:19|20)\d\d\.?$")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_CITATION = re.compile(r"10\.\d{4,9}/|\d\)?:\s?\w*\d|\d\),\s.{0,12}\d[–-]\d")
_LONGEST_NAME = 110
#: Facts stand at the beginning of a line, or the line is none of theirs.
_LONGEST_IMPRINT = 250
_LONGEST_AUTHOR = 60
_MOST_NAME_WORDS = 12
_SMALL_WORDS = names("of the and in for on to a an de la le du del da des et und der die für & at with by y e")
_TELLS = re.compile(r"(?:We|This|These|Here|In|It|Our|There|Using|A|An)\b")
_LABEL = re.compile(
    r"(?=\b(?:Title|Publication date|Source|Author\(s\)|Authors?|Journal(?: (?:name|title))?|Published in|Abstract|DOI)"
    r"\s?:)",
    re.IGNORECASE,
)
_PUBLICATION = re.compile(
    r"(?:Publication date|Source|Journal(?: (?:name|title))?|Published in|Publisher)\s?:", re.IGNORECASE
)
_TITLE = re.compile(r"Title\s?:\s*", re.IGNORECASE)
_LEFT_OVER = re.compile(r"(?:[.,;:]|\[\.\.\.\])\s+")
_AUTHORS = re.compile(r"(?:Author\(s\)|Authors?)\s?:\s*", re.IGNORECASE)
_BY = re.compile(r"by\s", re.IGNORECASE)
_HEADING = re.compile(r"(?:Graphical\s)?Abstract|Summary", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:(?:arXiv:\S{5,40}\sAnnounce\sType:\s\S{3,20}\s)?Abstract\s?[:.]|ABSTRACT\b|Abstract\s[—–-])\s*(?=\S)"
    r"|(?:Abstract\s?|Significance)(?=(?:We|This|These|Here|In|The|Our|There|It|An?|Background|Objectives?|Purpose|Motivation|Introduction|Aims?)\b)"
)
_BOILERPLATE = re.compile(
    r"The content of this RSS Feed|To cite this article before page|This article is licensed|(?:©|\(c\)|Copyright)\s"
    r"|(?:Read more|Read full \w+|Continue reading|View article|Click here|Get full text)\b.{0,60}$"
    r"|Open Access\b.{0,60}$|Abstract, references and article information|\d+ posts? - \d+ participants?$"
    r"|.{0,80}\(discussion: \w+, \d+ comments?\)$|(?:Citation|How to cite|Cite as)\s?:\s.{0,600}\d{4}.{0,300}$"
    r"|The post\b.+\bappeared first on\b.{1,200}$"
    r"|Article\b.+\bwas published on\b.{5,40}\bin the journal\b.{1,200}$",
    re.IGNORECASE,
)
#: The same behind the text, where it is a link of its own.
_READ_ON = re.compile(
    r"(?<=[.!?…\]])\s(?:Read more (?:at|on|here)\b.{0,150}"
    r"|(?:Read more|Read full \w{1,12}|Continue reading)\b[^.!?]{0,200}[.…→»]?)$",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[^\W\d_a-z][\w.'’-]*(?:\s[\w.'’-]+){1,4}")


@dataclass(frozen=True, slots=True)
class Described:
    """What a description holds besides its imprint."""

    abstract: str
    authors: tuple[str, ...] = ()
    #: The one DOI its imprint states; empty where it states none, or several.
    doi: str = ""


def described(blocks: Iterable[str], *, title: str, authors: Sequence[str] = ()) -> Described:
    """Give the abstract among the blocks of a description, empty where there is none, and the authors it names.

    `authors` are those that are known otherwise: their line is left out, and nobody else is looked for.
    """
    parted = list(_with_lists_joined(part for block in blocks for part in _parted(block)))
    texts: list[str] = []
    left_out: list[str] = []
    named: tuple[str, ...] = ()
    for position, block in enumerate(parted):
        following = parted[position + 1] if position + 1 < len(parted) else ""
        if label := _AUTHORS.match(block):
            named = named or names_in(block[label.end() :])
        elif _is_furniture(block, title):
            left_out.append(block)
        elif (unlabelled := _listed(_ended(block, following), authors, is_beside_more=len(parted) > 1)) is not None:
            named = named or unlabelled
        elif not (_may_be_name(block) and is_imprint(following)):
            texts.append(_without_furniture(without_imprint(block)))
            left_out.append(block.removesuffix(texts[-1]))
    return Described(" ".join(_without_heading(filter(None, texts))), named, _doi_of(left_out))


def _doi_of(imprint: Iterable[str]) -> str:
    dois = {find_in_address(part)[0] for line in imprint if "10." in line for part in _DOI.findall(line)}
    return dois.pop() if len(dois) == 1 else ""


def _parted(block: str) -> list[str]:
    """Part a line that is a list of labels, as it is where somebody has taken its tags away; an imprint may lead it."""
    beginning = block[:_LONGEST_IMPRINT]
    label = _LABEL.search(beginning) if ":" in beginning else None
    if not label or (label.start() and not is_imprint(block[: label.start()].strip())):
        return [block]
    return [part for piece in _LABEL.split(block) if (part := piece.strip())]


def _with_lists_joined(blocks: Iterable[str]) -> Iterator[str]:
    """Join a label of authors with the names that stand below it, one a line."""
    listed = ""
    for block in blocks:
        if listed and _is_person(block) and _says_more(block):
            listed += f"; {block}"
            continue
        if listed:
            yield listed
        label = _AUTHORS.match(block)
        listed = block if label and "," not in block and " and " not in block else ""
        if not listed:
            yield block
    if listed:
        yield listed


def _ended(block: str, following: str) -> str:
    """Leave out the full stop that some put behind a list of authors, above an imprint."""
    is_list = block.endswith(".") and len(block) <= _LONGEST_IMPRINT and is_imprint(following)
    return block[:-1] if is_list else block


def _without_furniture(text: str) -> str:
    """Leave out the link that leads on behind a text, and what was meant to end the imprint before it."""
    text = _LEFT_OVER.sub("", text, count=1) if _LEFT_OVER.match(text) else text
    behind = max(len(text) - _LONGEST_IMPRINT, 0)
    ending = text[behind:]
    return text[:behind] + _READ_ON.sub("", ending) if "ead " in ending or "ontinue " in ending else text


def _is_furniture(block: str, title: str) -> bool:
    if _PUBLICATION.match(block) or _BOILERPLATE.match(block):
        return True
    # No imprint is that long, and most abstracts are.
    if len(block) > len(title) + 2 * _LONGEST_IMPRINT:
        return False
    if is_imprint(block) or not _says_more(block):
        return True
    if len(block) > len(title) + _LONGEST_IMPRINT:
        return False
    letters, of_title = _letters(_TITLE.sub("", block, count=1)), _letters(title)
    if letters == of_title:
        return True
    return bool(of_title) and letters.endswith(of_title) and is_imprint(block[: max(len(block) - len(title), 0)])


def _says_more(block: str) -> bool:
    """Tell whether something is left of a line without numbers, dates and kinds of articles."""
    return _eaten(block, 0)[0] < len(block)


def is_imprint(line: str) -> bool:
    """Tell whether a line says where and when something was published, and nothing else."""
    if len(line) <= 2 * _LONGEST_NAME and (dated := _DATED.search(line)):
        return _may_be_name(line[: dated.start()])
    return any(end == len(line) for end in _ends(line))


def without_imprint(block: str) -> str:
    """Leave out the imprint that a text begins with; all of a text that is one."""
    for end in _ends(block):
        rest = block[end:].strip()
        if not rest:
            return ""
        if block[:end].rstrip()[-1:] in ".;:)" or re.search(r"10\.\d{4,9}/\S+$", block[:end].rstrip()):
            return rest if not rest[0].islower() else block
    return block


def _ends(line: str) -> Iterator[int]:
    """Give where an imprint at the beginning of a line would end, for each name it may begin with."""
    if not line.startswith("[") and not _holds_fact(line[:_LONGEST_IMPRINT].lower()):
        return
    for start in _name_ends(line):
        end, is_strong = _eaten(line, start)
        if is_strong or (line.startswith("[") and end >= min(len(line), line.find("]") + 1) > start):
            yield end


def _holds_fact(beginning: str) -> bool:
    begins = (match.start() for begin in _STRONG_BEGINS for match in begin.finditer(beginning))
    return any(_STRONG_IN_LOWER_CASE.match(beginning, start) for start in begins)


def _name_ends(line: str) -> Iterator[int]:
    yield 0
    for match in re.finditer(r"[\s,.;:]+", line[:_LONGEST_NAME]):
        is_parted = match[0] != " " and bool(_CITATION.search(line))
        if _may_be_name(line[: match.end()].strip("[ ,;:"), is_parted=is_parted):
            yield match.start()


def _may_be_name(text: str, *, is_parted: bool = False) -> bool:
    """Tell whether a journal may be called so: every word of weight is capitalised, or punctuation ends the name."""
    if len(text) > _LONGEST_NAME:
        return False
    words = text.split()
    if not words or len(words) > _MOST_NAME_WORDS or text[-1] in "?!":
        return False
    weighty = [word for word in words[1:] if word.lower() not in _SMALL_WORDS]
    if all(word[:1].isupper() or not word[:1].isalpha() for word in weighty):
        return True
    return is_parted and words[0][:1].isupper() and not _TELLS.match(text)


def _eaten(line: str, start: int) -> tuple[int, bool]:
    """Read facts from here on: where they end, and whether one of them makes an imprint."""
    at, is_strong = start, False
    while at < len(line):
        strong = _STRONG.match(line, at)
        match = strong or _WEAK.match(line, at)
        if not match:
            break
        is_strong = is_strong or bool(strong)
        at = match.end()
    return at, is_strong


def _listed(block: str, authors: Sequence[str], *, is_beside_more: bool) -> tuple[str, ...] | None:
    """Give the names of a line that holds nothing but authors; `None` where it is something else."""
    by = _BY.match(block)
    line = block[by.end() :] if by else block
    if len(line) > _LONGEST_AUTHOR * max(len(authors), 1) and authors:
        return None
    if authors:
        is_one = len(line) <= _LONGEST_AUTHOR and _letters(line) in map(_letters, authors)
        is_all = _letters(line).replace("and", "") == _letters("".join(authors)).replace("and", "")
        return () if is_one or is_all else None
    if not is_beside_more or block.endswith(".") or ("," not in line and " and " not in line):
        return None
    people = names_in(line)
    return people if len(people) > 1 and all(map(_is_person, people)) else None


def _is_person(name: str) -> bool:
    return bool(_PERSON.fullmatch(name.replace(",", ""))) and not any(
        word.islower() and len(word) > len("della") for word in name.split()
    )


def _without_heading(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if number == 0 and _HEADING.fullmatch(text):
            continue
        yield _LABELLED.sub("", text, count=1) if _LABELLED.match(text) else text


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
