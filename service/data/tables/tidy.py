"""Rows and columns that a program has put around a table: repeated headers, empty ones, row numbers, totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from service.data.tables.errors import TableError, TableIssue, shortened
from service.data.tables.layout import Layout

INDEX = "index"
SHOWN = 5
_TOTAL = re.compile(
    r"\s*(grand |sub)?(totals?|sum|summe|gesamt(summe)?|insgesamt|somme|suma|totale|合計|总计|합계|총계|소계|"
    r"average|mean|durchschnitt|평균)\s*:?\s*",
    re.IGNORECASE,
)

#: Where a row stands in the file, by its place among all rows that were read.
Where = Callable[[int], Mapping[str, int]]
Rows = npt.NDArray[np.intp]


@dataclass
class Tidied:
    """Columns of text by name, of the rows that are left."""

    columns: dict[str, pa.ChunkedArray]
    places: Mapping[str, int]  #: of each column among all that were read
    kept: Rows | None  #: the places of the rows among all that were read; None: all are left
    rows: int
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        return list(self.columns)

    def row_of(self, index: int) -> int:
        return index if self.kept is None else int(self.kept[index])


def placeholders(names: Sequence[str]) -> list[str]:
    """The names, with one of its own for each column that has none."""
    return [name if name.strip() else f"\0{place}" for place, name in enumerate(names, start=1)]


def tidied(table: pa.Table, layout: Layout, kind: str, where: Where) -> Tidied:
    """`kind` says what the file counts, lines or rows. Raises TableError for a column that has cells and no name."""
    warnings: list[str] = []
    table, kept = _without_extra_rows(table, layout.names if layout.has_header else None, where, warnings)
    columns = dict(zip(table.column_names, table.columns, strict=True))
    places = {name: place for place, name in enumerate(columns)}
    if layout.has_header:
        columns = _named(columns, {kind: layout.first}, warnings)
        places = {name: places.get(name, 0) for name in columns}  # only the first column may have been renamed

    def place(index: int) -> Mapping[str, int]:
        return where(index if kept is None else int(kept[index]))

    warnings += _totals(columns, place)
    return Tidied(columns, places, kept, table.num_rows, tuple(warnings))


def _without_extra_rows(
    table: pa.Table, header: Sequence[str] | None, where: Where, warnings: list[str]
) -> tuple[pa.Table, Rows | None]:
    """The table without rows that repeat the header, and without empty ones. One column alone has neither."""
    if table.num_columns < 2:
        return table, None
    repeated = _equal_to(table, header) if header else np.array([], np.intp)
    empty = _equal_to(table, [""] * table.num_columns)
    if len(repeated):
        words = "repeats the header" if len(repeated) == 1 else "repeat the header"
        warnings.append(f"{_in_words(repeated, where)} {words} and {_was(len(repeated))} left out")
    if len(empty):
        warnings.append(
            f"{_in_words(empty, where)} {_has(len(empty))} no cell filled in and {_was(len(empty))} left out"
        )
    extra = np.union1d(repeated, empty)
    if not len(extra):
        return table, None
    kept = np.setdiff1d(np.arange(table.num_rows), extra)
    return table.take(pa.array(kept)), kept


def _equal_to(table: pa.Table, cells: Sequence[str]) -> Rows:
    """The rows that have these cells, in whatever case, looked for column by column among those that are left."""
    found: Rows | None = None
    for column, cell in zip(table.columns, cells, strict=True):
        some = column if found is None else column.take(pa.array(found))
        wanted = cell.strip().lower()
        is_equal = pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(some)), wanted)
        places = np.flatnonzero(pc.fill_null(is_equal, not wanted).to_numpy())
        found = places if found is None else found[places]
        if not len(found):
            break
    return np.array([], np.intp) if found is None else found


def _named(
    columns: Mapping[str, pa.ChunkedArray], header: Mapping[str, Any], warnings: list[str]
) -> dict[str, pa.ChunkedArray]:
    found, empty, issues = {}, [], []
    for place, (name, cells) in enumerate(columns.items(), start=1):
        if not name.startswith("\0"):
            found[name] = cells
        elif not _has_cells(cells):
            empty.append(place)
        elif place == 1 and INDEX not in columns:
            found[INDEX] = cells
            warnings.append(
                f'the first column has no name and is called "{INDEX}"; it may be the index of a data frame'
            )
        else:
            words = f"column {place} has no name; give it one, or header=false if there is no header"
            issues.append(TableIssue(words, **header))
    if issues:
        raise TableError(issues[:20])
    if empty:
        which = f"column {empty[0]} has" if len(empty) == 1 else f"{len(empty)} columns have"
        warnings.append(f"{which} neither a name nor any cell and {_was(len(empty))} left out")
    return found


def _has_cells(cells: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring_regex(cells, r"\S")).as_py())


def _totals(columns: Mapping[str, pa.ChunkedArray], where: Where) -> Iterable[str]:
    last = {name: str(cells[-1].as_py() or "") for name, cells in columns.items() if len(cells)}
    for name, cell in last.items():
        if _TOTAL.fullmatch(cell) and pc.sum(pc.equal(columns[name], cell)).as_py() == 1:
            [(kind, number)] = where(len(columns[name]) - 1).items()
            yield (
                f'{kind} {number} looks like a total ("{shortened(cell)}" in "{name}") and was read as a row; '
                "take it out of the file if it is one"
            )
            return


def _in_words(rows: Rows, where: Where) -> str:
    """`line 62`, or `62 lines (5, 8, 12, …)`."""
    places = [where(int(row)) for row in rows[:SHOWN]]
    [kind] = {key for place in places for key in place}
    numbers = [str(place[kind]) for place in places]
    if len(rows) == 1:
        return f"{kind} {numbers[0]}"
    return f"{len(rows):,} {kind}s ({', '.join(numbers)}{', …' if len(rows) > SHOWN else ''})"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
