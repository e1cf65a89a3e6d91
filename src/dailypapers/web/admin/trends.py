"""Plots over time, each with a table of the same behind it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.responses import Response

from dailypapers.domain.freshness import usual
from dailypapers.domain.i18n import N_, Translator
from dailypapers.domain.source import SourceDay, source_name
from dailypapers.rendering.charts import Line, line_chart
from dailypapers.store import figures, source_days
from dailypapers.store.database import reading
from dailypapers.store.figures import Figure
from dailypapers.web.admin.gate import Visit

#: How far plots reach back.
_REACH = dt.timedelta(days=90)
#: Sources with most papers; more plots are too many to look at.
_MOST_SOURCES = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot, and what it shows."""

    title: str
    days: Sequence[dt.date]
    lines: Sequence[Line]
    picture: str
    """The address of the picture."""

    @property
    def rows(self) -> list[tuple[dt.date, list[float | None]]]:
        """The same as a table, newest first."""
        values = zip(*(line.values for line in self.lines), strict=True)
        return [(day, list(of_day)) for day, of_day in zip(self.days, values, strict=True)][::-1]


#: What is drawn together.
_FIGURES: Sequence[tuple[str, Sequence[tuple[Figure, str]]]] = (
    (N_("Subscribers"), ((Figure.SUBSCRIBERS, N_("Active or paused")),)),
    (
        N_("Digests of each edition"),
        (
            (Figure.NOT_DELIVERED, N_("Failed, expired or uncertain")),
            (Figure.ACCEPTED, N_("Accepted")),
            (Figure.DUE, N_("Due")),
        ),
    ),
    (
        N_("Bounces and spam reports a day"),
        ((Figure.BOUNCES, N_("Bounces")), (Figure.COMPLAINTS, N_("Spam reports"))),
    ),
    (N_("Votes a day"), ((Figure.DISLIKES, N_("Dislikes")), (Figure.LIKES, N_("Likes")))),
)
_NEW, _USUAL = N_("New papers"), N_("Median for that weekday")


def show(visit: Visit) -> Response:
    """Show all plots."""
    first = (visit.now - _REACH).date()
    with reading(visit.context.engine) as tx:
        counted = figures.since(tx, first)
        by_source = {
            source: days for (source, category), days in source_days.everything_since(tx, first).items() if not category
        }
    translate = visit.context.translate
    plots = [plot for title, of_it in _FIGURES if (plot := _of_figures(title, of_it, counted, translate))]
    largest = sorted(by_source, key=lambda source: -sum(day.new for day in by_source[source]))[:_MOST_SOURCES]
    of_sources = [_of_source(source, by_source[source], translate) for source in largest]
    return visit.page("trends", plots=plots, sources=of_sources)


def _of_figures(
    title: str,
    of_it: Sequence[tuple[Figure, str]],
    counted: Mapping[Figure, Mapping[dt.date, int]],
    translate: Translator,
) -> Plot | None:
    days = sorted({day for figure, _ in of_it for day in counted[figure]})
    if not days:
        return None
    lines = [Line(translate(name), [counted[figure].get(day) for day in days]) for figure, name in of_it]
    return _plot(translate(title), days, lines, translate)


def _of_source(source: str, history: Sequence[SourceDay], translate: Translator) -> Plot:
    days = [each.day for each in history]
    lines = [
        Line(translate(_NEW), [each.new for each in history]),
        Line(translate(_USUAL), [usual(history, day) for day in days]),
    ]
    return _plot(source_name(source), days, lines, translate)


def _plot(title: str, days: Sequence[dt.date], lines: Sequence[Line], translate: Translator) -> Plot:
    picture = line_chart([f"{day:%m-%d}" for day in days], lines, number=translate.number)
    return Plot(title, days, lines, picture)
