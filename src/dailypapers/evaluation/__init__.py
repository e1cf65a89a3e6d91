"""How well papers are ranked: ours beside others', on files and on the service's own days. Only `cli` comes in here.

    files, service     read what is known: a study (papers, their days, readers, likes), listings, readings, votes
    methods            the rankings that are compared, by name: ours, and peers rebuilt from what they publish
    protocol           rank whole days of a study by several methods; forecast: order a day's papers as in a week
    measures           what one order is worth
    run                the doors: evaluate files, replay the service's own days, count interleaved votes, forecast

All but `files`, `service` and `run` are pure.
"""
