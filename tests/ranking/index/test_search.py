"""Search: candidates are found by their words, and the ranking orders them."""

import datetime as dt
import random
from dataclasses import replace

from dailypapers.domain.digest import TermKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.ranking.corpus.acronyms import Acronym, Acronyms
from dailypapers.ranking.index.inverted import Index, by, counted
from dailypapers.ranking.index.query import parse
from dailypapers.ranking.index.search import Candidates, Ranked, candidates, holds, passes, ranked, untaught

NOW = dt.datetime(2026, 4, 20, tzinfo=dt.UTC)
#: What made-up papers are about.
WORDS = ["graph", "neural", "network", "quantum", "error", "correction", "robot", "image", "speech", "market"]


def paper(
    number: int, title: str, abstract: str = "", authors: tuple[str, ...] = (), categories: tuple[str, ...] = ()
) -> Paper:
    return Paper(PaperId("file", f"p{number:05}"), title, abstract, authors, categories)


def some(many: int) -> list[Paper]:
    chance = random.Random(3)  # noqa: S311 - made-up papers, the same in every run
    return [
        paper(n, " ".join(chance.choices(WORDS, k=4)), " ".join(chance.choices(WORDS, k=30)), authors=("Ann Lee",))
        for n in range(many)
    ]


def index(*parts: list[Paper]) -> Index:
    made = Index()
    for part in parts:
        made = made.grown(counted(part))
    return made


def found(papers: list[Paper], text: str) -> Ranked:
    made, query = index(papers), parse(text)
    by_key = {str(p.id): p for p in papers}
    chosen = candidates(made, query)
    kept = [place for place in chosen.places.tolist() if passes(query, by_key[made.key(place)])]
    scores = dict(zip(chosen.places.tolist(), chosen.scores.tolist(), strict=True))
    asked = Candidates([by_key[made.key(p)] for p in kept], made.counts(kept), [scores[p] for p in kept])
    return ranked(query, asked, untaught(made), now=NOW)


def titles(papers: list[Paper], text: str) -> list[str]:
    return [p.title for p in found(papers, text).papers]


def test_the_paper_with_this_title_comes_first() -> None:
    papers = [*some(60), paper(900, "Graph Networks", "About something else."), paper(901, "Graphs", "graph " * 30)]
    assert titles(papers, "graph network")[0] == "Graph Networks"


def test_an_acronym_is_looked_for_together_with_what_it_stands_for() -> None:
    papers = [*some(60), paper(900, "Graph Isomorphism Machines"), paper(901, "GIMs")]
    made = index(papers)
    learned = replace(untaught(made), acronyms=Acronyms((Acronym("GIM", "graph isomorphism machines"),)))
    found_keys = {made.key(place) for place in candidates(made, parse("GIM"), background=learned).places.tolist()}
    assert {"file:p00900", "file:p00901"} <= found_keys
    assert candidates(made, parse("GIM")).total == 1


def test_words_in_quotation_marks_stand_together() -> None:
    together, apart = (
        paper(901, "On error correction", "Codes."),
        paper(902, "Correction of an error", "An error of correction."),
    )
    assert holds(together, ("error correction",))
    assert not holds(apart, ("error correction",))
    assert titles([apart, together, *some(20)], '"error correction" codes')[0] == together.title
    strict = found([apart, together], '"error correction"')
    assert strict.papers == (together,), "what holds the words apart does not come where something holds them together"
    (reason,) = strict.reasons([0])
    assert TermKind.PHRASE in {term.kind for term in reason.terms}


def test_a_phrase_that_no_paper_holds_is_looked_for_by_its_words() -> None:
    assert titles([paper(1, "Folding of a protein")], '"folding protein machine"') == ["Folding of a protein"]


def test_filters_let_only_through_what_they_say() -> None:
    ann = paper(1, "Graphs one", authors=("Ann Lee",), categories=("cs.LG",))
    bob = paper(2, "Graphs two", authors=("Bob Lee",), categories=("stat.ML", "cs.LG"))
    eve = paper(3, "Graphs three", authors=("Eve Ray",), categories=("math.ST",))
    everybody = [ann, bob, eve]
    assert titles(everybody, 'graphs author:"A. Lee"') == [ann.title]
    assert set(titles(everybody, "author:lee")) == {ann.title, bob.title}
    assert titles(everybody, "graphs cat:stat") == [bob.title]
    assert set(titles(everybody, "cat:CS.LG")) == {ann.title, bob.title}
    assert titles(everybody, "cat:cs.LG author:ray") == []


def test_a_reason_names_the_words_a_paper_holds() -> None:
    results = found([paper(901, "Folding proteins", "We fold.", authors=("Ann Lee",)), *some(5)], "protein folding")
    place = [p.title for p in results.papers].index("Folding proteins")
    (reason,) = results.reasons([place])
    assert "Folding proteins" in {term.text for term in reason.terms}


def test_without_words_the_newest_come_first() -> None:
    papers = [
        Paper(PaperId("file", str(n)), f"Number {n}", categories=("cs.LG",), published=dt.date(2026, 4, 1 + n))
        for n in (3, 9, 1)
    ]
    assert titles(papers, "cat:cs.LG") == ["Number 9", "Number 3", "Number 1"]


def test_an_author_is_found_by_every_form_of_the_name() -> None:
    assert by("Ann Williams") == by("Williams, A.") == ("by williams",)
    papers = [
        paper(n, f"Graphs {n}", authors=(name,))
        for n, name in enumerate(
            ["van den Berg, R.", "Rianne van den Berg", "Łukasz Kaiser", "Hinton GE", "Berg, Karl"]
        )
    ]
    assert set(titles(papers, 'author:"R. van den Berg"')) == {"Graphs 0", "Graphs 1"}
    assert set(titles(papers, 'author:"van den Berg"')) == {"Graphs 0", "Graphs 1", "Graphs 4"}
    assert titles(papers, "author:kaiser") == titles(papers, 'author:"L. Kaiser"') == ["Graphs 2"]
    assert titles(papers, 'author:"Geoffrey Hinton"') == ["Graphs 3"]
