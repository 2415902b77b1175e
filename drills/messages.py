"""The queue at its worst: emptied, every message five times, and two workers that race for each."""

from __future__ import annotations

import random
import sqlite3
import time
from functools import partial

from drills.courses import KEEPING, SHORT, TINY, make_network
from drills.faults import must, until
from drills.fleet import Fleet, fleet
from drills.ground import Ground
from drills.programs import LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Ledger, Undisturbed
from service.domain.status import ENDED, HELD, Status

#: Of so many jobs each of two workers gets some.
ENOUGH = 20


def wipe(ground: Ground, report: Report, undisturbed: Undisturbed, *, rounds: int, chance: random.Random) -> None:
    """All messages are lost while jobs run and others wait."""
    report.expect("wiped", LEASE_SECONDS + SWEEP_SECONDS)
    with fleet(ground, slots=2) as service:
        make_network(service)
        undisturbed.prepare(service, KEEPING, SHORT)
        ledger = Ledger(service, undisturbed)
        for _ in range(rounds):
            running = [ledger.submit(KEEPING) for _ in range(2)]
            until(partial(_are, service, running, HELD), "two running jobs")
            waiting = [ledger.submit(SHORT) for _ in range(5)]
            time.sleep(chance.uniform(0, 0.5))
            _empty(ground)
            free_at = until(partial(_first_end, service, running), "a free slot")
            until(partial(_are, service, waiting, ENDED), "the end of those that waited")
            first = min(service.job(job_id).started_at or 0.0 for job_id in waiting)
            report.add("wiped", max(first - free_at, 0.0))
        report.compared = ledger.compare(runs=1)
        service.stop()


def _are(service: Fleet, job_ids: list[str], statuses: frozenset[Status]) -> bool:
    return all(service.job(job_id).status in statuses for job_id in job_ids)


def _first_end(service: Fleet, job_ids: list[str]) -> float | None:
    ended = [service.job(job_id).finished_at for job_id in job_ids]
    return min((moment for moment in ended if moment is not None), default=None)


def _empty(ground: Ground) -> None:
    if ground.redis is not None:
        ground.redis.wipe()
        return
    with sqlite3.connect(ground.data / "queue.db", timeout=10) as connection:
        connection.execute("DELETE FROM task")
    connection.close()


def doubled(ground: Ground, report: Report, undisturbed: Undisturbed, *, rounds: int, chance: random.Random) -> None:
    """Each message comes five times, before, while and after its job runs."""
    with fleet(ground, slots=3) as service:
        make_network(service)
        undisturbed.prepare(service, SHORT, TINY)
        ledger = Ledger(service, undisturbed)
        for _ in range(rounds):
            job_id = ledger.submit(chance.choice((SHORT, TINY)))
            for _ in range(4):
                service.queue.send(job_id)
                time.sleep(chance.choice((0, 0, 0.2)))
            report.add("sent five times")
        report.compared = ledger.compare(runs=1)
        service.stop()


def race(ground: Ground, report: Report, undisturbed: Undisturbed, *, rounds: int, chance: random.Random) -> None:
    """Two workers of two slots each go for jobs whose messages come twice."""
    with fleet(ground, slots=2, workers=2) as service:
        make_network(service)
        undisturbed.prepare(service, TINY)
        ledger = Ledger(service, undisturbed)
        for _ in range(rounds):
            service.queue.send(ledger.submit(TINY))
            report.add("job")
        report.compared = ledger.compare(runs=1)
        owners = {
            event.data["owner"]
            for job_id in ledger.courses
            for event in service.events(job_id)
            if event.kind == "started"
        }
        must(rounds < ENOUGH or len(owners) == 2, f"{len(owners)} of two workers took jobs")
        service.stop()
