"""What has happened to a job or a network since a cursor: its events, and the new rows of a job's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.epochs import Epoch
from service.domain.jobs import Event
from service.domain.monitoring import NetworkEvent
from service.domain.status import ENDED
from service.operations.backend import Backend
from service.operations.jobs.jobs import Progress, progress_of

#: Most events and most epochs brought in one go.
BATCH = 500


@dataclass(frozen=True, order=True)
class Cursor:
    """How far a reader has come: the number of the last event, and the last epoch."""

    event: int = 0
    epoch: int = 0


@dataclass(frozen=True)
class EventBatch:
    progress: Progress | None  #: None for a network
    epochs: Sequence[Epoch]
    events: Sequence[Event | NetworkEvent]
    has_ended: bool = False  #: before the rest was read

    @property
    def has_more(self) -> bool:
        """There was more than one batch; the rest waits."""
        return BATCH in (len(self.epochs), len(self.events))

    @property
    def is_last(self) -> bool:
        """Nothing more will come: the job has ended, and this is all that was left."""
        return self.has_ended and not self.has_more

    def __bool__(self) -> bool:
        return bool(self.epochs or self.events)


def list_events(backend: Backend, job_id: str, *, after: int, limit: int) -> Sequence[Event]:
    """Oldest first. Raises NotFound."""
    return backend.storage.list_events(job_id, after=after, limit=limit)


def batch_of(backend: Backend, job_id: str, cursor: Cursor) -> EventBatch:
    """Raises NotFound.

    The order of the reads keeps the end exact: what a job wrote before it ended is read after its end was seen, and the
    epochs before an event are read after it. The job is read again beside events: one that was read before them would
    report, with the event that a job is paused, that it is still pausing, and nothing would follow.
    """
    job = backend.storage.get_job(job_id)
    has_ended = job.status in ENDED
    events = list_events(backend, job_id, after=cursor.event, limit=BATCH)
    epochs = backend.storage.history([job_id], from_epoch=cursor.epoch + 1, limit=BATCH)
    if events and not has_ended:
        job = backend.storage.get_job(job_id)
    return EventBatch(progress_of(backend, job), epochs, events, has_ended)


def batch_of_network(backend: Backend, network_id: str, cursor: Cursor) -> EventBatch:
    """Raises NotFound."""
    return EventBatch(None, (), backend.storage.list_network_events(network_id, after=cursor.event, limit=BATCH))
