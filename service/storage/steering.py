"""What a storage promises to who watches and steers jobs; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.frames import Frame, Weights
from service.domain.jobs import ChangedOptions, Job, Pace


class Steering(ABC):
    @abstractmethod
    def resume_job(self, job_id: str, pace: Pace, changed: ChangedOptions | None = None) -> Job:
        """Let a job run on at a pace, as `set_requested_state` does, and with other options.

        A job that runs or is queued takes the pace without a stop, with a `pace_changed` event where it is another one;
        options change only while it is paused, with an `options_changed` event and an entry in `Job.changes`, which
        name the epoch that they hold from. Raises NotFound, and Conflict when the job has ended, or when options are to
        change and it is not paused.
        """

    @abstractmethod
    def watch_job(self, job_id: str, *, seconds: float) -> None:
        """Ask for its frames for so long; see `Job.is_watched`. Nothing happens to a job that has ended."""

    @abstractmethod
    def read_frames(self, job_id: str, *, after: int) -> Sequence[Frame]:
        """Those of later epochs that are still kept, in order."""

    @abstractmethod
    def newest_weights(self, job_id: str) -> Weights | None:
        """What the job has ended with, or else those of its newest checkpoint, or else those it starts from.

        None where an ended job has left no snapshot. Raises NotFound.
        """
