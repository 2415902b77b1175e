"""One run of several jobs that one child trains as a stack: each has its own lease, reports and end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from service.domain.jobs import Job
from service.domain.status import RequestedState
from service.errors import FeedforwardError, LeaseLost
from service.jobs.messages import Orders, Report
from service.storage.base import Storage
from service.worker.child_process import Child
from service.worker.lease import Lease
from service.worker.run_supervisor import TICK_SECONDS, RunSupervisor
from service.worker.settings import WorkerSettings

logger = logging.getLogger(__name__)


class StackSupervisor:
    """`on_end` is called for each job whose run has ended, as soon as it has."""

    def __init__(
        self,
        storage: Storage,
        settings: WorkerSettings,
        runs: Sequence[tuple[Lease, RunSupervisor]],
        child: Child,
        on_end: Callable[[Job], None],
    ) -> None:
        self._storage, self._settings, self._child, self._on_end = storage, settings, child, on_end
        self._leases = {run.job.id: lease for lease, run in runs}
        self._runs = {run.job.id: run for _, run in runs}
        self._look_at = 0.0

    def watch(self) -> None:
        """Stay with the child until the end of every job's run is on record."""
        try:
            while self._runs:
                self._take_next()
                self._forward_requests()
        except EOFError:
            self._end_all(for_another=any(run.is_killed for run in self._runs.values()))
        except FeedforwardError:  # Its rows could not be read, say: each finds that out for itself.
            logger.exception("A stack of %d jobs cannot go on; they train alone.", len(self._runs))
            self._end_all(for_another=True)

    def _take_next(self) -> None:
        first = self._child.next_report(TICK_SECONDS)
        if first is None:
            return
        reports = [first, *self._child.waiting_reports()]
        are_stored = self._stored_together(reports)
        for report in reports:
            if (run := self._runs.get(report.job_id)) is not None:
                self._do(run, partial(run.answer if are_stored else run.take, report))

    def _stored_together(self, reports: Sequence[Report]) -> bool:
        """Store them in one transaction; False, and nothing is stored, where one of them cannot be."""
        if len(reports) == 1:
            return False
        try:
            with self._storage.transaction():
                for report in reports:
                    if (run := self._runs.get(report.job_id)) is not None:
                        run.store(report)
        except FeedforwardError:  # Each is then stored, or not, by itself.
            for run in self._runs.values():
                run.is_over = False
            return False
        return True

    def _forward_requests(self) -> None:
        jobs = self._news()
        for job_id, run in list(self._runs.items()):
            self._do(run, partial(run.forward_request, jobs.get(job_id)))

    def _news(self) -> Mapping[str, Job]:
        """All of the jobs as they are now, in one read; none until it is time. Renews the leases that are due."""
        now = time.monotonic()
        if now < self._look_at or not self._runs:
            return {}
        self._look_at = now + self._settings.poll_seconds
        for job_id, run in list(self._runs.items()):
            self._do(run, self._leases[job_id].renew)
        ids = list(self._runs)
        jobs = self._leases[ids[0]].insist(partial(self._storage.get_jobs, ids)) if ids else {}
        for job_id in ids:
            if job_id not in jobs:
                self._do(self._runs[job_id], _deleted)
        return jobs

    def _do(self, run: RunSupervisor, action: Callable[[], None]) -> None:
        """Of one job; a run that can do nothing more, or is over, leaves the others to themselves."""
        is_sound = run.survives(action)
        if is_sound and not run.is_over:
            return
        self._runs.pop(run.job.id, None)
        if not is_sound:
            self._child.tell(Orders(job_id=run.job.id, requested_state=RequestedState.CANCEL))
        self._on_end(run.job)

    def _end_all(self, *, for_another: bool) -> None:
        for job_id, run in list(self._runs.items()):
            self._do(run, partial(run.child_has_gone, for_another=for_another))
            if self._runs.pop(job_id, None) is not None:
                self._on_end(run.job)


def _deleted() -> None:
    raise LeaseLost("The job has been deleted.")
