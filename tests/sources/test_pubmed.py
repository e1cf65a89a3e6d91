"""PubMed's searches and records."""

import datetime as dt
import json

import pytest
from tests.playing_sources import Answer, Asked, playing_sources

from dailypapers.domain.paper import Presentation
from dailypapers.errors import FetchFailed
from dailypapers.sources.http.client import Http
from dailypapers.sources.pubmed import BATCH, PubMed, read_articles, read_ids

NOW = dt.datetime(2026, 7, 18, 8, tzinfo=dt.UTC)
DOCTYPE = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/x.dtd">'


def article(number: int, *, title: str = "Paper <i>one</i>.", doi: str = "10.1000/x1") -> str:
    ids = f'<ArticleId IdType="pubmed">{number}</ArticleId>' + (
        f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else ""
    )
    return f"""<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID><Article>
      <Journal><JournalIssue><PubDate><Year>2026</Year><Month>Jul</Month></PubDate></JournalIssue></Journal>
      <ArticleTitle>{title}</ArticleTitle>
      <Abstract><AbstractText Label="BACKGROUND">Why &lt; 1.</AbstractText><AbstractText>More.</AbstractText></Abstract>
      <AuthorList><Author><LastName>Lee</LastName><ForeName>Ann</ForeName></Author>
        <Author><CollectiveName>The Group</CollectiveName></Author></AuthorList>
      </Article><KeywordList><Keyword>graphs</Keyword></KeywordList></MedlineCitation>
      <PubmedData><ArticleIdList>{ids}</ArticleIdList>
        <ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList>
        </Reference></ReferenceList></PubmedData></PubmedArticle>"""


def articles(*records: str) -> bytes:
    return f"<?xml version='1.0'?>{DOCTYPE}<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>".encode()


def found(ids: list[str], count: int | None = None) -> str:
    return json.dumps({"esearchresult": {"count": str(len(ids) if count is None else count), "idlist": ids}})


def test_a_record_becomes_a_paper() -> None:
    (announcement,) = read_articles(articles(article(42)), day=NOW.date()).announcements
    paper = announcement.paper
    assert (str(paper.id), [str(name) for name in paper.also]) == (
        "doi:10.1000/x1",
        ["url:https://pubmed.ncbi.nlm.nih.gov/42/"],
    )
    assert (paper.title, paper.abstract) == ("Paper one", "Background: Why < 1. More.")
    assert (paper.authors, paper.categories) == (("Ann Lee", "The Group"), ("graphs",))
    assert paper.published == dt.date(2026, 7, 1)


def test_journal_institutions_and_the_whole_text_are_told() -> None:
    record = (
        article(42)
        .replace("<Journal>", "<Journal><Title>Cell.</Title>")
        .replace("</Author>", "<AffiliationInfo><Affiliation>MIT, Cambridge.</Affiliation></AffiliationInfo></Author>")
        .replace("</ArticleIdList>", '<ArticleId IdType="pmc">PMC123</ArticleId></ArticleIdList>', 1)
    )
    (announcement,) = read_articles(articles(record), day=NOW.date()).announcements
    assert announcement.presentation == Presentation(
        journal="Cell.",
        affiliations=("MIT, Cambridge.",),
        html_url="https://pmc.ncbi.nlm.nih.gov/articles/PMC123/",
    )
    odd = record.replace("PMC123", "PMC1/../x")
    (announcement,) = read_articles(articles(odd), day=NOW.date()).announcements
    assert announcement.presentation is not None
    assert not announcement.presentation.html_url


def test_a_record_without_a_doi_is_named_by_its_page_and_one_without_a_title_is_skipped() -> None:
    reading = read_articles(articles(article(42, doi=""), article(43, title="")), day=NOW.date())
    assert [str(item.paper.id) for item in reading.announcements] == ["url:https://pubmed.ncbi.nlm.nih.gov/42/"]
    assert [item.why for item in reading.skipped] == ["43 has no title."]


async def test_what_a_search_finds_is_asked_for_in_batches() -> None:
    asked: list[Asked] = []
    ids = [str(number) for number in range(1, BATCH + 2)]
    batches = [Answer(articles(*(article(int(n), doi=f"10.1000/{n}") for n in part))) for part in (ids[:3], ids[-1:])]
    with playing_sources({"/esearch.fcgi": Answer(found(ids, 9999)), "/efetch.fcgi": batches}, asked=asked) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await PubMed("crispr[tiab] AND review[pt]", base_url=base).fetch(http, None, now=NOW)
    assert (len(answer.announcements), answer.remarks) == (
        4,
        ("The search finds 9999 papers, 201 are read", "The search finds 201 papers, 4 came"),
    )
    assert "term=crispr%5Btiab%5D%20AND%20review%5Bpt%5D&datetype=edat&reldate=3" in asked[0].path
    assert [request.path.count(",") for request in asked[1:]] == [BATCH - 1, 0]


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(FetchFailed, match="PubMed says “bad query”"):
        read_ids(b'{"esearchresult": {"ERROR": "bad query"}}')
    for content, why in (
        (b"<html/>", "has no articles"),
        (b"{", "not valid XML"),
        (articles("<a " + " ".join(f"b{n}=''" for n in range(400)) + "/>"), "attributes"),
        (b"<!DOCTYPE x [<!ENTITY a '&b;&b;'>]><PubmedArticleSet>&a;</PubmedArticleSet>", "entities"),
    ):
        with pytest.raises(FetchFailed, match=why):
            read_articles(content, day=NOW.date())


def test_raised_and_lowered_characters_of_titles_and_abstracts_are_kept() -> None:
    record = article(1, title="CO<sub>2</sub> &lt; 10<sup>5</sup>.").replace(
        "More.", "At 10<sup>-3</sup> H<sub>2</sub>O."
    )
    (announcement,) = read_articles(articles(record), day=NOW.date()).announcements
    assert announcement.paper.title == "CO₂ < 10⁵"
    assert announcement.paper.abstract == "Background: Why < 1. At 10⁻³ H₂O."


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("[A translated title].", "A translated title"),
        ("[18F]FDG in the brain.", "[18F]FDG in the brain"),
        ("[18F]FDG and [11C]", "[18F]FDG and [11C]"),
        ("[On [18F]FDG].", "On [18F]FDG"),
        ("On cells...", "On cells.."),
    ],
)
def test_the_brackets_of_a_translation_are_left_out_and_those_of_isotopes_kept(title: str, read: str) -> None:
    (announcement,) = read_articles(articles(article(1, title=title)), day=NOW.date()).announcements
    assert announcement.paper.title == read


def test_sections_without_a_name_initials_and_suffixes() -> None:
    record = (
        article(1)
        .replace('Label="BACKGROUND"', 'Label="UNLABELLED"')
        .replace("<ForeName>Ann</ForeName>", "<Initials>AB</Initials><Suffix>Jr</Suffix>")
    )
    (announcement,) = read_articles(articles(record), day=NOW.date()).announcements
    assert announcement.paper.abstract == "Why < 1. More."
    assert announcement.paper.authors == ("AB Lee Jr", "The Group")


def test_a_doi_beside_the_title_names_the_paper_as_well() -> None:
    record = article(1, doi="").replace("</Journal>", '</Journal><ELocationID EIdType="doi">10.1000/E</ELocationID>')
    (announcement,) = read_articles(articles(record), day=NOW.date()).announcements
    assert str(announcement.paper.id) == "doi:10.1000/e"


def test_chapters_of_books_are_read_too() -> None:
    chapter = (
        "<PubmedBookArticle><BookDocument><PMID>7</PMID><Book><BookTitle>All</BookTitle></Book>"
        "<ArticleTitle>A chapter</ArticleTitle><Abstract><AbstractText>Of it.</AbstractText></Abstract></BookDocument>"
        '<PubmedBookData><ArticleIdList><ArticleId IdType="doi">10.1000/7</ArticleId></ArticleIdList></PubmedBookData>'
        "</PubmedBookArticle>"
    )
    papers = [item.paper for item in read_articles(articles(article(1), chapter), day=NOW.date()).announcements]
    assert [(str(paper.id), paper.title) for paper in papers][1] == ("doi:10.1000/7", "A chapter")


async def test_records_that_do_not_come_are_counted() -> None:
    with playing_sources(
        {"/esearch.fcgi": Answer(found(["1", "2"])), "/efetch.fcgi": Answer(articles(article(1)))}
    ) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await PubMed("x", base_url=base).fetch(http, None, now=NOW)
    assert answer.remarks == ("The search finds 2 papers, 1 came",)
