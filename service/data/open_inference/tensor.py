"""One input of a request, read from JSON or from bytes. Nothing is allocated that the request has not brought."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from service.data.open_inference.datatypes import BYTES, NAMES, NUMBERS
from service.data.packing import packed_list
from service.schema.rules import Integer, Text, reject, shown, unknown
from service.schema.validation import DataError, Path, ValidationError, ValidationIssue

Values = npt.NDArray[Any]

MAX_NAME = 1000
#: As many as a table has columns.
MAX_TENSORS = 10_000
MAX_DIMENSIONS = 8
MAX_SIZE = 2**31 - 1
#: What stands before each element of BYTES: its length.
LENGTH_BYTES = 4
EXTENT = Integer(minimum=0, maximum=MAX_SIZE)
NAME = Text(MAX_NAME)


@dataclass(frozen=True, eq=False)
class Tensor:
    """`values` have the shape that the request says; those of BYTES are texts, or None where one is missing."""

    name: str
    datatype: str
    values: Values

    @property
    def is_text(self) -> bool:
        return self.datatype == BYTES

    @property
    def rows(self) -> int:
        return len(self.values)


def read_tensors(given: Any, tail: memoryview) -> list[Tensor]:
    """Read a request's inputs; `tail` are the bytes behind its JSON, in the order of the inputs.

    Raises DataError with paths such as (0, "shape") or (0, "data", 17).
    """
    if not isinstance(given, list) or not given:
        raise DataError([ValidationIssue((), f"must be a list of one or more tensors, got {shown(given)}")])
    if len(given) > MAX_TENSORS:
        raise DataError([ValidationIssue((), f"must be at most {MAX_TENSORS:,} tensors, got {len(given):,}")])
    tensors: dict[str, Tensor] = {}
    for index, item in enumerate(given):
        try:
            tensor, size = _read(item, tail)
            if tensor.name in tensors:
                raise _reject(f"occurs twice: {shown(tensor.name)}", "name")
        except ValidationError as error:
            raise DataError(issue.under(index) for issue in error.issues) from None
        tensors[tensor.name] = tensor
        tail = tail[size:]
    if len(tail):
        raise DataError([ValidationIssue((), f"take {len(tail):,} bytes less than there are behind the JSON")])
    return list(tensors.values())


def _read(given: Any, tail: memoryview) -> tuple[Tensor, int]:
    """A tensor, and how many bytes of the tail it takes."""
    if not isinstance(given, dict):
        raise _reject(f"must be an object with name, shape, datatype and data, got {shown(given)}")
    for key in ("name", "shape", "datatype"):
        if given.get(key) is None:
            raise _reject("is required", key)
    with _under("name"):
        name = NAME.read(given["name"])
    datatype, shape = _datatype(given["datatype"]), _shape(given["shape"])
    size = _binary_size(given.get("parameters"))
    if size is None:
        with _under("data"):
            return Tensor(name, datatype, _from_json(given.get("data"), datatype, shape)), 0
    if given.get("data") is not None:
        raise _reject("must be left out where parameters.binary_data_size is given", "data")
    if size > len(tail):
        message = f"is {size:,}, but {len(tail):,} bytes are left behind the JSON"
        raise _reject(message, "parameters", "binary_data_size")
    with _under("parameters", "binary_data_size"):
        return Tensor(name, datatype, _from_bytes(tail[:size], datatype, shape)), size


def _datatype(given: Any) -> str:
    if given == "BF16":
        raise _reject("BF16 is not supported; send FP32", "datatype")
    if not isinstance(given, str) or given not in NAMES:
        raise _reject(unknown(str(given), NAMES, "datatype"), "datatype")
    return given


def _shape(given: Any) -> list[int]:
    if not isinstance(given, list) or not 0 < len(given) <= MAX_DIMENSIONS:
        raise _reject(f"must be a list of 1 to {MAX_DIMENSIONS} sizes, the rows first, got {shown(given)}", "shape")
    for place, size in enumerate(given):
        if type(size) is not int or not 0 <= size <= MAX_SIZE:
            with _under("shape", place):
                EXTENT.read(size)
    return list(given)


def _binary_size(parameters: Any) -> int | None:
    if parameters is None:
        return None
    if not isinstance(parameters, dict):
        raise _reject(f"must be an object, got {shown(parameters)}", "parameters")
    if "shared_memory_region" in parameters:
        raise _reject("is not offered: send the tensor itself", "parameters", "shared_memory_region")
    size = parameters.get("binary_data_size")
    if size is None:
        return None
    with _under("parameters", "binary_data_size"):
        return Integer(minimum=0).read(size)


# -- JSON ----------------------------------------------------------------------------------------------------------


def _from_json(data: Any, datatype: str, shape: Sequence[int]) -> Values:
    if not isinstance(data, list):
        raise reject("is required" if data is None else f"must be a list, got {shown(data)}")
    items = _flat(data, shape)
    if datatype == BYTES:
        _check_types(items, (str, type(None)), "must be a text, or null for a missing one")
        return np.array(items, object).reshape(shape)
    dtype = NUMBERS[datatype]
    if dtype.kind == "f":
        return _floats(items, dtype).reshape(shape)
    if dtype.kind == "b":
        _check_types(items, (bool,), "must be true or false")
        return np.array(items, dtype).reshape(shape)
    return _integers(items, dtype).reshape(shape)


def _flat(data: list[Any], shape: Sequence[int]) -> list[Any]:
    """The elements, row by row, of a list that is flat or nested as the shape says."""
    if not (len(shape) > 1 and data and isinstance(data[0], list)):
        _check_length(data, math.prod(shape))
        return data
    items = data
    _check_length(items, shape[0])
    for size in shape[1:]:
        if any(not isinstance(item, list) or len(item) != size for item in items):
            raise reject(f"must be flat, or nested lists of the shape {list(shape)}")
        items = list(chain.from_iterable(items))
    return items


def _check_length(items: list[Any], count: int) -> None:
    if len(items) != count:
        raise reject(f"must have {count:,} elements, as the shape says, got {len(items):,}")


def _floats(items: list[Any], dtype: np.dtype[Any]) -> Values:
    """Null, like NaN, is missing."""
    values = packed_list(items)
    if values is None:
        values = _with_gaps(items)
    if values.dtype == dtype:
        return values
    with np.errstate(over="ignore"):
        rounded: Values = values.astype(dtype)
    return rounded


def _with_gaps(items: list[Any]) -> Values:
    _check_types(items, (int, float, type(None)), "must be a number, or null for a missing one")
    try:
        return np.array(items, np.float64)
    except OverflowError:
        raise reject("holds a whole number that is too large for a float") from None


def _integers(items: list[Any], dtype: np.dtype[Any]) -> Values:
    _check_types(items, (int,), "must be a whole number; one that may be missing is sent as FP64")
    least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if items and not least <= min(items) <= max(items) <= most:
        place = next(index for index, item in enumerate(items) if not least <= item <= most)
        raise DataError([ValidationIssue((place,), f"must be from {least} to {most}, got {shown(items[place])}")])
    return np.array(items, dtype)


def _check_types(items: list[Any], allowed: tuple[type, ...], message: str) -> None:
    if set(map(type, items)) <= set(allowed):
        return
    place = next(index for index, item in enumerate(items) if type(item) not in allowed)
    raise DataError([ValidationIssue((place,), f"{message}, got {shown(items[place])}")])


# -- bytes ---------------------------------------------------------------------------------------------------------


def _from_bytes(data: memoryview, datatype: str, shape: Sequence[int]) -> Values:
    count = math.prod(shape)
    if datatype == BYTES:
        return _texts(data, count).reshape(shape)
    dtype = NUMBERS[datatype]
    if len(data) != count * dtype.itemsize:
        needs = f"{count:,} elements of {datatype} take {count * dtype.itemsize:,}"
        raise reject(f"does not fit the shape: {needs} bytes, got {len(data):,}")
    if dtype.kind == "b":
        is_set: Values = np.frombuffer(data, np.uint8).reshape(shape) != 0
        return is_set
    return np.frombuffer(data, dtype).reshape(shape)


def _texts(data: memoryview, count: int) -> Values:
    """Each element is its length in 4 bytes, little-endian, and its text in UTF-8."""
    texts: list[str] = []
    at, end = 0, len(data)
    while at < end and len(texts) <= count:
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "little")
        if start > end or at > end:
            raise reject(f"is cut off: element {len(texts):,} goes beyond the {end:,} bytes of its tensor")
        try:
            texts.append(str(data[start:at], "utf-8"))
        except UnicodeDecodeError:
            raise reject(f"has an element that is not UTF-8: {len(texts):,}") from None
    if len(texts) != count:
        got = f"{len(texts):,}" if at >= end else "more"
        raise reject(f"does not fit the shape: {count:,} elements are announced, got {got}")
    return np.array(texts, object)


# -- errors --------------------------------------------------------------------------------------------------------


def _reject(message: str, *path: str | int) -> DataError:
    return DataError([ValidationIssue(path, message)])


class _under:  # a generator would cost more than the reading
    """Put what is raised inside below a path."""

    def __init__(self, *path: str | int) -> None:
        self._path: Path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, ValidationError):
            raise DataError(issue.under(*self._path) for issue in error.issues) from None
