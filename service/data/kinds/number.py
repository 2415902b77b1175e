"""Columns of numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from service.data.cell_words import MAX_EXACT
from service.data.kinds.kind import ColumnKind, Json, Values
from service.data.kinds.profiles import Numbers, counted, histogram
from service.data.reading.clock import read_clock
from service.data.reading.moment_text import read_moment
from service.data.reading.number_text import read_number
from service.data.reading.read_as import PLAIN, ReadAs
from service.schema.rules import reject, shown

if TYPE_CHECKING:
    import pyarrow as pa

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
QUANTILES = (5, 25, 50, 75, 95)
#: Between these, whole numbers are rounded as numbers, and are more likely ids than measurements.
ROUNDED = (float(MAX_EXACT), 1e20)
#: Numbers that programs write for a cell that has no value.
SENTINELS = (-99.0, -200.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0, -1e30)
#: Days of 1900 to 2100, as YYYYMMDD. So many different ones are no accident, and so many are looked at.
COMPACT_DATES, MIN_DATES, COMPARED_DATES = (19_000_101, 21_001_231), 5, 1000

_LEADING_ZERO = r"^\s*[+-]?0[0-9]"
#: How a text with a zero in front begins.
_ZEROS = ("-0", "+0", *(f"0{digit}" for digit in range(10)))


class NumberKind(ColumnKind):
    """float64; NaN is missing, infinity stays infinity."""

    name = "number"
    dtype = np.dtype(np.float64)
    missing = np.nan
    arrow = "double"
    stored_as = ("double", "float", "halffloat", "int", "uint")
    exchanged_as = "float64"
    accepts = ("number", "boolean")
    must_be = "must be a number"
    plus = re.compile(r"([eE]) ([0-9]+)$")

    def json_cell(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise reject(f"must be a number, got {shown(value)}")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise reject("must be a finite number")
        return number

    def text_cell(self, text: str, read_as: ReadAs) -> float:
        word = text.strip()
        if read_as is PLAIN:
            number = float(word) if NUMBER.fullmatch(word) else None
        else:
            number = read_clock(word) if read_as.clock else None
            number = read_number(word, read_as) if number is None else number
        if number is None:
            raise reject(f"must be a finite number{_written(read_as)}, got {shown(text)}")
        return self.json_cell(number)

    def values(self, piece: pa.Array) -> Values:
        return super().values(piece.cast(self.arrow))

    def from_arrow(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = column.type
        if pa.types.is_floating(kind):
            numbers = column.cast(self.arrow)
            return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
        if pa.types.is_integer(kind):
            return column.cast(self.arrow, safe=False)
        return column.cast(self.arrow) if pa.types.is_decimal(kind) or pa.types.is_null(kind) else None

    def from_texts(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        import pyarrow as pa

        try:
            return texts.cast(self.arrow)
        except pa.ArrowInvalid:
            return None

    def recognised(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        numbers = self.from_texts(texts)
        return None if numbers is None or has_leading_zeros(texts) else numbers

    def plain(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """A column that has nothing but numbers, as most have: this takes a fraction of what looking at texts takes."""
        import pyarrow.compute as pc

        numbers = self.from_texts(texts)
        if numbers is None or pc.any(pc.is_nan(numbers)).as_py() or has_leading_zeros(texts):
            return None
        return numbers

    def texts(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Whole numbers without a point, as far as all of their digits are known."""
        import pyarrow.compute as pc

        is_exact = pc.and_(pc.equal(column, pc.round(column)), pc.less(pc.abs(column), MAX_EXACT))
        whole = column.cast("int64", safe=False).cast("string")
        return pc.if_else(is_exact, whole, column.cast("string"))

    def profile(self, column: pa.ChunkedArray) -> Json:
        numbers: Numbers = column.drop_null().to_numpy()
        finite = numbers[np.isfinite(numbers)]
        profile = {**counted(column), "infinite": len(numbers) - len(finite)}
        if not len(finite):
            return profile
        with np.errstate(over="ignore", invalid="ignore"):
            measured = {"min": finite.min(), "max": finite.max(), "mean": finite.mean(), "std": finite.std()}
            measured["skew"] = _skew(finite)
            quantiles = np.percentile(finite, QUANTILES)
        return {
            **profile,
            **{key: _json(value) for key, value in measured.items()},
            "quantiles": {str(share): _json(value) for share, value in zip(QUANTILES, quantiles, strict=True)},
            "histogram": histogram(finite),
        }

    def doubts(self, column: pa.ChunkedArray, profile: Json) -> Iterable[str]:
        if _is_rounded(column, profile):
            limit = f"{int(ROUNDED[0]):,}"
            yield f"has whole numbers above {limit}, which are rounded; if they are ids, take it as a category"
        if _are_compact_dates(column, profile):
            yield "holds whole numbers that may be dates, such as 20240131; say types=…:time to have them read as dates"
        if infinite := profile["infinite"]:
            yield f"is infinite in {infinite:,} row{'s' * (infinite != 1)}"
        if (sentinel := _sentinel(column)) is not None:
            number, cells = sentinel
            words = f"is {number:g} in {cells:,} rows, far from all others"
            yield f"{words}; say missing={number:g} if that is a missing cell"


def _skew(finite: Numbers) -> float:
    """The third standardised moment, biased; NaN for numbers that are all the same, or too far apart to tell."""
    z = (finite - finite.mean()) / (finite.std() or np.nan)
    return float(np.mean(z * z * z))


def _is_rounded(column: pa.ChunkedArray, profile: Json) -> bool:
    import pyarrow.compute as pc

    greatest = max(abs(profile.get("min") or 0), abs(profile.get("max") or 0))
    return bool(ROUNDED[0] <= greatest < ROUNDED[1] and pc.all(pc.equal(column, pc.round(column))).as_py())


def _are_compact_dates(column: pa.ChunkedArray, profile: Json) -> bool:
    """Whether the numbers are days written as YYYYMMDD."""
    if not COMPACT_DATES[0] <= (profile.get("min") or 0) <= (profile.get("max") or 0) <= COMPACT_DATES[1]:
        return False
    numbers = column.unique().drop_null()[:COMPARED_DATES].to_pylist()
    return len(numbers) >= MIN_DATES and all(read_moment(f"{number:.15g}", "YMD") for number in numbers)


def _written(read_as: ReadAs) -> str:
    """How, where it is not the plain way."""
    if read_as.clock:
        return " of hours or a time such as 13:45"
    if read_as.thousands is None and read_as.decimal == ".":
        return ""
    return f" such as 1{read_as.thousands or ''}234{read_as.decimal}5"


def _sentinel(column: pa.ChunkedArray) -> tuple[float, int] | None:
    """A number that often stands for a missing cell, and in how many rows: where it comes more than once, and lies
    further from all others than they lie from each other."""
    numbers: Numbers = column.drop_null().to_numpy()
    for sentinel in SENTINELS:
        is_sentinel = numbers == sentinel
        cells = int(np.count_nonzero(is_sentinel))
        others = numbers[~is_sentinel] if cells > 1 else numbers[:0]
        others = others[np.isfinite(others)]
        if len(others) and min(abs(others.min() - sentinel), abs(others.max() - sentinel)) > np.ptp(others):
            return sentinel, cells
    return None


def has_leading_zeros(texts: pa.ChunkedArray) -> bool:
    """Texts with zeros in front are codes, such as post codes, and not numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    first = pc.utf8_slice_codeunits(texts, 0, 2)
    zeros = texts.filter(pc.is_in(first, value_set=pa.array(_ZEROS)))
    return bool(pc.any(pc.match_substring_regex(zeros, _LEADING_ZERO)).as_py())


def _json(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
