"""The data set that a prediction writes, as its worker sees it."""

from __future__ import annotations

from functools import partial

from service.domain.jobs import Job
from service.domain.runs import Block
from service.jobs.output_file import OutputFile, whole_file
from service.storage.base import Storage
from service.storage.quota import Quota
from service.worker.lease import Lease


class Output:
    def __init__(self, storage: Storage, lease: Lease, job: Job, max_dataset_bytes: int) -> None:
        self._storage, self._lease, self._job = storage, lease, job
        self._quota = Quota(storage, "datasets", max_dataset_bytes)

    def has_room(self, block: Block) -> bool:
        return self._quota.has_room(len(block.data))

    def assembled(self) -> OutputFile:
        """The digest and the size of all its rows as one file, each chunk read once. Raises LeaseLost, StorageError."""
        dataset_id = self._job.output or ""
        count = len(self._lease.insist(partial(self._storage.chunk_rows, dataset_id)))
        return whole_file(self._read(dataset_id, number) for number in range(count))

    def _read(self, dataset_id: str, number: int) -> bytes:
        self._lease.news()  # which renews the lease
        return self._lease.insist(partial(self._storage.read_chunk, dataset_id, number))
