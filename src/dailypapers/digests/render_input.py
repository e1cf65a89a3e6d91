"""Load what mails show: outbox rows, papers and editions as input for rendering, many mails at once.

What was stored with a delivery when it was composed decides: the same rows give the same input for a retry, for a
preview, for a replay. Knows nothing of how it is rendered.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from dailypapers.digests.book import Book, load_book
from dailypapers.digests.group_entries import load_digest
from dailypapers.digests.notes import contents_of_today
from dailypapers.domain.content import AboutPaper, Content, as_known, known_then
from dailypapers.domain.delivery import Delivery, MailKind
from dailypapers.domain.digest import Digest, Entry, Pick, QuietEntry, QuietTopic, Reason, TermKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.group import GroupDigest
from dailypapers.domain.link import Bearer
from dailypapers.domain.subscriber import AS_USUAL, Style, SubscriberState
from dailypapers.domain.summary import in_language
from dailypapers.store import controls, editions, groups, history, papers, subscribers
from dailypapers.store.contents import about_from_text
from dailypapers.store.picks import PickRow, StoredPick, reason_from_text, rows_of


@dataclass(frozen=True, slots=True)
class RenderInput:
    """A delivery with all that its mail shows."""

    delivery: Delivery
    #: Whom its links are for.
    bearer: Bearer
    edition: Edition | None = None
    digest: Digest | None = None
    style: Style = AS_USUAL
    #: What an answer or a notice says.
    answer: Content | None = None
    #: What a group's mail shows; without papers where it invites.
    group: GroupDigest | None = None
    #: What a book holds.
    book: Book | None = None
    #: In test mode: to whom it goes in place of its reader.
    test_address: str = ""

    @property
    def edition_day(self) -> dt.date | None:
        """Return the day of the edition it was picked from, for a reader or a group; `None` for all other mail."""
        if self.edition is not None:
            return self.edition.day
        return self.group.day if self.group and self.delivery.kind is MailKind.GROUP else None


@dataclass(slots=True)
class Shared:
    """What many mails of one run show, loaded once: papers by their internal ids, and editions.

    Holds as many papers as a few large editions have; where there would be more, it begins anew.
    """

    paper_by_id: dict[int, papers.Listed] = field(default_factory=dict)
    edition_by_id: dict[int, Edition] = field(default_factory=dict)
    #: Papers as entries by the language of summaries and then by what is kept of their picks.
    _entries: dict[str, dict[tuple[Any, ...], "LaidOut"]] = field(default_factory=dict)

    def laid_out(self, rows: Sequence[Sequence[Any]], language: str) -> "list[LaidOut]":
        """Return the papers of picks (`PickRow`) as entries, the very same ones wherever the same is said of them."""
        known = self._entries.setdefault(language, {})
        laid = [known.get(tuple(row[_SHOWN:])) for row in rows]
        return [entry or self._new(row, language) for entry, row in zip(laid, rows, strict=True)]

    def _new(self, row: Sequence[Any], language: str) -> "LaidOut":
        paper_id, reason, about = row[_SHOWN:]
        if sum(map(len, self._entries.values())) > _MOST_SHARED:
            self._entries.clear()
        read = about_from_text(about) if about else None
        laid = _new_entry(self.paper_by_id[paper_id], reason_from_text(reason), read, language)
        return self._entries.setdefault(language, {}).setdefault((paper_id, reason, about), laid)

    def load(self, tx: sa.Connection, paper_ids: set[int], edition_ids: set[int]) -> None:
        """Load those of these papers and editions that are not here yet."""
        if len(self.paper_by_id) > _MOST_SHARED:
            self.paper_by_id.clear()
            self._entries.clear()
        if new := paper_ids - self.paper_by_id.keys():
            self.paper_by_id.update(papers.of_delivery(tx, sorted(new)))
        if unknown := edition_ids - self.edition_by_id.keys():
            self.edition_by_id.update(editions.by_id(tx, unknown))


#: Some 2 KB each.
_MOST_SHARED = 20_000
#: From here on a `PickRow` has what an entry shows.
_SHOWN, _OUTSIDE = PickRow._fields.index("paper_id"), PickRow._fields.index("outside")


#: What older versions have stored of what a mail says.
_NOTHING = Content()
#: Mails that say sentences, and nothing else.
_ANSWERS = frozenset((MailKind.ANSWER, MailKind.NOTICE))
#: Mails of groups.
_OF_GROUPS = frozenset((MailKind.GROUP, MailKind.INVITATION))


def load_inputs(tx: sa.Connection, deliveries: Sequence[Delivery], shared: Shared | None = None) -> list[RenderInput]:
    """Load what the mails of these deliveries show, all at once; what is in `shared` need not be loaded again."""
    shared = shared or Shared()
    ids = [delivery.id for delivery in deliveries]
    rows, contents = rows_of(tx, ids), _contents(tx, deliveries)
    chosen = {key: [*own] for key, own in groupby(rows, itemgetter(0))}
    picked = {row[_SHOWN] for row in rows}
    nearest = {quiet.nearest_id for content in contents.values() for quiet in content.quiet if quiet.nearest_id}
    shared.load(tx, picked | nearest, {delivery.edition for delivery in deliveries if delivery.edition is not None})
    editions_by_id = shared.edition_by_id
    bearers, test_mode = _bearers(tx, deliveries), controls.control(tx, controls.Name.TEST_MODE)
    styles = _styles_of_notices(tx, deliveries)
    inputs = []
    for delivery in deliveries:
        bearer = bearers[delivery.subscriber]
        content = contents.get(delivery.id, _NOTHING)
        if delivery.kind is not MailKind.DIGEST or delivery.edition is None:
            inputs.append(_no_digest(tx, delivery, bearer, content, styles[delivery.subscriber]))
            continue
        edition = editions_by_id[delivery.edition]
        digest = _stored_digest(edition, chosen.get(delivery.id, ()), shared, content)
        inputs.append(RenderInput(delivery, bearer, edition, digest, content.style))
    return [replace(each, test_address=test_mode.value) for each in inputs] if test_mode else inputs


def _no_digest(tx: sa.Connection, delivery: Delivery, bearer: Bearer, content: Content, style: Style) -> RenderInput:
    """Load a mail that is no reader's digest; `style` is how its reader has mails now."""
    if delivery.kind in _OF_GROUPS:
        group = _group(tx, delivery, content)
        look = group.look.of(content.style if content.group_snapshot else style) if group else style
        return RenderInput(delivery, bearer, style=look, group=group)
    if delivery.kind is MailKind.BOOK:
        book = load_book(tx, delivery.subscriber, content, delivery.created_at.date())
        return RenderInput(delivery, bearer, style=content.style, book=book)
    return RenderInput(delivery, bearer, style=style, answer=content if delivery.kind in _ANSWERS else None)


def _group(tx: sa.Connection, delivery: Delivery, content: Content) -> GroupDigest | None:
    """Return what a group's mail shows; `None` where its reader is not, or not any more, to see it."""
    if delivery.kind is MailKind.GROUP:
        return load_digest(tx, content, delivery.subscriber, composed_at=delivery.created_at)
    group_id, _ = content.group
    group = groups.one(tx, group_id)
    reader, day = subscribers.one(tx, delivery.subscriber), delivery.created_at.date()
    if group is None or reader is None or groups.member(tx, group_id, delivery.subscriber) is None:
        return None
    return GroupDigest(group_id, group.name, day, (), invites_stranger=reader.state is SubscriberState.PENDING)


def _styles_of_notices(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Style]:
    """Return how the mails look that are no digests, by subscriber: as their readers have it now."""
    ids = sorted({delivery.subscriber for delivery in deliveries if delivery.kind is not MailKind.DIGEST})
    return dict.fromkeys(ids, AS_USUAL) | (subscribers.styles(tx, ids) if ids else {})


def _bearers(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Bearer]:
    """Return whom the links of each subscriber's mails are for; those of the erased open nothing."""
    ids = sorted({delivery.subscriber for delivery in deliveries})
    return {key: Bearer(key) for key in ids} | subscribers.bearers(tx, ids)


def entry_of(item: papers.Listed, reason: Reason, about: AboutPaper | None = None, language: str = "") -> Entry:
    """Return a paper as an entry, as it was known when the digest was composed, where that was stored.

    `language` is that of summaries by a model.
    """
    known = known_then(about)
    beside = about or item
    return Entry(
        as_known(item.paper, known),
        reason,
        beside.sources,
        beside.signals,
        reason.followed,
        item.paper_id,
        as_known(item.presentation, known),
        in_language(item.summaries, language) if "summary" in known else None,
        item.thumbnail if "figure" in known else None,
    )


#: An entry, and the kinds of its reason's terms.
LaidOut = tuple[Entry, frozenset[TermKind]]


def _new_entry(item: papers.Listed, reason: Reason, about: AboutPaper | None, language: str) -> LaidOut:
    return entry_of(item, reason, about, language), _kinds(reason)


def _stored_digest(edition: Edition, rows: Sequence[Sequence[Any]], shared: Shared, content: Content) -> Digest:
    """Return the digest of picks that are kept (`PickRow`)."""
    listed = shared.paper_by_id
    if content.papers:
        # A version that kept what stood beside papers here composed it.
        read = [(PickRow(*row), reason_from_text(row[_SHOWN + 1])) for row in rows]
        picks = [StoredPick(row.paper_id, 0, reason, bool(row.outside)) for row, reason in read]
        return laid_out(edition, picks, listed, content)
    laid = shared.laid_out(rows, content.summary_language)
    outside = [each for each, row in zip(laid, rows, strict=True) if row[_OUTSIDE]]
    if outside:
        laid = [each for each, row in zip(laid, rows, strict=True) if not row[_OUTSIDE]]
    kinds = _NO_KINDS.union(*[each[1] for each in laid])
    entries, outsiders = [each[0] for each in laid], [each[0] for each in outside]
    return _said(_digest(entries, edition, kinds, notes=content.notes, outside=outsiders), content, listed)


_NO_KINDS: frozenset[TermKind] = frozenset()


def laid_out(
    edition: Edition,
    picks: Sequence[Pick | StoredPick],
    listed: Mapping[int, papers.Listed],
    content: Content,
) -> Digest:
    """Return the digest of these picks, by the ids of their papers: what is for the reader apart from what is not."""
    entries: tuple[list[Entry], list[Entry]] = ([], [])
    kinds = set[TermKind]()
    about_by_name, language = content.papers, content.summary_language
    for pick in picks:
        item = listed[pick.paper_id]
        one, its_kinds = _new_entry(item, pick.reason, about_by_name.get(str(item.paper.id)), language)
        entries[pick.outside].append(one)
        if not pick.outside:
            kinds |= its_kinds
    digest = _digest(entries[False], edition, kinds, notes=content.notes, outside=entries[True])
    return _said(digest, content, listed)


def _said(digest: Digest, content: Content, listed: Mapping[int, papers.Listed]) -> Digest:
    """Return a digest with what its content says besides."""
    if content.considered:
        digest = replace(digest, considered=content.considered, is_of_several_days=True)
    if not (content.quiet or content.quiet_days or content.instead or content.saved):
        return digest
    return replace(
        digest,
        quiet=quiet_entries(content.quiet, listed),
        quiet_days=content.quiet_days,
        instead=content.instead,
        saved=content.saved,
    )


def quiet_entries(quiet: Iterable[QuietTopic], listed: Mapping[int, papers.Listed]) -> tuple[QuietEntry, ...]:
    """Return quiet topics as a digest shows them; `listed` are papers by their internal ids."""
    return tuple(
        QuietEntry(one.topic, listed[one.nearest_id].paper if one.nearest_id in listed else None) for one in quiet
    )


def _contents(tx: sa.Connection, deliveries: Sequence[Delivery]) -> dict[int, Content]:
    """Return what each digest, answer and notice says, by delivery; what older versions did not store is made now."""
    digests = {delivery.id: delivery.subscriber for delivery in deliveries if delivery.kind is MailKind.DIGEST}
    answers = (delivery.id for delivery in deliveries if delivery.kind in _ANSWERS | _OF_GROUPS | {MailKind.BOOK})
    stored = history.contents_of(tx, [*digests, *answers])
    without = {key: reader for key, reader in digests.items() if key not in stored}
    today = contents_of_today(tx, sorted(set(without.values()))) if without else {}
    return stored | {key: today[reader] for key, reader in without.items() if reader in today}


def digest_of(
    entries: Sequence[Entry], edition: Edition, *, notes: Sequence[str] = (), outside: Sequence[Entry] = ()
) -> Digest:
    """Put entries together as a digest; `outside` are those from outside the reader's topics."""
    kinds = {kind for entry in entries if isinstance(entry.reason, Reason) for kind in _kinds(entry.reason)}
    return _digest(entries, edition, kinds, notes=notes, outside=outside)


def _kinds(reason: Reason) -> frozenset[TermKind]:
    return frozenset([term.kind for term in reason.terms])


def _digest(
    entries: Sequence[Entry],
    edition: Edition,
    kinds: AbstractSet[TermKind],
    *,
    notes: Sequence[str],
    outside: Sequence[Entry],
) -> Digest:
    return Digest(
        tuple(entries),
        trending=kinds <= _ANYBODYS,
        voted=TermKind.TRENDING in kinds,
        considered=edition.papers,
        notes=tuple(notes),
        outside=tuple(outside),
    )


#: What is said of papers that were picked for nobody in particular.
_ANYBODYS = frozenset((TermKind.TRENDING, TermKind.NEW))
