"""PostgreSQL and Redis away for less and for more than a lease, stopped in order or killed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import must, until
from drills.programs import LEASE_SECONDS, LESS_SECONDS, MORE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, ResultLog, wait_for_end
from drills.scenarios import KEEPING, SHORT, STEADY, make_network
from drills.servers import Postgres, Redis
from service.domain.status import HELD

SLOTS = 2
#: A lease renewed a third of it ago, less the margin by which a worker gives it up, lasts longer than that.
SAFE_SECONDS = LEASE_SECONDS * 0.4
AFTER_SECONDS = LEASE_SECONDS + 2 * SWEEP_SECONDS


@dataclass(frozen=True)
class Kind:
    name: str
    server: Callable[[Environment], Postgres | Redis | None]
    is_killed: bool
    seconds: float


KINDS = [
    Kind(f"{name} {how}, {words} than a lease", server, how == "killed", seconds)
    for name, server in (
        ("PostgreSQL", lambda environment: environment.postgres),
        ("Redis", lambda environment: environment.redis),
    )
    for how in ("stopped", "killed")
    for words, seconds in (("less", LESS_SECONDS), ("more", MORE_SECONDS))
]


def outage(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    for kind in KINDS:
        report.expect(kind.name, AFTER_SECONDS)
    with deployment(environment, slots=SLOTS) as service:
        make_network(service)
        baseline.prepare(service, STEADY, KEEPING, SHORT)
        result_log = ResultLog(service, baseline)
        for number in range(rounds):
            kind = KINDS[number % len(KINDS)]
            report.add(kind.name, _once(result_log, kind, chance))
            must(service.is_running(), "a process of the service has ended over it")
        report.compared = result_log.compare()
        service.stop()


def _once(result_log: ResultLog, kind: Kind, chance: random.Random) -> float:
    """Take the server away; return how long after its return all was in motion again.

    Without PostgreSQL two running jobs must go on; without Redis one, and one that is submitted meanwhile.
    """
    service = result_log.deployment
    server = kind.server(service.environment)
    assert server is not None
    is_redis = isinstance(server, Redis)
    job_ids = [result_log.submit(STEADY)] + [result_log.submit(KEEPING)] * (not is_redis)
    until(lambda: all(service.job(job_id).status in HELD for job_id in job_ids), "the running jobs")
    time.sleep(chance.uniform(0, 1))
    tokens = [service.job(job_id).token for job_id in job_ids]
    gone_at = time.time()
    server.kill() if kind.is_killed else server.stop()
    submitted = [result_log.submit(SHORT)] if is_redis else []
    ends_at = time.monotonic() + kind.seconds
    while time.monotonic() < ends_at:
        _check_answers(service, server)
        time.sleep(0.2)
    server.start()
    back_at = time.time()
    before = {job_id: service.job(job_id) for job_id in (*job_ids, *submitted)}
    until(lambda: all(service.is_in_motion(job) for job in before.values()), "the jobs to go on")
    took = time.time() - back_at
    if is_redis or back_at - gone_at < SAFE_SECONDS:
        must(tokens == [service.job(job_id).token for job_id in job_ids], "a running job was interrupted")
    until(service.is_ready, "readiness")
    wait_for_end(service, list(result_log.scenarios))
    return took


def _check_answers(service: Deployment, gone: Postgres | Redis) -> None:
    """Without its queue the service works on; without its database it responds with a clear error."""
    expected = 200 if isinstance(gone, Redis) else 503
    for path in ("/jobs", "/networks/drilled"):
        status = service.client.ask("GET", path).status
        must(status == expected, f"GET {path} was answered {status} while {gone.name} was away")
