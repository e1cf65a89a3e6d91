"""arXiv's categories: https://arxiv.org/category_taxonomy. Other sources have words of their own."""

import re

_CLASSES = {
    "astro-ph": "CO EP GA HE IM SR",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC "
    "SD SE SI SY",
    "econ": "EM GN TH",
    "eess": "AS IV SP SY",
    "gr-qc": "",
    "hep-ex": "",
    "hep-lat": "",
    "hep-ph": "",
    "hep-th": "",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST",
    "math-ph": "",
    "nlin": "AO CD CG PS SI",
    "nucl-ex": "",
    "nucl-th": "",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph "
    "geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "quant-ph": "",
    "stat": "AP CO ME ML OT TH",
}
#: Archives with their classes, as arXiv writes them.
ARCHIVES = {archive: tuple(f"{archive}.{name}" for name in names.split()) for archive, names in _CLASSES.items()}
_KNOWN = {code.casefold() for archive, codes in ARCHIVES.items() for code in (archive, *codes)}
#: "cs.LG − cs.CY": what comes after a minus sign between spaces, or after a backslash, is taken away.
_MINUS = re.compile(r"\s+[-−–]\s*|\s*[−–]\s*|\s*\\\s*")


def codes_of(text: str) -> tuple[str, ...]:
    """The codes a category interest names, lower case: the wanted one, then those that are taken away from it."""
    return tuple(code.casefold().removesuffix(".*") for code in _MINUS.split(text.strip()))


def unknown_category(text: str) -> str:
    """The first code that is written like arXiv's and is none of them; empty where all are known or others' words."""
    return next((code for code in codes_of(text) if "." in code and code not in _KNOWN), "")
