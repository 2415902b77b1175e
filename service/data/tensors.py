"""Arrays by name as one safetensors buffer: the length of a header (8 bytes, little-endian), it as JSON, the arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load, save

Tensors = Mapping[str, npt.NDArray[Any]]

#: What safetensors takes in addition to the arrays, in bytes.
HEADROOM_BYTES = 2**20


def write_tensors(tensors: Tensors, metadata: dict[str, str] | None = None) -> bytes:
    """Raises MemoryError."""
    # safetensors writes the memory as it lies, and scrambles an array that is not contiguous.
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    _claim(sum(tensor.nbytes for tensor in contiguous.values()))
    return save(contiguous, metadata)


def read_tensors(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a buffer. Raises MemoryError, and what safetensors raises for a buffer that is not sound."""
    _claim(len(data))
    return load(data)


def metadata_of(data: bytes) -> dict[str, str]:
    """What a sound buffer holds in addition to its arrays."""
    found: dict[str, str] = _header(data).get("__metadata__") or {}
    return found


def place_of(name: str, data: bytes) -> tuple[int, int]:
    """Where an array's bytes begin, and behind which they end, in a sound buffer."""
    first, behind = _header(data)[name]["data_offsets"]
    begin = _begin(data)
    return begin + first, begin + behind


def _claim(size: int) -> None:
    """Raise MemoryError where safetensors would find too little memory: it panics, and its process may then hang."""
    bytes(size + HEADROOM_BYTES)  # not a bytearray, which would write every page


def _header(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data[8 : _begin(data)])
    return found


def _begin(data: bytes) -> int:
    return 8 + int.from_bytes(data[:8], "little")
