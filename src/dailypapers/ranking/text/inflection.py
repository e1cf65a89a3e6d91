"""Inflection: the base a word of English is inflected from, and nothing more.

Knows plurals, -ing and -ed, irregular nouns of science, and British spelling. Words that are made from others stay
different ones: a stemmer that also takes off -ation, -al or -ity (Porter 1980) makes one word of "universe" and
"university", and of "general" and "generate".
"""

import re

_LEAST_LETTERS = 4
_LEAST_STEM = 3


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: They look inflected, and are not; or what they would become is another word: singulars in -s, nouns in -ing and -ed,
#: and words that are others without their last letter.
_UNINFLECTED = _listed("""
    aids alias always asbestos atlas bayes bias biogas canvas caries chaos christmas corps cosmos facies gallows
    gas iaas kansas lens mars mers metalens microlens news paas pancreas physics rabies saas sars scabies series species
    stokes syngas texas
    anything bearing biped bloodshed ceiling darling embed evening everything flatbed herring hundred imbed
    infrared lightning meaning moped morning nothing offspring pudding quadruped rating sacred seabed seedling
    setting sibling something starling sterling testbed watershed wedding wellbeing envelope finale humane locale
    morale rationale secrete unite urbane
""")
#: Nouns in -us, -as and -ns whose plural adds -es.
_PLURAL_IN_ES = _listed("""
    alias apparatus atlas bias biogas bonus bus campus canvas census chorus consensus corpus fetus focus gas genus
    lens lotus metalens microlens nexus octopus pancreas papyrus plexus prospectus sinus status syngas thesaurus
""")
#: Words in -oes that lose the s alone; of four letters all but two do: toes, and MoEs.
_PLURAL_IN_OES = frozenset({"canoes", "oboes", "shoes"})
_VERBS_IN_OES = frozenset({"does", "goes"})
_ENDING_IN_EE = frozenset({"agree", "decree", "disagree", "free", "guarantee", "pedigree", "referee"})

_IRREGULAR = {
    plural: base
    for pair in _listed(
        # English
        "ageing:age aging:age axes:axis calves:calf children:child feet:foot geese:goose halves:half knives:knife "
        "leaves:leaf lice:louse lives:life loaves:loaf men:man mice:mouse oxen:ox selves:self shelves:shelf "
        "teeth:tooth thieves:thief wolves:wolf women:woman "
        # Latin and Greek: -a
        "automata:automaton bacteria:bacterium cilia:cilium continua:continuum corpora:corpus crania:cranium "
        "criteria:criterion curricula:curriculum equilibria:equilibrium errata:erratum extrema:extremum "
        "flagella:flagellum ganglia:ganglion genera:genus maxima:maximum millennia:millennium minima:minimum "
        "mitochondria:mitochondrion momenta:momentum optima:optimum ova:ovum phenomena:phenomenon phyla:phylum "
        "polyhedra:polyhedron quanta:quantum septa:septum sera:serum simplexes:simplex "
        "spectra:spectrum strata:stratum symposia:symposium tetrahedra:tetrahedron taxa:taxon "
        "vacua:vacuum "
        "addenda:addendum colloquia:colloquium compendia:compendium consortia:consortium endothelia:endothelium "
        "epithelia:epithelium memoranda:memorandum mycelia:mycelium referenda:referendum "
        # -ata
        "lemmata:lemma schemata:schema stigmata:stigma stomata:stoma "
        # -ae, -i
        "algae:alga alumni:alumnus amoebae:amoeba antennae:antenna bacilli:bacillus cacti:cactus foci:focus "
        "formulae:formula fungi:fungus hippocampi:hippocampus lacunae:lacuna larvae:larva loci:locus "
        "nebulae:nebula novae:nova nuclei:nucleus radii:radius stimuli:stimulus supernovae:supernova "
        "syllabi:syllabus tori:torus annuli:annulus calculi:calculus emboli:embolus gyri:gyrus sulci:sulcus "
        "thesauri:thesaurus thrombi:thrombus villi:villus "
        # -x
        "calyces:calyx larynges:larynx phalanges:phalanx pharynges:pharynx "
        # -ces
        "apices:apex appendices:appendix cervices:cervix codices:codex cortices:cortex helices:helix "
        "indices:index matrices:matrix radices:radix simplices:simplex vertices:vertex vortices:vortex "
        # -es, of -is
        "anastomoses:anastomosis apoptoses:apoptosis catharses:catharsis diagnoses:diagnosis emphases:emphasis "
        "fibroses:fibrosis geneses:genesis metastases:metastasis mitoses:mitosis nemeses:nemesis "
        "neuroses:neurosis oases:oasis prognoses:prognosis psychoses:psychosis stenoses:stenosis "
        "symbioses:symbiosis synopses:synopsis testes:testis "
        "ephemerides:ephemeris pelves:pelvis quizzes:quiz "
        # Acronyms that no rule can tell from words in -s, -is and -us, or from acronyms that end in S
        "ads:ad bhs:bh dbs:db evs:ev ids:id kgs:kg lms:lm nns:nn nps:np pcs:pc qds:qd rls:rl tfs:tf ues:ue uis:ui "
        "vms:vm "
        "apis:api bcis:bci clis:cli dois:doi emris:emri guis:gui hmis:hmi kpis:kpi mris:mri pois:poi rois:roi "
        "cpus:cpu dpus:dpu ecus:ecu gpus:gpu imus:imu lpus:lpu mcus:mcu npus:npu tpus:tpu vpus:vpu irss:irs riss:ris "
        # Spelling
        "aluminium:aluminum analogue:analog artefact:artifact calibre:caliber catalogue:catalog centre:center "
        "centred:centered cheque:check defence:defense dialogue:dialog fibre:fiber "
        "goitre:goiter grey:gray homologue:homolog judgement:judgment licence:license litre:liter "
        "manoeuvre:maneuver manoeuvred:maneuvered manoeuvring:maneuvering metre:meter "
        "millimetre:millimeter centimetre:centimeter kilometre:kilometer mould:mold moulding:molding "
        "nanometre:nanometer offence:offense plough:plow programme:program programmes:program sabre:saber "
        "sceptic:skeptic sceptical:skeptical scepticism:skepticism theatre:theater titre:titer tyre:tire "
    )
    for plural, base in [pair.split(":")]
}
_PLURALS_OF_IS = re.compile(r"(lys|hes|cris)es$")
_OUR = re.compile(
    r"^(arm|behavi|col|demean|endeav|fav|ferv|flav|harb|hon|hum|lab|neighb|od|rig|rum|sav|splend|tum|vap|vig)our"
)
#: British spelling of what is Greek or Latin, at the beginning of a word, and within one.
_GREEK_SPELLING = {
    "aesthet": "esthet", "aetiolog": "etiolog", "amoeb": "ameb", "anaesth": "anesth", "caec": "cec", "caesar": "cesar",
    "caesium": "cesium", "coeliac": "celiac", "encyclopaed": "encycloped", "faec": "fec", "foet": "fet",
    "gynaec": "gynec", "haem": "hem", "leucocyt": "leukocyt", "oedema": "edema", "oesoph": "esoph", "oestr": "estr",
    "orthopaed": "orthoped", "paed": "ped", "palaeo": "paleo", "sulph": "sulf",
}  # fmt: skip
_GREEK_START = re.compile(f"^({'|'.join(_GREEK_SPELLING)})")
_GREEK_WITHIN = (("aemia", "emia"), ("aemic", "emic"), ("haem", "hem"), ("rrhoea", "rrhea"), ("pnoea", "pnea"))
_VOWEL = re.compile(r"[aeiouy]")
#: What Porter calls the measure of a word: how often consonants follow vowels. A y is a vowel after a consonant.
_MEASURE = re.compile(r"(?:[aeiou]|(?<=[^aeiou])y)+(?:[^aeiouy]|y(?=[aeiou]|$))+")
#: A consonant, a vowel and a consonant: the end of “hop” that is hoped, and of “plan” before it is planned.
_SHORT_END = re.compile(r"(?:^|.*)[^aeiou][aeiouy][^aeiouwxy]$")
_DOUBLED = re.compile(r"([bdgmnprt])\1$")


def uninflected(word: str) -> str:
    """Return the base of a word in lower case, which need not be a word itself: "imaging" and "images" are "imag".

    What is not made of Latin letters alone is returned as it is. Idempotent.
    """
    if not (word.isascii() and word.isalpha()):
        return word
    while (base := _once(word)) != word:
        word = base
    return word


def _once(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    if len(word) < _LEAST_LETTERS:
        return word
    singular = _singular(word)
    return _without_e(_without_ending(_american(_IRREGULAR.get(singular, singular))))


def _american(word: str) -> str:
    word = _OUR.sub(r"\1or", word)
    word = _GREEK_START.sub(lambda start: _GREEK_SPELLING[start[1]], word)
    for british, american in _GREEK_WITHIN:
        word = word.replace(british, american)
    return word.replace("yz", "ys").replace("ization", "isation")


def _singular(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or word in _UNINFLECTED:
        return word
    if word.endswith("ies") and len(word) > _LEAST_LETTERS:
        return f"{word[:-3]}y"
    if word.endswith("es") and (word[:-2] in _PLURAL_IN_ES or word.endswith("viruses")):
        return word[:-2]
    if of_is := _PLURALS_OF_IS.search(word):
        return f"{word[: of_is.end(1)]}is"
    if word.endswith(("sses", "ches", "shes", "xes")) or _loses_es(word):
        return _IRREGULAR.get(word, word[:-2])
    return word[:-1]


def _loses_es(word: str) -> bool:
    if not word.endswith("oes") or word in _PLURAL_IN_OES:
        return False
    return len(word) > _LEAST_LETTERS or word in _VERBS_IN_OES


def _without_ending(word: str) -> str:
    if word in _UNINFLECTED:
        return word
    if word.endswith("ied"):
        return f"{word[:-3]}y" if len(word) > _LEAST_LETTERS else word[:-1]
    if word.endswith("eed"):
        return word[:-1] if word[:-1] in _ENDING_IN_EE else word
    if word.endswith(("string", "spring")):
        return word
    stem = word[:-3] if word.endswith("ing") else word.removesuffix("ed")
    if stem == word or len(stem) < _LEAST_STEM or not _VOWEL.search(stem):
        return word
    return _ended(stem)


def _ended(stem: str) -> str:
    """A stem that -ing or -ed stood after, with the end it has as a word."""
    if len(stem) > _LEAST_STEM and _DOUBLED.search(stem):
        return stem[:-1]
    if stem.endswith("iz") and _measure(stem) > 1:
        return f"{stem[:-2]}is"
    if stem.endswith("s") and not stem.endswith("ss"):
        return stem if stem in _PLURAL_IN_ES or stem.endswith("bias") else f"{stem}e"
    return f"{stem}e" if _measure(stem) == 1 and _SHORT_END.match(stem) else stem


def _without_e(word: str) -> str:
    if word in _UNINFLECTED:
        return word
    if word.endswith("ll") and _measure(word) > 1:
        return word[:-1]
    if word.endswith(("ise", "ize")):
        return f"{word[:-3]}is" if _measure(word[:-1]) > 1 else word
    if word.endswith("ie") and len(word) > _LEAST_LETTERS:
        return f"{word[:-2]}y"
    stem = word[:-1]
    if not word.endswith("e") or len(stem) < _LEAST_STEM or stem.endswith(("s", "e", "ing", "ed")):
        return word
    measure = _measure(stem)
    return stem if measure > 1 or (measure == 1 and not _SHORT_END.match(stem)) else word


def as_ending(word: str) -> str:
    """Return the base of a word as it is at the end of a longer one.

    "care" ends "healthcare", whose base is "healthcar".
    """
    return uninflected(f"{_LONG}{word}")[len(_LONG) :] if word.isascii() and word.isalpha() else word


def singular(word: str) -> str:
    """Return a word in lower case without the ending of its plural, all else left as it is."""
    return _singular(word) if len(word) >= _LEAST_LETTERS and word.isascii() and word.isalpha() else word


#: Two syllables in front of a word, whatever it is.
_LONG = "babab"


def _measure(stem: str) -> int:
    return len(_MEASURE.findall(stem))
