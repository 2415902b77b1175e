"""Reports of trainings to tracking servers: part of what a storage promises."""

from __future__ import annotations

from abc import ABC, abstractmethod

from service.domain.reports import Report, ReportEnd


class Reports(ABC):
    """A report is due when its job begins to train, after that as often as its attempts say, and when its job ends."""

    @abstractmethod
    def get_report(self, job_id: str) -> Report | None:
        """None where a job is not reported."""

    @abstractmethod
    def claim_report(self, *, lease_seconds: float) -> Report | None:
        """Begin an attempt at the report that has been due for the longest time. None: nothing is due.

        It counts as one of `attempts` from now on, so that those that never end are counted.
        Nobody else gets it for `lease_seconds`; then it is due again, unless it was advanced or settled.
        """

    @abstractmethod
    def advance_report(
        self,
        report: Report,
        *,
        lease_seconds: float,
        run_id: str | None = None,
        artifact_uri: str | None = None,
        epoch: int | None = None,
        milliseconds: int | None = None,
        model: str | None = None,
    ) -> Report:
        """Record what the server has, and extend the lease.

        Raises LeaseLost when another attempt has begun since, NotFound when the job is not there any more.
        """

    @abstractmethod
    def settle_report(
        self,
        report: Report,
        *,
        retry_seconds: float,
        error: str | None = None,
        ended: ReportEnd | None = None,
        in_doubt: bool = False,
    ) -> None:
        """End an attempt: `error` says why it failed. The next one is due in `retry_seconds`, unless the report has
        `ended`; without an error only if its job trains or has ended, since nothing new comes from one that waits.

        An error and an end are events of the job. Raises as `advance_report` does.
        """
