import datetime as dt
from collections.abc import Sequence

import pytest
from tests.playing_sources import Answer, Asked, Route, playing_sources

from dailypapers.domain.source import Announcement
from dailypapers.errors import FetchFailed
from dailypapers.sources.feed import Feed, FeedLookup, find_feeds, read_feed
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.bounds import MAX_BYTES, MAX_ENTRIES, MAX_TAGS

MONDAY = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
URL = "https://journal.example/feeds/new.xml"


def rss(*items: str) -> bytes:
    return (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:prism='http://prismstandard.org/namespaces/basic/2.0/'>"
        f"<channel><title>New papers</title>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"
    ).encode()


def read(*items: str) -> tuple[Announcement, ...]:
    return read_feed(rss(*items), url=URL, day=MONDAY.date(), source="journal").announcements


def only(announcements: Sequence[Announcement]) -> Announcement:
    (announcement,) = announcements
    return announcement


def test_an_error_of_arxivs_api_is_the_sources_and_no_paper() -> None:
    told = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>arXiv Search Results</title><entry>"
        "<id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id><title>Error</title>"
        "<summary>incorrect id format for abc</summary></entry></feed>"
    )
    with pytest.raises(FetchFailed, match="arXiv says “incorrect id format for abc”"):
        read_feed(told.encode(), url=URL, day=MONDAY.date())


def test_a_title_may_be_a_single_digit() -> None:
    assert only(read("<title>0</title><link>https://journal.example/a/0</link>")).paper.title == "0"


def test_an_item_becomes_a_paper() -> None:
    announcement = only(
        read(
            "<title><![CDATA[On CO<sub>2</sub> &amp; more]]></title><link>https://journal.example/a/1</link>"
            "<description>&lt;p&gt;What we did.&lt;/p&gt;</description><category>Chemistry</category>"
            "<dc:creator>Lee, A.</dc:creator><dc:creator>Roy, B.</dc:creator>"
            "<pubDate>Sun, 19 Apr 2026 00:00:00 GMT</pubDate>"
        )
    )
    paper = announcement.paper
    assert (paper.title, paper.abstract) == ("On CO₂ & more", "What we did.")
    assert str(paper.id) == "url:https://journal.example/a/1"
    assert paper.authors == ("Lee, A.", "Roy, B.")
    assert paper.categories == ("Chemistry",)
    assert paper.published == dt.date(2026, 4, 19)
    assert (announcement.source, announcement.day) == ("journal", MONDAY.date())


@pytest.mark.parametrize(
    ("item", "id_", "version"),
    [
        ("<prism:doi>10.1000/ABC.1</prism:doi><link>https://x.example/1</link>", "doi:10.1000/abc.1", None),
        ("<dc:identifier>doi:10.1000/abc</dc:identifier><link>https://x.example/1</link>", "doi:10.1000/abc", None),
        ("<guid>https://doi.org/10.1000/abc</guid><link>https://x.example/1</link>", "doi:10.1000/abc", None),
        ("<link>https://x.example/doi/full/10.1000/abc.1?af=R</link>", "doi:10.1000/abc.1", None),
        ("<link>https://x.example/articles/10.3389/f.2026.1/full</link>", "doi:10.3389/f.2026.1", None),
        ("<link>https://www.biorxiv.org/content/10.1101/2026.04.01v2?rss=1</link>", "doi:10.1101/2026.04.01", 2),
        ("<link>https://arxiv.org/abs/2604.01234v3</link>", "arxiv:2604.01234", 3),
        ("<prism:doi>10.48550/arXiv.2604.01234</prism:doi><link>https://x.example/1</link>", "arxiv:2604.01234", None),
        ("<guid>opaque-7</guid><link>https://x.example/1</link>", "url:https://x.example/1", None),
        ("<guid>opaque-7</guid><link>/papers/7</link>", "url:https://journal.example/papers/7", None),
        ("<link>paper7.html</link>", "url:https://journal.example/feeds/paper7.html", None),
        ("<link>#paper7</link>", "url:https://journal.example/feeds/new.xml#paper7", None),
        ("<x:doi xmlns:x='http://prismstandard.org/namespaces/basic/3.0/'>10.1000/a</x:doi>", "doi:10.1000/a", None),
    ],
)  # fmt: skip
def test_a_paper_is_named_by_the_best_id_it_has(item: str, id_: str, version: int | None) -> None:
    announcement = only(read(f"<title>A title</title>{item}"))
    assert (str(announcement.paper.id), announcement.version) == (id_, version)


@pytest.mark.parametrize(
    "query",
    ["utm_source=feed&utm_campaign=2026-04-20", "utm_campaign=2026-04-21", "rss=yes", "src=rss&af=R", "dgcid=rss_sd"],
)
def test_what_counts_readers_is_no_part_of_a_papers_name(query: str) -> None:
    paper = only(
        read(f"<title>T</title><link>https://x.example/a?id=7&amp;{query.replace('&', '&amp;')}#top</link>")
    ).paper
    assert (str(paper.id), paper.url) == ("url:https://x.example/a?id=7#top", "https://x.example/a?id=7#top")
    assert [str(name) for name in paper.also] == [f"url:https://x.example/a?id=7&{query}#top"]


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("Thu, 01 Oct 2026 00:00:00 GMT", dt.date(2026, 10, 1)),
        ("Mon, 20 Apr 3026 00:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("yesterday", None),
        ("2026/04/17", dt.date(2026, 4, 17)),
        ("2026.4.7", dt.date(2026, 4, 7)),
        ("2026/13/17", None),
    ],
)
def test_a_date_that_cannot_be_true_is_not_told(date: str, published: dt.date | None) -> None:
    item = f"<title>T</title><link>https://x.example/1</link><pubDate>{date}</pubDate>"
    assert only(read(item)).paper.published == published


def test_other_ids_of_the_item_are_kept() -> None:
    paper = only(
        read("<title>T</title><prism:doi>10.1000/a</prism:doi><link>https://arxiv.org/abs/2604.00001</link>")
    ).paper
    assert [str(name) for name in paper.also] == ["arxiv:2604.00001"]


def test_a_doi_alone_leads_to_its_page() -> None:
    assert only(read("<title>T</title><prism:doi>10.1000/a</prism:doi>")).paper.url == "https://doi.org/10.1000/a"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,hi", "mailto:a@b.example", "opaque"])
def test_a_link_that_is_none_of_the_web_is_no_link(link: str) -> None:
    reading = read_feed(rss(f"<title>T</title><link>{link}</link>"), url=URL, day=MONDAY.date())
    assert reading.announcements == ()
    assert reading.skipped[0].why == "“T” has neither a link nor a DOI."


@pytest.mark.parametrize(
    ("creator", "names"),
    [
        ("Ann Lee, Bob Roy", ("Ann Lee", "Bob Roy")),
        ("Lee, A.; Roy, B.-C.", ("Lee, A.", "Roy, B.-C.")),
        ("Lee, A.", ("Lee, A.",)),
        ("Lee, A., Roy, B. C.", ("Lee, A.", "Roy, B. C.")),
        ("Ann Lee", ("Ann Lee",)),
        ("The Gene Consortium,</dc:creator><dc:creator>Lee, A.", ("The Gene Consortium", "Lee, A.")),
    ],
)
def test_authors_in_one_text_are_taken_apart(creator: str, names: tuple[str, ...]) -> None:
    item = f"<title>T</title><link>https://x.example/1</link><dc:creator>{creator}</dc:creator>"
    assert only(read(item)).paper.authors == names


def test_an_imprint_is_no_abstract() -> None:
    item = (
        "<title>T</title><link>https://x.example/1</link><description>&lt;p&gt;Nature, Published online: 18 July 2026; "
        "&lt;a href='https://x.example'&gt;doi:10.1000/a&lt;/a&gt;&lt;/p&gt;T</description>"
    )
    assert only(read(item)).paper.abstract == ""


@pytest.mark.parametrize("field", ["description", "content:encoded", "dc:description"])
def test_the_abstract_is_found_wherever_it_stands(field: str) -> None:
    paper = only(
        read(
            f"<title>A healing gel</title><link>https://x.example/1</link>"
            f"<{field}>&lt;h2&gt;ABSTRACT&lt;/h2&gt;&lt;p&gt;We show a gel.&lt;/p&gt;</{field}>"
            + ("<description>Journal of Gels, EarlyView. </description>" if field != "description" else "")
        )
    ).paper
    assert paper.abstract == "We show a gel."


def test_of_two_texts_the_whole_one_is_the_abstract() -> None:
    item = (
        "<title>T</title><link>https://x.example/1</link><description>We show…</description>"
        "<content:encoded>We show it all.</content:encoded>"
    )
    assert only(read(item)).paper.abstract == "We show it all."


def test_authors_named_in_the_description_only_are_authors() -> None:
    item = (
        "<title>T</title><link>https://x.example/1</link><description>&lt;p&gt;Publication date: April 2026&lt;/p&gt;"
        "&lt;p&gt;Source: Things&lt;/p&gt;&lt;p&gt;Author(s): Ann Lee, Bob Roy&lt;/p&gt;</description>"
    )
    paper = only(read(item)).paper
    assert (paper.authors, paper.abstract) == (("Ann Lee", "Bob Roy"), "")


def test_a_doi_in_the_imprint_alone_names_the_paper_unless_others_state_it_too() -> None:
    def item(title: str, doi: str) -> str:
        imprint = f"Chem. Things, 2026, Advance Article, DOI: {doi}"
        return f"<title>{title}</title><link>https://x.example/{title}</link><description>{imprint}</description>"

    papers = [
        a.paper for a in read(*(item(*each) for each in (("A", "10.1000/A"), ("B", "10.1000/i"), ("C", "10.1000/i"))))
    ]
    assert [str(paper.id) for paper in papers] == [
        "doi:10.1000/a",
        "url:https://x.example/B",
        "url:https://x.example/C",
    ]
    assert papers[0].url == "https://x.example/A"
    # By this one it may be known from a day on which its description had no imprint yet.
    assert [str(name) for name in papers[0].also] == ["url:https://x.example/A"]


@pytest.mark.parametrize("link", ["https://x.example/", "https://doi.org/10.1000/issue"])
def test_nine_papers_with_one_link_are_nine_papers(link: str) -> None:
    papers = [a.paper for a in read(*(f"<title>Paper {n}</title><link>{link}</link>" for n in range(9)))]
    assert len({paper.id for paper in papers}) == 9
    assert {paper.url for paper in papers} == {link}
    assert all(paper.also == () for paper in papers)


def test_a_corrected_title_keeps_the_papers_doi() -> None:
    papers = [a.paper for a in read(*(f"<title>T {n}</title><prism:doi>10.1000/a</prism:doi>" for n in "ab"))]
    assert {str(paper.id) for paper in papers} == {"doi:10.1000/a"}


@pytest.mark.parametrize("before", ["[ASAP] ", "[hal-04512345] ", "Sensors, Vol. 26, Pages 1234: "])
def test_what_journals_write_before_a_title_is_left_out(before: str) -> None:
    assert only(read(f"<title>{before}A Title</title><link>https://x.example/1</link>")).paper.title == "A Title"


@pytest.mark.parametrize(
    ("written", "title", "authors"),
    [
        ("A thing in time -- by Ann Lee, Bob Roy", "A thing in time", ("Ann Lee", "Bob Roy")),
        ("A thing in time — by Ann Lee", "A thing in time", ("Ann Lee",)),
        ("A thing -- by Design", "A thing – by Design", ()),
        ("Step -- by step", "Step – by step", ()),
    ],
)
def test_authors_may_sign_behind_the_title(written: str, title: str, authors: tuple[str, ...]) -> None:
    paper = only(read(f"<title>{written}</title><link>https://journal.example/a/1</link>")).paper
    assert (paper.title, paper.authors) == (title, authors)


def test_lines_below_the_title_are_fields() -> None:
    item = "<title>A thing</title><link>https://archive.example/1</link><description>{}</description>"
    (paper,) = (a.paper for a in read(item.format("A thing\nLee, Ann; Roy, Bob\nWe did it,\nall of it.")))
    assert (paper.abstract, paper.authors) == ("We did it, all of it.", ("Lee, Ann", "Roy, Bob"))
    assert only(read(item.format("Another thing\nLee, Ann"))).paper.authors == ()


def test_atoms_plain_text_is_plain() -> None:
    feed = (
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='text'>An &lt;i&gt;x&lt;/i&gt;</title>"
        b"<link href='https://x.example/1'/><summary type='html'>An &lt;i&gt;x&lt;/i&gt;</summary></entry></feed>"
    )
    paper = only(read_feed(feed, url=URL, day=MONDAY.date()).announcements).paper
    assert (paper.title, paper.abstract) == ("An <i>x</i>", "An x")


def test_items_without_a_title_are_skipped_with_a_reason() -> None:
    reading = read_feed(rss("<link>https://x.example/1</link>"), url=URL, day=MONDAY.date(), source="journal")
    assert [(skipped.where, skipped.why) for skipped in reading.skipped] == [("journal item 1", "It has no title.")]


def test_broken_xml_is_read_as_far_as_it_goes_and_said() -> None:
    reading = read_feed(rss("<title>T</title><link>https://x.example/1</link>")[:-20], url=URL, day=MONDAY.date())
    assert len(reading.announcements) == 1
    assert reading.remarks[0].startswith("Its XML is broken (unclosed token)")


@pytest.mark.parametrize(
    "declared",
    [
        "<!ENTITY a '0123456789012345678901234567890123456789'>",
        "<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>",
        "<!ENTITY a SYSTEM 'file:///etc/passwd'><!ENTITY c '&a;'>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_blow_up_are_refused(declared: str, encoding: str) -> None:
    bomb = f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE rss [{declared}]><rss><channel/></rss>"
    with pytest.raises(FetchFailed, match="entities that would expand without bound"):
        read_feed(bomb.encode(encoding), url=URL, day=MONDAY.date())


def test_files_are_never_read_on_a_feeds_word() -> None:
    item = "<title>&a;T</title><link>https://x.example/1</link>"
    feed = b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + rss(item)
    (announcement,) = read_feed(feed, url=URL, day=MONDAY.date()).announcements
    assert "root" not in announcement.paper.title


def test_an_encoding_that_could_hide_something_is_not_believed() -> None:
    feed = b"<?xml version='1.0' encoding='utf-7'?>" + rss("<title>+ADw-T</title><link>https://x.example/1</link>")
    assert only(read_feed(feed, url=URL, day=MONDAY.date()).announcements).paper.title == "+ADw-T"


def test_a_feed_that_is_too_large_is_refused() -> None:
    with pytest.raises(FetchFailed, match="larger than 25 MB"):
        read_feed(b" " * (MAX_BYTES + 1), url=URL, day=MONDAY.date())


@pytest.mark.parametrize("flood", [b"<item/>" * (MAX_ENTRIES + 1), b"<x/>" * (MAX_TAGS + 1)])
def test_a_flood_of_tags_is_refused(flood: bytes) -> None:
    with pytest.raises(FetchFailed, match="more tags or entries than any feed"):
        read_feed(b"<rss><channel>" + flood, url=URL, day=MONDAY.date())


def test_ten_thousand_items_are_read() -> None:
    items = (f"<title>Paper {n}</title><link>https://x.example/{n}</link>" for n in range(10_000))
    assert len({announcement.paper.id for announcement in read(*items)}) == 10_000


async def test_a_feed_is_fetched_once_and_then_only_if_it_changed() -> None:
    routes = {"/feed": Answer(rss("<title>T</title><link>/1</link>"), etag=True)}
    with playing_sources(routes) as base:
        async with Http(allow_private=True, pace=0) as http:
            feed = Feed("journal", f"{base}/feed")
            first = await feed.fetch(http, None, now=MONDAY)
            second = await feed.fetch(http, first.checkpoint, now=MONDAY)
    assert first.announcements[0].paper.url == f"{base}/1"
    assert (first.unchanged, second.unchanged) == (0, 1)


async def test_a_page_instead_of_a_feed_fails_with_a_sentence() -> None:
    with playing_sources({"/feed": Answer("<html><title>Sign in</title></html>")}) as base:
        async with Http(allow_private=True, pace=0) as http:
            with pytest.raises(
                FetchFailed, match=r"cannot be used: it is not an RSS, Atom or RDF feed but a web page\."
            ):
                await Feed("journal", f"{base}/feed").fetch(http, None, now=MONDAY)


async def test_a_home_page_leads_to_its_feed() -> None:
    page = "<html><head><link rel='alternate' type='application/rss+xml' href='/feed.xml'></head><body>Hi</body></html>"
    item = "<item><title>A title</title><link>/papers/1</link></item>"
    rss_feed = f"<rss version='2.0'><channel><title>t</title>{item}</channel></rss>"
    routes: dict[str, Route] = {"/": Answer(page, etag=True), "/feed.xml": Answer(rss_feed, etag=True)}
    asked: list[Asked] = []
    with playing_sources(routes, asked=asked) as base:
        async with Http(allow_private=True, pace=0) as http:
            group = Feed("group", f"{base}/")
            first = await group.fetch(http, None, now=MONDAY)
            second = await group.fetch(http, first.checkpoint, now=MONDAY)
    assert first.announcements[0].paper.url == f"{base}/papers/1"
    assert (first.asked, second.items, second.unchanged) == (2, 0, 1)
    assert [request.path for request in asked] == ["/", "/feed.xml"] * 2


async def test_a_home_page_that_names_itself_is_no_feed() -> None:
    page = "<html><head><link rel='alternate' type='application/rss+xml' href='/'></head><body>Hi</body></html>"
    with playing_sources({"/": Answer(page)}) as base:
        async with Http(allow_private=True, pace=0) as http:
            with pytest.raises(FetchFailed, match="not an RSS, Atom or RDF feed"):
                await Feed("group", f"{base}/").fetch(http, None, now=MONDAY)


async def test_links_are_relative_to_where_the_feed_is_and_never_hold_its_password() -> None:
    routes: dict[str, Route] = {
        "/old": Answer(status=301, headers={"Location": "/new/feed.xml"}),
        "/new/feed.xml": Answer(rss("<title>T</title><link>papers/1.html</link>")),
    }
    with playing_sources(routes) as base:
        async with Http(allow_private=True, pace=0) as http:
            answer = await Feed("journal", f"{base.replace('://', '://ann:secret@')}/old").fetch(http, None, now=MONDAY)
    assert [item.paper.url for item in answer.announcements] == [f"{base}/new/papers/1.html"]


@pytest.mark.parametrize("content", [b"<html/>", b"<!DOCTYPE html><p>Hello"])
async def test_a_feed_that_cannot_be_used_is_named_without_its_password(content: bytes) -> None:
    with playing_sources({"/x": Answer(content)}) as base:
        async with Http(allow_private=True, pace=0) as http:
            for ask in (
                Feed("journal", f"{base.replace('://', '://ann:secret@')}/x").fetch(http, None, now=MONDAY),
                find_feeds(http, f"{base.replace('://', '://ann:secret@')}/x"),
            ):
                with pytest.raises(FetchFailed) as caught:
                    await ask
                assert "secret" not in str(caught.value)


async def test_an_address_is_a_feed_with_a_title_or_a_page_that_names_some() -> None:
    page = "".join(f"<link rel=alternate type='application/rss+xml' href='/{name}'>" for name in ("comments", "feed"))
    with playing_sources({"/": Answer(page), "/feed": Answer(rss())}) as base:
        async with Http(allow_private=True, pace=0) as http:
            assert await find_feeds(http, f"{base}/") == FeedLookup("", (f"{base}/feed", f"{base}/comments"))
            assert await find_feeds(http, f"{base}/feed") == FeedLookup("New papers", (f"{base}/feed",))


async def test_a_feed_is_read_in_the_encoding_that_its_header_names() -> None:
    item = "<item><title>Нейронные сети</title><link>https://example.org/a</link></item>"
    content = f"<rss version='2.0'><channel><title>Вестник</title>{item}</channel></rss>".encode("windows-1251")
    answer = Answer(content, headers={"Content-Type": 'application/rss+xml; charset="Windows-1251"'})
    with playing_sources({"/feed": answer}) as base:
        async with Http(allow_private=True, pace=0, retries=0) as http:
            answered = await Feed("feed", f"{base}/feed").fetch(http, None, now=MONDAY)
            feeds = await find_feeds(http, f"{base}/feed")
    assert [item.paper.title for item in answered.announcements] == ["Нейронные сети"]
    assert feeds.title == "Вестник"


@pytest.mark.parametrize(
    "fields",
    [
        "<dc:creator>Ann Lee\nBob Roy</dc:creator><dc:creator>Cem Öz</dc:creator>",
        "<dc:creator>\n  Ann Lee\n  Bob Roy\n  Cem Öz\n</dc:creator>",
        "<description>Authors: Ann Lee\nBob Roy\nCem Öz\nAbstract: We study this and that.</description>",
        "<description>Author(s):\nAnn Lee\nBob Roy\nCem Öz\n\nAbstract: We study this and that.</description>",
    ],
)
def test_authors_are_split_that_stand_one_a_line(fields: str) -> None:
    paper = only(read(f"<title>T</title><link>https://x.example/1</link>{fields}")).paper
    assert paper.authors == ("Ann Lee", "Bob Roy", "Cem Öz")
    assert paper.abstract == ("We study this and that." if "Abstract" in fields else "")


def test_other_lines_below_a_label_are_left_as_they_are() -> None:
    item = (
        "<title>T</title><link>https://x.example/1</link><description>Authors: of books\nwill like\nthis.</description>"
    )
    assert only(read(item)).paper.authors == ("of books will like this.",)
