"""Search answers somebody passing by from an index that is kept up behind the pages."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.library import search
from dailypapers.library.search import Finder
from dailypapers.store import papers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import counted as counted_table
from dailypapers.store.schema import metadata

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def paper(number: int, title: str, abstract: str = "", *authors: str) -> Paper:
    return Paper(PaperId("arxiv", f"2604.{number:05}"), title, abstract, authors or ("Ann Lee",), ("cs.LG",))


SOME = [
    paper(
        1, "State space models for long sequences", "We model long sequences with state spaces.", "Albert Gu", "T. D"
    ),
    paper(2, "Attention for short sequences", "Transformers attend to sequences.", "Bo Li"),
    paper(3, "Protein folding by diffusion", "Proteins fold. Nothing about sequences in state space.", "Eve Ray"),
    paper(4, "A market of robots", "Robots trade."),
]


@pytest.fixture
def finder(engine: sa.Engine) -> Finder:
    keep(engine, SOME)
    made = Finder(engine)
    made.refresh()
    return made


def keep(engine: sa.Engine, some: list[Paper]) -> None:
    with writing(engine) as tx:
        papers.keep(tx, some, now=NOW)


def titles(finder: Finder, text: str, page: int = 1) -> list[str]:
    return [entry.paper.title for entry in finder.answer(text, page=page, now=NOW).entries]


def test_the_most_relevant_paper_comes_first_with_a_reason(finder: Finder) -> None:
    answer = finder.answer("state space", now=NOW)
    assert [entry.paper.title for entry in answer.entries] == [SOME[0].title, SOME[2].title]
    assert str(answer.entries[0].reason).startswith("Matches State space")
    assert (answer.total, answer.listed, answer.indexed, answer.papers) == (2, 2, 4, 4)


@pytest.mark.parametrize("text", ["2604.00003", "arXiv:2604.00003v2", "https://arxiv.org/abs/2604.00003"])
def test_an_id_finds_the_paper_and_what_is_like_it(finder: Finder, text: str) -> None:
    answer = finder.answer(text, now=NOW)
    assert (answer.state, answer.known, answer.entries[0].paper) == ("found", True, SOME[2])


def test_a_title_finds_its_paper_first(finder: Finder) -> None:
    assert titles(finder, "attention for short sequences")[0] == SOME[1].title


def test_letters_and_accents_that_came_apart_are_one(finder: Finder) -> None:
    taken_apart, whole = (finder.answer(f'Scho\u0308n "{text}"', now=NOW) for text in ("u\u0308ber x", "\u00fcber x"))
    assert (taken_apart.query.topic, taken_apart.query.phrases) == ("Sch\u00f6n \u00fcber x", ("\u00fcber x",))
    assert taken_apart == whole


def test_a_name_finds_what_somebody_wrote(finder: Finder) -> None:
    assert titles(finder, "Albert Gu") == titles(finder, 'author:"Gu, Albert"') == [SOME[0].title]
    assert str(finder.answer("albert gu", now=NOW).entries[0].reason) == "By Albert Gu"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("the of and", "wordless"),
        ("🦜🦜", "wordless"),
        ("图神经网络", "foreign"),
        ("xyzzy", "nothing"),
        ("2699.99999", "nothing"),
        ("10.1000/nothing", "nothing"),
        ("state " * 5000, "found"),
        ("cat:cs.LG", "found"),
        ("cat:nonsense", "nothing"),
        ('"state space', "found"),
        ("state \ud800 space", "found"),
        ("' OR 1=1; --", "wordless"),
    ],
)
def test_whatever_is_typed_has_an_answer(finder: Finder, text: str, state: str) -> None:
    assert finder.answer(text, now=NOW).state == state


def test_a_phrase_nobody_wrote_is_said_to_be_none(finder: Finder) -> None:
    assert finder.answer('"space state"', now=NOW).loose
    assert not finder.answer('"state space"', now=NOW).loose


def test_answering_changes_nothing(finder: Finder, engine: sa.Engine) -> None:
    def everything() -> list[object]:
        with reading(engine) as tx:
            return [tx.execute(sa.select(table)).all() for table in metadata.sorted_tables]

    before = everything()
    for text in ("state space", "2604.00003", "Albert Gu", "cat:cs.LG"):
        finder.answer(text, now=NOW)
    assert everything() == before


def test_before_anything_is_indexed_it_says_so(engine: sa.Engine) -> None:
    keep(engine, SOME)
    assert Finder(engine).answer("state space", now=NOW).state == "preparing"


def test_pages_go_on_where_the_one_before_ended(engine: sa.Engine) -> None:
    keep(engine, [paper(n, f"Graph number {n}", "graph " * (n % 7)) for n in range(1, 46)])
    finder = Finder(engine)
    finder.refresh()
    found = [titles(finder, "graph", page) for page in (1, 2, 3)]
    assert [len(page) for page in found] == [20, 20, 5]
    assert len({title for page in found for title in page}) == 45
    assert titles(finder, "graph", 99) == found[2]
    assert titles(finder, "graph", -3) == found[0]


def test_the_index_grows_and_full_parts_are_kept(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PART", 10)
    keep(engine, [paper(n, f"Graph number {n}") for n in range(1, 16)])
    finder = Finder(engine)
    assert finder.refresh() == 15
    assert parts(engine) == [0]
    keep(engine, [paper(n, f"Graph number {n}") for n in range(16, 36)])
    assert finder.refresh() == 35
    assert finder.refresh() == 35
    assert parts(engine) == [0, 1, 2]
    again = Finder(engine)
    assert again.refresh() == 35
    assert titles(again, "number graph 17") == titles(finder, "number graph 17")


def parts(engine: sa.Engine) -> list[int]:
    with reading(engine) as tx:
        return list(tx.execute(sa.select(counted_table.c.part).order_by(counted_table.c.part)).scalars())


def test_two_records_that_turn_out_to_be_one_paper_are_found_once(engine: sa.Engine) -> None:
    one = paper(1, "Graphs for everybody and all", "Graphs.", "Ann Lee")
    other = Paper(PaperId("doi", "10.1000/x"), "Quite another title of it", "Graphs.", ("Ann Lee",))
    keep(engine, [one, other])
    finder = Finder(engine)
    assert finder.refresh() == 2
    both = Paper(other.id, "Graphs for everybody and all", "Graphs.", ("Ann Lee",), also=(one.id,))
    keep(engine, [both])
    assert len(titles(finder, "graphs")) == 1
    assert len(titles(Finder(engine), "graphs")) == 0
    again = Finder(engine)
    assert again.refresh() == 1


def test_it_stops_when_it_is_told_to(engine: sa.Engine) -> None:
    keep(engine, SOME)
    finder, stop = Finder(engine), threading.Event()
    thread = threading.Thread(target=finder.keep_up, args=(stop,), kwargs={"every": 0.01})
    thread.start()
    while finder.answer("state", now=NOW).state == "preparing":
        stop.wait(0.01)
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
