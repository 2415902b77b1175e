"""Every kind of column in NumPy: the cells of rows as columns (rows,) of the network's input, in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from service.exports.program.cells import as_flag, as_number, as_time, as_word, cells_of, place_of

Rows = Sequence[Mapping[str, Any]]


def number(
    rows: Rows,
    name: str,
    *,
    fill: float,
    scale: Callable[[np.ndarray], np.ndarray],
    low: float = -np.inf,
    high: float = np.inf,
    log: bool = False,
    bound: float | None = None,
    knots: Sequence[float] = (),
    bins: int = 0,
    indicator: bool = False,
    required: bool = False,
) -> list[np.ndarray]:
    """A missing cell becomes `fill`; then numbers are clipped, as logarithms, scaled, bounded smoothly, in bins too."""
    cells = cells_of(rows, name, as_number, required=required)
    x = np.clip(np.array([fill if cell is None else cell for cell in cells], float), low, high)
    z = scale(np.copysign(np.log1p(np.abs(x)), x) if log else x)
    if bound is not None:
        z = z / np.hypot(1, z / bound)
    shares = [np.clip((z - start) / (stop - start), 0, 1) for start, stop in zip(knots[:-1], knots[1:], strict=True)]
    return [z, *shares, *[np.zeros(len(z))] * (bins - len(shares)), *gaps(cells, indicator)]


def boolean(rows: Rows, name: str, *, fill: float, indicator: bool = False, required: bool = False) -> list[np.ndarray]:
    cells = cells_of(rows, name, as_flag, required=required)
    return [np.array([fill if cell is None else cell for cell in cells], float), *gaps(cells, indicator)]


def category(
    rows: Rows,
    name: str,
    *,
    categories: Sequence[str],
    fill: int,
    width: int,
    numbers: Mapping[float, int] | None = None,
    flags: Mapping[float, int] | None = None,
    required: bool = False,
) -> list[np.ndarray]:
    """One column for each of `width` categories, or with 0 a single one of codes from 1; unseen: zeros, or the code
    0."""
    places = {word: place for place, word in enumerate(categories)}

    def place(cell: Any) -> int | None:
        return place_of(as_word(cell), places, numbers or {}, flags or {})

    cells = cells_of(rows, name, place, required=required)
    codes = np.array([fill if cell is None else cell for cell in cells], int)
    return [(codes == place).astype(float) for place in range(width)] if width else [codes + 1.0]


def time(
    rows: Rows,
    name: str,
    *,
    fill: int,
    parts: Mapping[str, Callable[[np.ndarray], np.ndarray] | None],
    indicator: bool = False,
    required: bool = False,
) -> list[np.ndarray]:
    """Each part scaled, or for None as a sine and a cosine."""
    cells = cells_of(rows, name, as_time, required=required)
    times = np.array([np.datetime64(fill, "us") if cell is None else cell for cell in cells], "datetime64[us]")
    found = []
    for part, scale in parts.items():
        numbers = np.asarray(part_of(times, part), float)
        if scale is not None:
            found.append(scale(numbers))
        else:
            angles = numbers * (2 * np.pi / PERIODS[part])
            found += [np.sin(angles), np.cos(angles)]
    return [*found, *gaps(cells, indicator)]


def gaps(cells: Sequence[Any], indicator: bool) -> list[np.ndarray]:
    """1 for a missing cell, where that is wanted."""
    return [np.array([cell is None for cell in cells], float)] if indicator else []


def linear(shift: float, scale: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: (x - shift) / scale


def quantiles(*knots: float) -> Callable[[np.ndarray], np.ndarray]:
    """The share of the training rows below x; where knots are equal, the middle of their shares."""
    edges = np.array(knots)
    shares = np.linspace(0, 1, len(edges))

    def scale(x: np.ndarray) -> np.ndarray:
        middle = (np.interp(x, edges, shares) - np.interp(-x, -edges[::-1], -shares[::-1])) / 2
        return np.where(x <= edges[0], 0, np.where(x >= edges[-1], 1, middle))

    return scale


PERIODS = {"month": 12, "day": 31, "day_of_year": 365.2425, "weekday": 7, "hour": 24, "minute": 60, "second": 60}


def part_of(times: np.ndarray, part: str) -> np.ndarray:
    """Of times in UTC; months, days and weekdays count from 0."""
    numbers, days = times.astype(np.int64), times.astype("datetime64[D]").astype(np.int64)
    if part == "elapsed":
        return numbers / 86_400_000_000
    if part == "year":
        return times.astype("datetime64[Y]").astype(np.int64) + 1970
    if part == "month":
        return times.astype("datetime64[M]").astype(np.int64) % 12
    if part in ("day", "day_of_year"):
        start = times.astype("datetime64[M]" if part == "day" else "datetime64[Y]")
        return days - start.astype("datetime64[D]").astype(np.int64)
    if part == "weekday":
        return (days + 3) % 7
    seconds = numbers // 1_000_000
    return {"hour": seconds // 3600 % 24, "minute": seconds // 60 % 60, "second": seconds % 60}[part]
