"""The lines of a CSV file as cells, and its first ones to judge it by."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from service.data.tables.errors import reject

DELIMITERS = ",;\t|"
SPACES = " "
SNIFFED_BYTES = 2**17
#: The first lines are read on until there are so many.
LEAST_LINES = 20
#: A block is read at once, so no line may be longer.
MAX_LINE_BYTES = 2**24
#: A file has one delimiter where so many of its first lines have the same number of cells.
REGULAR = 0.8
_TOKEN = re.compile(r'"(?:[^"]|"")*"|\S+')
_SEP = re.compile(r'"?sep=(.)"?[,;\t|]*\r?', re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")

csv.field_size_limit(MAX_LINE_BYTES)


class Line(NamedTuple):
    number: int  #: of the line it begins on, from 1
    cells: list[str]


def head_of(path: Path) -> str:
    """The first lines of a file in UTF-8, whole ones where there is more than one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        text, wanted = file.read(SNIFFED_BYTES), SNIFFED_BYTES
        while len(text) == wanted < MAX_LINE_BYTES and text.count("\n") < LEAST_LINES:
            text, wanted = text + file.read(wanted), 2 * wanted
    return text if len(text) < wanted else text[: text.rfind("\n") + 1] or text


def said_delimiter(head: str) -> str | None:
    """What a first line such as sep=; says, which Excel obeys."""
    found = _SEP.fullmatch(head.partition("\n")[0])
    return found[1] if found else None


def parsed(head: str, delimiter: str, *, aligned: bool = False) -> list[Line]:
    """Lines that are not empty; those before an error where a quote goes wrong."""
    if aligned:
        lines = (Line(number, tokens(text)) for number, text in enumerate(head.splitlines(), start=1))
        return [line for line in lines if line.cells]
    reader, found, before = csv.reader(head.splitlines(keepends=True), delimiter=delimiter), [], 0
    try:
        for cells in reader:
            first, before = before + 1, reader.line_num
            if cells:
                found.append(Line(first, cells))
    except csv.Error:
        pass
    return found


def tokens(text: str) -> list[str]:
    """What spaces and tabs stand between."""
    return [
        token[1:-1].replace('""', '"') if len(token) > 1 and token[0] == token[-1] == '"' else token
        for token in _TOKEN.findall(text)
    ]


def usual_width(lines: Sequence[Line]) -> tuple[int, float]:
    """How many cells most lines have, of equals as many as the first; and the share of lines that have."""
    widths = Counter(len(line.cells) for line in lines)
    if not widths:
        return 0, 0.0
    first = len(lines[0].cells)
    width = max(widths, key=lambda width: (widths[width], width == first))
    return width, widths[width] / len(lines)


def sniffed_delimiter(head: str) -> str:
    """What divides most lines into equally many cells, of equals the one that makes more; `SPACES` for runs of them."""
    lines = {delimiter: parsed(head, delimiter) for delimiter in DELIMITERS}
    found = {delimiter: usual_width(lines[delimiter]) for delimiter in DELIMITERS}

    def fit(delimiter: str) -> tuple[bool, float, float, int]:
        width, share = found[delimiter]
        return width > 1, share, _clean_share(lines[delimiter]), width

    best = max(DELIMITERS, key=fit)
    if found[best][0] > 1 and found[best][1] >= REGULAR:
        return best
    spaced = parsed(head, SPACES, aligned=True)
    width, share = usual_width(spaced)
    if width > 1 and share >= REGULAR and len(spaced[0].cells) == width and _has_numbers(spaced, width):
        return SPACES
    if found[best][0] > 1:
        return best
    return max(DELIMITERS, key=lambda delimiter: len(lines[delimiter][0].cells) if lines[delimiter] else 0)


def _clean_share(lines: Sequence[Line]) -> float:
    """Of cells without a delimiter in them, a decimal comma aside: `1,5;2,5` is two numbers, not three words."""
    cells = [cell for line in lines[:100] for cell in line.cells]
    clean = sum(not set(cell) & set(DELIMITERS) or _NUMBER.fullmatch(cell.strip()) is not None for cell in cells)
    return clean / max(len(cells), 1)


def is_aligned(head: str, delimiter: str) -> bool:
    """Whether runs of spaces divide the cells, rather than one space each."""
    return delimiter == SPACES and usual_width(parsed(head, SPACES))[1] < 1


def _has_numbers(lines: Sequence[Line], width: int) -> bool:
    """Whether a column below the first line has numbers alone: spaces between words are not delimiters."""
    rows = [line.cells for line in lines[1:] if len(line.cells) == width]
    return any(all(map(_NUMBER.fullmatch, column)) for column in zip(*rows, strict=True))


def split_at_spaces(path: Path) -> Path:
    """A copy with a tab between cells, line by line."""
    target = path.with_name(f"{path.name}.tsv")
    with path.open(encoding="utf-8-sig", newline="") as file, target.open("w", encoding="utf-8", newline="") as copy:
        writer = csv.writer(copy, delimiter="\t", lineterminator="\n")
        for line in file:
            cells = tokens(line)
            writer.writerow(cells) if cells else copy.write("\n")
    return target


@contextmanager
def records(path: Path, delimiter: str) -> Iterator[Iterator[Line]]:
    """Lines of cells with the number of the line each begins on; empty lines are none.

    Raises TableError for a quote that is not closed where its cell ends.
    """

    def lines() -> Iterator[Line]:
        before = 0
        try:
            for cells in reader:
                first, before = before + 1, reader.line_num
                if cells:
                    yield Line(first, cells)
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
        return f'a cell is longer than {MAX_LINE_BYTES:,} bytes; is a quote (") left open?'
    return said
