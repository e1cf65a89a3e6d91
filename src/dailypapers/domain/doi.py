"""DOIs in running text and in addresses: where one begins, and where it ends and what surrounds it goes on.

Knows the shape of a DOI and what publishers put behind one. Every pattern takes linear time: the text is a stranger's.
"""

import re

#: What older DOIs hold of an article's SICI (ANSI/NISO Z39.56): <page:letters of the title>, and what follows.
SICI = r"<\w{0,12}:[^\s<>]{1,60}>(?=\d\.\d\.\w)"
#: A DOI as part of a larger pattern (https://www.doi.org/doi-handbook/HTML/doi-name-syntax.html): a prefix, a suffix.
#: What ends it cannot stand unescaped in an address either; few are longer than 100 characters.
SHAPE = rf"10\.\d{{4,9}}/(?:[^\s<>\"{{}}|\\^`]|{SICI}){{1,300}}"
#: In an address the query and the fragment are behind it.
_DOI_IN_ADDRESS = re.compile(rf"\b10\.\d{{4,9}}/(?:[^\s<>\"{{}}|\\^`?#&]|{SICI}){{1,300}}", re.ASCII)
#: Addresses of Silverchair's hosts (OUP, AIP, …) have the article's number behind the DOI, and its title.
_SILVERCHAIR = re.compile(r"article[a-z-]{0,20}/doi/$")
_SILVERCHAIR_TAIL = re.compile(r"(?<=[^/])/\d{5,9}(?:/[^/]*)?$", re.ASCII)
_PUNCTUATION = ".,;:!?'*_»”’…"
#: What goes on behind a DOI that is the text of a link, in Markdown: “[10.1000/a](https://doi.org/10.1000/a)”.
_BEHIND_LINK = re.compile(r"\]\((?:https?:|10\.).*", re.DOTALL)
#: What publishers' addresses put behind a DOI.
_PAGE_TAIL = re.compile(
    r"(?:/(?:full|abs|abstract|pdf|epdf|html|meta|fulltext|figures|references|metrics)(?:/.*)?|\.pdf)$"
)
#: openRxiv's prefixes, and what its pages' addresses put behind a DOI: a version, a kind of page.
_PREPRINT_PREFIXES = ("10.1101/", "10.64898/")
_PREPRINT_TAIL = re.compile(r"(?<=\d)(?:v(\d{1,2})(?:[^\w]\S*)?|\.(?:full|abstract|article|short)\S*)$", re.ASCII)
#: Servers that give each version of a preprint a DOI of its own, with what they put behind the work's, and the first
#: version's: ChemRxiv and others of Cambridge, Research Square, Preprints.org, OSF's and PsyArXiv's, Authorea and
#: ESSOAr, TechRxiv, Beilstein, PeerJ, ScienceOpen; then eLife and F1000, whose articles have versions too.
_VERSIONED = (
    (re.compile(r"10\.(?:26434/chemrxiv|33774/)\S*?[-./]v(\d{1,2})$"), ""),
    (re.compile(r"10\.21203/rs\.\S*?/v(\d{1,2})$"), "/v1"),
    (re.compile(r"10\.20944/preprints\S*?\.v(\d{1,2})$"), ".v1"),
    (re.compile(r"10\.(?:31219|31234|31235|35542)/osf\.io/\S*?_v(\d{1,2})$"), "_v1"),
    (re.compile(r"10\.22541/\S*?/v(\d{1,2})$"), "/v1"),
    (re.compile(r"10\.36227/techrxiv\S*?[./]v(\d{1,2})$"), ""),
    (re.compile(r"10\.3762/bxiv\S*?\.v(\d{1,2})$"), ".v1"),
    (re.compile(r"10\.7287/peerj\.preprints\.\d+v(\d{1,2})$"), "v1"),
    (re.compile(r"10\.14293/\S*?\.v(\d{1,2})$"), ".v1"),
    (re.compile(r"10\.7554/elife\.\d{5,6}\.(\d{1,2})$"), ""),
    (re.compile(r"10\.12688/[a-z0-9]+\.\d{3,6}\.(\d{1,2})$"), ".1"),
)
_VERSION = re.compile(r"(?:[-./_]?v|\.)\d{1,2}$", re.ASCII | re.IGNORECASE)
#: What somebody copied from an address with the DOI: “?af=R”, “?casa_token=…”.
_QUERY = re.compile(
    r"(?<=\w)\?(?:af|casa_token|cookieset|download|journalcode|login|needaccess|rss|seq|src|utm_[a-z]{1,20}|via)=\S*$",
    re.ASCII | re.IGNORECASE,
)


def find_in_address(address: str) -> tuple[str, int | None]:
    """Give the first DOI in an unquoted address, or a field that may be one, with the preprint's version it names."""
    match = _DOI_IN_ADDRESS.search(address)
    if not match:
        return "", None
    doi = match[0].rstrip("/")
    if _SILVERCHAIR.search(address[: match.start()][-40:]):
        doi = _SILVERCHAIR_TAIL.sub("", doi) if doi.count("/") > 1 else doi
    return without_page(doi)


def without_page(doi: str) -> tuple[str, int | None]:
    """Leave out what a page's address puts behind a DOI; a preprint's version is given besides."""
    return without_version(_PAGE_TAIL.sub("", trimmed(doi)))


def without_version(doi: str) -> tuple[str, int | None]:
    """Leave out a preprint's version, and what openRxiv's addresses put behind; other DOIs stay as they are."""
    doi = trimmed(_QUERY.sub("", doi))
    lower = doi.lower()
    for pattern, _ in _VERSIONED:
        if match := pattern.fullmatch(lower):
            return _VERSION.sub("", doi), int(match[1])
    if doi.startswith(_PREPRINT_PREFIXES) and (tail := _PREPRINT_TAIL.search(doi)):
        return doi[: tail.start()], int(tail[1]) if tail[1] else None
    return doi, None


def first_version(doi: str) -> str:
    """Return the DOI that a work's own leads to: some servers register none but those of its versions."""
    return next((f"{doi}{first}" for pattern, first in _VERSIONED if first and pattern.fullmatch(f"{doi}{first}")), doi)


def trimmed(text: str) -> str:
    """Leave out what belongs to the sentence around it: its full stop, a bracket that was not opened inside."""
    text = _BEHIND_LINK.sub("", text) if "](" in text else text
    while text and (text[-1] in _PUNCTUATION or any(_is_unopened(text, *pair) for pair in ("()", "[]"))):
        text = text[:-1]
    return text


def _is_unopened(text: str, opening: str, closing: str) -> bool:
    return text[-1] == closing and text.count(closing) > text.count(opening)
