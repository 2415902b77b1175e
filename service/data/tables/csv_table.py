"""CSV, read strictly: every line as long as the header, every text what its column is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from service.data.tables.columnar import first_line
from service.data.tables.columns import from_texts
from service.data.tables.csv_lines import (
    head_of,
    is_aligned,
    parsed,
    records,
    said_delimiter,
    sniffed_delimiter,
    split_at_spaces,
)
from service.data.tables.encodings import as_utf8
from service.data.tables.errors import TableError, TableIssue, reject
from service.data.tables.header import check_header, check_width
from service.data.tables.layout import Layout, found_layout
from service.data.tables.options import IngestOptions
from service.data.tables.quotes import are_quotes_paired
from service.data.tables.read_table import Read
from service.data.tables.tidy import Tidied, placeholders, tidied

MAX_ISSUES = 20
#: A block is read at once, so no line may be longer. Memory is reserved for a block's bytes in every column.
BLOCK_BYTES = range(2**20, 2**24 + 1)
RESERVED_BYTES = 2**34
_DELIMITER = re.compile(r"[\t !#-/:-@\[-`{-~]")


def read_csv(path: Path, options: IngestOptions) -> Read:
    """Raises TableError with line, column and the cell's text."""
    if options.delimiter is not None and not _DELIMITER.fullmatch(options.delimiter):
        raise reject("needs a delimiter that is one ASCII character, and no letter, digit, quote or line break")
    text = as_utf8(path, options.encoding)
    path, head = text.path, head_of(text.path)
    skip_rows, said = options.skip_rows, said_delimiter(head)
    if said is not None and not skip_rows:
        head, skip_rows = head.partition("\n")[2], None
    told = options.delimiter or said or sniffed_delimiter(head)
    aligned = is_aligned(head, told)
    if aligned:
        path = split_at_spaces(path)
    delimiter = "\t" if aligned else told
    check_quotes(path, delimiter)
    layout = _layout(head, told, aligned, options, skip_rows, above=int(said is not None and not options.skip_rows))
    found = _rows(path, delimiter, layout)

    def place(index: int) -> Mapping[str, int]:
        return line_of(path, delimiter, layout, found.row_of(index))

    table = from_texts(found.columns, options, place, delimiter=told)
    how = {"delimiter": told, "encoding": text.encoding, "header": layout.has_header, "skip_rows": layout.skipped}
    return Read(table, how, (*text.warnings, *layout.warnings, *found.warnings))


def _layout(
    head: str, delimiter: str, aligned: bool, options: IngestOptions, skip_rows: int | None, above: int
) -> Layout:
    """The layout of a file whose `head` begins below `above` lines of it."""
    lines = [line._replace(number=line.number + above) for line in parsed(head, delimiter, aligned=aligned)]
    if not lines:
        raise reject("has no rows")
    return found_layout(lines, header=options.header, skip_rows=skip_rows)


def _rows(path: Path, delimiter: str, layout: Layout) -> Tidied:
    names = placeholders(layout.names)
    check_width(len(names))
    with records(path, delimiter) as lines:
        below = (line for line in lines if line.number >= layout.first + layout.has_header)
        if next(below, None) is None:
            raise reject("has no rows below its names")
    if layout.has_header:
        check_header(
            [name for name, given in zip(names, layout.names, strict=True) if given.strip()], line=layout.first
        )
    table = read_texts(path, delimiter, names, first=layout.first, has_header=layout.has_header)
    found = tidied(table, layout, "line", lambda row: line_of(path, delimiter, layout, row))
    if not found.rows:
        raise reject("has no rows below its names")
    return found


def read_texts(path: Path, delimiter: str, names: list[str], *, first: int = 1, has_header: bool = True) -> pa.Table:
    """Every cell as it is written, from line `first` on. Raises TableError."""
    ragged: list[Any] = []
    block = min(max(RESERVED_BYTES // len(names), BLOCK_BYTES[0]), BLOCK_BYTES[-1])

    def skip(row: Any) -> str:
        ragged.append(row)
        return "skip" if len(ragged) < MAX_ISSUES else "error"

    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=block,
                column_names=names,
                skip_rows=first - 1,
                skip_rows_after_names=int(has_header),
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip, ignore_empty_lines=True
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if not ragged:
            said = first_line(error)
            if "straddling" in said:
                said = f"a line is longer than {block:,} bytes"
            raise reject(f"is no sound CSV: {said}") from None
        table = None
    if ragged or table is None:
        raise TableError(list(ragged_issues(path, delimiter, len(names), first)))
    return table


def ragged_issues(path: Path, delimiter: str, width: int, first: int) -> Iterator[TableIssue]:
    """Where lines are too long or too short, the first of them."""
    found = 0
    with records(path, delimiter) as lines:
        for line, cells in lines:
            if line > first and len(cells) != width and found < MAX_ISSUES:
                found += 1
                text = delimiter.join(cells)
                yield TableIssue(f"must have {width} cells as the header has, has {len(cells)}", line=line, text=text)
    if not found:
        yield TableIssue(f"has lines that have not {width} cells as the header has")


def line_of(path: Path, delimiter: str, layout: Layout, row: int) -> Mapping[str, int]:
    """On which line of the file a row begins that was read."""
    place = row + int(layout.has_header)
    with records(path, delimiter) as lines:
        for number, line in enumerate(line for line in lines if line.number >= layout.first):
            if number == place:
                return {"line": line.number}
    return {"row": row + 1}


def check_quotes(path: Path, delimiter: str) -> None:
    """Raises TableError with the line that a cell begins on whose quote is never closed, or closed before its end."""
    if not are_quotes_paired(path, delimiter):
        with records(path, delimiter) as lines:
            for _ in lines:
                pass
