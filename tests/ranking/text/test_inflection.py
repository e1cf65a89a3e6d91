"""A word meets the forms it is inflected to, and no other word."""

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.ranking.text.inflection import as_ending, uninflected

ONE_WORD = """
    galaxy galaxies; battery batteries; vulnerability vulnerabilities; policy policies; anomaly anomalies; study studies
    studied studying; movie movies; bias biases biased; class classes; virus viruses; loss losses; process processes
    processing processed; gas gases; lens lenses; analysis analyses; hypothesis hypotheses; synthesis syntheses; crisis
    crises; matrix matrices; vertex vertices; index indices indexes; cortex cortices; criterion criteria; phenomenon
    phenomena; spectrum spectra; mouse mice; nucleus nuclei; genus genera; taxon taxa; alga algae; larva larvae; formula
    formulae formulas; wolf wolves; child children; corpus corpora; axis axes; mitochondrion mitochondria; network
    networks; fold folds folding folded; train trains training trained; sample samples sampling sampled; image images
    imaging imaged; cluster clusters clustering clustered; embed embedding embeddings embedded; plan plans planning
    planned; scale scales scaling scaled; code codes coding coded; cause causes causing caused; focus focuses focusing
    focused; base bases; disease diseases; database databases; cache caches caching cached; batch batches; model models
    modeling modelling modelled; optimize optimise optimizing optimised optimizes; optimization optimisation; tumor
    tumour tumors; behavior behaviour behaviors; fiber fibre fibers; analyze analyse analyzing; leukemia leukaemia;
    vary varies varied varying; merge merges merging merged; hero heroes; potato potatoes; box boxes; wave waves; valve
    valves; llm llms; gnn gnns; gpu gpus; tpu tpus; api apis; moe moes; vae vaes; ad ads; kg kgs; vm vms; gui guis; ris
    riss; rat rats; ion ions; toe toes; lemma lemmas lemmata; consortium consortia; epithelium epithelia; thrombus
    thrombi; pelvis pelves; calyx calyces; quiz quizzes; ephemeris ephemerides; apparatus apparatuses; testis testes;
    larynx larynges; gyrus gyri; schema schemas schemata; prognosis prognoses; vertebra vertebrae; gene genes;
    anesthesia anaesthesia; esophagus oesophagus; esophageal oesophageal; diarrhea diarrhoea; apnea apnoea; paleontology
    palaeontology; etiology aetiology; gynecology gynaecology; orthopedic orthopaedic; celiac coeliac; fecal faecal;
    cesarean caesarean; cesium caesium; leukocyte leucocytes; sulfate sulphates; ischemic ischaemic; artifact artefacts;
    maneuver manoeuvre maneuvers manoeuvring; mold moulds molding moulding; rigor rigour; vigor vigour; skeptic
    sceptics; judgment judgements; homolog homologues; titer titres; theater theatres; offense offences; tire tyres;
    ameba amoebae; hypoglycemia hypoglycaemia; thalassemia thalassaemia;
    query queries queried querying; control controls controlling controlled; hash hashes hashing
"""
DIFFERENT_WORDS = """
    universe university; organ organization organic; policy police; general generate; neural neuron; bayes bayesian;
    news new; physics physical; gas ga; lens len; aids aid; mean meaning; evening even; plane plan; car care;
    star stare; rat rate; gene general; code cod; note not; experience experiment; relation relative; human
    humane; local locale; moral morale; speed spe; seed se; species special; series serial; mars mar; chaos chao; mode
    mod; tube tub; rating rate; setting set; bus bu; wing w; animal anime; college collective; probe prob; infer inform;
    sars sar; mers mer; gps gp; dns dn; moduli modulus; media medium; virus viral; axis ax; aids aid; bus bu; mass mas;
    its it; pass pas; boss bos; stokes stoke; metrics meter; being bee; string str; hopping hoping; planning planing;
    virtual virtue; import important; process procedure; author authority; operate opera; metal metallic;
    poem pem; shoe she; phoenix phenix; rigor rig; mould would; plough though; caecum cesium
"""


def groups(text: str) -> list[list[str]]:
    return [group.split() for group in text.split(";")]


def test_inflected_forms_are_one_word() -> None:
    bases = [{form: uninflected(form) for form in forms} for forms in groups(ONE_WORD)]
    assert [each for each in bases if len(set(each.values())) != 1] == []


def test_different_words_stay_different() -> None:
    bases = [{word: uninflected(word) for word in words} for words in groups(DIFFERENT_WORDS)]
    assert [each for each in bases if len(set(each.values())) != len(each)] == []


@given(st.text("abcdeginrsuyzl", max_size=12))
def test_the_base_of_a_base_is_itself(word: str) -> None:
    assert uninflected(uninflected(word)) == uninflected(word)


def test_a_word_at_the_end_of_another_loses_what_it_loses_there() -> None:
    assert "health" + as_ending("care") == uninflected("healthcare")
    assert "time" + as_ending("scales") == uninflected("timescales")
