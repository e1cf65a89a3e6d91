"""The rankings that are compared, by the names the command knows them by."""

from collections.abc import Callable, Mapping, Sequence

from dailypapers.domain.paper import Paper
from dailypapers.errors import BadInput
from dailypapers.evaluation import peers
from dailypapers.evaluation.ours import Ours
from dailypapers.evaluation.protocol import Method
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.ranking.scoring import WORDS

#: Makes a method from the papers it learns from, and an encoder where there is one.
MakeMethod = Callable[[Sequence[Paper], Encoder | None], Method]


def _zotero(_: Sequence[Paper], encoder: Encoder | None) -> Method:
    if encoder is None:
        raise BadInput("The method zotero needs a model: name one with --model.")
    return peers.Zotero(encoder)


#: Ours comes first, so that the others are compared with it.
METHODS: Mapping[str, MakeMethod] = {
    "dailypapers": lambda papers, encoder: Ours(papers, encoder=encoder),
    "words": lambda papers, _: Ours(papers, variant=WORDS, name="dailypapers, words alone"),
    "bm25": lambda papers, _: peers.Bm25(papers),
    "tfidf": lambda papers, _: peers.TfIdf(papers),
    "svm": lambda papers, _: peers.Svm(papers),
    "zotero": _zotero,
}


def method_named(name: str) -> MakeMethod:
    """Return what makes the method of a name. Raises `BadInput` for another name."""
    if name not in METHODS:
        raise BadInput(f"There is no method “{name}”. Choose from {', '.join(METHODS)}.")
    return METHODS[name]
