"""The rows of a job as bytes: one safetensors buffer in the network's dtype, from submit time to the child process."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from service.data.tensors import read_tensors, write_tensors
from service.engine.network import Network
from service.engine.rows import Rows

PARTS = ("inputs", "targets", "sample_weights")
VALIDATION, TEST = "validation_", "test_"


def are_rows(data: bytes) -> bool:
    """Whether `encode` wrote these bytes: the JSON header of a safetensors buffer follows its length of 8 bytes."""
    return data[8:9] == b"{"


def encode(training: Rows, validation: Rows | None = None, test: Rows | None = None) -> bytes:
    tensors = _tensors(training, "")
    for prefix, rows in ((VALIDATION, validation), (TEST, test)):
        if rows is not None:
            tensors |= _tensors(rows, prefix)
    return write_tensors(tensors)


def decode(network: Network, data: bytes) -> tuple[Rows, Rows | None]:
    """Return the training and the validation rows. Raises DataError when they do not fit the network."""
    tensors = read_tensors(data)
    return _rows(network, tensors, ""), _held_out(network, tensors, VALIDATION)


def decode_test(network: Network, data: bytes) -> Rows | None:
    """The test rows, which no training sees. Raises DataError as `decode` does."""
    return _held_out(network, read_tensors(data), TEST)


def _held_out(network: Network, tensors: dict[str, npt.NDArray[np.generic]], prefix: str) -> Rows | None:
    return _rows(network, tensors, prefix) if f"{prefix}inputs" in tensors else None


def _tensors(rows: Rows, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
    arrays = {part: getattr(rows, part) for part in PARTS}
    return {f"{prefix}{part}": array for part, array in arrays.items() if array is not None}


def _rows(network: Network, tensors: dict[str, npt.NDArray[np.generic]], prefix: str) -> Rows:
    return Rows.of(network, *(tensors.get(f"{prefix}{part}") for part in PARTS))
