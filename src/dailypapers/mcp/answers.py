"""What a reader's assistant can ask and do, as values that JSON can say.

Whoever asks has a reader's key; it sees what its reader sees, and saves and votes only where they allowed that. A paper
is named as answers name it, or by its arXiv id, DOI or address.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dailypapers.accounts import reader_keys as keys
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Entry
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.reader_key import ReaderKey
from dailypapers.domain.text import unaccented
from dailypapers.domain.vote import Vote
from dailypapers.errors import BadInput, BadPaperId
from dailypapers.library.search import Finder
from dailypapers.store import editions, history, papers, picks, reader_keys, saved, votes
from dailypapers.store.database import reading, writing

#: Papers of one answer: an assistant reads them all.
_MOST = 50
_LONGEST_ABSTRACT, _LONGEST_QUERY = 2_000, 500


class NotAllowed(BadInput):
    """Raised where a key is needed that is not there, or that may do more."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """What answers are made from."""

    engine: sa.Engine
    clock: Clock
    finder: Finder
    #: Whether somebody else keeps the finder up to date.
    is_kept_up: bool = False

    def todays_picks(self, key: str) -> dict[str, Any]:
        """Return the papers of the reader's newest digest, most relevant first, each with its reason."""
        with self._reader(key) as (tx, reader):
            sent = [one for one in history.of_subscriber(tx, reader) if one.kind is MailKind.DIGEST and one.edition]
            digest = max(sent, key=lambda one: one.edition or 0, default=None)
            if digest is None or digest.edition is None:
                return {"day": None, "papers": []}
            chosen = picks.of_deliveries(tx, [digest.id]).get(digest.id, ())
            edition = editions.by_id(tx, [digest.edition])[digest.edition]
            by_id = papers.by_id(tx, [pick.paper_id for pick in chosen])
        entries = [
            _paper(by_id[pick.paper_id]) | {"reason": pick.reason.sentence(), "is_outside_topics": pick.outside}
            for pick in chosen
        ]
        return {"day": edition.day.isoformat(), "papers": entries}

    def search(self, key: str, query: str, page: int = 1) -> dict[str, Any]:
        """Return a page of what a text finds among all papers, most relevant first."""
        with self._reader(key):
            pass
        if not self.is_kept_up:
            self.finder.refresh()
        answer = self.finder.answer(query[:_LONGEST_QUERY], page=page, now=self.clock())
        return {
            "papers": [_entry(entry) for entry in answer.entries],
            "page": answer.page,
            "pages": answer.pages,
            "total": answer.total,
        }

    def why(self, key: str, paper: str) -> dict[str, Any]:
        """Return why a paper was in a digest of the reader's: the reason, and the terms its score is the sum of."""
        with self._reader(key) as (tx, reader):
            paper_id = _id(tx, paper)
            sent = [one.id for one in history.of_subscriber(tx, reader) if one.kind is MailKind.DIGEST]
            chosen = picks.of_deliveries(tx, sent)
        matching_picks = [pick for each in chosen.values() for pick in each if pick.paper_id == paper_id]
        if not matching_picks:
            return {"was_picked": False}
        pick = matching_picks[-1]
        terms = [
            {"kind": term.kind.value, "matched": term.text, "interest": term.interest, "added": term.weight}
            for term in pick.reason.terms
        ]
        return {"was_picked": True, "reason": pick.reason.sentence(), "score": pick.score, "terms": terms}

    def saved(self, key: str, words: str = "") -> dict[str, Any]:
        """Return papers the reader has saved, newest first, with their notes; with `words` those that hold them."""
        query_words = unaccented(words[:_LONGEST_QUERY]).split()
        with self._reader(key) as (tx, reader):
            mine = saved.of_readers(tx, [reader])
            by_id = papers.by_id(tx, {one.paper_id for one in mine})
        matching = [one for one in mine if _holds(by_id[one.paper_id], one.remark.note, query_words)]
        entries = [
            _paper(by_id[one.paper_id]) | {"note": one.remark.note, "collection": one.remark.collection}
            for one in matching[:_MOST]
        ]
        return {"papers": entries, "total": len(matching)}

    def vote(self, key: str, paper: str, vote: Vote) -> dict[str, Any]:
        """Save a paper for the reader, or say that they want more or less like it."""
        with self._reader(key, acts=True) as (tx, reader):
            paper_id = _id(tx, paper)
            is_new = votes.cast(tx, reader, paper_id, vote, now=self.clock())
            title = papers.by_id(tx, [paper_id])[paper_id].title
        return {"title": title, "vote": vote.value, "is_new": is_new}

    @contextmanager
    def _reader(self, text: str, *, acts: bool = False) -> Iterator[tuple[sa.Connection, int]]:
        """Open a transaction in the name of a key's reader. Raises `NotAllowed`."""
        day = self.clock().date()
        with reading(self.engine) as tx:
            key = _recognised(tx, text, acts=acts)
        if key.last_used_on != day:
            with writing(self.engine) as tx:
                reader_keys.note_use(tx, key.id, day=day)
        with (writing if acts else reading)(self.engine) as tx:
            yield tx, _recognised(tx, text, acts=acts).subscriber


def _recognised(tx: sa.Connection, text: str, *, acts: bool) -> ReaderKey:
    key = keys.recognise(tx, text)
    if key is None:
        raise NotAllowed("This needs a key from your preferences page, under “Connect an assistant”.")
    if acts and not key.may_act:
        raise NotAllowed("This key may only read. Create one that may save and vote on your preferences page.")
    return key


def _id(tx: sa.Connection, text: str) -> int:
    """Return the internal id of a paper. Raises `BadInput` where none goes by that name."""
    try:
        name = str(PaperId.parse(text))
    except BadPaperId:
        name = ""
    paper_id = papers.named(tx, name) if name.isprintable() and name else None
    if paper_id is None:
        raise BadInput("There is no paper by that name here. Use the id that an answer gave, an arXiv id or a DOI.")
    return paper_id


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "id": str(paper.id),
        "title": paper.title,
        "authors": list(paper.authors),
        "abstract": paper.abstract[:_LONGEST_ABSTRACT],
        "url": paper.url,
        "published": paper.published.isoformat() if paper.published else None,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return _paper(entry.paper) | {"reason": str(entry.reason)}


def _holds(paper: Paper, note: str, words: list[str]) -> bool:
    text = unaccented(f"{paper.title} {paper.abstract} {' '.join(paper.authors)} {note}")
    return all(word in text for word in words)
