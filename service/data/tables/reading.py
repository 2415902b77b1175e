"""From a file to a table of four kinds of columns, and from there to chunks and a summary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from service.data.roles import Role, roles, warnings_of
from service.data.tables.archives import unpacked, zip_kind
from service.data.tables.chunks import write_chunks
from service.data.tables.columnar import read_arrow, read_parquet
from service.data.tables.columns import read_info
from service.data.tables.csv_table import read_csv
from service.data.tables.errors import reject
from service.data.tables.file_pieces import write_pieces
from service.data.tables.header import check_width
from service.data.tables.json_table import read_json, read_ndjson
from service.data.tables.npz_table import read_npz
from service.data.tables.options import IngestOptions
from service.data.tables.profile import described, previewed
from service.data.tables.read_table import Read
from service.data.tables.workbook import read_workbook

READERS: Mapping[str, Callable[[Path, IngestOptions], Read]] = {
    "csv": read_csv,
    "parquet": read_parquet,
    "arrow": read_arrow,
    "json": read_json,
    "ndjson": read_ndjson,
    "npz": read_npz,
    "xlsx": read_workbook,
    "xls": read_workbook,
    "ods": read_workbook,
}
#: Which formats an option is for.
OPTIONS_FOR = {
    "encoding": ("csv",),
    "delimiter": ("csv",),
    "header": ("csv", "xlsx", "xls", "ods"),
    "skip_rows": ("csv", "xlsx", "xls", "ods"),
    "sheet": ("xlsx", "xls", "ods"),
}
WORKBOOKS = ("xlsx", "xls", "ods")
#: The values of a column of so few numbers are counted, for they may be classes.
MAX_VALUES = 20


def read(path: Path, folder: Path, options: IngestOptions) -> dict[str, Any]:
    """Write chunks into `folder`, and return the summary of the table. Raises TableError."""
    pa.set_cpu_count(2)
    plain = unpacked(path, folder)
    if plain.stat().st_size == 0:
        raise reject("holds nothing: the file is empty")
    kind = _kind(plain, options)
    _check_options(kind, options)
    found = READERS[kind](plain, options)
    table = found.table
    if strange := [name for name in options.types if name not in table.column_names]:
        raise reject(f"has no column to take as {options.types[strange[0]]}", column=strange[0])
    check_width(table.num_columns)
    if table.num_rows == 0:
        raise reject("has no rows")
    columns, warnings = described(table)
    known = roles(table, columns, found.index)
    for column in columns:
        _complete(column, table, known.get(column["name"]))
    return {
        "format": kind,
        "options": {**found.options, **options.of_cells()},
        "rows": table.num_rows,
        "columns": columns,
        "preview": previewed(table),
        "warnings": [*found.warnings, *warnings, *warnings_of(known)],
        "chunks": write_chunks(table, folder),
        "pieces": write_pieces(path, folder),
    }


def read_rows(path: Path, folder: Path, options: IngestOptions, *, max_rows: int) -> dict[str, Any]:
    """Write the rows of a Parquet or Arrow file as chunks into `folder` unless they are too many. Raises TableError."""
    pa.set_cpu_count(2)
    table = READERS[options.format or ""](path, options).table
    if table.num_rows == 0:
        raise reject("has no rows")
    chunks = write_chunks(table, folder) if table.num_rows <= max_rows else []
    return {"names": table.column_names, "rows": table.num_rows, "chunks": chunks}


def _complete(column: dict[str, Any], table: pa.Table, role: Role | None) -> None:
    """Add what takes more than one column, or the texts, to know."""
    name, profile = column["name"], column["profile"]
    column["role"] = None if role is None else role.to_json()
    if "words" in (info := read_info(table.schema.field(name))):
        profile["words"] = info["words"]
    if column["type"] == "number" and profile["distinct"] <= MAX_VALUES:
        counts = table[name].drop_null().value_counts().to_pylist()
        ordered = sorted(counts, key=lambda item: (-item["counts"], item["values"]))
        if not profile["infinite"]:
            profile["top"] = [{"value": item["values"], "count": item["counts"]} for item in ordered]


def _kind(path: Path, options: IngestOptions) -> str:
    """What the request says; but no workbook is a text, whatever a browser says of it."""
    found = format_of(path)
    if options.format is None or (found in WORKBOOKS and options.format == "csv"):
        return found
    return options.format


def _check_options(kind: str, options: IngestOptions) -> None:
    for name, kinds in OPTIONS_FOR.items():
        if kind in READERS and kind not in kinds and getattr(options, name) is not None:
            raise reject(f"is of the format {kind}, which has no {name}")


def format_of(path: Path) -> str:
    """What the first bytes say."""
    with path.open("rb") as file:
        start = file.read(4096)
    for magic, kind in ((b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"\xff\xff\xff\xff", "arrow")):
        if start.startswith(magic):
            return kind
    if start.startswith(b"PK"):
        return zip_kind(path)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"[": "json", b"{": "ndjson"}.get(first, "csv")
