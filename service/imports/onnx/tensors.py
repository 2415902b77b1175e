"""Tensors of an ONNX file as arrays: each is checked against its bytes before anything is allocated for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from service.engine.arrays import Array
from service.imports.onnx.errors import rejected

MAX_DIMENSIONS = 8
#: NumPy's type of each element type that is read.
ELEMENTS: Mapping[int, str] = MappingProxyType(
    {
        TensorProto.FLOAT: "<f4",
        TensorProto.DOUBLE: "<f8",
        TensorProto.FLOAT16: "<f2",
        TensorProto.INT32: "<i4",
        TensorProto.INT64: "<i8",
        TensorProto.BOOL: "|b1",
    }
)
#: The field in which a tensor lists its elements, where they are no raw bytes.
LISTED: Mapping[int, str] = {
    TensorProto.FLOAT: "float_data",
    TensorProto.DOUBLE: "double_data",
    TensorProto.INT32: "int32_data",
    TensorProto.INT64: "int64_data",
    TensorProto.BOOL: "int32_data",
}


class TensorReader:
    """Reads tensors until they have more numbers together than are allowed. `data` is the file of external weights."""

    def __init__(self, data: bytes | None, max_numbers: int) -> None:
        self._data, self._left, self._max = data, max_numbers, max_numbers
        self._locations: set[str] = set()

    def read(self, tensor: onnx.TensorProto) -> Any:
        """Raises DataError, with the name of the tensor."""
        shape = tuple(tensor.dims)
        if len(shape) > MAX_DIMENSIONS or any(size < 0 for size in shape):
            raise rejected(f"has a tensor {tensor.name} of the shape {list(shape)[: MAX_DIMENSIONS + 1]}")
        count = math.prod(shape)
        self._left -= count
        if self._left < 0:
            raise rejected(f"has more than {self._max:,} numbers up to the tensor {tensor.name}")
        if tensor.data_type == TensorProto.STRING:
            return self._texts(tensor, shape, count)
        if tensor.data_type not in ELEMENTS:
            kind = (
                TensorProto.DataType.Name(tensor.data_type)
                if tensor.data_type in TensorProto.DataType.values()
                else "?"
            )
            raise rejected(f"has a tensor {tensor.name} of the type {kind}; save its numbers as float32 or float64")
        return self._numbers(tensor, shape, count)

    def _texts(self, tensor: onnx.TensorProto, shape: tuple[int, ...], count: int) -> Any:
        if len(tensor.string_data) != count:
            raise rejected(f"has a tensor {tensor.name} of {count} texts that holds {len(tensor.string_data)}")
        words = [word.decode(errors="replace") for word in tensor.string_data]
        return np.array(words, object).reshape(shape)

    def _numbers(self, tensor: onnx.TensorProto, shape: tuple[int, ...], count: int) -> Array:
        dtype = np.dtype(ELEMENTS[tensor.data_type])
        if tensor.data_location == TensorProto.EXTERNAL:
            raw: Any = self._external(tensor)
        elif tensor.HasField("raw_data"):
            raw = tensor.raw_data
        else:
            listed = getattr(tensor, LISTED.get(tensor.data_type, "float_data"))
            if len(listed) != count:
                raise rejected(f"has a tensor {tensor.name} of {count:,} numbers that holds {len(listed):,}")
            return np.array(listed, dtype).reshape(shape)
        if len(raw) != count * dtype.itemsize:
            expected = count * dtype.itemsize
            raise rejected(f"has a tensor {tensor.name} of {expected:,} bytes that holds {len(raw):,}")
        return np.frombuffer(raw, dtype).astype(dtype.newbyteorder("=")).reshape(shape)

    def _external(self, tensor: onnx.TensorProto) -> memoryview:
        """Its bytes in `data`; where the entry says that they lie on the exporting machine is not looked at."""
        entries = {entry.key: entry.value for entry in tensor.external_data}
        self._locations.add(entries.get("location", ""))
        if self._data is None:
            raise rejected("is required: the model keeps its weights in a second file, often model.onnx.data", "data")
        if len(self._locations) > 1:
            raise rejected("keeps its weights in several files; save it with one, or with none")
        try:
            offset, length = (int(entries.get(key, default)) for key, default in (("offset", 0), ("length", -1)))
        except ValueError:
            raise rejected(f"has a tensor {tensor.name} whose offset or length is no number") from None
        stop = len(self._data) if length < 0 else offset + length
        if not 0 <= offset <= stop <= len(self._data):
            raise rejected(f"ends before the tensor {tensor.name} does: is it the file of this model?", "data")
        return memoryview(self._data)[offset:stop]
