"""Whether the first line of a table names its columns, or is a row already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from service.data.cell_words import MISSING, NO, YES

#: A number as people write it: with a sign, a currency, separators, per cent or a short unit.
NUMBER = re.compile(
    r"[-+(\u2212]?\s*[$€£¥₩]?\s*[-+\u2212]?(?:[0-9][0-9.,'\u00a0\u202f ]*|\.[0-9]+)"
    r"(?:[eE][-+]?[0-9]+)?\s*(?:[%$€£¥₩]|[A-Za-zµ°/²³]{1,4})?\)?"
)
DATE = re.compile(r"[0-9]{1,4}\s*[-./년]\s*[0-9]{1,2}[-./월\s].*|[0-9]{1,2}:[0-9]{2}(?::.*)?")
#: So many cells of a column have to be numbers for a word above them to be its name.
MOSTLY = 0.9
YEARS = range(1900, 2101)
#: Columns decide by majority: so many times more cells have to look like data than like names.
MAJORITY = 2


class FirstLine(Enum):
    NAMES = "names"
    DOUBTFUL = "doubtful"  #: taken for names, and more likely a row than usual
    ROW = "row"


class _Vote(Enum):
    NAME = "a word above numbers"
    MAY_BE_NAME = "a word that no cell below it repeats, while they repeat each other"
    WHOLE = "a whole number above numbers: a value, a year, or a number that counts columns"
    VALUE = "what the cells below it are"
    NOTHING = "no evidence"


def judged(first: Sequence[str], body: Sequence[Sequence[str]]) -> FirstLine:
    """What the first line is, by the lines below it; all have the same number of cells."""
    columns = list(zip(*(row for row in body if list(row) != list(first)), strict=False))
    votes = [_vote(cell.strip(), cells) for cell, cells in zip(first, columns, strict=False)]
    count = {vote: votes.count(vote) for vote in _Vote}
    if count[_Vote.NAME] or not count[_Vote.VALUE] + count[_Vote.WHOLE]:
        return FirstLine.NAMES
    if count[_Vote.WHOLE]:
        numbers = [int(cell) for cell, vote in zip(first, votes, strict=False) if vote is _Vote.WHOLE]
        if _may_name_columns(numbers, body):
            return FirstLine.DOUBTFUL
    values = count[_Vote.VALUE] + count[_Vote.WHOLE]
    return (
        FirstLine.ROW
        if values > MAJORITY * count[_Vote.MAY_BE_NAME] or _has_decimals(first, votes)
        else (FirstLine.DOUBTFUL)
    )


def _vote(first: str, below: Sequence[str]) -> _Vote:
    cells = [cell for cell in map(str.strip, below) if cell.lower() not in MISSING]
    if not cells or not first:
        return _Vote.NOTHING
    for pattern in (NUMBER, DATE):
        if _share(pattern, cells) >= MOSTLY:
            if not pattern.fullmatch(first):
                return _Vote.VALUE if first.lower() in MISSING else _Vote.NAME
            return _Vote.WHOLE if re.fullmatch("[0-9]+", first) else _Vote.VALUE
    if first in cells:
        return _Vote.VALUE
    if {cell.lower() for cell in cells} <= YES | NO:
        return _Vote.NAME
    return _Vote.MAY_BE_NAME if 2 * len(set(cells)) <= len(cells) else _Vote.NOTHING


def _share(pattern: re.Pattern[str], cells: Sequence[str]) -> float:
    return sum(pattern.fullmatch(cell) is not None for cell in cells) / len(cells)


def _has_decimals(first: Sequence[str], votes: Sequence[_Vote]) -> bool:
    """No column is called 5.10."""
    return any(
        vote is _Vote.VALUE and re.search("[0-9][.,][0-9]", cell) for cell, vote in zip(first, votes, strict=False)
    )


def _may_name_columns(numbers: Sequence[int], body: Sequence[Sequence[str]]) -> bool:
    """Whether whole numbers count columns (0, 1, 2) or years, which the next line does not do as well."""
    if all(number in YEARS for number in numbers):
        cells = [cell.strip() for row in body for cell in row if re.fullmatch(r"\s*[0-9]+\s*", cell)]
        return 2 * sum(int(cell) in YEARS for cell in cells) < max(len(cells), 1)
    if len(numbers) < 3 or any(after - before != 1 for before, after in zip(numbers, numbers[1:], strict=False)):
        return False
    below = [int(cell) for cell in body[0] if re.fullmatch(r"\s*[0-9]+\s*", cell)]
    return len(below) < len(numbers) or any(
        after - before != 1 for before, after in zip(below, below[1:], strict=False)
    )
