"""kill -9 of a child, a worker, or everything while a table is scored: its rows must be those of an undisturbed job."""

from __future__ import annotations

import random
import signal
import time
from urllib.parse import quote

import numpy as np

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import must, until
from drills.processes import end
from drills.programs import LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline
from service.domain.status import ENDED, Status

ROWS = 40_000
#: So large that a prediction takes a few seconds.
UNITS = 1500
PROMISED = {"child": 1.0, "worker": LEASE_SECONDS + SWEEP_SECONDS, "everything": LEASE_SECONDS + SWEEP_SECONDS + 2.0}
LONGEST_PAUSE_SECONDS = 1.5
#: A kill that finds no run to end has lost nothing.
NOTHING_LOST_SECONDS = 2.0
_LAYERS = [
    {"type": "dense", "units": UNITS, "activation": "tanh"},
    {"type": "dense", "units": UNITS, "activation": "tanh"},
    {"type": "dense", "units": 1, "activation": "sigmoid"},
]
_NETWORK = {"name": "scorer", "inputs": ["a", "b", "c"], "seed": 5, "layers": _LAYERS, "loss": "binary_cross_entropy"}


def score(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    for kind, promised in PROMISED.items():
        report.expect(kind, promised)
    workers = 1 if environment.is_embedded else 2
    with deployment(environment, slots=1, workers=workers) as service:
        service.post("/networks", _NETWORK)
        _upload(service)
        undisturbed = _rows(service, _submitted(service))
        must(undisturbed.count("\n") == ROWS + 1, f"the undisturbed job has {undisturbed.count(chr(10))} lines")
        for number in range(rounds):
            victim = list(PROMISED)[number % len(PROMISED)]
            job_id = _submitted(service)
            time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
            report.add(victim, *_killed(service, job_id, victim))
            must(_rows(service, job_id) == undisturbed, f"job {job_id} has written other rows")
        report.compared = {"jobs": rounds}
        service.stop()


def _upload(service: Deployment) -> None:
    numbers = np.random.default_rng(1).normal(size=(ROWS, 3)).round(4)
    rows = [{"key": f"k{row}", "a": a, "b": b, "c": c} for row, (a, b, c) in enumerate(numbers.tolist())]
    service.post("/datasets?name=rows", rows)


def _submitted(service: Deployment) -> str:
    body = {"network": "scorer", "dataset": "rows", "columns": ["key"]}
    job_id: str = service.post("/predictions", body)["id"]
    return job_id


def _killed(service: Deployment, job_id: str, victim: str) -> list[float]:
    """Kill, and return how long the job was not running, if it was interrupted."""
    token, began = service.job(job_id).token, time.time()
    pids = service.pids() if victim == "everything" else service.pids(victim)
    end(pids, signal.SIGKILL)
    limit = time.monotonic() + (NOTHING_LOST_SECONDS if victim == "child" else PROMISED[victim] + 10)

    def again() -> bool:
        service.mend()
        return _is_over(service, job_id) or service.job(job_id).token > max(token, 1) or time.monotonic() > limit

    until(again, "the start of what was killed")
    starts = service.starts(job_id)
    return [starts[token] - began] if 0 < token < len(starts) else []


def _is_over(service: Deployment, job_id: str) -> bool:
    service.mend()
    return service.job(job_id).status in ENDED


def _rows(service: Deployment, job_id: str) -> str:
    until(lambda: _is_over(service, job_id), "the end of the prediction", within_seconds=120)
    job = service.job(job_id)
    must(job.status is Status.SUCCEEDED, f"job {job_id} is {job.status}: {job.error}")
    until(service.answers, "an answer of the web server")
    answer = service.client.ask("GET", f"/datasets/{quote(job.output or '')}/rows?format=csv")
    must(answer.status == 200, f"the rows were answered {answer.status}")
    return answer.body.decode()
