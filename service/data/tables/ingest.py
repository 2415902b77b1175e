"""Read an uploaded file as a table, in a process of its own: whatever is in it, this process neither grows nor falls.

pyarrow is loaded there and not here.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from service.data.frame import Frame
from service.data.tables.errors import TableIssue
from service.data.tables.options import IngestOptions
from service.schema.validation import DataError, ValidationIssue

logger = logging.getLogger(__name__)

Json = dict[str, Any]

TIME_LIMIT_SECONDS = 600.0
#: For the rows of a request, which are few.
ROWS_LIMIT_SECONDS = 60.0
#: Most memory that reading a file takes, whatever the machine has.
MEMORY_LIMIT_BYTES = 4 * 2**30
#: What a process says at its end that ran against its limit. One that a signal ended most likely did, too.
OUT_OF_MEMORY = ("memoryerror", "bad_alloc", "cannot allocate", "failed to map segment")
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Chunk:
    path: Path
    rows: int


@dataclass(frozen=True)
class Ingested:
    """A table that has been read: its summary, and its rows as Parquet files in `chunks`."""

    format: str
    options: Json  #: how it was read
    rows: int
    columns: Sequence[Json]  #: name, type, profile
    preview: Sequence[Json]
    warnings: Sequence[str]
    chunks: Sequence[Chunk]
    pieces: Sequence[Path]  #: the file itself, packed by `file_pieces`


@dataclass(frozen=True)
class FileRows:
    """The rows of a file, as chunks in the form of stored tables."""

    names: tuple[str, ...]  #: of all columns
    rows: int
    chunks: Sequence[bytes]

    def columns(self, names: Sequence[str]) -> Frame:
        """The named columns."""
        # Not above: pyarrow takes a while to load.
        from service.data.tables.chunks import decode_chunks

        return decode_chunks(self.chunks, names, self.rows)


def ingest(
    path: Path,
    folder: Path,
    options: IngestOptions,
    *,
    seconds: float = TIME_LIMIT_SECONDS,
    memory_bytes: int = MEMORY_LIMIT_BYTES,
) -> Ingested:
    """Read the file into `folder`, which must not be there yet. Raises DataError with every fault found."""
    summary = _summary(path, folder, asdict(options), seconds=seconds, memory_bytes=memory_bytes)
    chunks = [Chunk(folder / chunk["file"], chunk["rows"]) for chunk in summary.pop("chunks")]
    pieces = [folder / name for name in summary.pop("pieces")]
    return Ingested(**summary, chunks=chunks, pieces=pieces)


def ingest_rows(path: Path, folder: Path, *, format: str, max_rows: int, memory_bytes: int) -> FileRows:
    """Read a Parquet or Arrow file into memory; of more than `max_rows` only their number. Raises DataError."""
    options = {**asdict(IngestOptions(format=format)), "max_rows": max_rows}
    summary = _summary(path, folder, options, seconds=ROWS_LIMIT_SECONDS, memory_bytes=memory_bytes)
    chunks = [(folder / chunk["file"]).read_bytes() for chunk in summary["chunks"]]
    return FileRows(tuple(summary["names"]), summary["rows"], chunks)


def _summary(path: Path, folder: Path, options: Json, *, seconds: float, memory_bytes: int) -> Json:
    """What the process writes down of a file; its chunks are in `folder` then. Raises DataError."""
    folder.mkdir()
    (folder / "options.json").write_text(json.dumps({**options, "memory_bytes": memory_bytes}))
    try:
        ended = run_process(path, folder, seconds)
    except subprocess.TimeoutExpired:
        raise _rejected(f"takes longer than {seconds:g} seconds to read") from None
    if ended.returncode == 0 and (folder / "faults.json").exists():
        issues = [TableIssue(**issue) for issue in json.loads((folder / "faults.json").read_text())]
        raise DataError([ValidationIssue((), issue.in_words()) for issue in issues])
    if ended.returncode != 0 or not (folder / "summary.json").exists():
        said = ended.stderr.decode(errors="replace")
        logger.warning("A file could not be read (%s).\n%s", ended.returncode, said[-2000:])
        if ended.returncode < 0 or any(word in said.lower() for word in OUT_OF_MEMORY):
            raise _rejected(f"cannot be read within {memory_bytes // 2**20:,} MiB of memory, or is damaged")
        raise _rejected("cannot be read, for a reason that the service did not foresee; its log says which")
    summary: Json = json.loads((folder / "summary.json").read_text())
    return summary


def run_process(path: Path, folder: Path, seconds: float) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "service.data.ingest_process", str(path), str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=seconds, check=False)


def _rejected(message: str) -> DataError:
    return DataError([ValidationIssue((), message)])
