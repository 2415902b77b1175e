"""Outputs and probabilities of many rows as JSON: written once, and copied as text, which takes half the time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from service.data.signatures.output_rows import ManyRows, OutputRows


def can_be_written(rows: OutputRows) -> bool:
    """Whether each output is the probability of a class, and all of them are finite."""
    return isinstance(rows, ManyRows) and rows.all_finite and rows.numbers.shape[1] > 1


def written_probabilities(rows: OutputRows, names: Sequence[str]) -> dict[str, Any]:
    text = orjson.dumps(np.ascontiguousarray(rows.numbers), option=orjson.OPT_SERIALIZE_NUMPY)
    return {"outputs": orjson.Fragment(text), "probabilities": orjson.Fragment(objects(text, names))}


def objects(lists: bytes, names: Sequence[str]) -> bytes:
    """JSON of lists of numbers as JSON of objects: `[[1,2],[3,4]]` as `[{"a":1,"b":2},{"a":3,"b":4}]`."""
    numbers = lists[2:-2].replace(b"],[", b",").split(b",")
    first, *others = (orjson.dumps(name) + b":" for name in names)
    parts = [b""] * (2 * len(numbers))
    parts[::2] = [b"},{" + first, *(b"," + other for other in others)] * (len(numbers) // len(names))
    parts[1::2] = numbers
    return b"[" + b"".join(parts)[2:] + b"}]"
