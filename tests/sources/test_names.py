"""Sources are understood as people name them; what is not recognised is said."""

import re

import pytest

from dailypapers.errors import BadInput
from dailypapers.sources.names import settings_of

NAMED = {
    "cs.LG, Hugging Face, bioRxiv neuroscience": [
        {"kind": "arxiv", "categories": ("cs.LG",)},
        {"kind": "huggingface"},
        {"kind": "biorxiv", "categories": ("neuroscience",)},
    ],
    "arXiv cs.LG stat.ML; cs.CL\ncs.LG": [{"kind": "arxiv", "categories": ("cs.LG", "stat.ML", "cs.CL")}],
    "medRxiv, huggingface daily papers": [{"kind": "medrxiv"}, {"kind": "huggingface"}],
    "bioRxiv neuroscience, bioRxiv": [{"kind": "biorxiv"}],
    "PubMed: crispr[tiab] AND review[pt]": [{"kind": "pubmed", "query": "crispr[tiab] AND review[pt]"}],
    "https://www.nature.com/nature.rss": [
        {"kind": "feed", "name": "nature.com", "url": "https://www.nature.com/nature.rss"}
    ],
    " , ": [],
}


@pytest.mark.parametrize(("text", "settings"), NAMED.items())
def test_sources_are_understood_as_people_name_them(text: str, settings: list[object]) -> None:
    assert settings_of(text) == settings


@pytest.mark.parametrize(
    ("text", "sentence"),
    {
        "cs.LX": "arXiv has no category cs.LX",
        "bioRxiv neurosience": "did you mean neuroscience?",
        "https://www.biorxiv.org/collection/oncology": "bioRxiv has no category “oncology”; medRxiv has.",
        "my blog": "“my blog”",
    }.items(),
)
def test_what_is_not_recognised_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=re.escape(sentence)):
        settings_of(text)
