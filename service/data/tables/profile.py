"""What is in each column: counted and measured, drawn as a histogram, and what looks doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from service.data.id_columns import is_like_an_id
from service.data.tables.chunks import kind_of

Json = dict[str, Any]
Numbers = npt.NDArray[np.float64]

PREVIEWED = 100
BINS = 20
TOP = 10
MAX_WORDS = 1000
QUANTILES = (5, 25, 50, 75, 95)
#: So many of a text column's cells have to be numbers for the rest to look like mistakes.
MOSTLY = 0.9
#: Between these, whole numbers are rounded as numbers, and are more likely ids than measurements.
ROUNDED = (2.0**53, 1e20)


def described(table: pa.Table) -> tuple[list[Json], list[str]]:
    """Each column with its profile, and warnings."""
    columns, warnings = [], []
    for name in table.column_names:
        kind = kind_of(table[name].type)
        profile = PROFILES[kind](table[name])
        columns.append({"name": name, "type": kind, "profile": profile})
        warnings += [f'"{name}" {warning}' for warning in doubts(table[name], kind, profile)]
    return columns, warnings


def previewed(table: pa.Table) -> list[Json]:
    """The first rows, as JSON has them: a number that is infinite is null."""
    first = table.slice(0, PREVIEWED)
    cells = {}
    for name in first.column_names:
        column = first[name]
        if pa.types.is_floating(column.type):
            column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        plain = column.to_pylist()
        is_time = pa.types.is_timestamp(column.type)
        cells[name] = [cell and f"{cell.isoformat()}Z" for cell in plain] if is_time else plain
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]


def _of_numbers(column: pa.ChunkedArray) -> Json:
    numbers: Numbers = column.drop_null().to_numpy()
    finite = numbers[np.isfinite(numbers)]
    profile = {**_counted(column), "infinite": len(numbers) - len(finite)}
    if not len(finite):
        return profile
    with np.errstate(over="ignore", invalid="ignore"):
        measured = {"min": finite.min(), "max": finite.max(), "mean": finite.mean(), "std": finite.std()}
        quantiles = np.percentile(finite, QUANTILES)
    return {
        **profile,
        **{key: _json(value) for key, value in measured.items()},
        "quantiles": {str(share): _json(value) for share, value in zip(QUANTILES, quantiles, strict=True)},
        "histogram": _histogram(finite),
    }


def _histogram(finite: Numbers) -> Json:
    """Equal bins between the least and the greatest; one bin where there is no room for more between them."""
    low, high = finite.min(), finite.max()
    with np.errstate(over="ignore", invalid="ignore"):
        edges = np.linspace(low, high, BINS + 1)
        has_room = np.isfinite(edges).all() and (np.diff(edges) > 0).all()
    if not has_room:
        return {"counts": [len(finite)], "edges": [float(low), float(high)]}
    return {"counts": np.histogram(finite, edges)[0].tolist(), "edges": edges.tolist()}


def _of_flags(column: pa.ChunkedArray) -> Json:
    return {**_counted(column), "top": [{"value": word == "true", "count": count} for word, count in _words(column)]}


def _of_categories(column: pa.ChunkedArray) -> Json:
    words = _words(column)
    return {
        **_counted(column),
        "top": [{"value": word, "count": count} for word, count in words[:TOP]],
        "words": [word for word, _ in words[:MAX_WORDS]],
    }


def _of_times(column: pa.ChunkedArray) -> Json:
    moments = column.drop_null().cast(pa.int64()).to_numpy()
    profile = _counted(column)
    if len(moments):
        drawn = _histogram(moments.astype(np.float64))
        profile |= {"min": _written(moments.min()), "max": _written(moments.max())}
        profile["histogram"] = {
            "counts": drawn["counts"],
            "edges": [_written(middleware) for middleware in drawn["edges"]],
        }
    return profile


def _counted(column: pa.ChunkedArray) -> Json:
    return {"missing": column.null_count, "distinct": pc.count_distinct(column, mode="only_valid").as_py()}


def _words(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    """The different words, the most frequent first, of equals by the alphabet."""
    found = pc.value_counts(column.drop_null().cast(pa.string()))
    pairs = zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _written(microseconds: float) -> str:
    return f"{np.datetime64(int(microseconds), 'us').astype('datetime64[s]')}Z"


def _json(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def doubts(column: pa.ChunkedArray, kind: str, profile: Json) -> Iterator[str]:
    rows = len(column)
    present, distinct = rows - profile["missing"], profile["distinct"]
    if not present:
        yield "has no value in any row"
    elif distinct == 1 and rows > 1:
        yield "has the same value in every row" + (" that has one" if profile["missing"] else "")
    elif is_like_an_id(kind, profile, rows):
        yield f"looks like an id: {distinct:,} different values in {present:,} rows"
    if kind == "number" and _is_rounded(column, profile):
        yield f"has whole numbers above {int(ROUNDED[0]):,}, which are rounded; if they are ids, take it as a category"
    if infinite := profile.get("infinite"):
        yield f"is infinite in {infinite:,} row{'s' * (infinite != 1)}"
    if kind == "category" and present:
        yield from _mistaken(column, present)


def _is_rounded(column: pa.ChunkedArray, profile: Json) -> bool:
    greatest = max(abs(profile.get("min") or 0), abs(profile.get("max") or 0))
    return bool(ROUNDED[0] <= greatest < ROUNDED[1] and pc.all(pc.equal(column, pc.round(column))).as_py())


def _mistaken(column: pa.ChunkedArray, present: int) -> Iterator[str]:
    """Texts most of which are numbers, or dates in a way of writing that says more than one day."""
    number = pc.match_substring_regex(column, r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$")
    count = pc.sum(number).as_py() or 0
    if MOSTLY * present <= count < present:
        others = present - count
        yield f"is mostly numbers: {others:,} cell{'s are' if others != 1 else ' is'} not, and it is taken for words"
    comma = pc.match_substring_regex(column, r"^\s*[+-]?[0-9]+,[0-9]+\s*$")
    if (pc.sum(comma).as_py() or 0) >= MOSTLY * present:
        yield "looks like numbers with a decimal comma; write them with a point for them to be taken as numbers"
    dates = pc.match_substring_regex(column, r"^\s*[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}")
    if (pc.sum(dates).as_py() or 0) >= MOSTLY * present:
        yield "looks like dates; write them as 2024-03-01 for them to be taken as times"


PROFILES = {"number": _of_numbers, "boolean": _of_flags, "category": _of_categories, "time": _of_times}
