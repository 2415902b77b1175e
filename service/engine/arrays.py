"""Array types, and how much memory an array spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: In the network's own precision.
Array: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[np.float64]


def extent(shape: Sequence[int], strides: Sequence[int], itemsize: int) -> int:
    """Bytes from an array's first to behind its last element; strides are not negative."""
    return sum((count - 1) * stride for count, stride in zip(shape, strides, strict=True)) + itemsize
