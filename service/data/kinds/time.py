"""Columns of moments in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from service.data.kinds.kind import CellError, Cells, ColumnKind, Json, Values
from service.data.kinds.profiles import counted, histogram
from service.data.reading.moment_text import read_moment
from service.data.reading.read_as import ReadAs
from service.schema.rules import reject, shown

if TYPE_CHECKING:
    import pyarrow as pa

#: A moment can be written with a year of four digits.
FIRST, LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")
YEARS = "times must lie in the years 1 to 9999"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}|\s*$)"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})\s*$"


class TimeKind(ColumnKind):
    """datetime64[us] in UTC; NaT is missing."""

    name = "time"
    dtype = np.dtype("datetime64[us]")
    missing = np.datetime64("NaT")
    arrow = "timestamp[us]"
    stored_as = ("timestamp",)
    exchanged_as = "datetime64[us]"
    accepts = ("time",)
    must_be = "must be a time such as 2024-03-01T12:30:00Z or a date such as 2024-03-01"
    #: Between a time of day and its offset from UTC.
    plus = re.compile(r"([T ][0-9:.,]+) ([0-9:]+)$")

    def json_cell(self, value: Any) -> np.datetime64:
        raise reject(f"must be a time such as 2024-03-01T12:30:00Z or a date, got {shown(value)}")

    def text_cell(self, text: str, read_as: ReadAs) -> np.datetime64:
        """A time without an offset is in UTC; ISO 8601 is understood in every column."""
        value = text.strip()
        parsed: datetime | None
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            parsed = read_moment(value, read_as.dates or "YMD")
        if parsed is None:
            raise reject(f"must be a time such as 2024-03-01T12:30:00Z or a date, got {shown(text)}")
        try:
            since = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) - _EPOCH
        except OverflowError:
            raise reject(f"must lie in the years 1 to 9999, got {shown(text)}") from None
        moment = np.datetime64(since // timedelta(microseconds=1), "us")
        if not FIRST <= moment <= LAST:
            raise reject(f"must lie in the years 1 to 9999, got {shown(value)}")
        return moment

    def is_missing(self, values: Values) -> Cells:
        return np.isnat(values)

    def values(self, piece: pa.Array) -> Values:
        return super().values(piece.cast(self.arrow)).astype(self.dtype)

    def from_arrow(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Raises CellError for a time that cannot be written with a year of four digits."""
        import pyarrow as pa

        if not (pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)):
            return None
        plain = column.cast(pa.timestamp(column.type.unit)) if pa.types.is_timestamp(column.type) else column

        def read(cells: pa.ChunkedArray) -> pa.ChunkedArray | None:
            try:
                return within_years(cells.cast(self.arrow, safe=cells.type != pa.timestamp("ns")))
            except pa.ArrowInvalid:
                return None

        if (moments := read(plain)) is None:
            raise CellError(first_wrong(plain, read), YEARS)
        return moments

    def from_texts(self, texts: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """Times in one way of writing: all with an offset from UTC, or all without, which then are in UTC."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if pc.any(pc.invert(pc.match_substring_regex(texts, _MOMENT))).as_py():
            return None
        has_zone = pc.any(pc.match_substring_regex(texts, r"[T ][0-9:.]+" + _ZONE)).as_py()
        for unit in ("us", "ns"):  # Of nanoseconds as some programs write them, the micros are kept.
            try:
                moments = texts.cast(pa.timestamp(unit, "UTC" if has_zone else None))
                return within_years(moments.cast(self.arrow, safe=False))
            except pa.ArrowInvalid:
                continue
        return None

    def texts(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        import pyarrow.compute as pc

        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%S").cast("string")

    def profile(self, column: pa.ChunkedArray) -> Json:
        moments = column.drop_null().cast("int64").to_numpy()
        profile = counted(column)
        if len(moments):
            drawn = histogram(moments.astype(np.float64))
            profile |= {"min": _written(moments.min()), "max": _written(moments.max())}
            profile["histogram"] = {"counts": drawn["counts"], "edges": [_written(edge) for edge in drawn["edges"]]}
        return profile


def within_years(moments: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Moments (us) as they are; None where one lies in a year that has not four digits."""
    import pyarrow as pa
    import pyarrow.compute as pc

    outside = pc.or_(pc.less(moments, pa.scalar(FIRST)), pc.greater(moments, pa.scalar(LAST)))
    return None if pc.any(outside).as_py() else moments


def first_wrong(cells: pa.ChunkedArray, read: Callable[[Any], Any]) -> int:
    """The index of a cell that cannot be read, by halving."""
    low, high = 0, len(cells)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if read(cells.slice(low, middle - low)) is None else (middle, high)
    return low


def _written(microseconds: float) -> str:
    return f"{np.datetime64(int(microseconds), 'us').astype('datetime64[s]')}Z"
