"""SIGSTOP past the lease, then SIGCONT: the run that slept finds its job with another worker, and writes nothing."""

from __future__ import annotations

import random
import signal
import time

from drills.deployment import Deployment, deployment, worker_pid
from drills.environment import Environment
from drills.faults import must, until
from drills.processes import end
from drills.programs import LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, ResultLog, result_of
from drills.scenarios import STEADY, make_network
from service.domain.jobs import Event, Job
from service.domain.status import ENDED
from tests.acceptance.processes import alive, descendants, is_writable

#: What is stopped, and whether it sleeps until another worker has ended the job, or wakes while that one works.
KINDS = {
    "worker, to the end": (False, True),
    "worker, half-way": (False, False),
    "worker and child, half-way": (True, False),
}
STALE_WRITES_SECONDS = 1.0


def freeze(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    for kind in KINDS:
        report.expect(kind, LEASE_SECONDS + SWEEP_SECONDS)
    with deployment(environment, slots=1, workers=2) as service:
        make_network(service)
        baseline.prepare(service, STEADY)
        result_log = ResultLog(service, baseline)
        for number in range(rounds):
            kind = list(KINDS)[number % len(KINDS)]
            report.add(kind, _freeze_once(result_log, *KINDS[kind], chance))
        report.compared = result_log.compare()
        service.stop()


def _freeze_once(result_log: ResultLog, with_children: bool, to_the_end: bool, chance: random.Random) -> float:
    """Return how long no worker held the job."""
    service = result_log.deployment
    job_id = result_log.submit(STEADY)
    epochs = chance.uniform(0, STEADY.epochs * result_log.baseline.share / 3)
    until(lambda: service.job(job_id).epoch > epochs, f"a report of more than {epochs:.0f} epochs")
    job = service.job(job_id)
    worker = worker_pid(job) or 0
    must(worker, "the job ended before it could be disturbed")
    below = descendants(worker)
    asleep = [worker, *(below if with_children else ())]
    stopped_at = _stop(service, asleep)
    until(lambda: service.job(job_id).token > job.token, "another run of the job")
    if to_the_end:
        until(lambda: service.job(job_id).status in ENDED, "the job's end in other hands")
    before = _written(service, job_id)
    end(asleep, signal.SIGCONT)
    if to_the_end:
        _check_unchanged(service, job_id, before, children=below)
    return service.starts(job_id)[job.token] - stopped_at


def _stop(service: Deployment, pids: list[int]) -> float:
    """Not in the middle of a write to SQLite: the whole file would be locked for as long as it sleeps."""
    files = [service.environment.data / name for name in ("feedforward.db", "queue.db")]

    def stopped() -> float | None:
        end(pids, signal.SIGSTOP)
        stopped_at = time.time()
        if not service.environment.is_embedded or all(map(is_writable, files)):
            return stopped_at
        end(pids, signal.SIGCONT)
        return None

    return until(stopped, "a moment between two writes")


def _written(service: Deployment, job_id: str) -> tuple[Job, list[Event], object]:
    return service.job(job_id), list(service.events(job_id)), result_of(service, job_id)


def _check_unchanged(service: Deployment, job_id: str, before: object, *, children: set[int]) -> None:
    """Its child ends, and what is stored stays unchanged."""
    nurseries = set(service.pids("nursery", "other"))
    until(lambda: not alive(children - nurseries), "the end of the stale child")
    time.sleep(STALE_WRITES_SECONDS)
    must(_written(service, job_id) == before, f"the stale run of job {job_id} has written something")
