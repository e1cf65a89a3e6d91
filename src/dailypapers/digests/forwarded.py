"""Papers that readers forward from their alerts, among the picks of their next digest.

    what readers forwarded | less what they have | ranked like all papers | with the rest, best first, to their limit

What a reader's alert asked for is picked whatever its relevance, below what is more relevant. Of arXiv's announcements,
which list everything, only what is relevant enough is. What finds no room waits for the next digest.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from dailypapers.digests.candidates import CandidateSet
from dailypapers.digests.choose import Choice, DigestOptions, ReaderContext, choose, load_contexts
from dailypapers.domain.digest import Pick, Reason, Term, TermKind
from dailypapers.domain.forwarded import Candidate
from dailypapers.domain.subscriber import OnEmpty, Subscriber
from dailypapers.library.learn import features
from dailypapers.ranking.rank import Matcher, topics_met
from dailypapers.store import papers
from dailypapers.store.database import reading
from dailypapers.store.forwarded import Forwarded, of_readers
from dailypapers.store.picks import already_sent

#: What an alert adds to a score: as much as a phrase that a reader wants.
WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class LoadedForwarded:
    """What readers have forwarded and do not have yet, in the readers' order."""

    candidates: tuple[tuple[Candidate, ...], ...]
    #: Other ids of papers that each has already.
    twins: tuple[frozenset[int], ...]
    #: The papers of all of them, each once.
    listed: tuple[papers.Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for subscribers, each in their order, and what it was chosen from besides the candidates."""

    contexts: list[ReaderContext]
    choices: list[Choice]
    forwarded: LoadedForwarded


def choose_for(
    engine: sa.Engine,
    candidates: CandidateSet,
    readers: Sequence[Subscriber],
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> Chosen:
    """Choose for subscribers from the candidates and from what they have forwarded."""
    with reading(engine) as tx:
        contexts = load_contexts(tx, candidates, readers)
        forwarded = load_forwarded(tx, readers, since=now - dt.timedelta(days=options.window_days))
    contexts = without_twins(contexts, forwarded)
    chosen = choose(engine, candidates, contexts, options, now=now)
    choices = add_forwarded(engine, candidates, contexts, chosen, forwarded=forwarded, options=options, now=now)
    return Chosen(contexts, choices, forwarded)


def load_forwarded(tx: sa.Connection, readers: Sequence[Subscriber], *, since: dt.datetime) -> LoadedForwarded:
    """Load the papers that readers have forwarded since a moment and have not got."""
    forwarded = of_readers(tx, [reader.id for reader in readers], since=since)
    if not forwarded:
        return LoadedForwarded(((),) * len(readers), (frozenset(),) * len(readers))
    sent = _sent(tx, forwarded)
    twins = {reader: _sent_twins(each, sent.get(reader, frozenset())) for reader, each in forwarded.items()}
    waiting = {
        reader: _waiting(each, sent.get(reader, frozenset()) | twins[reader]) for reader, each in forwarded.items()
    }
    paper_ids = sorted({one.paper_id for each in waiting.values() for one in each})
    return LoadedForwarded(
        tuple(waiting.get(reader.id, ()) for reader in readers),
        tuple(twins.get(reader.id, frozenset()) for reader in readers),
        tuple(papers.of_delivery(tx, paper_ids).values()),
    )


def _sent(tx: sa.Connection, forwarded: Mapping[int, Forwarded]) -> dict[int, frozenset[int]]:
    """Return which papers each of these readers has of all that any of them has forwarded."""
    ids = {one.paper_id for each in forwarded.values() for one in each.candidates}
    ids |= {paper_id for each in forwarded.values() for twins in each.twins for paper_id in twins}
    return already_sent(tx, sorted(forwarded), sorted(ids))


def _sent_twins(forwarded: Forwarded, sent: frozenset[int]) -> frozenset[int]:
    """Return all ids of papers that were sent by one of them."""
    return frozenset(paper_id for twins in forwarded.twins if twins & sent for paper_id in twins)


def _waiting(forwarded: Forwarded, sent: frozenset[int]) -> tuple[Candidate, ...]:
    return tuple(one for one in forwarded.candidates if one.paper_id not in sent)


def without_twins(contexts: Sequence[ReaderContext], forwarded: LoadedForwarded) -> list[ReaderContext]:
    """Return the readers, who have each paper already that they have by another id."""
    pairs = zip(contexts, forwarded.twins, strict=True)
    return [replace(one, already=one.already | twins) if twins else one for one, twins in pairs]


def add_forwarded(
    engine: sa.Engine,
    candidates: CandidateSet,
    contexts: Sequence[ReaderContext],
    chosen: Sequence[Choice],
    *,
    forwarded: LoadedForwarded,
    options: DigestOptions,
    now: dt.datetime,
) -> list[Choice]:
    """Return what is chosen for each reader, with what they forwarded among it."""
    asking = [n for n, waiting in enumerate(forwarded.candidates) if waiting]
    choices = list(chosen)
    if not asking:
        return choices
    every = frozenset(item.paper_id for item in forwarded.listed)
    alone = [_for_forwarded(contexts[n], forwarded.candidates[n], every) for n in asking]
    own = _candidate_set(engine, forwarded.listed, candidates)
    ranked = choose(engine, own, alone, replace(options, variant=""), now=now)
    keys = {item.paper_id: str(item.paper.id) for item in forwarded.listed}
    for n, ranking in zip(asking, ranked, strict=True):
        limit = contexts[n].amount.max_papers
        choices[n] = _together(chosen[n], ranking.picks, forwarded.candidates[n], keys, limit)
    return choices


def _candidate_set(engine: sa.Engine, listed: tuple[papers.Listed, ...], candidates: CandidateSet) -> CandidateSet:
    """Return forwarded papers as candidates, ranked by what is known of all papers."""
    learned = candidates.learned
    matcher = Matcher(features(engine, listed, (), learned), learned.encoder)
    return CandidateSet(listed, matcher, learned, candidates.recent)


def _for_forwarded(context: ReaderContext, waiting: Sequence[Candidate], every: frozenset[int]) -> ReaderContext:
    """Return a reader for whom all is old but what they forwarded, and who gets of it whatever is relevant."""
    others = every - {one.paper_id for one in waiting}
    amount = replace(context.amount, explore=False, on_empty=OnEmpty.SILENT)
    return replace(context, amount=amount, already=context.already | others, name="", outside=0)


def _together(
    choice: Choice, ranked: Sequence[Pick], waiting: Sequence[Candidate], keys: Mapping[int, str], limit: int
) -> Choice:
    """Return a reader's picks with those they forwarded, best first, up to their limit."""
    by_id = {one.paper_id: one for one in waiting}
    # What is trending instead is for days on which there is nothing for them.
    picked = () if choice.instead else choice.picks
    best = {pick.paper_id: pick for pick in (*ranked, *(pick for pick in picked if not pick.outside))}
    for one in waiting:
        if one.is_asked_for and one.paper_id not in best:
            best[one.paper_id] = Pick(keys[one.paper_id], 0.0, Reason(()), paper_id=one.paper_id)
    for paper_id in by_id.keys() & best.keys():
        best[paper_id] = _with_alert(best[paper_id], by_id[paper_id])
    if not best:
        return choice
    ordered = sorted(best.values(), key=lambda pick: (-round(pick.score, 9), pick.paper_id))[:limit]
    outside = (pick for pick in picked if pick.outside and pick.paper_id not in best)
    met = topics_met(ordered)
    quiet = tuple(one for one in choice.quiet if one.topic not in met)
    return replace(choice, picks=(*ordered, *outside), quiet=quiet, instead=False)


def _with_alert(pick: Pick, forwarded: Candidate) -> Pick:
    """Return a pick whose reason says, and whose score counts, that an alert lists it."""
    name = forwarded.alerts[0] if forwarded.alerts else ""
    terms = sorted((*pick.reason.terms, Term(TermKind.ALERT, "", WEIGHT, name)), key=lambda term: -term.weight)
    reason = Reason(tuple(terms))
    return replace(pick, reason=reason, score=reason.score)
