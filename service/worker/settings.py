"""How a worker works."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.jobs.messages import ReportIntervals


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    slots: int = 1  #: jobs trained at the same time
    lease_seconds: float = 60.0  #: how long a silent worker keeps its job
    sweep_seconds: float = 10.0  #: how often a worker looks for abandoned jobs
    grace_seconds: float = 10.0  #: how long a job may take to stop before it is killed
    max_crashes: int = 3  #: without a new checkpoint between them, after which a job has failed
    max_job_bytes: int | None = None  #: memory that a training process may take for its job
    niceness: int = 0  #: by which a training process gives way to others
    max_snapshot_bytes: int = 0  #: of all snapshots together, beyond which no periodic ones are stored; 0: no limit
    poll_seconds: float = 0.5  #: how often a job's wish is looked at
    lost_after_seconds: float = 60.0  #: a job queued for so long, with an empty queue, has lost its message
    resend_seconds: float = 900.0  #: and for so long, whatever waits in the queue; each time twice as long
    audit_seconds: float | None = None  #: how far back the audit goes; None: without end
    callback_secret: str | None = field(default=None, repr=False)  #: signs the callbacks of jobs without their own
    callback_private: bool = False  #: callbacks may go to private addresses
    callback_attempts: int = 8  #: then a callback is given up
    callback_retry_seconds: float = 5.0  #: after the first attempt; then each time four times as long
    callback_timeout_seconds: float = 10.0  #: how long one attempt may take
    callback_look_seconds: float = 1.0  #: how often a worker looks for due callbacks
    intervals: ReportIntervals = field(default_factory=ReportIntervals)

    @property
    def heartbeat_seconds(self) -> float:
        """How often a lease is made longer."""
        return self.lease_seconds / 3

    @property
    def callback_lease_seconds(self) -> float:
        """How long an attempt's callback is kept from others: until it has surely ended."""
        return self.callback_timeout_seconds * 3

    @property
    def margin_seconds(self) -> float:
        """A run that cannot renew its lease ends so long before the lease does."""
        return min(5.0, self.lease_seconds / 6)
