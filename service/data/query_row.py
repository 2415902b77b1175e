"""One input row as the arguments of a query write it: `x=0.2,0.9`, or `fat=0.2&salt=0.9`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import orjson

from service.data.kinds.number import NUMBER
from service.data.matrices import Matrix, first_issues
from service.schema.rules import shown, unknown
from service.schema.validation import DataError, ValidationIssue

#: All numbers of the row in one argument, in the order of the inputs.
WHOLE_ROW = "x"
#: How many of the features a message names.
SHOWN_FEATURES = 10


def read_query_row(
    given: Mapping[str, str], *, width: int, features: Sequence[str] | None, known: Sequence[str]
) -> Matrix:
    """Read arguments into float64 (1, width). Raises DataError with paths such as ("x",) or ("salt",).

    `known` are the request's other arguments, so that a misspelt one is suggested. A feature may itself be called x:
    an x among others is that feature.
    """
    if len(given) == 1 and WHOLE_ROW in given:
        return _read_whole(given[WHOLE_ROW], width, features)
    issues = first_issues(_name_issues(given, width, features or (), known))
    if issues:
        raise DataError(issues)
    return _read_named({name: given[name] for name in features or ()})


def _read_whole(text: str, width: int, features: Sequence[str] | None) -> Matrix:
    numbers = plain_numbers(text)
    if numbers is None or len(numbers) != width:
        parts = text.split(",")
        if len(parts) != width:
            raise DataError([ValidationIssue((WHOLE_ROW,), f"must be {_in_words(width, features)}; got {len(parts)}")])
        numbers = _numbers([(WHOLE_ROW, part) for part in parts])
    return np.array([numbers], np.float64)


def _read_named(given: Mapping[str, str]) -> Matrix:
    numbers = plain_numbers(",".join(given.values()))
    if numbers is None or len(numbers) != len(given):
        numbers = _numbers(list(given.items()))
    return np.array([numbers], np.float64)


def plain_numbers(text: str) -> list[float] | None:
    """The numbers, where all are written as in JSON: its reader takes a third of the time of many calls of float()."""
    try:
        numbers: list[float] = orjson.loads(f"[{text}]")
    except orjson.JSONDecodeError:
        return None
    return numbers if set(map(type, numbers)) <= {int, float} else None


def _numbers(items: Sequence[tuple[str, str]]) -> list[float]:
    """One number of each text, under the name of its argument."""
    numbers = [_number(text) for _, text in items]
    issues = first_issues(
        ValidationIssue((name,), f"must be a finite number, got {shown(text)}")
        for (name, text), number in zip(items, numbers, strict=True)
        if not math.isfinite(number)
    )
    if issues:
        raise DataError(issues)
    return numbers


def _number(text: str) -> float:
    """NaN for what is no number."""
    # A plus that is not encoded arrives as a space: 1e+16 as "1e 16".
    written = text.replace(" ", "+")
    return float(written) if NUMBER.fullmatch(written) else math.nan


def _name_issues(
    given: Mapping[str, str], width: int, features: Sequence[str], known: Sequence[str]
) -> Iterator[ValidationIssue]:
    if WHOLE_ROW not in given and not (given and features):
        yield ValidationIssue((WHOLE_ROW,), f"is required: {_in_words(width, features)}")
    by_name = WHOLE_ROW not in given or WHOLE_ROW in features
    if not by_name:
        yield ValidationIssue((WHOLE_ROW,), "must stand alone: all numbers in x, or each feature by its name")
    strange = [name for name in given if name not in features and name != WHOLE_ROW]
    yield from (ValidationIssue((name,), unknown(name, [*known, WHOLE_ROW, *features], "argument")) for name in strange)
    if given and by_name:
        yield from (ValidationIssue((name,), "is required") for name in features if name not in given)


def _in_words(width: int, features: Sequence[str] | None) -> str:
    numbers = "1 number" if width == 1 else f"{width} numbers with commas between"
    if not features:
        return numbers
    more = ", …" if width > SHOWN_FEATURES else ""
    return f"{numbers} ({', '.join(features[:SHOWN_FEATURES])}{more}), or each by its name"
