"""Rows in the user's words, objects by column or CSV, as a frame."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.data.extra_columns import ExtraColumns
from service.data.frame import Column, Frame, Kind
from service.data.kinds.kind import ColumnKind
from service.data.kinds.registry import KINDS
from service.data.matrices import first_issues, read_list
from service.data.query_row import plain_numbers
from service.data.reading.read_as import PLAIN, ReadAs
from service.schema.rules import shown, unknown
from service.schema.validation import DataError, SpecError, ValidationIssue

DELIMITERS = ",;\t|"

ReadCell = Callable[[ColumnKind, Any, ReadAs], Any]


@dataclass(frozen=True)
class Columns:
    """Which columns rows have. No cell of a `required` one may be missing; a row has to name the `named` ones too."""

    kinds: Mapping[str, Kind]
    required: frozenset[str]
    named: frozenset[str] = frozenset()
    #: How the cells of columns are written that are not written in the plainest way.
    read_as: Mapping[str, ReadAs] = field(default_factory=dict)

    def written(self, name: str) -> ReadAs:
        return self.read_as.get(name, PLAIN)

    def lacks(self, name: str, row: Mapping[str, Any]) -> bool:
        """Whether a row has to say more of a column than it does."""
        return (name in self.named and name not in row) or (name in self.required and row.get(name) is None)


@dataclass(frozen=True)
class Csv:
    """A body of rows as text, its first line the columns' names."""

    text: str


def read_rows(value: Any, columns: Columns, extra: ExtraColumns | None = None) -> Frame:
    """Read a list of objects, or CSV. Raises DataError with paths such as (3, "salt").

    Without `extra`, rows hold no other columns.
    """
    if isinstance(value, Csv):
        return _from_csv(value.text, columns, extra)
    rows = read_list(value, "rows")
    issues = first_issues(issue for index, row in enumerate(rows) for issue in row_issues(row, columns, extra, index))
    if issues:
        raise DataError(issues)
    return _frame(
        {name: [row.get(name) for row in rows] for name in columns.kinds},
        columns,
        _json_cell,
    )


def row_issues(row: Any, columns: Columns, extra: ExtraColumns | None, *place: int) -> Iterator[ValidationIssue]:
    """What is wrong with the names of one row."""
    if not isinstance(row, Mapping):
        names = ", ".join(list(columns.kinds)[:10])
        yield ValidationIssue(place, f"must be an object by column ({names}), got {shown(row)}")
        return
    if not row.keys() <= columns.kinds.keys():
        yield from _extra_issues(row, columns, extra, *place)
    for name in columns.kinds:
        if columns.lacks(name, row):
            yield ValidationIssue((*place, name), _needed(columns))


def _extra_issues(
    names: Collection[str], columns: Columns, extra: ExtraColumns | None, *place: int
) -> Iterator[ValidationIssue]:
    if extra is not None:
        yield from extra.issues(names, *place)
        return
    for name in names:
        if name not in columns.kinds:
            yield ValidationIssue((*place, name), unknown(name, columns.kinds, "column"))


def read_text_row(given: Mapping[str, str], columns: Columns) -> dict[str, Any]:
    """One row of texts, names checked already, as `Fitted.row` takes it. Raises DataError with paths such as
    ("salt",)."""
    row = _plain_cells(given, columns)
    if row.keys() == columns.kinds.keys():
        return row
    issues: list[ValidationIssue] = []
    for name, text in given.items():
        if name in row:
            continue
        try:
            row[name] = KINDS[columns.kinds[name]].from_query(text, columns.written(name))
        except SpecError as error:
            issues += [issue.under(name) for issue in error.issues]
    failed = given.keys() - row.keys()
    lacking = [name for name in columns.kinds if name not in failed and columns.lacks(name, row)]
    issues += [ValidationIssue((name,), _needed(columns)) for name in lacking]
    if issues:
        raise DataError(first_issues(issues))
    return row


def _plain_cells(given: Mapping[str, str], columns: Columns) -> dict[str, Any]:
    """The numbers, where all are written as in JSON, whose reader takes a third of the time; and the words."""
    numeric = [name for name in given if columns.kinds[name] == "number" and name not in columns.read_as]
    numbers = plain_numbers(",".join([given[name] for name in numeric]))
    row: dict[str, Any] = {}
    if numbers is not None and len(numbers) == len(numeric):
        row = dict(zip(numeric, numbers, strict=True))
    for name, text in given.items():
        if columns.kinds[name] == "category" and name not in columns.read_as and text and not text.isspace():
            row[name] = text
    return row


def _from_csv(text: str, columns: Columns, extra: ExtraColumns | None) -> Frame:
    file = io.StringIO(text.removeprefix("\ufeff"))
    lines = csv.reader(file, delimiter=_delimiter(file, columns), strict=True)
    try:
        header = next(line for line in lines if line)
        rows = [line or [""] for line in lines if line or len(header) == 1]  # of one column an empty line is a cell
    except (csv.Error, StopIteration) as error:
        raise DataError(
            [ValidationIssue((), "must be CSV: a line of column names, and a line for each row")]
        ) from error
    issues = [ValidationIssue((name,), "occurs twice") for name in set(header) if header.count(name) > 1]
    issues += _extra_issues(header, columns, extra)
    issues += [
        ValidationIssue((name,), _needed(columns)) for name in sorted((columns.required | columns.named) - set(header))
    ]
    if not rows:
        issues.append(ValidationIssue((), "must have one or more rows below the line of column names"))
    issues += [
        ValidationIssue((index,), f"must have {len(header)} cells, got {len(row)}")
        for index, row in enumerate(rows)
        if len(row) != len(header)
    ]
    if issues:
        raise DataError(first_issues(issues))
    given = {name: [row[place] for row in rows] for place, name in enumerate(header)}
    absent = {name: [""] * len(rows) for name in columns.kinds if name not in given}
    return _frame({name: (given | absent)[name] for name in columns.kinds}, columns, _text_cell)


def _json_cell(kind: ColumnKind, value: Any, read_as: ReadAs) -> Any:
    return kind.from_json(value, read_as)


def _text_cell(kind: ColumnKind, text: str, read_as: ReadAs) -> Any:
    return kind.from_text(text, read_as)


def _delimiter(file: io.StringIO, columns: Columns) -> str:
    """The one by which the first line names most columns."""

    def named(delimiter: str) -> tuple[int, int]:
        file.seek(0)
        try:
            header = next(filter(None, csv.reader(file, delimiter=delimiter, strict=True)), [])
        except csv.Error:
            header = []
        return len(columns.kinds.keys() & header), len(header)

    found = max(DELIMITERS, key=named)
    file.seek(0)
    return found


def _frame(given: Mapping[str, Sequence[Any]], columns: Columns, read: ReadCell) -> Frame:
    issues: list[ValidationIssue] = []
    found: dict[str, list[Any]] = {}
    for name, values in given.items():
        found[name] = _read_cells(name, values, columns, read, issues)
    if issues:
        raise DataError(first_issues(sorted(issues, key=lambda issue: issue.path[0])))
    return Frame({name: _column(columns.kinds[name], values) for name, values in found.items()})


def _read_cells(
    name: str,
    values: Sequence[Any],
    columns: Columns,
    read: ReadCell,
    issues: list[ValidationIssue],
) -> list[Any]:
    kind, is_required = KINDS[columns.kinds[name]], name in columns.required
    written, found = columns.written(name), list[Any]()
    for index, value in enumerate(values):
        try:
            found.append(cell := read(kind, value, written))
        except SpecError as error:
            issues += [issue.under(index, name) for issue in error.issues]
        else:
            if cell is None and is_required:
                issues.append(ValidationIssue((index, name), _needed(columns)))
    return found


def _column(kind: Kind, values: Sequence[Any]) -> Column:
    return Column(kind, *KINDS[kind].values_of(values))


def _needed(columns: Columns) -> str:
    optional = [name for name in columns.kinds if name not in columns.required | columns.named]
    return "is required" + (f"; optional: {', '.join(optional[:10])}" if optional else "")
