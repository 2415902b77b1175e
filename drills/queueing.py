"""Five hundred jobs wait for two slots: their order, and cancelling some of them."""

from __future__ import annotations

import random
import signal
import time

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import must, until
from drills.processes import end
from drills.programs import GRACE_SECONDS
from drills.report import Report, Times
from drills.results import Baseline, ResultLog, result_of
from drills.scenarios import ENDLESS, TINY, make_network, submit
from service.domain.status import ENDED, Status

SLOTS = 2
CANCEL_SECONDS = 1.0
CANCELS = 5


def queueing(
    environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random
) -> None:
    """`rounds` are the jobs that wait."""
    report.expect("cancel of a running one", CANCEL_SECONDS)
    report.expect("cancel of a queued one", CANCEL_SECONDS)
    report.expect("cancel of a stubborn one", GRACE_SECONDS + CANCEL_SECONDS)
    with deployment(environment, slots=SLOTS) as service:
        make_network(service)
        baseline.prepare(service, TINY)
        for _ in range(CANCELS):
            report.add("cancel of a running one", _cancel(service, _run_endless(service), baseline))
        stubborn = _run_endless(service)
        child = service.pids("child")
        in_the_way = _run_endless(service)
        result_log = ResultLog(service, baseline)
        waiting = [result_log.submit(TINY) for _ in range(rounds)]
        _check_waiting(service, waiting)
        for job_id in chance.sample(waiting, min(CANCELS, rounds // 2)):
            report.add("cancel of a queued one", _cancel_queued(service, job_id))
            del result_log.scenarios[job_id]
        end(child, signal.SIGSTOP)
        report.add("cancel of a stubborn one", _cancel(service, stubborn, baseline, is_stubborn=True))
        _cancel(service, in_the_way, baseline)
        report.compared = result_log.compare(runs=1)
        _check_order(service, list(result_log.scenarios))
        report.times["started in order"] = Times(count=len(result_log.scenarios))
        service.stop()


def _run_endless(service: Deployment) -> str:
    job_id = submit(service, ENDLESS)
    until(lambda: service.job(job_id).epoch > 0, "a first report")
    return job_id


def _cancel(service: Deployment, job_id: str, baseline: Baseline, *, is_stubborn: bool = False) -> float:
    """Return how long it took to stop; its epochs are stored, with the weights of its last epoch."""
    requested_at = time.time()
    service.post(f"/jobs/{job_id}/cancel", None)
    until(lambda: service.job(job_id).status in ENDED, "the end of a job that was told to")
    cancelled, result = service.job(job_id), result_of(service, job_id)
    must(cancelled.status is Status.CANCELLED, f"job {job_id} is {cancelled.status}, though it was told to end")
    expected = [epoch.loss for epoch in baseline.results[TINY.name].history]
    losses = [epoch.loss for epoch in result.history[: len(expected)]]
    must(losses == expected, f"job {job_id} begins with {losses} instead of {expected}")
    last = [epoch for kind, epoch, _ in result.snapshots if kind == "last"]
    must(
        is_stubborn or last == [cancelled.epoch],
        f"job {job_id} ended in epoch {cancelled.epoch}, and kept the weights of {last}",
    )
    must(
        [epoch.epoch for epoch in result.history] == list(range(1, cancelled.epoch + 1)),
        f"job {job_id} misses epochs up to {cancelled.epoch}",
    )
    return (cancelled.finished_at or 0.0) - requested_at


def _cancel_queued(service: Deployment, job_id: str) -> float:
    began = time.monotonic()
    status = service.post(f"/jobs/{job_id}/cancel", None)["status"]
    must(status == Status.CANCELLED, f"a queued job is {status} after it was cancelled")
    return time.monotonic() - began


def _check_waiting(service: Deployment, waiting: list[str]) -> None:
    must(
        all(service.job(job_id).status is Status.QUEUED for job_id in waiting),
        "a job has started though no slot was free",
    )
    last = service.client.get(f"/jobs/{waiting[-1]}")["queue_position"]
    must(last == len(waiting), f"the last of {len(waiting)} has the place {last}")


def _check_order(service: Deployment, submitted: list[str]) -> None:
    """Slots that take neighbours at the same moment may claim them in either order."""
    started = sorted(submitted, key=lambda job_id: service.job(job_id).started_at or 0.0)
    moved = {job_id: abs(started.index(job_id) - place) for place, job_id in enumerate(submitted)}
    must(max(moved.values()) < SLOTS, f"jobs started out of order, by {max(moved.values())} places")
