"""What somebody had subscribed to elsewhere: arXiv's daily emails, and alerts of Google Scholar, as interests."""

import re
from collections.abc import Iterator

from dailypapers.domain.category import ARCHIVES, is_arxiv_category
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.text import one_line

_SUBSCRIBE = re.compile(r"^\s*(?:subject:\s*)?subscribe\b(.*)$", re.IGNORECASE | re.MULTILINE)
#: Of an email to arXiv: the archive is in its address, and the body adds classes and removes them.
_ARCHIVE = re.compile(rf"\b({'|'.join(map(re.escape, ARCHIVES))})@arxiv\.org", re.IGNORECASE)
_CHANGE = re.compile(r"^\s*(add|del)\s+(\S+)\s*$", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"[A-Za-z][A-Za-z-]*(?:\.[A-Za-z-]+)?")
#: What Google Scholar adds to the subject of an alert.
_SCHOLAR = re.compile(r"\s*[-–]\s*new (?:results|articles|citations|related research)\b.*$", re.IGNORECASE)
_AUTHOR_ALERT = re.compile(r"\s*[-–]\s*new (?:articles|related research)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"^subject:\s*(.*)$", re.IGNORECASE | re.MULTILINE)
_PART = re.compile(r'(-)?(?:(author|intitle|allintitle|source):)?("[^"]*"|\S+)', re.IGNORECASE)


def arxiv_categories(text: str) -> tuple[str, ...]:
    """Return the categories of an email that subscribes to arXiv, or of a line such as “subscribe cs.LG cs.CL”."""
    codes = [code for line in _SUBSCRIBE.findall(text) for code in _CODE.findall(line) if _is_code(code)]
    archive = _ARCHIVE.search(text)
    if archive:
        name = archive[1].lower()
        changes = [(verb.lower(), f"{name}.{what}" if ARCHIVES[name] else name) for verb, what in _CHANGE.findall(text)]
        removed = {code.lower() for verb, code in changes if verb == "del"}
        added = [code for verb, code in changes if verb == "add" and code.lower() not in removed]
        codes += [code for code in added if is_arxiv_category(code)] or ([] if changes else [name])
    return tuple(dict.fromkeys(codes))


def _is_code(code: str) -> bool:
    """Return whether a word is a category; an archive without a class is one only where it cannot be a name."""
    return is_arxiv_category(code) and ("." in code or "-" in code or code.islower())


def scholar_queries(text: str) -> tuple[str, ...]:
    """Return the queries of alerts: subjects of emails, or one a line as Google Scholar lists them."""
    lines = _SUBJECT.findall(text) or text.splitlines()
    return tuple(dict.fromkeys(filter(None, (one_line(line) for line in lines))))


def interests_of(text: str) -> list[Interest]:
    """Return what a subscription to arXiv, or alerts of Google Scholar, ask for."""
    if categories := arxiv_categories(text):
        return [Interest(InterestKind.CATEGORY, code) for code in categories]
    interests = (interest for query in scholar_queries(text) for interest in _of_query(query))
    return list(dict.fromkeys(interests))


def _of_query(query: str) -> Iterator[Interest]:
    """Read one query: quoted words are a phrase if nothing else is asked for, and words otherwise."""
    terms = _SCHOLAR.sub("", query)
    if _AUTHOR_ALERT.search(query) and '"' not in terms:
        yield Interest(InterestKind.AUTHOR, terms)
        return
    words: list[str] = []
    for minus, operator, text in _PART.findall(terms):
        plain = text.strip('"').strip()
        if not plain or plain in {"OR", "AND", "|"} or operator.lower() == "source":
            continue
        if minus:
            yield Interest(InterestKind.PHRASE, plain, Stance.AVOID)
        elif operator.lower() == "author":
            yield Interest(InterestKind.AUTHOR, plain)
        else:
            words.append(text)
    if len(words) == 1 and words[0].startswith('"') and " " in words[0]:
        yield Interest(InterestKind.PHRASE, words[0].strip('"'))
    elif words:
        yield Interest(InterestKind.TOPIC, " ".join(word.strip('"') for word in words))
