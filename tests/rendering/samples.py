"""Fixed digests: titles and authors are facts, the summaries are our own words, all counts are made up."""

import datetime as dt
from dataclasses import replace

from dailypapers.domain.digest import Digest, Entry, QuietEntry, Reason, Term, TermKind
from dailypapers.domain.link import Links
from dailypapers.domain.paper import Paper, PaperId, Signals

DAY = dt.date(2026, 11, 23)
HOME = "https://papers.example.org/"
TOKEN = "Q" * 60
LINKS = Links(
    HOME,
    f"{HOME}unsubscribe/{TOKEN}",
    preferences=f"{HOME}preferences/{TOKEN}",
    web=f"{HOME}digest/{TOKEN}",
    feedback=f"{HOME}feedback/{TOKEN}",
)
STATUS = "Today biorxiv could not be reached. What is missing follows as soon as it can be had."

MAMBA = Entry(
    Paper(
        PaperId("arxiv", "2312.00752"),
        "Mamba: Linear-Time Sequence Modeling with Selective State Spaces",
        "A recurrent model decides from each input what to remember and what to forget. It needs no attention, "
        "its cost grows linearly with the length of the text, and it keeps pace with Transformers of its size.",
        ("Albert Gu", "Tri Dao"),
        ("cs.LG", "cs.AI"),
        "https://arxiv.org/abs/2312.00752",
        code_url="https://github.com/state-spaces/mamba",
    ),
    "Matches your topic “state space models”: state spaces, selective · By Tri Dao, whom you follow",
    ("arxiv", "huggingface"),
    Signals(upvotes=214),
    ("Tri Dao",),
    paper_id=71,
)
ALPHAFOLD = Entry(
    Paper(
        PaperId("doi", "10.1038/s41586-021-03819-2"),
        "Highly accurate protein structure prediction with AlphaFold",
        "A network reasons over related sequences and over pairs of residues at once, and folds most proteins nearly "
        "as exactly as an experiment would. It was judged blind, on structures that nobody had published when it ran, "
        "and it has changed how biologists begin their work.",
        ("John Jumper", "Richard Evans", "Alexander Pritzel", "Tim Green", "Michael Figurnov", "Olaf Ronneberger"),
        ("q-bio.BM",),
        "https://doi.org/10.1038/s41586-021-03819-2",
    ),
    "Contains “protein structure”",
    ("biorxiv",),
    paper_id=1234,
)
PLAIN = Entry(
    Paper(
        PaperId("title", "on-computable-numbers"),
        "On Computable Numbers, with an Application to the Entscheidungsproblem",
    ),
    "",
)
FOR_SOMEBODY = Digest((MAMBA, ALPHAFOLD, PLAIN), trending=False, considered=274)
TALKED_ABOUT = replace(ALPHAFOLD, reason="Trending: 311 upvotes, 41 comments")
WITH_OUTSIDE = replace(FOR_SOMEBODY, entries=(MAMBA, PLAIN), outside=(TALKED_ABOUT,))
TRENDING = Digest(
    (replace(MAMBA, reason=Reason((Term(TermKind.TRENDING, "214 upvotes", 1.0),))),), trending=True, considered=1
)
QUIET = replace(
    FOR_SOMEBODY,
    entries=(MAMBA,),
    quiet=(QuietEntry("bayesian optimization", ALPHAFOLD.paper), QuietEntry("Ricci flow")),
    quiet_days=3,
)
INSTEAD = replace(TRENDING, considered=274, quiet=(QuietEntry("Ricci flow", PLAIN.paper),), instead=True)


def entry(title: str = "A Title", abstract: str = "", reason: str = "In cs.LG", **more: object) -> Entry:
    """An entry of which only what matters is given."""
    paper = Paper(PaperId("arxiv", "2401.00001"), title, abstract, url="https://arxiv.org/abs/2401.00001")
    fields = {
        name: more.pop(name)
        for name in ("sources", "signals", "followed", "presentation", "thumbnail", "paper_id")
        if name in more
    }
    changed = {name: getattr(paper, name) for name in Paper.__dataclass_fields__} | more
    return Entry(Paper(**changed), reason, **{"paper_id": 5, **fields})  # type: ignore[arg-type]


def digest_of(*entries: Entry) -> Digest:
    return Digest(entries, trending=False, considered=274)
