"""What is packed in a file: gzip, or a zip file of one file."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from service.data.tables.errors import reject

#: A file that is larger once it is unpacked is rejected, whatever it is unpacked from.
MAX_UNPACKED_BYTES = 4 * 2**30
PIECE_BYTES = 2**20
#: How often a file may be packed: a zip file of a gzip file is two.
MAX_LEVELS = 2
#: What shows that a zip file is a file of some program, and is not to be unpacked.
PROGRAMS = ("[Content_Types].xml", "mimetype")


def unpacked(path: Path, folder: Path) -> Path:
    """The file itself, or what is in it. Raises TableError."""
    for level in range(MAX_LEVELS):
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith(b"\x1f\x8b"):
            path = _gunzipped(path, folder / f"unpacked-{level}")
        elif start.startswith(b"PK\x03\x04") and (name := _only_member(path)) is not None:
            path = _unzipped(path, name, folder / f"unpacked-{level}")
    return path


def zip_kind(path: Path) -> str:
    """Which program's file a zip file is: a workbook's, or NumPy's."""
    names = _members(path)
    if "[Content_Types].xml" in names:
        return "xlsx"
    return "ods" if "mimetype" in names else "npz"


def _members(path: Path) -> list[str]:
    """Empty for what is no zip file in the end."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name for name in archive.namelist() if not _is_clutter(name)]
    except (zipfile.BadZipFile, OSError, ValueError):
        return []


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.endswith("/") or "__MACOSX" in parts or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def _only_member(path: Path) -> str | None:
    """The one file in a zip file; None for a file of a program. Raises TableError where there are several."""
    names = _members(path)
    if not names or any(name in PROGRAMS for name in names) or any(name.endswith(".npy") for name in names):
        return None
    if len(names) > 1:
        raise reject(f"holds {len(names)} files ({', '.join(names[:5])}); a zip file must hold one table")
    return names[0]


def _gunzipped(path: Path, target: Path) -> Path:
    try:
        with gzip.open(path) as packed:
            _copy(packed, target)
    except EOFError:
        raise reject("is cut off: its gzip stream has no end") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise reject(f"is no sound gzip file ({error})") from None
    return target


def _unzipped(path: Path, name: str, target: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as packed:
            _copy(packed, target)
    # RuntimeError: it is encrypted; NotImplementedError is one: it is packed in a way that Python does not know.
    except (EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
        raise reject(f"is no sound zip file ({error})") from None
    return target


def _copy(packed: gzip.GzipFile | IO[bytes], target: Path) -> None:
    size = 0
    with target.open("wb") as plain:
        while piece := packed.read(PIECE_BYTES):
            size += len(piece)
            if size > MAX_UNPACKED_BYTES:
                raise reject(f"unpacks to more than {MAX_UNPACKED_BYTES // 2**20:,} MiB")
            plain.write(piece)
