"""NumPy's npz: each vector a column, each matrix a column for each of its columns."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from service.data.kinds.time import YEARS
from service.data.tables.columnar import first_line
from service.data.tables.columns import by_row, from_typed
from service.data.tables.errors import reject
from service.data.tables.header import check_header, check_width
from service.data.tables.options import IngestOptions
from service.data.tables.read_table import Read

MAX_BYTES = 4 * 2**30


def read_npz(path: Path, options: IngestOptions) -> Read:
    """Raises TableError. Nothing in the file is ever run: arrays of objects are rejected."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(item.file_size for item in archive.infolist())
            strange = [name for name in archive.namelist() if not name.endswith(".npy")]
        if size > MAX_BYTES:
            raise reject(f"unpacks to {size:,} bytes; at most {MAX_BYTES:,} can be taken")
        if strange:
            raise reject(f"must hold arrays (.npy) and nothing else; holds {strange[0]}")
        with np.load(path, allow_pickle=False) as stored:
            found: list[tuple[str, npt.NDArray[Any]]] = []
            for name in stored.files:
                found += _columns(name, stored[name])
                check_width(len(found))
    # RuntimeError: it is encrypted, or packed in a way that Python does not know.
    except (ValueError, OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise reject(f"is no sound npz file ({first_line(error)})") from None
    names = [name for name, _ in found]
    check_header(names)
    lengths = {len(values) for _, values in found}
    if len(lengths) > 1:
        told = ", ".join(f"{name} {len(values)}" for name, values in found[:10])
        raise reject(f"must hold arrays of one length; rows: {told}")
    # Out of NumPy's hands Arrow would take each text only up to its first NUL.
    arrays = {name: pa.array(values.tolist() if values.dtype.kind == "U" else values) for name, values in found}
    return Read(from_typed(pa.table(arrays), options), {})


def _columns(name: str, array: npt.NDArray[Any]) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    if array.ndim not in (1, 2):
        raise reject(f"must be a vector or a matrix, has {array.ndim} dimensions", column=name)
    if array.dtype.kind not in "biufUM":
        raise reject(f"must hold numbers, text, yes and no, or times; is {array.dtype}", column=name)
    if array.dtype.kind == "M":
        moments = array.astype("datetime64[us]")
        is_wrapped = (moments.astype("datetime64[Y]") != array.astype("datetime64[Y]")) & ~np.isnat(array)
        if is_wrapped.any():
            row = int(np.flatnonzero(is_wrapped.reshape(len(array), -1).any(axis=1))[0])
            raise reject(YEARS, column=name, **by_row(row))
        array = moments
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)  # Arrow knows no other order.
    if array.ndim == 1:
        yield name, np.ascontiguousarray(array)
    else:
        check_width(array.shape[1])
        for place in range(array.shape[1]):
            yield f"{name}_{place}", np.ascontiguousarray(array[:, place])
