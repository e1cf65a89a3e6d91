"""A table of subscribers as spreadsheets save it: CSV with commas, semicolons or tabs, or addresses alone.

    text | delimiter and columns, by the first line | records, each with its line | cells by column

The columns come by our fields' names, whatever people call the one of addresses. A record that cannot be read is one
mistake, and those behind it are read. Knows nothing of what the fields mean.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dailypapers.errors import BadInput

#: What spreadsheets and other newsletters call the column of addresses, in lower case and with underscores.
ADDRESS_COLUMNS = frozenset({"address", "email", "e_mail", "email_address", "e_mail_address", "mail"})
#: What stands between cells; Excel writes semicolons where commas stand in numbers, and may say so in a line by itself.
_DELIMITERS = ",;\t"
_SAYS_DELIMITER = re.compile(r"\"?sep=([,;|\t])\"?\s*")
#: A file of addresses alone needs no line that says so.
_ADDRESS_ALONE = re.compile(r"[^,;\t]*@[^,;\t]*")
#: Maximum lines of one cell: people break lines within cells, and a quote nobody closed must not swallow the file.
_MAX_CELL_LINES = 20


def records(text: str, file: str) -> Iterator[tuple[int, dict[str, str] | BadInput]]:
    """Yield the line of each record, and its cells by column, empty ones too; or what is wrong with it.

    Raises `BadInput` where a column is there twice, or none is of addresses. `file` is how it is named then.
    """
    lines = [line for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)?", text) if line]
    says = _SAYS_DELIMITER.fullmatch(lines[0]) if lines else None
    head = 1 if says else 0
    table = _table(lines[head] if len(lines) > head else "", says[1] if says else "", file)
    at = head + table.has_head
    while at < len(lines):
        end = table.end_of_record(lines, at)
        if end is None:
            yield at + 1, BadInput('has a quote (") that is not closed')
            at += 1
            continue
        if any(line.strip() for line in lines[at:end]):
            yield at + 1, table.cells(lines[at:end])
        at = end


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    delimiter: str
    #: Whether its first line names the columns.
    has_head: bool = True

    def end_of_record(self, lines: Sequence[str], start: int) -> int | None:
        """Return where the next record begins; `None` where a quote of this one is never closed.

        A line that is a record by itself is no part of a cell that has not ended.
        """
        for end in range(start + 1, min(start + _MAX_CELL_LINES, len(lines)) + 1):
            if not self._is_open(lines[start:end]):
                return end
            if end < len(lines) and self._is_record(lines[end]):
                return None
        return None

    def cells(self, lines: Sequence[str]) -> dict[str, str] | BadInput:
        """Return the cells of one record."""
        cells = self._row(lines)
        if len(cells) > len(self.columns):
            return BadInput(f"has {len(cells)} cells, but there are {len(self.columns)} columns")
        return dict(zip(self.columns, cells, strict=False))

    def _row(self, lines: Sequence[str]) -> list[str]:
        return next(csv.reader(lines, delimiter=self.delimiter), [])

    def _is_open(self, lines: Sequence[str]) -> bool:
        """Return whether these lines end within quotes: then a further line is a part of their last cell."""
        further = "a line of its own"
        try:
            return [row for row in csv.reader([*lines, further], delimiter=self.delimiter) if row][-1] != [further]
        except csv.Error:
            return True

    def _is_record(self, line: str) -> bool:
        cells = [] if self._is_open([line]) else self._row([line])
        return len(cells) == len(self.columns) and "@" in cells[self.columns.index("address")]


def _table(first_line: str, delimiter: str, file: str) -> _Table:
    """Return how a table is read that begins with this line. Raises `BadInput` where it cannot be one."""
    for each in delimiter or _DELIMITERS:
        names = _names(first_line, each)
        columns = [_column(name) for name in names]
        if "address" in columns:
            _require_once(names, columns, file)
            return _Table(tuple(columns), each)
    if _ADDRESS_ALONE.fullmatch(first_line.strip()):
        return _Table(("address",), ",", has_head=False)
    raise BadInput(f"{file} has no column “address” (or “email”) in its first line.")


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # A cell of more than 131,072 characters is no column's name.
        return []


def _column(name: str) -> str:
    plain = re.sub(r"[\s-]+", "_", name.strip().lower())
    return "address" if plain in ADDRESS_COLUMNS else plain


def _require_once(names: Sequence[str], columns: Sequence[str], file: str) -> None:
    for number, column in enumerate(columns):
        if column and column in columns[:number]:
            first = names[columns.index(column)].strip()
            both = f"“{first}” and “{names[number].strip()}” both hold it"
            raise BadInput(f"{file} has two columns for {column}: {both}. Remove or rename one.")
