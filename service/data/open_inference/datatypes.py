"""The datatypes of the Open Inference Protocol, and those of NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Texts, or any bytes.
BYTES = "BYTES"
#: Everything but BYTES, as it lies in a binary tensor: little-endian.
NUMBERS: dict[str, np.dtype[Any]] = {
    "BOOL": np.dtype("?"),
    "UINT8": np.dtype("u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
}
NAMES = (*NUMBERS, BYTES)
#: The datatype of an array; texts are objects.
DATATYPES: dict[np.dtype[Any], str] = {dtype: name for name, dtype in NUMBERS.items()} | {np.dtype(object): BYTES}
_BY_NAME = {dtype.name: name for name, dtype in NUMBERS.items()}


def datatype_of(dtype: str) -> str:
    """The datatype of what NumPy calls `dtype`; texts, and moments, which are written as text, are BYTES."""
    return _BY_NAME.get(dtype, BYTES)
