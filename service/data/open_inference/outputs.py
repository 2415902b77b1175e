"""What a network has put out as tensors by name, their first dimension the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.open_inference.tensor import LENGTH_BYTES
from service.schema.rules import Integer, reject

Values = npt.NDArray[Any]
#: The class of a row whose outputs are not finite.
NO_CLASS = -1
NO_LABEL = ""


def class_indexes(classes: Sequence[int | None]) -> Values:
    return np.array([NO_CLASS if one is None else one for one in classes], np.int64)


def texts(labels: Sequence[str | None]) -> Values:
    return np.array([NO_LABEL if label is None else label for label in labels], object)


def flags(classes: Iterable[Any], is_set: Any) -> Values:
    """One yes or no per row. Raises SpecError for a row whose outputs are not finite: BOOL has nothing for it."""
    found = list(classes)
    if None in found:
        raise reject(f"has no value for row {found.index(None)}, whose outputs are not finite")
    return np.array([is_set(one) for one in found], np.bool_)


def classification(scores: Values, labels: Sequence[str] | None, count: Any) -> Values:
    """The `count` highest of each row's scores as texts (rows, count): `0.700000:1:versicolor`.

    From scores (rows, classes); the first of equals comes first. Raises SpecError.
    """
    count = Integer(minimum=1).read(count)
    if scores.ndim != 2 or scores.dtype.kind != "f":
        raise reject("needs an output of one number per class")
    best = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    names = [""] * scores.shape[1] if labels is None else [f":{label}" for label in labels]
    found = [
        [f"{row[index]:f}:{index}{names[index]}" for index in indexes]
        for row, indexes in zip(scores.tolist(), best.tolist(), strict=True)
    ]
    return np.array(found, object)


def to_bytes(values: Values) -> bytes:
    """As they lie in a binary tensor."""
    if values.dtype != object:
        return np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    parts = [text.encode() for text in values.reshape(-1).tolist()]
    return b"".join(piece for part in parts for piece in (len(part).to_bytes(LENGTH_BYTES, "little"), part))
