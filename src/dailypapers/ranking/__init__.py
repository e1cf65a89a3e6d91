"""The ranking: papers and what readers want in, picks with reasons out. Pure: no database, no network, no clock.

What is done with it (floor 2) comes in by these doors, and by no other:

    rank                     readers' picks from a set of papers
    index.search             papers for a query; index.inverted and index.query are what it is asked with
    profile                  what of somebody's interests cannot be used; text.keyphrases: what a title offers
    hints                    what may be wrong with a topic, seen from the papers
    trending                 what the world makes of papers
    interleaving             two variants in one list
    calibration              what a score is worth, by votes
    features                 a set of papers as the ranking sees it
    corpus.background        what is learned from earlier papers; corpus.serialization: kept as bytes
    embeddings.encoder       an optional model; embeddings.models loads one
"""
