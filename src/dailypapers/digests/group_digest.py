"""Group digests: what is picked for readers who read together, and to whom of them each paper is relevant.

    ballots closed | groups whose hour has come | rank by shared topics, pooled votes | rank for each named | put (tx)

A group's mail is a row of the outbox for each member, and in the ledger of the edition it was picked from. A digest
that reached nobody is taken back, so that the next one has its papers.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
import structlog

from dailypapers.digests.ballots import close_due
from dailypapers.digests.candidates import CandidateCache, Candidates, CandidateSet
from dailypapers.digests.choose import DigestOptions, ReaderContext, choose, load_contexts, picked_for
from dailypapers.digests.group_entries import snapshot
from dailypapers.digests.known import about_shown
from dailypapers.digests.summarise import Wanted, language_of, wanted_by
from dailypapers.domain.content import Content
from dailypapers.domain.delivery import MailKind
from dailypapers.domain.digest import Pick, Reason, TermKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.group import MOST_PAPERS, Group, GroupPick, Member
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.subscriber import Amount, OnEmpty, Subscriber, SubscriberState
from dailypapers.domain.vote import Votes
from dailypapers.store import ballots, editions, group_comments, groups, outbox, subscribers, votes
from dailypapers.store.database import reading, writing

log = structlog.get_logger()
#: Terms of a score that come from votes on papers, and name them.
_FROM_VOTES = frozenset({TermKind.PAPER, TermKind.HISTORY, TermKind.AVOIDED})


def compose_groups(
    engine: sa.Engine, options: DigestOptions, *, now: dt.datetime, cache: CandidateCache | None = None
) -> int:
    """Close ballots, and put the digests of all groups whose hour has come into the outbox; returns how many mails.

    Idempotent. A `cache` holds the papers already where somebody has composed from it.
    """
    close_due(engine, now=now)
    _carry_over(engine, now)
    with reading(engine) as tx:
        edition = editions.newest(tx)
        due = groups.due(tx, edition.id, now=now) if edition else []
    if edition is None or not due:
        return 0
    candidates = (cache or options.cache(engine)).of(edition, now=now)
    mails = 0
    for group in due:
        mails += _compose(engine, group, edition, _news(candidates, group), options, now=now)
    log.info("composed for groups", groups=len(due), mails=mails)
    return mails


def wanted_by_groups(
    engine: sa.Engine, options: DigestOptions, candidates: Candidates, coming: Sequence[Group], *, now: dt.datetime
) -> list[Wanted]:
    """Return what members would read of what is picked for these groups, in the languages of their mails."""
    if options.summaries is None:
        return []
    wanted: list[Wanted] = []
    for group in coming:
        members, picks = _picked(engine, group, _news(candidates, group), options, now=now)
        with reading(engine) as tx:
            styles = subscribers.styles(tx, [each.subscriber for each in members])
        looks = [group.look.of(style) for style in styles.values()]
        wanted += wanted_by(options.summaries, looks, [[pick.paper_id for pick in picks]] * len(looks))
    return wanted


def _news(candidates: Candidates, group: Group) -> CandidateSet:
    """Return the papers that are new to a group."""
    windows = candidates.windows
    return candidates.of(windows.since(max(group.edition or 0, windows.earliest)))


def _carry_over(engine: sa.Engine, now: dt.datetime) -> None:
    """Take back digests that reached nobody, once their groups' next hour has come."""
    with reading(engine) as tx:
        waiting = groups.at_their_hour(tx, now=now)
    for group in waiting:
        with writing(engine) as tx:
            if groups.carry_over(tx, group):
                log.info("carried over for a group", group=group.id, edition=group.edition)


def _compose(
    engine: sa.Engine,
    group: Group,
    edition: Edition,
    candidates: CandidateSet,
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> int:
    members, picks = _picked(engine, group, candidates, options, now=now)
    relevant = _relevant(engine, picks, members, candidates, options, now=now) if picks else {}
    chosen = [GroupPick(pick.paper_id, _shared(pick.reason), relevant.get(pick.paper_id, ())) for pick in picks]
    with writing(engine) as tx:
        return _put(tx, group, edition, chosen, options, now=now)


def _picked(
    engine: sa.Engine, group: Group, candidates: CandidateSet, options: DigestOptions, *, now: dt.datetime
) -> tuple[list[Member], tuple[Pick, ...]]:
    """Return who is in a group, and what is picked for it."""
    with reading(engine) as tx:
        members = [each for each in groups.members(tx, group.id) if each.joined_at]
        context = _context(tx, group, members, candidates)
    (choice,) = choose(engine, candidates, [context], replace(options, variant=""), now=now)
    return members, picked_for(choice.picks)


def _context(tx: sa.Connection, group: Group, members: Sequence[Member], candidates: CandidateSet) -> ReaderContext:
    """Return a group as somebody to choose papers for: its topics, and the votes of members who share theirs."""
    sharing = [each.subscriber for each in members if each.terms.pools_votes]
    cast = votes.of_subscribers(tx, sharing)
    disliked = dict.fromkeys(paper for reader in sharing for paper in cast.get(reader, Votes()).disliked)
    liked = dict.fromkeys(paper for reader in sharing for paper in cast.get(reader, Votes()).liked)
    # Where members disagree, a paper speaks neither for its kind nor against it.
    pooled = Votes(tuple(each for each in liked if each not in disliked), tuple(d for d in disliked if d not in liked))
    already = groups.already_picked(tx, group.id, [item.paper_id for item in candidates.listed])
    topics = tuple(Interest(InterestKind.TOPIC, topic) for topic in group.topics)
    return ReaderContext(Amount(MOST_PAPERS), topics, pooled, already)


def _shared(reason: Reason) -> Reason:
    """Return what all members may read of a reason: a liked paper's title would tell what somebody likes."""
    return Reason(tuple(term for term in reason.terms if term.kind not in _FROM_VOTES))


def _relevant(
    engine: sa.Engine,
    picks: Sequence[Pick],
    members: Sequence[Member],
    candidates: CandidateSet,
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> dict[int, tuple[int, ...]]:
    """Return, by paper, to which members who may be named it is relevant: by their own topics, votes and threshold."""
    named = {each.subscriber for each in members if each.terms.shows_name and each.terms.name}
    with reading(engine) as tx:
        readers = [reader for _, reader in sorted(subscribers.by_id(tx, named).items())]
        contexts = [_of_any_number(each, candidates) for each in load_contexts(tx, candidates, readers)]
    chosen = choose(engine, candidates, contexts, replace(options, variant=""), now=now) if readers else []
    picks_of_each = [picked_for(choice.picks) for choice in chosen]
    relevant_ids = [{pick.paper_id for pick in own if pick.relevance is not None} for own in picks_of_each]
    return {
        pick.paper_id: tuple(r.id for r, ids in zip(readers, relevant_ids, strict=True) if pick.paper_id in ids)
        for pick in picks
    }


def _of_any_number(context: ReaderContext, candidates: CandidateSet) -> ReaderContext:
    """Return a reader who is chosen all that is relevant to them, whatever they have already."""
    amount = Amount(max(len(candidates.listed), 1), relevance=context.amount.relevance, on_empty=OnEmpty.SILENT)
    return replace(context, amount=amount, already=frozenset(), outside=0, name="")


def _put(
    tx: sa.Connection,
    group: Group,
    edition: Edition,
    chosen: Sequence[GroupPick],
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> int:
    if not groups.begin_digest(tx, group, edition.id, now=now):
        return 0
    groups.put_picks(tx, group.id, edition.id, chosen)
    comments = group_comments.put_into_digest(tx, group.id, edition.id)
    winners = ballots.put_into_digest(tx, group.id, edition.id)
    has_news = bool(comments or winners or chosen)
    # Who joined or left while papers were ranked is in or out by now.
    ids = [each.subscriber for each in groups.members(tx, group.id) if each.joined_at]
    readers = [reader for _, reader in sorted(subscribers.by_id(tx, ids).items())]
    active = [reader for reader in readers if has_news and reader.state is SubscriberState.ACTIVE]
    contents = _contents(tx, active, group, edition, options, now=now)
    mails = [_mail(reader, content, options, now) for reader, content in zip(active, contents, strict=True)]
    editions.count_due_of_groups(tx, edition.id, len(mails))
    return outbox.put(tx, mails, now=now)


def _contents(
    tx: sa.Connection,
    readers: Sequence[Subscriber],
    group: Group,
    edition: Edition,
    options: DigestOptions,
    *,
    now: dt.datetime,
) -> list[Content]:
    """Return what each member's mail says, in the readers' order; what is known of papers is settled now."""
    picks, choices = groups.picks_of(tx, group.id, edition.id), ballots.of_digest(tx, group.id, edition.id)
    commented = [each.paper_id for each in group_comments.of_digest(tx, group.id, edition.id) if each.paper_id]
    paper_ids = [*commented, *(pick.paper_id for pick in picks), *(each.paper_id for each in choices)]
    styles = [group.look.of(reader.style) for reader in readers]
    languages = [language_of(options.summaries, style) for style in styles]
    about = {language: about_shown(tx, paper_ids, language) for language in set(languages)}
    then = snapshot(group, now)
    return [
        Content(
            style,
            papers=about[language],
            summary_language=language,
            group=(group.id, edition.id),
            group_snapshot=then,
        )
        for style, language in zip(styles, languages, strict=True)
    ]


def _mail(reader: Subscriber, content: Content, options: DigestOptions, now: dt.datetime) -> outbox.NewDelivery:
    _, edition_id = content.group
    return outbox.NewDelivery(
        reader.id, reader.address, MailKind.GROUP, now + options.deadline, content=content, group_edition=edition_id
    )
