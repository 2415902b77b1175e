"""Parquet and Arrow files, whose columns have types already."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from service.data.tables.columns import from_typed
from service.data.tables.errors import reject
from service.data.tables.header import check_header
from service.data.tables.options import IngestOptions
from service.data.tables.read_table import Read

MAX_BYTES = 4 * 2**30
_INDEX = re.compile(r"__index_level_\d+__")


def read_parquet(path: Path, options: IngestOptions) -> Read:
    """Raises TableError, for a footer that does not say the truth too."""
    try:
        with pq.ParquetFile(path) as file:
            check_header(file.schema_arrow.names)
            told = file.metadata
            sizes = [told.row_group(index).total_byte_size for index in range(told.num_row_groups)]
            if min(sizes, default=0) < 0 or sum(sizes) > MAX_BYTES:
                raise reject(f"says that it unpacks to {sum(sizes):,} bytes; at most {MAX_BYTES:,} can be taken")
            table = file.read(use_threads=False)
            if table.num_rows != told.num_rows:
                raise reject(f"says that it has {told.num_rows:,} rows, and has {table.num_rows:,}")
            table.validate(full=True)
            index = index_of(file.schema_arrow)
    except MemoryError:  # Arrow's own is an ArrowException too
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise reject(f"is no sound Parquet file ({first_line(error)})") from None
    return Read(from_typed(table, options), {}, index=index)


def read_arrow(path: Path, options: IngestOptions) -> Read:
    """Arrow's file format or its stream."""
    try:
        with pa.OSFile(str(path)) as source, _opened(source) as reader:
            check_header(reader.schema.names)
            table = reader.read_all()
            table.validate(full=True)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise reject(f"is no sound Arrow file ({first_line(error)})") from None
    return Read(from_typed(table, options), {}, index=index_of(table.schema))


def index_of(schema: pa.Schema) -> tuple[str, ...]:
    """The columns that pandas has made of a data frame's index that had no name; one with a name may be data."""
    try:
        told = json.loads((schema.metadata or {}).get(b"pandas", b"{}")).get("index_columns", [])
    except (ValueError, AttributeError):  # not written by pandas after all
        return ()
    names = told if isinstance(told, list) else []
    return tuple(name for name in names if isinstance(name, str) and _INDEX.fullmatch(name))


def _opened(source: Any) -> Any:
    is_file = source.read(6) == b"ARROW1"
    source.seek(0)
    return pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200].rstrip(".")
