"""Contents: what digests say besides their picks, decided while they are composed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.digests.choose import NOTHING_RELEVANT, Choice
from dailypapers.digests.known import known_by_name
from dailypapers.digests.notes import notes_of
from dailypapers.digests.summarise import SummaryOptions, language_of
from dailypapers.domain.channel import ChannelKind
from dailypapers.domain.channel import switched_off as told_switched_off
from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.interest import Interest
from dailypapers.domain.saved import SavedNews
from dailypapers.domain.subscriber import Subscriber
from dailypapers.store import history, papers


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
    notes_by_reader = notes_of(tx, {reader.id: own for reader, own in zip(readers, interests, strict=True)})
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
        language: about
        | {name: replace(about[name], known=known) for name, known in known_by_name(presented, language)}
        for language in set(languages)
    }


def _about_channel(switched_off: Mapping[int, ChannelKind], reader: int) -> tuple[str, ...]:
    return (told_switched_off(switched_off[reader]),) if reader in switched_off else ()
