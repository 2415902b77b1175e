"""The rows of a job as bytes: one safetensors buffer in the network's dtype, from submit time to the child process."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load

from service.data.tensors import write_tensors
from service.engine.network import Network
from service.engine.rows import Rows

PARTS = ("inputs", "targets", "sample_weights")
VALIDATION = "validation_"


def are_rows(data: bytes) -> bool:
    """Whether `encode` wrote these bytes: the JSON header of a safetensors buffer follows its length of 8 bytes."""
    return data[8:9] == b"{"


def encode(training: Rows, validation: Rows | None = None) -> bytes:
    tensors = _tensors(training, "")
    if validation is not None:
        tensors |= _tensors(validation, VALIDATION)
    return write_tensors(tensors)


def decode(network: Network, data: bytes) -> tuple[Rows, Rows | None]:
    """Return the training and the validation rows. Raises DataError when they do not fit the network."""
    tensors = load(data)
    validation = _rows(network, tensors, VALIDATION) if f"{VALIDATION}inputs" in tensors else None
    return _rows(network, tensors, ""), validation


def _tensors(rows: Rows, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
    arrays = {part: getattr(rows, part) for part in PARTS}
    return {f"{prefix}{part}": array for part, array in arrays.items() if array is not None}


def _rows(network: Network, tensors: dict[str, npt.NDArray[np.generic]], prefix: str) -> Rows:
    return Rows.of(network, *(tensors.get(f"{prefix}{part}") for part in PARTS))
