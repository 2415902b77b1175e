"""CSV, read strictly: every line as long as the header, every text what its column is."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from service.data.tables.columnar import first_line
from service.data.tables.columns import from_text
from service.data.tables.errors import TableError, TableIssue, reject
from service.data.tables.header import check_header
from service.data.tables.options import IngestOptions
from service.data.tables.quotes import are_quotes_paired

DELIMITERS = ",;\t|"
SNIFFED_BYTES = 2**16
PIECE_BYTES = 2**20
MAX_ISSUES = 20
#: A block is read at once, so no line may be longer. Memory is reserved for a block's bytes in every column.
BLOCK_BYTES = range(2**20, 2**24 + 1)
RESERVED_BYTES = 2**34
_DELIMITER = re.compile(r"[\t !#-/:-@\[-`{-~]")

csv.field_size_limit(BLOCK_BYTES[-1])


def read_csv(path: Path, options: IngestOptions) -> tuple[pa.Table, dict[str, Any]]:
    """Raises Refusal with line, column and the cell's text."""
    if options.delimiter is not None and not _DELIMITER.fullmatch(options.delimiter):
        raise reject("needs a delimiter that is one ASCII character, and no letter, digit, quote or line break")
    check_encoding(path)
    delimiter = options.delimiter or sniffed_delimiter(path)
    check_quotes(path, delimiter)
    with records(path, delimiter) as lines:
        line, header = next(lines, (1, []))
        has_rows = next(lines, None) is not None
    check_header(header, line=line)
    if not has_rows:
        raise reject("has no rows below its names")
    written = dict(zip(header, read_texts(path, delimiter, header, empty_lines=line - 1).columns, strict=True))
    columns = {}
    for name in header:
        # Popped, so that texts and what they say are in memory together for one column only.
        texts = written.pop(name)
        columns[name] = from_text(texts, name, options.types.get(name), lambda index: line_of(path, delimiter, index))
    return pa.table(columns), {"delimiter": delimiter}


def read_texts(path: Path, delimiter: str, header: list[str], *, empty_lines: int = 0) -> pa.Table:
    """Every cell as it is written. `empty_lines` come before the header. Raises Refusal."""
    ragged: list[Any] = []
    block = min(max(RESERVED_BYTES // len(header), BLOCK_BYTES[0]), BLOCK_BYTES[-1])

    def skip(row: Any) -> str:
        ragged.append(row)
        return "skip" if len(ragged) < MAX_ISSUES else "error"

    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=block,
                column_names=header,
                skip_rows=empty_lines,
                skip_rows_after_names=1,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip, ignore_empty_lines=True
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False
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
        raise TableError(list(ragged_issues(path, delimiter, len(header))))
    return table


def ragged_issues(path: Path, delimiter: str, width: int) -> Iterator[TableIssue]:
    """Where lines are too long or too short, the first of them."""
    found = 0
    with records(path, delimiter) as lines:
        for line, cells in lines:
            if len(cells) != width and found < MAX_ISSUES:
                found += 1
                text = delimiter.join(cells)
                yield TableIssue(f"must have {width} cells as the header has, has {len(cells)}", line=line, text=text)
    if not found:
        yield TableIssue(f"has lines that have not {width} cells as the header has")


def line_of(path: Path, delimiter: str, index: int) -> Mapping[str, int]:
    """On which line of the file a row begins."""
    with records(path, delimiter) as lines:
        for number, (line, _) in enumerate(lines):
            if number == index + 1:
                return {"line": line}
    return {"row": index + 1}


@contextmanager
def records(path: Path, delimiter: str) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Lines of cells with the number of the line each begins on; empty lines are none.

    Raises Refusal for a quote that is not closed where its cell ends.
    """

    def lines() -> Iterator[tuple[int, list[str]]]:
        before = 0
        try:
            for cells in reader:
                first, before = before + 1, reader.line_num
                if cells:
                    yield first, cells
        except csv.Error as error:
            raise reject(f"is no sound CSV: {in_words(error)}", line=before + 1) from None

    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        yield lines()


def in_words(error: csv.Error) -> str:
    """What the reader says of a record, for those who do not know the reader."""
    said = str(error)
    if "unexpected end" in said:
        return 'a cell begins with a quote (") that nothing closes'
    if "expected after" in said:
        return 'text follows the quote (") that ends a cell; within a cell in quotes write "" for each quote'
    if "limit" in said:
        return f'a cell is longer than {BLOCK_BYTES[-1]:,} bytes; is a quote (") left open?'
    return said


def check_quotes(path: Path, delimiter: str) -> None:
    """Raises Refusal with the line that a cell begins on whose quote is never closed, or closed before its end."""
    if not are_quotes_paired(path, delimiter):
        with records(path, delimiter) as lines:
            for _ in lines:
                pass


def check_encoding(path: Path) -> None:
    """Raises Refusal with the line where the file is no UTF-8, or holds NUL."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with path.open("rb") as file:
        while True:
            piece = file.read(PIECE_BYTES)
            if b"\0" in piece:
                line += piece[: piece.index(b"\0")].count(b"\n")
                raise reject("holds a NUL character; is this a text, in UTF-8?", line=line)
            try:
                decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                line += piece[: max(error.start, 0)].count(b"\n")
                raise reject("is not in UTF-8; save the file as UTF-8 and send it again", line=line) from None
            if not piece:
                return
            line += piece.count(b"\n")


def sniffed_delimiter(path: Path) -> str:
    """What divides the first lines into most cells, as many on each."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = file.read(SNIFFED_BYTES)
    whole = text if len(text) < SNIFFED_BYTES else text[: text.rfind("\n") + 1] or text

    def cells(delimiter: str) -> tuple[bool, int]:
        try:
            counts = [len(line) for line in csv.reader(whole.splitlines(keepends=True), delimiter=delimiter) if line]
        except csv.Error:
            return False, 0
        return len(set(counts[:50])) == 1, counts[0] if counts else 0

    found = {delimiter: cells(delimiter) for delimiter in DELIMITERS}
    regular = [delimiter for delimiter in DELIMITERS if found[delimiter][0] and found[delimiter][1] > 1]
    return max(regular or DELIMITERS, key=lambda delimiter: found[delimiter][1])
