"""What can be had of a paper."""

import pytest

from dailypapers.domain.paper import NOTHING_SHOWN, Paper, PaperId, Presentation
from dailypapers.domain.resource import ResourceKind, institution_of, resources_of, talk_of, venue_of

ARXIV = Paper(PaperId("arxiv", "2604.01234"), "A Title", url="https://arxiv.org/abs/2604.01234")
JOURNAL = Paper(PaperId("doi", "10.1000/x"), "A Title", url="https://doi.org/10.1000/x")


def found(text: str = "", **shown: object) -> dict[str, str]:
    """What is found for a journal's paper with an abstract, by kind."""
    paper = Paper(JOURNAL.id, "A Title", text, url=JOURNAL.url)
    presentation = Presentation(**shown)  # type: ignore[arg-type]
    return {resource.kind.value: resource.url for resource in resources_of(paper, presentation)}


def test_every_paper_of_arxiv_has_a_pdf_whoever_announced_it() -> None:
    (pdf,) = resources_of(ARXIV, NOTHING_SHOWN)
    assert (pdf.kind, pdf.url) == (ResourceKind.PDF, "https://arxiv.org/pdf/2604.01234")
    by_journal = Paper(JOURNAL.id, "A Title", url="https://arxiv.org/abs/math/0309136")
    assert resources_of(by_journal, NOTHING_SHOWN)[0].url == "https://arxiv.org/pdf/math/0309136"
    assert not resources_of(JOURNAL, NOTHING_SHOWN)


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("Code is at https://github.com/a/b-c.d.", "code", "https://github.com/a/b-c.d"),
        ("Code:https://github.com/a/b", "code", "https://github.com/a/b"),
        ("See (github.com/a/b) for more.", "code", "https://github.com/a/b"),
        ("at https://anonymous.4open.science/r/x-1/.", "code", "https://anonymous.4open.science/r/x-1/"),
        ("Our code is available at https://lags.example.edu/.", "code", "https://lags.example.edu/"),
        ("at lee.github.io/project-1!", "project", "https://lee.github.io/project-1"),
        ("Project page: https://sqwu.example/PolyV.", "project", "https://sqwu.example/PolyV"),
        ("The project website is available at https://a.example/b,", "project", "https://a.example/b"),
        ("a demo (https://huggingface.co/spaces/a/b)", "project", "https://huggingface.co/spaces/a/b"),
        ("https://huggingface.co/datasets/a/b", "data", "https://huggingface.co/datasets/a/b"),
        ("zenodo.org/records/123, and", "data", "https://zenodo.org/records/123"),
        ("weights: https://huggingface.co/a/b", "models", "https://huggingface.co/a/b"),
        ("(see https://github.com/a/b_(c))", "code", "https://github.com/a/b_(c)"),
    ],
)
def test_addresses_in_an_abstract_are_told_apart(text: str, kind: str, url: str) -> None:
    assert found(text) == {kind: url}


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/a",
        "Code will be on github.com.",
        "https://user@github.com/a/b",
        "https://github.com@evil.example/a/b",
        "Code: javascript://github.com/a/b",
        "https://evil.example/https/github.com/a/b",
        "https://evil.example/?u=github.com/a/b",
        "mail me@github.com/a/b",
        "https://huggingface.co/papers/2604.01234",
        "compared with https://example.org/baseline",
        "https://github.com/a/" + "b" * 600,
    ],
)
def test_what_is_no_resource_or_not_safe_is_left_alone(text: str) -> None:
    assert not found(text)


def test_what_sources_state_comes_first_and_is_named_by_its_host() -> None:
    text = "Code: https://github.com/other/one."
    paper = Paper(JOURNAL.id, "A Title", text, code_url="https://github.com/a/b")
    shown = Presentation(project_url="https://zenodo.org/1", pdf_url="https://example.org/x.pdf", comment="See text.")
    assert [(r.kind.value, r.url) for r in resources_of(paper, shown)] == [
        ("pdf", "https://example.org/x.pdf"),
        ("code", "https://github.com/a/b"),
        ("data", "https://zenodo.org/1"),
    ]


def test_no_address_is_shown_twice_and_none_that_holds_a_user_or_another_scheme() -> None:
    paper = Paper(JOURNAL.id, "A Title", url="https://lee.github.io/x/", code_url="https://github.com/a/b")
    assert [r.url for r in resources_of(paper, Presentation(project_url="http://www.github.com/a/b/"))] == [
        "https://github.com/a/b"
    ]
    assert not found(project_url="https://lee@example.org/")
    assert not found(pdf_url="ftp://example.org/x.pdf", html_url="https://example.org/ x")
    assert not found(pdf_url="https://[::1")
    # The page the title leads to is not offered again.
    assert not resources_of(
        Paper(JOURNAL.id, "A Title", url="https://lee.github.io/x/"),
        Presentation(project_url="https://lee.github.io/x"),
    )


def test_models_and_data_that_name_a_paper_are_counted() -> None:
    kinds = {r.kind: (r.url, r.count) for r in resources_of(ARXIV, Presentation(models=3, datasets=0))}
    assert kinds[ResourceKind.MODELS] == ("https://huggingface.co/models?other=arxiv:2604.01234", 3)
    assert ResourceKind.DATA not in kinds


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("Accepted at ICLR 2027. 12 pages, 5 figures", "Accepted at ICLR 2027"),
        ("12 pages, 5 figures, accepted to NeurIPS 2026 (spotlight)", "accepted to NeurIPS 2026 (spotlight)"),
        ("CVPR 2026; Project page: https://a.example", "CVPR 2026"),
        ("Submitted to ICML 2026", ""),
        ("Under review at TMLR", ""),
        ("19 pages", ""),
        ("", ""),
    ],
)
def test_a_remark_tells_where_a_paper_appears(comment: str, venue: str) -> None:
    assert venue_of(Presentation(comment=comment)) == venue


def test_a_journal_is_said_before_a_remark() -> None:
    assert venue_of(Presentation(journal="Nature 1, 2 (2026)", comment="Accepted at ICLR")) == "Nature 1, 2 (2026)"


@pytest.mark.parametrize(
    ("shown", "institution"),
    [
        (Presentation(organization="NVIDIA", affiliations=("MIT",)), "NVIDIA"),
        (
            Presentation(affiliations=("Department of Physics, University of Oxford, Oxford, UK", "MIT")),
            "University of Oxford",
        ),
        (Presentation(affiliations=("DeepMind, London",)), "DeepMind"),
        (Presentation(affiliations=(" , ",)), ""),
        (Presentation(), ""),
    ],
)
def test_an_institution_is_told_without_its_postal_address(shown: Presentation, institution: str) -> None:
    assert institution_of(shown) == institution


@pytest.mark.parametrize(
    ("shown", "talk"),
    [
        (Presentation(journal="ICLR 2026 Oral"), "ICLR 2026 (oral)"),
        (Presentation(journal="NeurIPS 2025 poster"), "NeurIPS 2025 (poster)"),
        (Presentation(journal="Nature 612, 1-5 (2026)"), ""),
        (Presentation(comment="12 pages, 3 figures. Accepted at ICML 2026 (oral)"), "ICML 2026 (oral)"),
        (Presentation(comment="Accepted as a spotlight at the NeurIPS 2026"), "NeurIPS 2026 (spotlight)"),
        (Presentation(comment="Accepted to CVPR 2026; code at https://github.com/x/y"), "CVPR 2026"),
        (Presentation(comment="To appear in Proceedings of KDD"), "Proceedings of KDD"),
        (Presentation(comment="ICML 2026 Spotlight"), "ICML 2026 (spotlight)"),
        (Presentation(comment="Accepted for publication in MNRAS"), "MNRAS"),
        (Presentation(comment="Submitted to ICML 2026"), ""),
        (Presentation(comment="Oral history of computing, 12 pages"), ""),
        (Presentation(comment="Published in Physical Review"), ""),
        (Presentation(comment="accepted " * 2000), ""),
        (Presentation(), ""),
    ],
)
def test_a_talk_is_known_by_what_authors_or_openreview_say(shown: Presentation, talk: str) -> None:
    assert talk_of(shown) == talk
