"""The complete state of a training run as plain arrays and JSON: stop after an epoch, load it elsewhere, and resume
with bit-identical results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.engine.arrays import Array
from service.schema.validation import DataError, ValidationIssue

VERSION = 1


@dataclass(frozen=True)
class TrainingState:
    """`numbers` is JSON data (epoch, step, memories, generators); `arrays` are the flat vectors by name."""

    numbers: Mapping[str, Any]
    arrays: Mapping[str, Array]

    def to_arrays(self) -> dict[str, Array]:
        return dict(self.arrays)

    def to_json(self) -> dict[str, Any]:
        """The numbers with the version and the SHA-256 of numbers and arrays."""
        return {"version": VERSION, "sha256": _digest(self.numbers, self.arrays), "numbers": dict(self.numbers)}

    @classmethod
    def restore(cls, data: Mapping[str, Any], arrays: Mapping[str, Array]) -> TrainingState:
        """Read a state back. Raises DataError if it has another version or was modified."""
        if data.get("version") != VERSION:
            raise DataError([ValidationIssue(("version",), f"must be {VERSION}, got {data.get('version')}")])
        if data.get("sha256") != _digest(data.get("numbers"), arrays):
            raise DataError([ValidationIssue(("sha256",), "does not match: the state was modified or truncated")])
        return cls(data["numbers"], arrays)


def _digest(numbers: Mapping[str, Any] | None, arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
