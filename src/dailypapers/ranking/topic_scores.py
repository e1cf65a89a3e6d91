"""What topics score by themselves, found out once for all readers who name them: most subjects are a single topic."""

from collections.abc import Callable

import numpy as np

from dailypapers.ranking.corpus.frequencies import Columns, Matrix

#: So many scores are remembered, and as many relevances: 25,000 topics against a thousand papers, in 400 MB. When they
#: are full, it begins again.
MOST = 25_000_000


class TopicScores:
    """Remembers a row of scores and one of relevance for each topic; topics are numbered, as `Matcher` keeps them."""

    def __init__(self, papers: int) -> None:
        self.scores: Matrix = np.zeros((0, papers))
        self.relevance: Matrix = np.zeros((0, papers))
        self._most = MOST // max(papers, 1)
        #: Of each topic its row, -1 where it has none; and how many rows there are.
        self._row: Columns = np.zeros(0, np.int64)
        self._used = 0

    def rows(self, topics: Columns, score: Callable[[Columns], tuple[Matrix, Matrix]]) -> Columns:
        """Return the row of each topic in `scores` and `relevance`, as they are then; `score` makes those of new ones.

        Rows that were returned before stay right for the arrays they were returned for.
        """
        distinct = np.unique(topics)
        self._number(int(distinct[-1]) + 1 if len(distinct) else 0)
        new = distinct[self._row[distinct] < 0]
        if self._used and self._used + len(new) > self._most:
            self._forget()
            new = distinct
        if len(new):
            self._keep(new, *score(new))
        return self._row[topics]

    def _number(self, topics: int) -> None:
        if topics > len(self._row):
            more = np.full(max(topics, 2 * len(self._row)) - len(self._row), -1, np.int64)
            self._row = np.concatenate([self._row, more])

    def _forget(self) -> None:
        self.scores, self.relevance = self.scores[:0].copy(), self.relevance[:0].copy()
        self._row[:], self._used = -1, 0

    def _keep(self, topics: Columns, scores: Matrix, relevance: Matrix) -> None:
        ends = self._used + len(topics)
        self.scores = _with(self.scores, self._used, scores, self._most)
        self.relevance = _with(self.relevance, self._used, relevance, self._most)
        self._row[topics] = np.arange(self._used, ends)
        self._used = ends


def _with(rows: Matrix, used: int, added: Matrix, most: int) -> Matrix:
    """Return the rows in use followed by others; room grows by doubling."""
    ends = used + len(added)
    if ends > len(rows):
        # Pages that nothing is written to take no memory.
        room = np.empty((max(ends, min(2 * ends, most)), rows.shape[1]))
        room[:used] = rows[:used]
        rows = room
    rows[used:ends] = added
    return rows
