"""The queue at its worst: emptied, every message five times, and two workers that race for each."""

from __future__ import annotations

import random
import sqlite3
import time
from functools import partial

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import must, until
from drills.programs import LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, ResultLog
from drills.scenarios import KEEPING, SHORT, TINY, make_network
from service.domain.status import ENDED, HELD, Status

#: Of so many jobs each of two workers gets some.
ENOUGH = 20


def wipe(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    """All messages are lost while jobs run and others wait."""
    report.expect("wiped", LEASE_SECONDS + SWEEP_SECONDS)
    with deployment(environment, slots=2) as service:
        make_network(service)
        baseline.prepare(service, KEEPING, SHORT)
        result_log = ResultLog(service, baseline)
        for _ in range(rounds):
            running = [result_log.submit(KEEPING) for _ in range(2)]
            until(partial(_are, service, running, HELD), "two running jobs")
            waiting = [result_log.submit(SHORT) for _ in range(5)]
            time.sleep(chance.uniform(0, 0.5))
            _empty(environment)
            free_at = until(partial(_first_end, service, running), "a free slot")
            until(partial(_are, service, waiting, ENDED), "the end of those that waited")
            first = min(service.job(job_id).started_at or 0.0 for job_id in waiting)
            report.add("wiped", max(first - free_at, 0.0))
        report.compared = result_log.compare(runs=1)
        service.stop()


def _are(service: Deployment, job_ids: list[str], statuses: frozenset[Status]) -> bool:
    return all(service.job(job_id).status in statuses for job_id in job_ids)


def _first_end(service: Deployment, job_ids: list[str]) -> float | None:
    ended = [service.job(job_id).finished_at for job_id in job_ids]
    return min((moment for moment in ended if moment is not None), default=None)


def _empty(environment: Environment) -> None:
    if environment.redis is not None:
        environment.redis.wipe()
        return
    with sqlite3.connect(environment.data / "queue.db", timeout=10) as connection:
        connection.execute("DELETE FROM task")
    connection.close()


def doubled(
    environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random
) -> None:
    """Each message comes five times, before, while and after its job runs."""
    with deployment(environment, slots=3) as service:
        make_network(service)
        baseline.prepare(service, SHORT, TINY)
        result_log = ResultLog(service, baseline)
        for _ in range(rounds):
            job_id = result_log.submit(chance.choice((SHORT, TINY)))
            for _ in range(4):
                service.queue.send(job_id)
                time.sleep(chance.choice((0, 0, 0.2)))
            report.add("sent five times")
        report.compared = result_log.compare(runs=1)
        service.stop()


def race(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    """Two workers of two slots each compete for jobs whose messages come twice."""
    with deployment(environment, slots=2, workers=2) as service:
        make_network(service)
        baseline.prepare(service, TINY)
        result_log = ResultLog(service, baseline)
        for _ in range(rounds):
            service.queue.send(result_log.submit(TINY))
            report.add("job")
        report.compared = result_log.compare(runs=1)
        owners = {
            event.data["owner"]
            for job_id in result_log.scenarios
            for event in service.events(job_id)
            if event.kind == "started"
        }
        must(rounds < ENOUGH or len(owners) == 2, f"{len(owners)} of two workers took jobs")
        service.stop()
