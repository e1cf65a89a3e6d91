"""What was known of a paper when its mail was composed: nothing that comes later is shown in the same mail."""

from dataclasses import fields

from dailypapers.domain.content import MAY_COME_LATER, as_known, known_of
from dailypapers.domain.paper import NOTHING_SHOWN, Paper, PaperId, Presentation

BARE = Paper(PaperId.parse("arxiv:2604.01234"), "A title")
FULL = Paper(BARE.id, BARE.title, "An abstract.", ("Ann Lee",), ("cs.LG",), "https://a.example", code_url="https://c")
SHOWN = Presentation(journal="Letters", models=3)


def test_what_was_not_known_is_taken_away_again() -> None:
    nothing = known_of(BARE, NOTHING_SHOWN, has_figure=False, has_summary=False)
    assert nothing == frozenset()
    assert as_known(FULL, nothing) == BARE
    assert as_known(SHOWN, nothing) == NOTHING_SHOWN
    assert as_known(SHOWN, frozenset(["models"])) == Presentation(models=3)


def test_what_was_known_stays_the_very_same() -> None:
    known = known_of(FULL, SHOWN, has_figure=True, has_summary=True)
    assert known == {"figure", "summary", "abstract", "authors", "categories", "url", "code_url", "journal", "models"}
    assert as_known(FULL, known) is FULL
    assert as_known(SHOWN, known) is SHOWN


def test_all_that_a_source_may_show_can_come_later() -> None:
    assert {each.name for each in fields(Presentation)} < MAY_COME_LATER
