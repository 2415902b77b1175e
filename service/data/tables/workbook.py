"""One sheet of a workbook (Excel, OpenDocument): values as its program last saved them; nothing in it is run."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum, load_workbook

from service.data.cell_words import number_word
from service.data.tables.columnar import first_line
from service.data.tables.columns import from_texts
from service.data.tables.csv_lines import Line
from service.data.tables.errors import TableError, reject
from service.data.tables.header import check_header, check_width
from service.data.tables.layout import found_layout
from service.data.tables.options import IngestOptions
from service.data.tables.read_table import Read
from service.data.tables.tidy import placeholders, tidied

MAX_UNPACKED_BYTES = 2 * 2**30
#: Lines by which the layout is judged.
JUDGED_LINES = 1100

Rows = Sequence[Sequence[Any]]


def read_workbook(path: Path, options: IngestOptions) -> Read:
    """Raises TableError with row and column."""
    _check_size(path)
    try:
        with load_workbook(path) as workbook:
            name, others = _chosen(workbook, options.sheet)
            sheet = workbook.get_sheet_by_name(name)
            check_width(sheet.width)
            rows, above = sheet.to_python(skip_empty_area=True), (sheet.start or (0, 0))[0]
    except TableError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise reject(f"is no sound Excel or OpenDocument workbook ({first_line(error)})") from None
    found = _table(rows, above, options, name)
    if others and options.sheet is None:
        which = f'sheet "{name}" was read of {1 + len(others)}: give sheet= to read {", ".join(others[:5])}'
        return replace(found, warnings=(which, *found.warnings))
    return found


def _check_size(path: Path) -> None:
    """Raises TableError for a zip file that says that it unpacks to more than a table has."""
    if not zipfile.is_zipfile(path):  # the older format of Excel is none
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise reject(f"unpacks to {size:,} bytes; at most {MAX_UNPACKED_BYTES:,} can be read")


def _chosen(workbook: CalamineWorkbook, wanted: str | None) -> tuple[str, list[str]]:
    """The sheet to read, and the other ones that have cells. Raises TableError."""
    visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    if wanted is not None:
        if wanted not in workbook.sheet_names:
            raise reject(f"has no sheet of this name; it has {', '.join(workbook.sheet_names[:20])}", text=wanted)
        return wanted, []
    filled = [name for name in visible if workbook.get_sheet_by_name(name).height]
    if not filled:
        raise reject("has no rows in any sheet")
    return filled[0], filled[1:]


def _table(rows: Rows, above: int, options: IngestOptions, sheet: str) -> Read:
    """`above` rows of the sheet have no cell, and are not among `rows`."""
    lines = [Line(above + place, [*map(_text, row)]) for place, row in enumerate(rows[:JUDGED_LINES], start=1)]
    if not (lines := [line for line in lines if any(map(str.strip, line.cells))]):
        raise reject(f'has no rows in sheet "{sheet}"')
    layout = found_layout(lines, header=options.header, skip_rows=options.skip_rows)
    names = placeholders(layout.names)
    if layout.has_header:
        check_header([name for name in names if not name.startswith("\0")], line=layout.first)
    body = rows[layout.first - above - (not layout.has_header) :]
    if not body:
        raise reject("has no rows below its names")
    first_row = layout.first + layout.has_header

    def place(index: int) -> Mapping[str, int]:
        return {"row": first_row + index}

    texts = pa.table({name: pa.array([_text(row[at]) for row in body]) for at, name in enumerate(names)})
    found = tidied(texts, layout, "row", place)
    if not found.rows:
        raise reject("has no rows below its names")
    columns = {}
    for name in found.names:
        cells = [body[found.row_of(index)][found.places[name]] for index in range(found.rows)]
        columns[name] = _column(cells, found.columns[name], options.types.get(name))
    table = from_texts(columns, options, lambda index: place(found.row_of(index)))
    how = {"sheet": sheet, "header": layout.has_header, "skip_rows": layout.skipped}
    return Read(table, how, (*layout.warnings, *found.warnings))


def _column(cells: list[Any], texts: pa.ChunkedArray, wanted: str | None) -> pa.ChunkedArray:
    """Cells of one type as they are; of several types as texts."""
    kinds = {type(cell) for cell in cells if cell != ""}
    values = [None if cell == "" else cell for cell in cells]
    if wanted == "category" or not kinds:
        return texts
    if kinds <= {int, float}:
        return pa.chunked_array([pa.array(values, pa.float64())])
    if kinds == {bool}:
        return pa.chunked_array([pa.array(values)])
    if kinds <= {date, datetime}:
        return pa.chunked_array([pa.array([_moment(value) for value in values], pa.timestamp("us"))])
    return texts


def _moment(value: date | None) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a workbook knows no zones


def _text(cell: Any) -> str:
    """A cell as a file of text has it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return number_word(cell)
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
