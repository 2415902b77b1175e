"""Arrow's numbers as NumPy's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa


def array_of(piece: pa.Array, missing: int | None = None) -> npt.NDArray[Any]:
    """What `piece.to_numpy(zero_copy_only=False)` is, (rows,); of whole numbers, `missing` stands for a missing one. It
    may share the memory of the piece.

    That method imports pandas where it is installed, as do Arrow's scalars: it takes longer than to read most tables.
    """
    import pyarrow as pa

    kind, data = piece.type, piece.buffers()[1]
    is_float = pa.types.is_float32(kind) or pa.types.is_float64(kind)
    fill: Any = math.nan if is_float else missing
    is_known = is_float or pa.types.is_integer(kind)
    if not is_known or data is None or not len(piece) or (piece.null_count and fill is None):
        converted: npt.NDArray[Any] = piece.to_numpy(zero_copy_only=False)
        return converted
    if not piece.null_count:
        return np.from_dlpack(piece)
    values: npt.NDArray[Any] = np.from_dlpack(
        pa.Array.from_buffers(kind, len(piece), [None, data], 0, piece.offset)
    ).copy()
    values[np.from_dlpack(piece.is_null().cast("uint8")).astype(bool)] = fill
    return values
