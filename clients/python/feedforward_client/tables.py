"""Tables of pandas, polars and NumPy as the service reads them."""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

PARQUET = "application/vnd.apache.parquet"
BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Upload:
    """`types`: columns whose type the bytes do not show."""

    content: bytes
    content_type: str = BYTES
    filename: str | None = None
    types: Mapping[str, str] = field(default_factory=dict)


def library_of(table: object) -> str | None:
    """`pandas` or `polars`, if the table is a DataFrame of theirs."""
    kind = type(table)
    root = kind.__module__.partition(".")[0]
    return root if root in ("pandas", "polars") and kind.__name__ == "DataFrame" else None


def read_upload(table: Any) -> Upload:
    """A DataFrame, a file's path, its bytes, a matrix or a dict of columns as a file that the service reads."""
    library = library_of(table)
    if library == "pandas":
        return _of_pandas(table)
    if library == "polars":
        buffer = io.BytesIO()
        table.write_parquet(buffer)
        return Upload(buffer.getvalue(), PARQUET)
    if isinstance(table, bytes | bytearray):
        return Upload(bytes(table))
    if isinstance(table, str | Path):
        return _of_path(Path(table))
    if isinstance(table, np.ndarray):
        return _of_arrays({"column": table})
    if isinstance(table, Mapping):
        return _of_arrays({str(name): np.asarray(values) for name, values in table.items()})
    raise TypeError(f"a table is a DataFrame, a path, bytes, a matrix or a dict of columns; got {type(table).__name__}")


def _of_path(path: Path) -> Upload:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. A table as text is uploaded as bytes: text.encode()")
    return Upload(path.read_bytes(), filename=path.name)


def _of_arrays(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Upload:
    for name, array in arrays.items():
        if array.dtype.kind not in "biufUM":
            raise TypeError(f"{name}: an array of {array.dtype} has no file format; use a DataFrame")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return Upload(buffer.getvalue())


def _of_pandas(frame: Any) -> Upload:
    """As Parquet if pyarrow is installed, otherwise as CSV with all types, which reads the same; without the index."""
    frame = with_text_names(frame)
    if importlib.util.find_spec("pyarrow") is None:
        return csv_upload(frame)
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    types = {name: "category" for name in frame.columns if _is_category_of_others(frame[name])}
    return Upload(buffer.getvalue(), PARQUET, types=types)


def csv_upload(frame: Any) -> Upload:
    types = {name: kind for name in frame.columns if (kind := type_of(frame[name].dtype)) != "number"}
    return Upload(frame.to_csv(index=False).encode(), "text/csv", types=types)


def with_text_names(frame: Any) -> Any:
    """Columns may have numbers as names in pandas; the service has texts. Raises ValueError where two become one."""
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        raise ValueError(f"columns must have different names as text; got {names}")
    return frame.set_axis(names, axis=1)


def type_of(dtype: Any) -> str:
    """The service's column type of a pandas dtype. Text stays text, even if all cells look like numbers or dates."""
    name = str(dtype).lower()
    if name.startswith(("datetime", "timestamp", "date")):
        return "time"
    if name.startswith("bool"):
        return "boolean"
    return "number" if re.match(r"u?int|float|double|decimal", name) else "category"


def _is_category_of_others(column: Any) -> bool:
    """A categorical column of numbers: in Parquet it would be read as numbers."""
    return str(column.dtype) == "category" and str(column.cat.categories.dtype) not in ("object", "str", "string")


def types_query(types: Mapping[str, str]) -> str | None:
    """`{"year": "category", "when": "time"}` is `year:category,when:time`."""
    return ",".join(f"{name}:{kind}" for name, kind in types.items()) or None


def rows_of(rows: Any) -> list[Any]:
    """Rows as the service takes them: objects for a table, lists for a matrix. A dict is one row."""
    library = library_of(rows)
    if library == "pandas":
        columns = [(str(name), rows[name].tolist()) for name in rows.columns]
        return _by_name(columns, len(rows))
    if library == "polars":
        return list(rows.iter_rows(named=True))
    if isinstance(rows, Mapping):
        return [rows]
    if isinstance(rows, np.ndarray | Sequence) and not isinstance(rows, str | bytes):
        return list(rows)
    raise TypeError(f"rows are a DataFrame, a matrix, a list of rows or one row as a dict; got {type(rows).__name__}")


def _by_name(columns: Sequence[tuple[str, list[Any]]], count: int) -> list[dict[str, Any]]:
    return [{name: cells[row] for name, cells in columns} for row in range(count)]
