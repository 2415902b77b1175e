"""Read the file of a data set again, in another way, without its bytes being sent again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.domain.datasets import Dataset
from service.errors import Conflict, StorageUnavailable
from service.operations.backend import Backend
from service.operations.datasets.uploads import Upload

#: As an upload's folder: both are forgotten a day after a service was killed over them.
PREFIX = "upload-"


@contextmanager
def kept_file(backend: Backend, dataset: Dataset) -> Iterator[Upload]:
    """The file as it was sent, in a folder that is gone afterwards.

    Raises Conflict for a data set from before files were kept, StorageError for a damaged piece.
    """
    if backend.storage.read_file_piece(dataset.id, 0) is None:
        raise Conflict("The file of this data set was not kept. Upload it again.")
    # Not above: pyarrow takes a while to load, and few requests need it.
    from service.data.tables.file_pieces import join_pieces

    folder = _own_folder(backend.scratch)
    try:
        path = folder / "upload"
        join_pieces(_pieces(backend, dataset), path)
        yield Upload(path, dataset.sha256, dataset.size_bytes, dataset.name, "")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own_folder(scratch: Path) -> Path:
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=PREFIX, dir=scratch))
    except OSError as error:
        raise StorageUnavailable(f"No file can be read in {scratch}: {error.strerror}.") from error


def _pieces(backend: Backend, dataset: Dataset) -> Iterator[bytes]:
    number = 0
    while (piece := backend.storage.read_file_piece(dataset.id, number)) is not None:
        yield piece
        number += 1
