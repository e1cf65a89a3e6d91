"""arXiv's categories: https://arxiv.org/category_taxonomy. Other sources have words of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dailypapers.domain.i18n import LazyString

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
#: "cs.LG − cs.CY": what comes after a minus sign or a backslash is taken away; and after a hyphen, if there is a space
#: or another archive's class, as codes have hyphens of their own.
_MINUS = re.compile(rf"\s+[-−–]\s*|\s*[−–]\s*|\s*\\\s*|-\s*(?=(?:{'|'.join(ARCHIVES)})\.)", re.IGNORECASE)


def codes_of(text: str) -> tuple[str, ...]:
    """The codes a category interest names, lower case: the wanted one, then those that are taken away from it."""
    return tuple(code.casefold().removesuffix(".*") for code in _MINUS.split(text.strip()))


def unknown_category(text: str) -> str:
    """The first code that is written like arXiv's and is none of them; empty where all are known or others' words."""
    return next((code for code in codes_of(text) if "." in code and code not in _KNOWN), "")


#: What arXiv calls its archives and classes, in the order of `ARCHIVES`; parted by bars.
_NAMES = {
    "astro-ph": "Astrophysics: Cosmology and Nongalactic Astrophysics|Earth and Planetary Astrophysics|"
    "Astrophysics of Galaxies|High Energy Astrophysical Phenomena|Instrumentation and Methods for Astrophysics|"
    "Solar and Stellar Astrophysics",
    "cond-mat": "Condensed Matter: Disordered Systems and Neural Networks|Mesoscale and Nanoscale Physics|"
    "Materials Science|Other Condensed Matter|Quantum Gases|Soft Condensed Matter|Statistical Mechanics|"
    "Strongly Correlated Electrons|Superconductivity",
    "cs": "Computer Science: Artificial Intelligence|Hardware Architecture|Computational Complexity|"
    "Computational Engineering, Finance, and Science|Computational Geometry|Computation and Language|"
    "Cryptography and Security|Computer Vision and Pattern Recognition|Computers and Society|Databases|"
    "Distributed, Parallel, and Cluster Computing|Digital Libraries|Discrete Mathematics|"
    "Data Structures and Algorithms|Emerging Technologies|Formal Languages and Automata Theory|General Literature|"
    "Graphics|Computer Science and Game Theory|Human-Computer Interaction|Information Retrieval|Information Theory|"
    "Machine Learning|Logic in Computer Science|Multiagent Systems|Multimedia|Mathematical Software|"
    "Numerical Analysis|Neural and Evolutionary Computing|Networking and Internet Architecture|"
    "Other Computer Science|Operating Systems|Performance|Programming Languages|Robotics|Symbolic Computation|Sound|"
    "Software Engineering|Social and Information Networks|Systems and Control",
    "econ": "Economics: Econometrics|General Economics|Theoretical Economics",
    "eess": "Electrical Engineering and Systems Science: Audio and Speech Processing|Image and Video Processing|"
    "Signal Processing|Systems and Control",
    "gr-qc": "General Relativity and Quantum Cosmology",
    "hep-ex": "High Energy Physics, Experiment",
    "hep-lat": "High Energy Physics, Lattice",
    "hep-ph": "High Energy Physics, Phenomenology",
    "hep-th": "High Energy Physics, Theory",
    "math": "Mathematics: Commutative Algebra|Algebraic Geometry|Analysis of PDEs|Algebraic Topology|"
    "Classical Analysis and ODEs|Combinatorics|Category Theory|Complex Variables|Differential Geometry|"
    "Dynamical Systems|Functional Analysis|General Mathematics|General Topology|Group Theory|Geometric Topology|"
    "History and Overview|Information Theory|K-Theory and Homology|Logic|Metric Geometry|Mathematical Physics|"
    "Numerical Analysis|Number Theory|Operator Algebras|Optimization and Control|Probability|Quantum Algebra|"
    "Rings and Algebras|Representation Theory|Symplectic Geometry|Spectral Theory|Statistics Theory",
    "math-ph": "Mathematical Physics",
    "nlin": "Nonlinear Sciences: Adaptation and Self-Organizing Systems|Chaotic Dynamics|"
    "Cellular Automata and Lattice Gases|Pattern Formation and Solitons|Exactly Solvable and Integrable Systems",
    "nucl-ex": "Nuclear Experiment",
    "nucl-th": "Nuclear Theory",
    "physics": "Physics: Accelerator Physics|Atmospheric and Oceanic Physics|Applied Physics|"
    "Atomic and Molecular Clusters|Atomic Physics|Biological Physics|Chemical Physics|Classical Physics|"
    "Computational Physics|Data Analysis, Statistics and Probability|Physics Education|Fluid Dynamics|"
    "General Physics|Geophysics|History and Philosophy of Physics|Instrumentation and Detectors|Medical Physics|"
    "Optics|Plasma Physics|Popular Physics|Physics and Society|Space Physics",
    "q-bio": "Quantitative Biology: Biomolecules|Cell Behavior|Genomics|Molecular Networks|Neurons and Cognition|"
    "Other Quantitative Biology|Populations and Evolution|Quantitative Methods|Subcellular Processes|"
    "Tissues and Organs",
    "q-fin": "Quantitative Finance: Computational Finance|Economics|General Finance|Mathematical Finance|"
    "Portfolio Management|Pricing of Securities|Risk Management|Statistical Finance|Trading and Market Microstructure",
    "quant-ph": "Quantum Physics",
    "stat": "Statistics: Applications|Computation|Methodology|Machine Learning|Other Statistics|Statistics Theory",
}
#: The subject areas of https://www.biorxiv.org and https://www.medrxiv.org; they have no codes.
_SUBJECTS = {
    "bioRxiv": "Animal Behavior and Cognition|Biochemistry|Bioengineering|Bioinformatics|Biophysics|Cancer Biology|"
    "Cell Biology|Developmental Biology|Ecology|Evolutionary Biology|Genetics|Genomics|Immunology|Microbiology|"
    "Molecular Biology|Neuroscience|Paleontology|Pathology|Pharmacology and Toxicology|Physiology|Plant Biology|"
    "Scientific Communication and Education|Synthetic Biology|Systems Biology|Zoology",
    "medRxiv": "Addiction Medicine|Allergy and Immunology|Anesthesia|Cardiovascular Medicine|"
    "Dentistry and Oral Medicine|Dermatology|Emergency Medicine|Endocrinology|Epidemiology|Forensic Medicine|"
    "Gastroenterology|Genetic and Genomic Medicine|Geriatric Medicine|Health Economics|Health Informatics|"
    "Health Policy|Health Systems and Quality Improvement|Hematology|HIV/AIDS|Infectious Diseases|"
    "Intensive Care and Critical Care Medicine|Medical Education|Medical Ethics|Nephrology|Neurology|Nursing|"
    "Nutrition|Obstetrics and Gynecology|Occupational and Environmental Health|Oncology|Ophthalmology|Orthopedics|"
    "Otolaryngology|Pain Medicine|Palliative Medicine|Pediatrics|Pharmacology and Therapeutics|Primary Care Research|"
    "Psychiatry and Clinical Psychology|Public and Global Health|Radiology and Imaging|"
    "Rehabilitation Medicine and Physical Therapy|Respiratory Medicine|Rheumatology|Sexual and Reproductive Health|"
    "Sports Medicine|Surgery|Toxicology|Transplantation|Urology",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """Categories that belong together: what they are called, and each one's code with its name."""

    name: LazyString
    #: The code that stands for all of them; empty where there is none.
    code: str
    leaves: tuple[tuple[str, LazyString], ...]


def _branches() -> Iterator[Branch]:
    alone = []
    for archive, codes in ARCHIVES.items():
        name, _, names = _NAMES[archive].partition(": ")
        if codes:
            yield Branch(LazyString(name), archive, tuple(zip(codes, map(LazyString, names.split("|")), strict=True)))
        else:
            alone.append((archive, LazyString(name)))
    yield Branch(LazyString("Other physics and mathematics"), "", tuple(alone))
    for source, subjects in _SUBJECTS.items():
        yield Branch(LazyString(source), "", tuple((subject, LazyString(subject)) for subject in subjects.split("|")))


#: All categories with their names, as people look for them: arXiv's by archive, then other sources' subjects.
#: `tests/messages.py` gathers the names from here.
TREE = tuple(sorted(_branches(), key=lambda branch: (not branch.code, branch.name)))
