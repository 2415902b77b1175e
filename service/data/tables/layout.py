"""Which line of a table is what: titles, the header, the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.data.tables.csv_lines import Line, usual_width
from service.data.tables.errors import shortened
from service.data.tables.first_line import FirstLine, judged
from service.data.tables.header import made_names

#: Beyond so many lines above the header nobody looks for one.
MAX_TITLES = 50
#: Rows that are looked at to tell whether the first line is one of them.
JUDGED_ROWS = 1000
#: So many rows have to begin with a name of their own for the header to lack one.
LEAST_NAMED = 3


@dataclass(frozen=True)
class Layout:
    first: int  #: the line of the header, or of the first row where there is no header
    has_header: bool
    names: tuple[str, ...]  #: "" where the header has none
    skipped: int = 0  #: lines above
    warnings: tuple[str, ...] = ()


def found_layout(lines: Sequence[Line], *, header: bool | None, skip_rows: int | None) -> Layout:
    """The layout of a table by its first lines, empty ones left out; there is at least one."""
    if skip_rows is not None:
        kept = [line for line in lines if line.number > skip_rows]
        return _headed(kept or [Line(skip_rows + 1, [])], header, skip_rows, ())
    titles = _titles(lines)
    if not titles:
        return _headed(lines, header, 0, ())
    last, text = lines[titles - 1].number, shortened(" ".join(filter(None, map(str.strip, lines[0].cells))))
    which = f"line {lines[0].number} was" if titles == 1 else f"the {titles} lines up to line {last} were"
    words = f'{which} skipped as a title ("{text}"); give skip_rows=0 if the table begins there'
    return _headed(lines[titles:], header, last, (words,))


def _titles(lines: Sequence[Line]) -> int:
    """How many lines stand above the header: shorter than the table, and mostly empty."""
    width, _ = usual_width(lines)
    count = 0
    for line in lines[: min(MAX_TITLES, len(lines) - 2)]:
        if not _is_title(line.cells, width):
            break
        count += 1
    if count == 1 and width == 2 and _are_rows(lines[1:]):
        return 0  # a header that is one name short, see `_completed`
    return count


def _is_title(cells: Sequence[str], width: int) -> bool:
    filled = sum(bool(cell.strip()) for cell in cells)
    if len(cells) == width:
        return width > 2 and filled <= 1
    return len(cells) < width and (filled <= 1 or 2 * filled < width) or cells[0].startswith("#")


def _are_rows(lines: Sequence[Line]) -> bool:
    first, *body = [line.cells for line in lines[: JUDGED_ROWS + 1]]
    return judged(first, body) is FirstLine.ROW


def _headed(lines: Sequence[Line], header: bool | None, skipped: int, warnings: tuple[str, ...]) -> Layout:
    first, body = lines[0], [line.cells for line in lines[1 : JUDGED_ROWS + 1]]
    if header is not False and (names := _completed(first.cells, body)) is not None:
        return Layout(first.number, True, tuple(names), skipped, warnings)
    verdict = judged(first.cells, body) if header is None else FirstLine.NAMES if header else FirstLine.ROW
    if verdict is not FirstLine.ROW:
        if verdict is FirstLine.DOUBTFUL:
            shown = ", ".join(shortened(cell) for cell in first.cells[:5])
            warnings += (f"the names of the columns ({shown}) look like data; give header=false if they are a row",)
        return Layout(first.number, True, tuple(first.cells), skipped, warnings)
    names = made_names(len(first.cells))
    if header is None:
        words = f"line {first.number} looks like data and was read as a row: there is no header, so the columns are "
        warnings += (f"{words}called {names[0]} to {names[-1]}; give header=true if the line holds their names",)
    return Layout(first.number, False, tuple(names), skipped, warnings)


def _completed(names: Sequence[str], body: Sequence[Sequence[str]]) -> list[str] | None:
    """A header that has one name less than every row has cells, or empty names too many; None for any other.

    R writes no name above the names of rows; other programs end each row, but not the header, with a delimiter.
    """
    widths = {len(row) for row in body}
    if len(widths) != 1:
        return None
    [width] = widths
    if width == len(names) + 1:
        if not any(row[-1].strip() for row in body):
            return [*names, ""]
        return ["", *names] if len(body) >= LEAST_NAMED and len({row[0] for row in body}) == len(body) else None
    if width < len(names) and not any(name.strip() for name in names[width:]):
        return list(names[:width])
    return None
