"""From a file to a table of four kinds of columns, and from there to chunks and a summary."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.data.tables.chunks import write_chunks
from service.data.tables.columnar import read_arrow, read_parquet
from service.data.tables.csv_table import read_csv
from service.data.tables.errors import reject
from service.data.tables.json_table import read_json, read_ndjson
from service.data.tables.npz_table import read_npz
from service.data.tables.options import IngestOptions
from service.data.tables.profile import described, previewed

#: A file that is larger once it is unpacked is refused, whatever it is unpacked from.
MAX_UNPACKED_BYTES = 4 * 2**30
MAX_COLUMNS = 10_000
PIECE_BYTES = 2**20

Read = Callable[[Path, IngestOptions], tuple[pa.Table, dict[str, Any]]]
READERS: Mapping[str, Read] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "arrow": read_arrow,
    "json": read_json,
    "ndjson": read_ndjson,
    "npz": read_npz,
}


def read(path: Path, folder: Path, options: IngestOptions) -> dict[str, Any]:
    """Write chunks into `folder`, and return what is to be told. Raises Refusal."""
    pa.set_cpu_count(2)
    plain = unpacked(path, folder)
    if plain.stat().st_size == 0:
        raise reject("holds nothing: the file is empty")
    kind = options.format or format_of(plain)
    table, how = READERS[kind](plain, options)
    if strange := [name for name in options.types if name not in table.column_names]:
        raise reject(f"has no column to take as {options.types[strange[0]]}", column=strange[0])
    if table.num_columns > MAX_COLUMNS:
        raise reject(f"has {table.num_columns:,} columns; at most {MAX_COLUMNS:,} can be taken")
    if table.num_rows == 0:
        raise reject("has no rows")
    columns, warnings = described(table)
    return {
        "format": kind,
        "options": {**how, **({"types": dict(options.types)} if options.types else {})},
        "rows": table.num_rows,
        "columns": columns,
        "preview": previewed(table),
        "warnings": warnings,
        "chunks": write_chunks(table, folder),
    }


def unpacked(path: Path, folder: Path) -> Path:
    """The file itself, or what is in it where it is gzipped."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path
    target, size = folder / "unpacked", 0
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            while piece := packed.read(PIECE_BYTES):
                size += len(piece)
                if size > MAX_UNPACKED_BYTES:
                    raise reject(f"unpacks to more than {MAX_UNPACKED_BYTES // 2**20:,} MiB")
                plain.write(piece)
    except EOFError:
        raise reject("is cut off: its gzip stream has no end") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise reject(f"is no sound gzip file ({error})") from None
    return target


def format_of(path: Path) -> str:
    """What the first bytes say."""
    with path.open("rb") as file:
        start = file.read(4096)
    for magic, kind in ((b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"\xff\xff\xff\xff", "arrow"), (b"PK", "npz")):
        if start.startswith(magic):
            return kind
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"[": "json", b"{": "ndjson"}.get(first, "csv")
