"""Sources as somebody names them in a sentence: "cs.LG, Hugging Face, bioRxiv neuroscience"."""

import re
from collections.abc import Iterator

from dailypapers.domain.category import unknown_subject
from dailypapers.errors import BadInput
from dailypapers.sources.recognise import Setting, setting_of, unknown_sentence

_SEPARATORS = re.compile(r"\s*[,;\n]\s*")
#: A server's subjects may follow its name.
_SERVER = re.compile(r"(biorxiv|medrxiv)\b[\s:]*(.*)", re.IGNORECASE)
_ARXIV = re.compile(r"arxiv\b[\s:]*", re.IGNORECASE)
_HUGGING_FACE = re.compile(r"hugging\s?face(?:\s+(?:daily\s+)?papers)?", re.IGNORECASE)
_PUBMED = re.compile(r"pubmed\b[\s:]*(.+)", re.IGNORECASE)
_MERGED = {"arxiv", "biorxiv", "medrxiv"}


def settings_of(text: str) -> list[Setting]:
    """Return the settings of the sources that are named, categories of one source together, in the order they came.

    Raises `BadInput` with a sentence for the first that is not recognised.
    """
    by_kind: dict[str, Setting] = {}
    for number, name in enumerate(filter(None, _SEPARATORS.split(text.strip()))):
        for setting in _named(name):
            kind = str(setting["kind"])
            key = kind if kind in _MERGED or kind == "huggingface" else f"{kind} {number}"
            by_kind[key] = _merged(by_kind[key], setting) if key in by_kind else setting
    return list(by_kind.values())


def _merged(one: Setting, other: Setting) -> Setting:
    """Return both with the categories of each; a server without any is the whole server."""
    if "categories" not in one or "categories" not in other:
        return {"kind": one["kind"]}
    return {"kind": one["kind"], "categories": tuple(dict.fromkeys((*one["categories"], *other["categories"])))}


def _named(name: str) -> Iterator[Setting]:
    if _HUGGING_FACE.fullmatch(name):
        yield {"kind": "huggingface"}
    elif server := _SERVER.fullmatch(name):
        kind, subject = server[1].lower(), server[2].strip().lower()
        if sentence := unknown_subject(kind, subject) if subject else "":
            raise BadInput(sentence)
        yield {"kind": kind, "categories": (subject,)} if subject else {"kind": kind}
    elif query := _PUBMED.fullmatch(name):
        yield {"kind": "pubmed", "query": query[1].strip()}
    else:
        for word in (_ARXIV.sub("", name).split() if "://" not in name else [name]) or [name]:
            yield _category_or_address(word, name)


def _category_or_address(word: str, name: str) -> Setting:
    if sentence := unknown_sentence(word):
        raise BadInput(sentence)
    setting = setting_of(word)
    if setting is None:
        raise BadInput(
            f"“{name}” is not a source we recognise. Name categories of arXiv (cs.LG), Hugging Face, bioRxiv or "
            "medRxiv with or without a subject, PubMed with a query, or a web address of a feed."
        )
    return setting
