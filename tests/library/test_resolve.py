import datetime as dt

import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.library.resolve import resolve
from dailypapers.references.read import read
from dailypapers.store import papers
from dailypapers.store.database import writing

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
BIB = """
@misc{a, title={Deep Learning of {E}verything}, author={Lee, Ann}}
@misc{b, title={Shallow Learning of Nothing}, author={Lee, Ann}}
@misc{c, eprint={2401.00001}}
"""


def test_a_paper_without_an_id_is_looked_up_and_the_others_are_named(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        papers.keep(
            tx, [Paper(PaperId("doi", "10.1000/x"), "Deep learning of everything", authors=("A. Lee",))], now=NOW
        )
        found = resolve(tx, read(BIB))
    assert [str(paper.ids[0]) for paper in found.papers] == ["doi:10.1000/x", "arxiv:2401.00001"]
    (skipped,) = found.skipped
    assert (skipped.where, "Shallow Learning" in skipped.why) == ("line 3", True)
