"""Whether a whole column of texts is one of numbers, and how they are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from service.data.reading.number_text import (
    APOSTROPHES,
    FRONT_ZERO,
    KNOWN,
    MINUSES,
    SPACES,
    SYMBOLS,
    Parts,
    Separators,
    body_pattern,
    parts_of,
)
from service.data.reading.read_as import ReadAs
from service.data.reading.shapes import Shape

_CODE = re.compile(rf"0+[eE][0{FRONT_ZERO}]+|{FRONT_ZERO}[eE][0{FRONT_ZERO}]+")
_POWER = re.compile(r"0e0+")
_ZEROS = re.compile(rf"{FRONT_ZERO}[0{FRONT_ZERO}]+(?:[.,].*)?")
#: A plain number whose point, where it has one, may stand between thousands.
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})?")
#: A unit in this share of the cells, or less, is no unit of the column.
RARE = 0.05
_FREE_UNIT = re.compile(rf"[%‰]|[A-Z]{{0,3}}[{SYMBOLS}]|[A-Z]{{3}}")


@dataclass(frozen=True)
class NumberShape:
    shape: Shape
    parts: Parts


@dataclass(frozen=True)
class Numbers:
    """A column's numbers by their shapes, and the ways in which all of them can be written."""

    shapes: Sequence[NumberShape]
    unit: str | None
    candidates: tuple[Separators, ...]

    @property
    def example(self) -> str:
        """A cell that shows the separators, where there are any."""
        return max(self.shapes, key=lambda item: (len(item.parts.separators), len(item.parts.body))).shape.example

    @property
    def cells(self) -> int:
        return sum(item.shape.cells for item in self.shapes)

    @property
    def cells_with_unit(self) -> int:
        return sum(item.shape.cells for item in self.shapes if item.parts.unit)

    def cells_with(self, mark: str) -> int:
        return sum(item.shape.cells for item in self.shapes if mark in item.parts.body)

    @property
    def has_separators(self) -> bool:
        return any(item.parts.separators for item in self.shapes)


def number_shapes(shapes: Iterable[Shape]) -> tuple[list[NumberShape], list[Shape]]:
    """Those of numbers, in whatever way of writing, and the others."""
    found, others = [], []
    for shape in shapes:
        parts = parts_of(shape.text, is_shape=True)
        if parts is None:
            others.append(shape)
        else:
            found.append(NumberShape(shape, parts))
    return found, others


def without_rare_units(found: list[NumberShape], others: list[Shape]) -> tuple[list[NumberShape], list[Shape]]:
    """Take numbers whose unit is in few cells of the column, such as `12.O`, for mistakes: they go to the others."""
    cells = sum(item.shape.cells for item in found)
    by_unit: Counter[str | None] = Counter()
    for item in found:
        by_unit[item.parts.unit] += item.shape.cells
    rare = {
        unit for unit, count in by_unit.items() if unit and count <= RARE * cells and not _FREE_UNIT.fullmatch(unit)
    }
    kept = [item for item in found if item.parts.unit not in rare]
    return kept, [*others, *(item.shape for item in found if item.parts.unit in rare)]


def judged(found: Sequence[NumberShape], *, decimal: str | None, thousands: str | None) -> Numbers | str:
    """How these are written; or, as the end of a sentence, why they are no numbers together."""
    units = {item.parts.unit for item in found}
    named = sorted(unit for unit in units if unit is not None)
    if len(named) > 1:
        return f"has numbers in several units ({', '.join(named[:5])})"
    unit = named[0] if named else None
    if unit is not None and None in units and not _FREE_UNIT.fullmatch(unit):
        return f'has numbers with and without "{unit}"'
    used = frozenset().union(*(item.parts.separators for item in found))
    candidates = [
        separators
        for separators in KNOWN
        if _is_needed(separators, used)
        and all(body_pattern(separators, is_shape=True).fullmatch(item.parts.body) for item in found)
    ]
    if not candidates:
        examples = [item.shape.example for item in sorted(found, key=lambda item: -len(item.parts.separators))[:2]]
        return f"has numbers that are not all written in one way ({', '.join(examples)})"
    wanted = [
        separators
        for separators in candidates
        if decimal in (None, separators.decimal) and thousands in (None, separators.thousands)
    ]
    return Numbers(found, unit, tuple(wanted or candidates))


def _is_needed(separators: Separators, used: frozenset[str]) -> bool:
    """Whether each separator of the column has a meaning, and none is for thousands without being there."""
    given = {separators.decimal, separators.thousands} - {None}
    if separators.thousands is not None and separators.thousands not in used:
        return False
    return used <= given and (
        separators.decimal in used or separators.decimal == "." or separators.thousands is not None
    )


def settled(numbers: Numbers, evidence: str | None, delimiter: str | None) -> tuple[Separators, str | None]:
    """Which way of writing it is, and what to say where nothing but a guess decides.

    `evidence` is the decimal sign of the file's other columns.
    """
    first = numbers.candidates[0]
    if len(numbers.candidates) == 1 or not numbers.has_separators:
        return first, None
    mark = next((mark for item in numbers.shapes for mark in item.parts.separators if mark in ".,"), None)
    decimal = next((one for one in numbers.candidates if one.decimal == mark), first)
    grouped = next((one for one in numbers.candidates if one.thousands == mark), first)
    if mark is None:  # 1 234 is a whole number, whatever the decimal sign.
        return next((one for one in numbers.candidates if one.decimal == evidence), first), None
    if any(re.fullmatch("0{4,}", item.parts.body) for item in numbers.shapes):
        return decimal, None  # Who writes 1234 does not write 1,234.
    if evidence is not None:
        return (decimal if evidence == mark else grouped), None
    chosen = grouped if mark == "," and delimiter in (",", None) else decimal
    meaning = "a separator of thousands" if chosen is grouped else "the decimal sign"
    other = f"thousands={mark}" if chosen is decimal else f"decimal={mark}"
    return chosen, (
        f'has three digits behind every "{mark}", which is taken for {meaning}: {numbers.example}; '
        f"say {other} if it is the other"
    )


def code_doubt(found: Sequence[NumberShape]) -> tuple[bool, str | None]:
    """Whether numbers are codes such as 12E3 or 007, and what to say of them."""
    if any(_ZEROS.fullmatch(item.parts.body) for item in found):
        return True, None
    powers = [item for item in found if item.parts.exponent]
    if not powers or not all(_CODE.fullmatch(item.shape.text) for item in powers):
        return False, None
    example = powers[0].shape.example
    if all(_POWER.fullmatch(item.shape.text) for item in powers):
        return (
            False,
            f"is read as powers of ten: {example} is {float(example):g}; say types=…:category if they are codes",
        )
    return True, f"has codes such as {example}, taken for words; say types=…:number if they are powers of ten"


def as_read(numbers: Numbers, separators: Separators, missing: Sequence[str]) -> ReadAs:
    used = {mark for item in numbers.shapes for mark in item.parts.separators}
    decimal = separators.decimal if separators.decimal in used or separators.thousands else "."
    return ReadAs(decimal=decimal, thousands=separators.thousands, unit=numbers.unit, missing=tuple(missing))


def converted(texts: pa.ChunkedArray, read_as: ReadAs) -> pa.ChunkedArray:
    """Trimmed texts, each of them a number in this way of writing, and nulls. Raises pa.ArrowInvalid."""
    cells = texts
    for mark in MINUSES:
        cells = pc.replace_substring(cells, mark, "-")
    if read_as.unit is not None:
        cells = pc.replace_substring(cells, read_as.unit, "")
    for mark in SPACES + " ":
        cells = pc.replace_substring(cells, mark, "")
    if read_as.thousands is not None:
        for mark in APOSTROPHES + "'" if read_as.thousands == "'" else read_as.thousands:
            cells = pc.replace_substring(cells, mark, "")
    if read_as.decimal != ".":
        cells = pc.replace_substring(cells, read_as.decimal, ".")
    cells = pc.replace_substring_regex(cells, r"^\((.*)\)$", r"-\1")
    cells = pc.replace_substring_regex(cells, r"^\+", "")
    cells = pc.replace_substring_regex(cells, r"^(.*)-$", r"-\1")
    return cells.cast("float64")
