"""A file as a request brings it, raw or in a form: streamed to disk, counted and hashed on the way."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest, LengthRequired, RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from service.errors import FieldError, Invalid, StorageUnavailable, TooManyUploads
from service.operations.backend import Backend
from service.operations.datasets.uploads import Upload

KEY = "feedforward.uploads"
FORM = "multipart/form-data"
FIELD = "file"
PIECE_BYTES = 2**18
#: Room for what a form writes around its file.
FORM_BYTES = 2**16
ABANDONED_AFTER_SECONDS = 24 * 3600
PREFIX = "upload-"

DIGEST = {
    "name": "Content-Digest",
    "required": False,
    "description": "`sha-256=:…:` (RFC 9530): a raw body with another digest is rejected.",
    "schema": {"type": "string"},
}
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):")


def install(app: Flask, backend: Backend) -> None:
    app.extensions[KEY] = threading.BoundedSemaphore(backend.limits.max_uploads)


def is_upload(method: str, path: str) -> bool:
    """Whether a request brings a file, which may be larger than other bodies."""
    return method == "POST" and path == "/datasets"


@contextmanager
def received(backend: Backend) -> Iterator[Upload]:
    """The request's file, in a folder of its own that is gone afterwards, whatever happens. Raises TooManyUploads."""
    with reading_folder(backend) as folder:
        receive = _from_form if request.mimetype == FORM else _from_body
        yield receive(folder, backend.limits.max_upload_bytes)


@contextmanager
def reading_folder(backend: Backend) -> Iterator[Path]:
    """A folder in which a file is read, gone afterwards.

    Raises TooManyUploads while as many as may be are under way: each holds a thread, and memory while it is read.
    """
    places: threading.BoundedSemaphore = current_app.extensions[KEY]
    if not places.acquire(blocking=False):
        raise TooManyUploads
    try:
        with _own_folder(backend.scratch) as folder:
            yield folder
    finally:
        places.release()


@contextmanager
def _own_folder(scratch: Path) -> Iterator[Path]:
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        forget_abandoned(scratch)
        own = Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch))
    except OSError as error:
        raise StorageUnavailable(f"No file can be received in {scratch}: {error.strerror}.") from error
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def forget_abandoned(folder: Path) -> None:
    """Remove what a service left behind that was killed over it."""
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # Another upload has ended since, and taken its folder along.
            if left.stat().st_mtime < time.time() - ABANDONED_AFTER_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _kept() -> Iterator[None]:
    """A disk may be full at each step: what is written stays in a buffer for a while."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"The file cannot be kept while it is read: {error.strerror}.") from error


class UploadWriter:
    """A file that takes at most `max_bytes`, and knows their digest. Raises StorageUnavailable."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        with _kept():
            self._file = path.open("w+b")
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self.path = path
        self.size_bytes = 0

    def write(self, data: bytes) -> int:
        self.size_bytes += len(data)
        if self.size_bytes > self._max_bytes:
            raise RequestEntityTooLarge
        self._hash.update(data)
        with _kept():
            return self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        with _kept():
            return self._file.seek(offset, whence)

    def close(self) -> str:
        """The SHA-256 of all that was written."""
        with _kept():
            self._file.close()
        return self._hash.hexdigest()


def _from_body(folder: Path, max_bytes: int) -> Upload:
    writer = UploadWriter(folder / "upload", max_bytes)
    try:
        body = _opened(max_bytes)
        while piece := body.read(PIECE_BYTES):
            writer.write(piece)
    finally:
        sha256 = writer.close()
    _check(writer.size_bytes, sha256)
    _, given = parse_options_header(request.headers.get("Content-Disposition"))
    return Upload(writer.path, sha256, writer.size_bytes, given.get("filename"), request.mimetype)


def _from_form(folder: Path, max_bytes: int) -> Upload:
    """A form ends with a line of its own, so one that is cut off is found out by its parser."""
    writers: list[UploadWriter] = []

    def open_writer(
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        writers.append(UploadWriter(folder / f"upload-{len(writers)}", max_bytes))
        return writers[-1]  # type: ignore[return-value]  # the parser writes, and seeks to the start in the end

    boundary = request.mimetype_params.get("boundary", "").encode("latin-1", "replace")
    if not boundary:
        raise BadRequest("The form has no boundary in its Content-Type.")
    parser = MultiPartParser(open_writer, max_form_memory_size=FORM_BYTES, max_form_parts=10)
    try:
        fields, files = parser.parse(_opened(max_bytes, FORM_BYTES), boundary, request.content_length)
    except ValueError as error:
        raise BadRequest(f"The form cannot be read to its end: {error}.") from error
    finally:
        digests = [writer.close() for writer in writers]
    given = [*fields.items(multi=True), *files.items(multi=True)]
    strange = sorted({name for name, _ in given if name != FIELD})
    issues = [FieldError((name,), "is not a field of this form; options go into the query") for name in strange]
    if len(given) - len(strange) != 1 or len(writers) != 1:
        issues.append(FieldError((FIELD,), "must be one file"))
    if issues:
        raise Invalid(fields=issues)
    [(_, file)] = files.items(multi=True)
    return Upload(writers[0].path, digests[0], writers[0].size_bytes, file.filename, file.mimetype)


def _check(size_bytes: int, sha256: str) -> None:
    """Refuse a body that is not whole, or may not be: a server tells one that is cut off as one that has ended."""
    if request.content_length is not None and size_bytes != request.content_length:
        raise BadRequest(f"The body was cut off: {size_bytes:,} of {request.content_length:,} bytes have come.")
    if not size_bytes:
        raise Invalid("The body is empty. Send a file as it is, or in a form as its field file.")
    digest = _SHA256.search(request.headers.get("Content-Digest", ""))
    if digest is not None and digest[1] != base64.b64encode(bytes.fromhex(sha256)).decode():
        raise BadRequest("The body is not the one that was sent: its SHA-256 differs from the one in Content-Digest.")
    if request.content_length is None and digest is None:
        raise LengthRequired(
            "A body sent in chunks that is cut off cannot be told from a whole one. Send its Content-Length or its "
            "Content-Digest, or send the file in a form (multipart/form-data)."
        )


def _opened(max_bytes: int, around: int = 0) -> IO[bytes]:
    """The body to read from; all other routes have a smaller cap."""
    request.max_content_length = max_bytes + around
    stream = request.stream
    request.max_content_length = max_bytes  # what a refusal tells
    return stream
