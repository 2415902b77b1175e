"""What a storage promises to those who steer a job; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod

from service.domain.records import ChangedOptions, Job, Pace


class Steering(ABC):
    @abstractmethod
    def resume_job(self, job_id: str, pace: Pace, changed: ChangedOptions | None = None) -> Job:
        """Let a job run on at a pace, as `set_requested_state` does, and with other options.

        A job that runs or is queued takes the pace without a stop, with a `pace_changed` event where it is another one;
        options change only while it is paused, with an `options_changed` event and an entry in `Job.changes`, which
        name the epoch that they hold from. Raises NotFound, and Conflict when the job has ended, or when options are to
        change and it is not paused.
        """
