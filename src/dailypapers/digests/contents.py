"""Contents: what digests say besides their picks, decided while they are composed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.digests.choose import NOTHING_RELEVANT, Choice
from dailypapers.digests.summarise import SummaryOptions, language_of
from dailypapers.domain.channel import ChannelKind
from dailypapers.domain.channel import switched_off as told_switched_off
from dailypapers.domain.content import AboutPaper, Content, known_of
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.saved import SavedNews
from dailypapers.domain.subscriber import Subscriber
from dailypapers.domain.summary import in_language
from dailypapers.ranking.profile import warnings
from dailypapers.store import history, papers, subscribers


def contents(
    tx: sa.Connection,
    readers: Sequence[Subscriber],
    interests: Sequence[tuple[Interest, ...]],
    chosen: Sequence[Choice],
    listed: Iterable[papers.Listed],
    *,
    considered: int = 0,
    summaries: SummaryOptions | None = None,
    saved: Mapping[int, tuple[SavedNews, ...]] | None = None,
    switched_off: Mapping[int, ChannelKind] | None = None,
) -> list[Content]:
    """Return what each reader's digest says besides its picks, in the readers' order.

    `interests` are theirs, `saved` what became of papers they saved, by reader; `considered` is how many papers
    several editions had together, 0 where it was one; `summaries` tells the language of these;
    `switched_off` are channels, by reader, whose end is to be told.
    """
    notes_by_reader = _notes(tx, {reader.id: own for reader, own in zip(readers, interests, strict=True)})
    quiet_days = history.skipped_since_last(tx, [reader.id for reader in readers], NOTHING_RELEVANT)
    languages = [language_of(summaries, reader.style) for reader in readers]
    about = _about_papers(tx, chosen, listed, languages)
    return [
        Content(
            reader.style,
            (*_about_channel(switched_off or {}, reader.id), *notes_by_reader[reader.id], *choice.notes),
            {pick.paper: about[language][pick.paper] for pick in choice.picks},
            choice.quiet,
            quiet_days.get(reader.id, 0),
            choice.instead,
            considered,
            saved=(saved or {}).get(reader.id, ()),
            summary_language=language,
        )
        for reader, choice, language in zip(readers, chosen, languages, strict=True)
    ]


def _about_papers(
    tx: sa.Connection, chosen: Sequence[Choice], listed: Iterable[papers.Listed], languages: Iterable[str]
) -> dict[str, dict[str, AboutPaper]]:
    """Return what stands beside papers by their names, of chosen ones also what is known of them by now.

    A model's sentence is known in some languages; there is an answer for each of these.
    """
    picked = {pick.paper_id for one in chosen for pick in one.picks}
    items = {item.paper_id: item for item in listed}
    about = {str(item.paper.id): AboutPaper(item.sources, item.signals) for item in items.values()}
    presented = papers.presented(tx, [item for key, item in items.items() if key in picked])
    return {
        language: about | {name: replace(about[name], known=known) for name, known in _known(presented, language)}
        for language in set(languages)
    }


def _known(presented: Iterable[papers.Listed], language: str) -> Iterator[tuple[str, frozenset[str]]]:
    for item in presented:
        has_summary, has_figure = in_language(item.summaries, language) is not None, item.thumbnail is not None
        known = known_of(item.paper, item.presentation, has_figure=has_figure, has_summary=has_summary)
        yield str(item.paper.id), known


def about_shown(tx: sa.Connection, paper_ids: Iterable[int], language: str) -> dict[str, AboutPaper]:
    """Return by their names what is known by now of papers that a mail shows; a model's sentence in one language."""
    listed = papers.of_delivery(tx, sorted(set(paper_ids))).values()
    return {name: AboutPaper(known=known) for name, known in _known(listed, language)}


def _about_channel(switched_off: Mapping[int, ChannelKind], reader: int) -> tuple[str, ...]:
    return (told_switched_off(switched_off[reader]),) if reader in switched_off else ()


def notes(tx: sa.Connection, readers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return which of each reader's interests cannot be used, in sentences for them."""
    return _notes(tx, subscribers.interests_of(tx, sorted(set(readers))))


def _notes(tx: sa.Connection, interests_by_reader: Mapping[int, tuple[Interest, ...]]) -> dict[int, tuple[str, ...]]:
    named = {i.text for interests in interests_by_reader.values() for i in interests if i.kind is InterestKind.PAPER}
    examples = papers.by_key(tx, named)
    return {reader: warnings(interests, examples=examples) for reader, interests in interests_by_reader.items()}


def contents_of_today(tx: sa.Connection, readers: Sequence[int]) -> Mapping[int, Content]:
    """Return what digests of these readers would say now: for those composed by a version that did not store it."""
    notes_by_reader = notes(tx, readers)
    return {key: Content(reader.style, notes_by_reader[key]) for key, reader in subscribers.by_id(tx, readers).items()}
