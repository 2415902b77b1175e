"""Ctrl-C in the middle of `./run`, then `./run` again: everything goes on."""

from __future__ import annotations

import os
import random
import signal
import time

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import must, until
from drills.processes import members
from drills.programs import GRACE_SECONDS, LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, ResultLog
from drills.scenarios import KEEPING, STEADY, make_network
from service.domain.status import HELD
from tests.acceptance.running import ROOT

RUN = (str(ROOT / "run"),)
START_SECONDS = 3.0
#: Short enough that the trainings rarely end by themselves within it.
LONGEST_PAUSE_SECONDS = 1.5
KINDS = {"Ctrl-C": START_SECONDS, "Ctrl-C twice": LEASE_SECONDS + SWEEP_SECONDS + START_SECONDS}
STOP_WITHIN_SECONDS = GRACE_SECONDS + 15.0


def interrupt(
    environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random
) -> None:
    for kind, promised in KINDS.items():
        report.expect(kind, promised)
    with deployment(environment, slots=2, serve=RUN) as service:
        make_network(service)
        baseline.prepare(service, STEADY, KEEPING)
        result_log = ResultLog(service, baseline)
        for number in range(rounds):
            kind = list(KINDS)[number % 4 == 3]
            while len(result_log.active()) < 2:
                result_log.submit(chance.choice((STEADY, KEEPING)))
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS) * baseline.share)
            report.add(kind, *_interrupt(result_log, chance, twice=kind == "Ctrl-C twice"))
        report.compared = result_log.compare()
        service.stop()


def _interrupt(result_log: ResultLog, chance: random.Random, *, twice: bool) -> list[float]:
    """Return how long after the second start each job was running again."""
    service = result_log.deployment
    process = service.programs[0].process
    assert process is not None
    os.killpg(process.pid, signal.SIGINT)
    if twice:
        time.sleep(chance.uniform(0, 0.5))
        os.killpg(process.pid, signal.SIGINT)
    code = process.wait(STOP_WITHIN_SECONDS)
    must(twice or code == 0, f"./run ended with {code}")
    until(lambda: not members(service.mark), "the end of all processes", within_seconds=STOP_WITHIN_SECONDS)
    _check_put_back(result_log, twice)
    tokens = {job_id: service.job(job_id).token for job_id in result_log.active()}
    began = time.time()
    service.mend()
    until(lambda: all(_goes_on(service, job_id, token) for job_id, token in tokens.items()), "the jobs to go on")
    return [service.starts(job_id)[token] - began for job_id, token in tokens.items()]


def _check_put_back(result_log: ResultLog, twice: bool) -> None:
    """In order, no job is held any more and none has counted a crash for it."""
    held = [job_id for job_id in result_log.active() if result_log.deployment.job(job_id).status in HELD]
    must(twice or not held, f"the jobs {held} were left as if they ran")


def _goes_on(service: Deployment, job_id: str, token: int) -> bool:
    return service.job(job_id).token > token
