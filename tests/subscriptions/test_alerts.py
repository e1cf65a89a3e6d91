"""What somebody had subscribed to at arXiv or Google Scholar becomes what they are interested in."""

import pytest

from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.subscriptions.alerts import arxiv_categories, interests_of

ARXIV = {
    "subscribe cs.LG stat.ML": ("cs.LG", "stat.ML"),
    "subscribe cs.LG, cs.CL; hep-th": ("cs.LG", "cs.CL", "hep-th"),
    "To: cs@arxiv.org\nSubject: subscribe Ann Lee\n\nadd LG\nadd CL\nadd AI\ndel AI\n": ("cs.LG", "cs.CL"),
    "To: hep-th@arxiv.org\nSubject: subscribe Ann Lee\n": ("hep-th",),
    "Subject: subscribe Math Physics": (),
    "unsubscribe cs.LG": (),
}


@pytest.mark.parametrize(("text", "codes"), ARXIV.items())
def test_a_subscription_to_arxiv_becomes_categories(text: str, codes: tuple[str, ...]) -> None:
    assert arxiv_categories(text) == codes


QUERIES = {
    "graph neural networks": [Interest(InterestKind.TOPIC, "graph neural networks")],
    '"graph neural networks" - new results': [Interest(InterestKind.PHRASE, "graph neural networks")],
    'protein folding "deep learning" -review': [
        Interest(InterestKind.PHRASE, "review", Stance.AVOID),
        Interest(InterestKind.TOPIC, "protein folding deep learning"),
    ],
    "Ann Lee - new articles": [Interest(InterestKind.AUTHOR, "Ann Lee")],
    'author:"A Lee" intitle:zebrafish source:nature': [
        Interest(InterestKind.AUTHOR, "A Lee"),
        Interest(InterestKind.TOPIC, "zebrafish"),
    ],
    "RNA OR DNA": [Interest(InterestKind.TOPIC, "RNA DNA")],
    "": [],
}


@pytest.mark.parametrize(("query", "interests"), QUERIES.items())
def test_a_query_of_google_scholar_becomes_interests(query: str, interests: list[Interest]) -> None:
    assert interests_of(query) == interests


def test_saved_alerts_are_read_by_their_subjects_each_once() -> None:
    mails = "From: a\nSubject: RNA folding - new results\n\nBody\n\nSubject: RNA folding - new results\n"
    assert interests_of(mails) == [Interest(InterestKind.TOPIC, "RNA folding")]
