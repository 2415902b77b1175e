"""Arrays by name as one safetensors buffer: the length of a header (8 bytes, little-endian), it as JSON, the arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

Tensors = Mapping[str, npt.NDArray[Any]]


def write_tensors(tensors: Tensors, metadata: dict[str, str] | None = None) -> bytes:
    # safetensors writes the memory as it lies, and scrambles an array that is not contiguous.
    return save({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, metadata)


def metadata_of(data: bytes) -> dict[str, str]:
    """What a sound buffer holds in addition to its arrays."""
    found: dict[str, str] = _header(data).get("__metadata__") or {}
    return found


def place_of(name: str, data: bytes) -> tuple[int, int]:
    """Where an array's bytes begin, and behind which they end, in a sound buffer."""
    first, behind = _header(data)[name]["data_offsets"]
    begin = _begin(data)
    return begin + first, begin + behind


def _header(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data[8 : _begin(data)])
    return found


def _begin(data: bytes) -> int:
    return 8 + int.from_bytes(data[:8], "little")
