"""What people paste, and what it is."""

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.recognise import Outline, read_opml, setting_of, unknown_category_of, write_opml


@pytest.mark.parametrize(
    ("address", "setting"),
    [
        ("cs.LG", {"kind": "arxiv", "categories": ("cs.LG",)}),
        ("https://arxiv.org/list/cs.LG/recent", {"kind": "arxiv", "categories": ("cs.LG",)}),
        ("https://rss.arxiv.org/rss/cs.LG+stat.ML", {"kind": "arxiv", "categories": ("cs.LG", "stat.ML")}),
        ("https://huggingface.co/papers/date/2026-04-20", {"kind": "huggingface"}),
        ("https://www.biorxiv.org/collection/neuroscience", {"kind": "biorxiv", "categories": ("neuroscience",)}),
        ("https://connect.medrxiv.org/x", {"kind": "medrxiv"}),
        (
            "https://openreview.net/group?id=ICLR.cc/2027/Conference#tab",
            {"kind": "openreview", "venue": "ICLR.cc/2027/Conference"},
        ),
        ("https://www.nature.com/nature.rss", {"kind": "feed", "name": "nature.com", "url": "https://www.nature.com/nature.rss"}),
        ("https://arxiv.org/list/cs.CX/new", {"kind": "feed", "name": "arxiv.org", "url": "https://arxiv.org/list/cs.CX/new"}),
        ("nature", None),
        ("file:///etc/passwd", None),
    ],
)  # fmt: skip
def test_an_address_is_recognised(address: str, setting: dict[str, object] | None) -> None:
    assert setting_of(address) == setting


def test_names_of_feeds_are_composed() -> None:
    listed = (
        '<opml version="2.0"><body><outline title="Ko\u0308ln\n papers" xmlUrl="https://a.example/x"/></body></opml>'
    )
    assert read_opml(listed.encode()) == (Outline("K\u00f6ln papers", "https://a.example/x"),)


@pytest.mark.parametrize(
    ("address", "unknown"),
    [
        ("cs.CX", "cs.CX"),
        ("https://arxiv.org/list/cs.CX/new", "cs.CX"),
        ("https://arxiv.org/list/cs.LG/new", ""),
        ("https://example.org/list/cs.CX/new", ""),
        ("cs.LG", ""),
        ("nature", ""),
        ("http://[", ""),
    ],
)
def test_a_category_that_arxiv_does_not_have_is_named(address: str, unknown: str) -> None:
    assert unknown_category_of(address) == unknown


def test_a_list_of_feeds_goes_out_and_comes_in() -> None:
    outlines = (
        Outline('A "name" & more', "https://a.example/feed?x=1&y=2"),
        Outline("b.example", "https://b.example/"),
    )
    assert read_opml(write_opml(outlines).encode()) == outlines


def test_folders_are_looked_into_and_what_is_no_feed_has_no_address() -> None:
    opml = (
        "<opml><body><outline text='Folder'><outline title=' A  feed ' xmlUrl='https://a.example/feed'/>"
        "<outline text='x' xmlUrl='javascript:x'/></outline><outline xmlUrl='https://b.example/feed'/></body></opml>"
    )
    assert [(each.name, bool(each.url)) for each in read_opml(opml.encode())] == [
        ("A feed", True),
        ("x", False),
        ("b.example", True),
    ]


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<opml>", b"<!DOCTYPE o [<!ENTITY a '&b;&b;'>]><opml/>"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(FetchFailed):
        read_opml(content)


@pytest.mark.parametrize(
    ("address", "setting"),
    [
        (" cs.lg ", {"kind": "arxiv", "categories": ("cs.LG",)}),
        ("https://arxiv.org/archive/HEP-th", {"kind": "arxiv", "categories": ("hep-th",)}),
        ("www.nature.com/nature.rss", {"kind": "feed", "name": "nature.com", "url": "https://www.nature.com/nature.rss"}),
        ("feed://a.example/x", {"kind": "feed", "name": "a.example", "url": "https://a.example/x"}),
        ("feed:http://a.example/x", {"kind": "feed", "name": "a.example", "url": "http://a.example/x"}),
        ("0028-0836", {"kind": "crossref", "issns": ("0028-0836",)}),
        ("https://pubmed.ncbi.nlm.nih.gov/?term=a+b%5Btiab%5D&sort=date", {"kind": "pubmed", "query": "a b[tiab]"}),
        ("https://www.biorxiv.org/collection/cancer-biology", {"kind": "biorxiv", "categories": ("cancer biology",)}),
        (
            "https://connect.biorxiv.org/biorxiv_xml.php?subject=cancer_biology+neuroscience",
            {"kind": "biorxiv", "categories": ("cancer biology", "neuroscience")},
        ),
        ("https://connect.medrxiv.org/medrxiv_xml.php?subject=all", {"kind": "medrxiv"}),
        ("10.1000/182", None),
        ("127.0.0.1/feed", None),
        ("feed:", None),
    ],
)  # fmt: skip
def test_what_people_paste_instead_of_an_address_is_recognised(address: str, setting: dict[str, object] | None) -> None:
    assert setting_of(address) == setting


def test_outlines_are_read_however_a_program_writes_them_and_those_without_an_address_come_without() -> None:
    opml = (
        "<OPML><body><outline text='A' XMLURL='feed://a.example/x'/><outline title='B' xmlUrl='javascript:x'/>"
        "<outline text='Folder'/></body></OPML>"
    )
    assert read_opml(opml.encode()) == (Outline("A", "https://a.example/x"), Outline("B", ""))
