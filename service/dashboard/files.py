"""The page's built files, read once: each as it is and compressed, with the ETag a browser asks by."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).with_name("static")
#: Smaller files would not become smaller.
COMPRESSED_FROM_BYTES = 512
#: What the system's own table may call otherwise, or not know.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".csv": "text/csv"}


@dataclass(frozen=True)
class File:
    content: bytes
    compressed: bytes | None
    etag: str
    content_type: str


def find_file(name: str) -> File | None:
    """A file by its name; it is read again after it was built again."""
    path = next((path for path in STATIC.iterdir() if path.name == name), None)
    return read(path, path.stat().st_mtime_ns) if path else None


@lru_cache(maxsize=32)
def read(path: Path, _changed_at: int) -> File:
    content = path.read_bytes()
    compressed = gzip.compress(content, mtime=0) if len(content) >= COMPRESSED_FROM_BYTES else None
    content_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    return File(content, compressed, hashlib.sha256(content).hexdigest()[:32], content_type)
