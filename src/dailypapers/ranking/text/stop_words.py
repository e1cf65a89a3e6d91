"""Stop words: what stands in every English text, or in every abstract, matches everything and explains nothing."""

_PRONOUNS = (
    "i me my myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers"
    " herself it its itself they them their themselves this that these those who whom whose which what whoever"
    " whatever one none nobody noone nothing anyone everyone someone something somehow"
)
_ARTICLES_AND_AMOUNTS = (
    "a an the all any both each either enough every few least less many more most mostly much neither no once"
    " only other others another own part same several some such whole two three four five six eight nine ten"
    " eleven twelve fifteen twenty forty fifty sixty hundred first third last next amount"
)
_PREPOSITIONS = (
    "about above across after against along among amongst around at before behind below beside besides between"
    " beyond by down due during except for from in into of off on onto out over per since through throughout thru"
    " to toward towards under until up upon via with within without front back top bottom side"
)
_CONJUNCTIONS = "and although as because but if nor or so than though whereas whether while whither yet eg ie etc"
_ADVERBS = (
    "afterwards again almost alone already also always anyhow anyway anywhere else elsewhere even ever everywhere"
    " further furthermore hence here hereafter hereby herein hereupon how however indeed latter latterly meanwhile"
    " moreover namely never nevertheless not now nowhere often otherwise perhaps rather sometime sometimes"
    " somewhere still then thence there thereafter thereby therefore therein thereupon thus together too very well"
    " when whence whenever where whereafter whereby wherein whereupon wherever why former formerly beforehand"
)
_VERBS = (
    "am are be became because become becomes becoming been being is was were can cannot cant could couldnt do"
    " done had has hasnt have may might must should will would seem seemed seeming seems call describe detail fill"
    " find found get give go keep made move name please put see show take interest system serious sincere full"
    " called getting giving having interested interesting putting showed showing taking willing"
)
#: Parts of words and of firms' names.
_PIECES = "co con de inc ltd re un"
_PAPER_WORDS = (
    "abstract approach article based existing experiment findings introduce method new novel paper present presented"
    " presenting propose proposed proposing recent result resulted resulting studied study studying task use used using"
    " work worked"
)
_LISTS = (_PRONOUNS, _ARTICLES_AND_AMOUNTS, _PREPOSITIONS, _CONJUNCTIONS, _ADVERBS, _VERBS, _PIECES, _PAPER_WORDS)
#: “Anything” and “everything” are none: models are called “Segment Anything” and “Depth Anything”.
STOP_WORDS = frozenset(word for words in _LISTS for word in words.split())
