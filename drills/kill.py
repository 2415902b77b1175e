"""kill -9 at random moments: of a child, a fork server, a worker, a web process, of all at once."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator, Sequence
from functools import partial

from drills.deployment import Deployment, deployment, worker_pid
from drills.environment import Environment
from drills.faults import until
from drills.processes import end
from drills.programs import LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, ResultLog
from drills.scenarios import KEEPING, SHORT, STEADY, Scenario, make_network
from service.domain.status import ENDED, HELD
from tests.acceptance.processes import alive, parent_of

SLOTS = 2
SCENARIOS = (STEADY, STEADY, KEEPING, SHORT)
LONGEST_PAUSE_SECONDS = 2.5
#: In so many rounds the next kill does not wait for the last one's recovery.
HURRIED = 0.2
#: A child that was just ending by itself when it was killed has lost nothing.
NOTHING_LOST_SECONDS = 2.0
#: What an init system, or here the drill, takes to start a process again.
START_SECONDS = 2.0
PROMISED = {
    "child": 1.0,
    "nursery": 1.0,
    "worker": LEASE_SECONDS + SWEEP_SECONDS,
    "web": None,
    "everything": LEASE_SECONDS + SWEEP_SECONDS + START_SECONDS,
}
VICTIMS = ("child", "child", "child", "nursery", "worker", "worker", "web", "everything")


def kill(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    workers = 1 if environment.is_embedded else 2
    for kind, promised in PROMISED.items():
        report.expect(kind, promised)
    with deployment(environment, slots=SLOTS, workers=workers) as service:
        make_network(service)
        baseline.prepare(service, *SCENARIOS)
        result_log = ResultLog(service, baseline)
        # How many jobs end, and how often a victim is looked for, must not change what is drawn for the next kill.
        scenarios = endless(random.Random(chance.random()))
        for _ in range(rounds):
            victim, seed = chance.choice(VICTIMS), chance.random()
            keep_busy(result_log, SLOTS * workers, scenarios)
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            attempt = until(partial(begin, result_log, SLOTS * workers, scenarios, victim, seed), f"a {victim} to kill")
            attempt.carry_out(report, chance)
        service.mend()
        report.compared = result_log.compare()
        service.stop()


def endless(chance: random.Random) -> Iterator[Scenario]:
    while True:
        yield chance.choice(SCENARIOS)


def keep_busy(result_log: ResultLog, slots: int, scenarios: Iterator[Scenario]) -> None:
    """Keep as many jobs as there are slots, so that a job to be resumed finds a free slot at once."""
    for _ in range(slots - len(result_log.active())):
        result_log.submit(next(scenarios))


def begin(result_log: ResultLog, slots: int, scenarios: Iterator[Scenario], victim: str, seed: float) -> Attempt | None:
    """None where there is no such process just now: between two jobs, or not back yet after the last kill."""
    service = result_log.deployment
    service.mend()
    keep_busy(result_log, slots, scenarios)
    pids = sorted(service.pids() if victim == "everything" else service.pids(victim))
    if not pids:
        return None
    chosen = random.Random(seed).sample(pids, len(pids) if victim == "everything" else 1)
    return Attempt(service, result_log.active(), victim, chosen)


class Attempt:
    """One kill, and what comes after it."""

    def __init__(self, service: Deployment, active: Sequence[str], victim: str, pids: Sequence[int]) -> None:
        self._service = service
        self._active = active
        self._victim = victim
        self._pids = pids

    def carry_out(self, report: Report, chance: random.Random) -> None:
        tokens = self._tokens()
        began = time.time()
        end(self._pids, signal.SIGKILL)
        until(lambda: not alive(set(self._pids)), "the end of what was killed")
        self._service.mend()
        if chance.random() < HURRIED:
            report.add(self._victim)
        elif self._victim == "web":
            until(self._answers, "an answer of the web server")
            report.add(self._victim, time.time() - began)
        else:
            report.add(self._victim, *self._recovered(tokens, began))

    def _tokens(self) -> dict[str, int]:
        """The jobs that the kill may hit, with their present tokens."""
        if self._victim == "web":
            return {}
        worker = self._worker_of(self._pids[0])
        held = [job for job in map(self._service.job, self._active) if job.status in HELD]
        return {job.id: job.token for job in held if self._victim == "everything" or worker_pid(job) == worker}

    def _worker_of(self, pid: int) -> int | None:
        if self._victim == "child":
            return parent_of(parent_of(pid) or 0)
        return parent_of(pid) if self._victim == "nursery" else pid

    def _recovered(self, tokens: dict[str, int], began: float) -> list[float]:
        """Wait for the jobs that were interrupted; return how long each was not running."""
        if self._victim == "child":
            # Which job it trained is not known from outside: it is the first that is started again.
            limit = time.monotonic() + NOTHING_LOST_SECONDS
            until(lambda: self._again(tokens) or time.monotonic() > limit, "the start of what was killed")
        else:
            until(lambda: len(self._again(tokens)) == len(tokens), "the start of what was killed")
        return [started - began for started in self._again(tokens).values() if started is not None]

    def _answers(self) -> bool:
        # A web server whose processes die twice within seconds gives up, and the init system starts it again.
        self._service.mend()
        return self._service.answers()

    def _again(self, tokens: dict[str, int]) -> dict[str, float | None]:
        """Of the jobs, those that have been started again, and when; None for one that had ended after all."""
        self._service.mend()
        found: dict[str, float | None] = {}
        for job_id, token in tokens.items():
            started = self._service.starts(job_id)
            if len(started) > token:
                found[job_id] = started[token]
            elif self._victim != "child" and self._service.job(job_id).status in ENDED:
                found[job_id] = None
        return found
