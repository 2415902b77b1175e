"""Columns of texts that are numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from service.data.kinds.number import NumberKind
from service.data.reading.look import EXAMPLES, Finish, Look, ReadColumn, UnreadableColumn, in_json, mostly
from service.data.reading.missing import AMONG_VALUES
from service.data.reading.number_text import Separators, parts_of, read_number
from service.data.reading.numbers import (
    GROUPED,
    Numbers,
    NumberShape,
    as_read,
    code_doubt,
    converted,
    judged,
    number_shapes,
    settled,
    without_rare_units,
)
from service.data.reading.read_as import ReadAs
from service.data.reading.shapes import shapes_of
from service.data.reading.words import may_hold

#: So many cells show whether all points of a column may stand between thousands.
SAMPLED = 100
#: A power of ten without a sign, as codes have it too.
POWER = "[0-9][eE][0-9]"
NOT_STRANGE = AMONG_VALUES | {"inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}


def read_plain(texts: pa.ChunkedArray, *, is_wanted: bool) -> tuple[pa.ChunkedArray, str | None] | None:
    """A column of nothing but plain numbers, as most are, and the decimal sign if there is one.

    This takes a fraction of what looking at texts takes. None where there is more to be judged.
    """
    numbers = NumberKind().plain(texts)
    if numbers is None:
        return None
    if not is_wanted and may_hold(texts, "eE") and pc.any(pc.match_substring_regex(texts, POWER)).as_py():
        return None
    if not may_hold(texts, "."):
        return numbers, None
    first = filter(None, texts.slice(0, SAMPLED).to_pylist())
    return None if all(map(GROUPED.fullmatch, first)) else (numbers, ".")


def read_numbers(look: Look) -> ReadColumn | Finish | None:
    """None where the cells are no numbers, which is doubtful where most of them are.

    Raises UnreadableColumn where the column was to be one of numbers.
    """
    words, shapes = look.words, shapes_of(look.words.different, look.words.counts)
    found, others = without_rare_units(*number_shapes(shapes or []))
    strange = [shape for shape in others if shape.example.lower() not in NOT_STRANGE]
    if not found or (strange and not look.is_wanted):
        cells = sum(item.shape.cells for item in found)
        look.said += mostly("numbers", cells, {shape.example: shape.cells for shape in strange})
        return None
    if not look.is_wanted and _are_codes(look, found):
        return None
    numbers = judged(found, decimal=look.settings.decimal, thousands=look.settings.thousands)
    if isinstance(numbers, str):
        if look.is_wanted:
            raise UnreadableColumn([], numbers)
        look.said.append(f"{numbers}, and is taken for words")
        return None
    if strange:
        different = [word for word in words.different.to_pylist() if word.lower() not in NOT_STRANGE]
        raise UnreadableColumn([word for word in different if not _has_unit(word, (None, numbers.unit))])
    if len(numbers.candidates) > 1 and numbers.has_separators:
        return lambda: _finished(look, numbers)
    if numbers.has_separators:
        look.evidence.add_decimal(numbers.candidates[0].decimal)
    return _finished(look, numbers)


def _has_unit(word: str, units: Collection[str | None]) -> bool:
    parts = parts_of(word)
    return parts is not None and parts.unit in units


def _are_codes(look: Look, found: Sequence[NumberShape]) -> bool:
    are_codes, doubt = code_doubt(found)
    look.said += [doubt] if doubt else []
    return are_codes


def _finished(look: Look, numbers: Numbers) -> ReadColumn:
    separators, guess = settled(numbers, look.evidence.decimal, look.evidence.delimiter)
    look.words.take_away(look.words.among(AMONG_VALUES))
    read_as = as_read(numbers, separators, [*look.words.missing])
    accounted = sum(item.shape.cells for item in numbers.shapes if item.parts.is_accounted)
    counts = {
        "decimal": numbers.cells_with(",") if read_as.decimal == "," else 0,
        "thousands": numbers.cells_with(read_as.thousands) if read_as.thousands else 0,
        "unit": numbers.cells_with_unit,
        "negative": accounted,
    }
    shown = [item.shape.example for item in sorted(numbers.shapes, key=_richness)[:EXAMPLES]]
    examples = [(text, read_number(text, read_as)) for text in shown]
    is_plain = read_as == ReadAs() and not accounted
    warnings = [*look.said, *([guess] if guess else []), *_doubts(look, numbers, separators)]
    return ReadColumn(
        converted(look.words.cells, read_as),
        {} if is_plain else in_json(read_as, look.words, counts=counts, examples=examples),
        warnings,
    )


def _richness(item: NumberShape) -> tuple[int, int]:
    """The cells that show most of how a column is written come first."""
    parts = item.parts
    return -len(parts.separators) - (parts.unit is not None) - parts.is_accounted - parts.negative, -item.shape.cells


def _doubts(look: Look, numbers: Numbers, separators: Separators) -> Iterator[str]:
    settings = look.settings
    if numbers.has_separators and settings.decimal not in (None, separators.decimal):
        yield f'cannot be read with the decimal sign "{settings.decimal}": {numbers.example}'
    if settings.thousands is not None and separators.thousands not in (None, settings.thousands):
        yield f'cannot be read with "{settings.thousands}" between thousands: {numbers.example}'
    if numbers.unit and numbers.cells_with_unit < numbers.cells:
        rest = numbers.cells - numbers.cells_with_unit
        yield (
            f'has "{numbers.unit}" in {numbers.cells_with_unit:,} cells and not in {rest:,}; all are read as they stand'
        )
