"""The weights of a job while it trains, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.domain.frames import Frame, Weights
from service.domain.job_kind import JobKind
from service.domain.jobs import Job
from service.domain.status import ENDED
from service.domain.types import Json
from service.engine.network import Network
from service.errors import Conflict
from service.jobs.camera import interval_seconds
from service.operations.backend import Backend
from service.operations.jobs.jobs import STOPPED, Progress, progress_of
from service.operations.models.models import compiled

MAX_PARAMETERS = 10_000
#: A watch is renewed well before it ends.
WATCH_SECONDS = 6.0
#: The epoch of a reader that has seen nothing.
NOTHING = -1


class FrameLayout:
    """What the numbers of every frame are: tensors as exported weights have them, one after another."""

    def __init__(self, job: Job, network: Network) -> None:
        self.job_id = job.id
        self.interval_seconds = interval_seconds(network.size)  #: between two frames, at least
        self._network = network
        places = network.tensors(np.arange(network.size))
        self._order = np.concatenate([place.ravel() for place in places.values()])
        ends = np.cumsum([place.size for place in places.values()])
        self.tensors: Sequence[Json] = [
            {"name": name, "shape": list(place.shape), "offset": int(end) - place.size}
            for (name, place), end in zip(places.items(), ends, strict=True)
        ]

    @property
    def numbers(self) -> int:
        return len(self._order)

    def written(self, weights: bytes) -> bytes:
        """Of a frame as it is stored: little-endian float32."""
        return bytes(np.frombuffer(weights, "<f4")[self._order].data)

    def stored(self, values: bytes) -> bytes:
        """Weights of a snapshot as a frame has them."""
        return bytes(self._network.from_bytes(values).astype("<f4").data)


@dataclass(frozen=True, kw_only=True)
class FrameBatch:
    progress: Progress
    frames: Sequence[Frame]
    final: Frame | None  #: what an ended job has ended with

    @property
    def is_last(self) -> bool:
        return self.progress.job.status in ENDED


def frame_layout(backend: Backend, job_id: str) -> FrameLayout:
    """Raises NotFound, and Conflict for a job without frames."""
    job = backend.storage.get_job(job_id)
    if job.kind is JobKind.PREDICTION:
        raise Conflict("This job predicts: its weights do not change. Only trainings have frames.")
    record = backend.storage.get_network(job.network_id)
    if record.parameter_count > MAX_PARAMETERS:
        raise Conflict(
            f"The network {record.name} has {record.parameter_count:,} parameters. Frames are for networks of at most "
            f"{MAX_PARAMETERS:,}; read the weights of this one at times by GET /networks/{record.name}/weights."
        )
    return FrameLayout(job, compiled(backend, record))


def frames_after(backend: Backend, layout: FrameLayout, epoch: int) -> FrameBatch:
    """What a reader does not know yet that has seen those up to an epoch: of the past, the newest frame alone.

    The job is read first: what it wrote before it stopped is read after its stop was seen. Raises NotFound.
    """
    storage, job_id = backend.storage, layout.job_id
    job = storage.get_job(job_id)
    frames = storage.read_frames(job_id, after=epoch)
    if epoch == NOTHING:
        frames = frames[-1:]
    final = None
    if job.status in STOPPED or (epoch == NOTHING and not frames):
        weights = storage.newest_weights(job_id)
        if weights is not None and job.status in ENDED:
            final = _frame(backend, layout, weights)
        elif weights is not None and weights.epoch > (frames[-1].epoch if frames else epoch):
            frames = [*frames, _frame(backend, layout, weights)]
    return FrameBatch(progress=progress_of(backend, job), frames=frames, final=final)


def _frame(backend: Backend, layout: FrameLayout, weights: Weights) -> Frame:
    at = weights.epoch
    numbers = backend.storage.history([layout.job_id], from_epoch=at, to_epoch=at, limit=1)
    return Frame(epoch=at, weights=layout.stored(weights.values), numbers=numbers[0] if numbers else None)
