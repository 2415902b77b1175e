"""How a worker works."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.jobs.messages import ReportIntervals
from service.tracking.servers import Server


@dataclass(frozen=True, kw_only=True)
class WorkerSettings:
    slots: int = 1  #: jobs trained at the same time
    lease_seconds: float = 60.0  #: how long a worker without heartbeats keeps its job
    sweep_seconds: float = 10.0  #: how often a worker looks for abandoned jobs
    grace_seconds: float = 10.0  #: how long a job may take to stop before it is killed
    max_crashes: int = 3  #: crashes without a new checkpoint between them, after which a job fails
    max_job_bytes: int | None = None  #: memory that a training process may take for its job
    niceness: int = 0  #: niceness of a training process
    job_threads: int = 1  #: in which networks of one job train side by side
    max_snapshot_bytes: int = 0  #: of all snapshots together, beyond which no periodic ones are stored; 0: no limit
    max_dataset_bytes: int = 0  #: of all data sets together, beyond which a prediction fails; 0: no limit
    poll_seconds: float = 0.5  #: how often a job's requested state is read
    lost_after_seconds: float = 60.0  #: a job queued this long, with an empty queue, has lost its message
    resend_seconds: float = 900.0  #: and this long, whatever waits in the queue; each time twice as long
    audit_seconds: float | None = None  #: how far back the audit goes; None: no limit
    callback_secret: str | None = field(default=None, repr=False)  #: signs the callbacks of jobs without their own
    callback_private: bool = False  #: callbacks may go to private addresses
    callback_attempts: int = 8  #: attempts after which a callback is given up
    callback_retry_seconds: float = 5.0  #: after the first attempt; then each time four times as long
    callback_timeout_seconds: float = 10.0  #: how long one attempt may take
    callback_look_seconds: float = 1.0  #: how often a worker looks for due callbacks
    schedule_look_seconds: float = 5.0  #: how often a worker looks for due schedules
    search_look_seconds: float = 1.0  #: how often a worker looks for searches that can go on
    drift_look_seconds: float = 2.0  #: how often a worker looks for networks whose drift is due for a look
    mlflow_servers: tuple[Server, ...] = ()  #: that trainings may be reported to by name
    report_attempts: int = 8  #: failed attempts in a row after which a report is given up
    report_retry_seconds: float = 5.0  #: after the first of them; then each time four times as long, up to an hour
    report_timeout_seconds: float = 10.0  #: how long a server may take for one request
    report_upload_seconds: float = 120.0  #: and for one file of a model
    report_look_seconds: float = 1.0  #: how often a worker looks for due reports
    intervals: ReportIntervals = field(default_factory=ReportIntervals)

    @property
    def heartbeat_seconds(self) -> float:
        """How often a lease is renewed."""
        return self.lease_seconds / 3

    @property
    def callback_lease_seconds(self) -> float:
        """How long no other worker attempts the same callback: until this attempt has certainly ended."""
        return self.callback_timeout_seconds * 3

    @property
    def report_lease_seconds(self) -> float:
        """How long no other worker attempts the same report: two requests fit between two records of it."""
        return self.report_timeout_seconds * 3

    @property
    def margin_seconds(self) -> float:
        """A run that cannot renew its lease ends this long before the lease does."""
        return min(5.0, self.lease_seconds / 6)
