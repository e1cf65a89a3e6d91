"""What is usual: in how many papers in general each term stands, for what a new service has no papers to tell from.

How rare a word is, a library tells; that of a new service is one day of papers, on which "Bayesian" may stand in none
and "learning" in half. The table beside this file, counted once (benchmarks/count_frequencies.py says from what), fills
in until the service's own papers are enough.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("document_frequencies.tsv.gz")
#: For a service without papers the table counts as so many, and less the more papers it has, until they are enough.
PAPERS, ENOUGH = 1000, 10_000


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of so many papers each term stands; rare ones are left out."""

    papers: int
    holding: Mapping[str, int]


@cache
def frequencies() -> Frequencies:
    """Return what the table says; read once in a process."""
    papers, *rows = gzip.decompress(TABLE.read_bytes()).decode().splitlines()
    pairs = (row.split("\t") for row in rows)
    return Frequencies(int(papers), {term: int(holding) for term, holding in pairs})


def usual_papers(papers: int) -> float:
    """Return how many papers in general count beside so many of a service's own."""
    return PAPERS * max(0.0, 1 - papers / ENOUGH)
