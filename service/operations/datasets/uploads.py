"""From an uploaded file to a data set: read in a process of its own, stored chunk by chunk, then published at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path, PurePosixPath
from typing import TypeVar

from service.data.tables.ingest import MEMORY_LIMIT_BYTES, Ingested, ingest
from service.data.tables.options import IngestOptions
from service.domain.datasets import Dataset, NewDataset
from service.domain.ids import new_id
from service.errors import AlreadyExists, NotFound
from service.jobs.machine_memory import machine_bytes
from service.operations import names
from service.operations.backend import Backend
from service.operations.datasets.revisions import Revision
from service.operations.limits import Limits
from service.operations.own_limits import reserve
from service.operations.validation import invalid_fields
from service.schema.types import Body

#: The libraries that read files take a good part of this for themselves.
LEAST_INGEST_BYTES = 2**30

T = TypeVar("T")

MAX_FILENAME = 255
#: Digits of the SHA-256 that distinguish files of the same name.
SHOWN_DIGITS = 8
#: Options that were part of every fingerprint before there were more: as long as they are, files stay known.
FIRST_OPTIONS = ("format", "delimiter", "types")


@dataclass(frozen=True)
class Upload:
    """An uploaded file on disk, as it was sent."""

    path: Path
    sha256: str
    size_bytes: int
    filename: str | None  #: as the sender calls it; it names nothing here
    media_type: str


class PendingDataset:
    """A data set whose rows are stored and that is not visible yet, or the same one, uploaded before."""

    def __init__(
        self, backend: Backend, upload: Upload, options: IngestOptions, name: str | None, *, is_revision: bool = False
    ) -> None:
        self._storage, self._caller = backend.storage, backend.caller
        self._fingerprint = fingerprint(upload, options)
        self._name = name
        self._names = [name] if name else own_names(upload, self._fingerprint)
        self._revision = Revision(self._storage, name, self._fingerprint) if is_revision and name else None
        self._id = new_id("ds")
        self.known = self._find()

    def _find(self) -> Dataset | None:
        """The same file, read in the same way: as any data set, or as the newest revision of the name."""
        if self._revision is None:
            return self._storage.find_dataset(self._fingerprint)
        self._fingerprint, known = self._revision.look()
        return known

    def publish(self) -> tuple[Dataset, bool]:
        """The data set, and whether it is new; a known one is found by the new name as well from now on.

        Raises AlreadyExists when its name is taken; see `retried`.
        """
        if self.known is not None:
            is_named = self._name is None or self._revision is not None
            return (self.known if is_named else self._storage.add_dataset_name(self.known.id, self._names[0])), False
        made = self._storage.publish_dataset(
            self._id, name=self._names[0], fingerprint=self._fingerprint, revision=self._revision is not None
        )
        return made, True

    def retried(self, publish: Callable[[], T]) -> T:
        """What `publish` returns, called again when a name is taken. Raises AlreadyExists when no name is left."""
        while True:
            try:
                return publish()
            except AlreadyExists:
                if not self._find_another_way():
                    raise

    def _find_another_way(self) -> bool:
        """After an AlreadyExists: whether the same file has been published meanwhile, or there is another name."""
        if self.known is not None:  # another data set has the name under which this one was sent again
            return False
        before, self.known = self._fingerprint, self._find()
        if self.known is None and self._fingerprint == before:
            self._names.pop(0)
        return self.known is not None or bool(self._names)

    def store(self, upload: Upload, ingested: Ingested) -> None:
        """Store all but the name."""
        self._storage.begin_dataset(
            NewDataset(
                id=self._id,
                sha256=upload.sha256,
                filename=upload.filename and upload.filename[:MAX_FILENAME].replace("\0", ""),
                format=ingested.format,
                options=ingested.options,
                size_bytes=upload.size_bytes,
                rows=ingested.rows,
                columns=ingested.columns,
                preview=ingested.preview,
                warnings=ingested.warnings,
                created_by=self._caller.label,
                created_by_key=self._caller.key_id,
            )
        )
        for chunk in ingested.chunks:
            self._storage.add_chunk(self._id, chunk.rows, chunk.path.read_bytes())
        for number, piece in enumerate(ingested.pieces):
            self._storage.add_file_piece(self._id, number, piece.read_bytes())

    def drop_unpublished(self) -> None:
        """Delete what was stored, unless it has been published."""
        try:
            self._storage.get_dataset(self._id)
        except NotFound:
            with suppress(NotFound):
                self._storage.delete_dataset(self._id)


@contextmanager
def prepared(backend: Backend, upload: Upload, body: Body) -> Iterator[PendingDataset]:
    """Read and store a file, to be published inside. Raises Invalid with every issue of the file.

    Whatever happens, nothing is left of what has not been published.
    """
    options, name = read_request(body), body.get("name")
    pending = PendingDataset(backend, upload, options, name, is_revision=body.get("revision", False))
    if pending.known is not None:
        yield pending
        return
    with invalid_fields():
        ingested = ingest(upload.path, upload.path.parent / "table", options, memory_bytes=ingest_bytes(backend.limits))
    reserve(backend, "datasets", stored_bytes(ingested))
    try:
        pending.store(upload, ingested)
        yield pending
    finally:
        pending.drop_unpublished()


def stored_bytes(ingested: Ingested) -> int:
    """What the rows and the file itself take."""
    return sum(path.stat().st_size for path in (*(chunk.path for chunk in ingested.chunks), *ingested.pieces))


def ingest_bytes(limits: Limits) -> int:
    """Memory in which one file is read: all that are read at once take at most half of the machine's."""
    share = machine_bytes() // (2 * limits.max_uploads)
    return limits.max_ingest_bytes or min(max(share, LEAST_INGEST_BYTES), MEMORY_LIMIT_BYTES)


def read_request(body: Body) -> IngestOptions:
    """The request's options for reading the file."""
    return IngestOptions(**{item.name: body[item.name] for item in fields(IngestOptions) if item.name in body})


def fingerprint(upload: Upload, options: IngestOptions) -> str:
    """What identifies a data set: its bytes, and how they were read."""
    given = {name: value for name, value in asdict(options).items() if value is not None or name in FIRST_OPTIONS}
    read_as = json.dumps(given, sort_keys=True)
    return hashlib.sha256(f"{upload.sha256} {read_as}".encode()).hexdigest()


def own_names(upload: Upload, fingerprint: str) -> list[str]:
    """Names for a data set that was given none: after its file, and if need be a digest of it, or of its reading."""
    digest = upload.sha256[:SHOWN_DIGITS]
    stem = PurePosixPath((upload.filename or "").replace("\\", "/")).name.partition(".")[0]
    word = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:80]
    if not word or list(names.name_issues(word)):
        return [f"dataset-{digest}", f"dataset-{upload.sha256[:32]}", f"dataset-{fingerprint[:32]}"]
    return [word, f"{word}-{digest}", f"{word}-{fingerprint[:SHOWN_DIGITS]}"]
