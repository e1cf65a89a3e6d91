"""DOIs in running text and in addresses: where one begins, and where it ends and what surrounds it goes on.

Knows the shape of a DOI and what publishers put behind one. Every pattern takes linear time: the text is a stranger's.
"""

import re

#: A DOI as part of a larger pattern (https://www.doi.org/doi-handbook/HTML/doi-name-syntax.html): a prefix, a suffix.
#: What ends it cannot stand unescaped in an address either; few are longer than 100 characters.
SHAPE = r"10\.\d{4,9}/[^\s<>\"{}|\\^`]{1,300}"
_DOI = re.compile(SHAPE, re.ASCII)
#: In an address the query and the fragment are behind it.
_DOI_IN_ADDRESS = re.compile(r"\b10\.\d{4,9}/[^\s<>\"{}|\\^`?#&]{1,300}", re.ASCII)
_PUNCTUATION = ".,;:!?'*_»”’"
#: What publishers' addresses put behind a DOI.
_PAGE_TAIL = re.compile(
    r"(?:/(?:full|abs|abstract|pdf|epdf|html|meta|fulltext|figures|references|metrics)(?:/.*)?|\.pdf)$"
)
#: openRxiv's prefixes, and what its pages' addresses put behind a DOI: a version, a kind of page.
_PREPRINT_PREFIXES = ("10.1101/", "10.64898/")
_PREPRINT_TAIL = re.compile(r"(?<=\d)(?:v(\d{1,2})(?:[^\w]\S*)?|\.(?:full|abstract|article|short)\S*)$", re.ASCII)


def find(text: str) -> str:
    """Give the first DOI in a text or a path, with whatever is stuck to its end; empty where there is none."""
    match = _DOI.search(text)
    return match[0] if match else ""


def find_in_address(address: str) -> tuple[str, int | None]:
    """Give the first DOI in an unquoted address, or a field that may be one, with the preprint's version it names."""
    match = _DOI_IN_ADDRESS.search(address)
    return without_page(match[0]) if match else ("", None)


def without_page(doi: str) -> tuple[str, int | None]:
    """Leave out what a page's address puts behind a DOI; a preprint's version is given besides."""
    return without_version(_PAGE_TAIL.sub("", trimmed(doi)))


def without_version(doi: str) -> tuple[str, int | None]:
    """Leave out what openRxiv's addresses put behind its DOIs; other publishers' DOIs stay as they are."""
    doi = trimmed(doi)
    if doi.startswith(_PREPRINT_PREFIXES) and (tail := _PREPRINT_TAIL.search(doi)):
        return doi[: tail.start()], int(tail[1]) if tail[1] else None
    return doi, None


def trimmed(text: str) -> str:
    """Leave out what belongs to the sentence around it: its full stop, a bracket that was not opened inside."""
    while text and (text[-1] in _PUNCTUATION or any(_is_unopened(text, *pair) for pair in ("()", "[]"))):
        text = text[:-1]
    return text


def _is_unopened(text: str, opening: str, closing: str) -> bool:
    return text[-1] == closing and text.count(closing) > text.count(opening)
