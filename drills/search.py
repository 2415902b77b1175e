"""kill -9 of a child, a worker, or everything while a search runs: it must end as the same one does undisturbed."""

from __future__ import annotations

import random
import signal
import time
from typing import Any

import numpy as np

from drills.deployment import Deployment, deployment
from drills.environment import Environment
from drills.faults import must, until
from drills.processes import end
from drills.programs import LEASE_SECONDS, SWEEP_SECONDS
from drills.report import Report
from drills.results import Baseline, check_equal, check_nothing_is_held, result_of
from service.domain.searches import ENDED_TRIALS, Search
from service.domain.status import ENDED, Status

ROWS, SLOTS = 300, 2
#: Everything first: it must be among few rounds.
PROMISED = {
    "everything": LEASE_SECONDS + SWEEP_SECONDS + 2.0,
    "child": None,  # Its job begins again at once, but the next epoch that is reported takes a while.
    "worker": LEASE_SECONDS + SWEEP_SECONDS + 1.0,
}
LONGEST_PAUSE_SECONDS = 1.0
WITHIN_SECONDS = 180
RATE = "/training/optimizer/learning_rate"
_LAYERS = [
    {"type": "dense", "units": 32, "activation": "tanh"},
    {"type": "dropout", "drop_rate": 0.2},
    {"type": "dense", "units": 1, "activation": "sigmoid"},
]
_SEARCH: dict[str, Any] = {
    "network": {
        "inputs": ["a", "b"],
        "target": "c",
        "dataset": "rows",
        "layers": _LAYERS,
        "loss": "binary_cross_entropy",
    },
    "training": {"epochs": 90, "batch_size": 8, "optimizer": "adam", "validation": {"fraction": 0.3}},
    "parameters": {
        RATE: {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"},
        "/network/layers/0/units": {"type": "int", "low": 4, "high": 64, "scale": "log"},
    },
    "sampler": {"type": "random", "seed": 5},
    "pruner": {"type": "asha", "min_epochs": 10, "factor": 3},
    "limits": {"trials": 9, "parallel": 3},
}
_NUMBERS = {
    "/network/seed": {"type": "int", "low": 0, "high": 1000},
    RATE: {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"},
}
_FOLDED = {name: value for name, value in _SEARCH["training"].items() if name != "validation"}
#: What trials of these searches are: several of one shape in one stack, each by itself, repeats, folds. The short form
#: kills the first ones, which train by themselves once they were killed.
KINDS: dict[str, dict[str, Any]] = {
    "stacked": {"parameters": _NUMBERS, "limits": {"trials": 9, "parallel": 6}},
    "plain": {},
    "repeats": {"repeats": 2, "limits": {"trials": 6, "parallel": 3}},
    "folds": {"training": {**_FOLDED, "folds": 3}, "limits": {"trials": 6, "parallel": 3}},
}


def search(environment: Environment, report: Report, baseline: Baseline, *, rounds: int, chance: random.Random) -> None:
    for kind, promised in PROMISED.items():
        report.expect(kind, promised)
    workers = 1 if environment.is_embedded else 2
    with deployment(environment, slots=SLOTS, workers=workers) as service:
        _upload(service)
        undisturbed: dict[str, Search] = {}
        searches = killed = trials = 0
        while killed < rounds:
            kind = list(KINDS)[searches % len(KINDS)]
            if kind not in undisturbed:
                undisturbed[kind] = _ended(service, _begun(service, kind, "undisturbed"))
            searches += 1
            disturbed = _begun(service, kind, f"disturbed-{searches}")
            while killed < rounds and _search(service, disturbed).status not in ENDED:
                victim = list(PROMISED)[killed % len(PROMISED)]
                killed += 1
                time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))
                report.add(victim, *_killed(service, disturbed, victim))
            trials += _compare(service, undisturbed[kind], _ended(service, disturbed))
        # The last kill may have met a search that had ended, and processes that were still dying when looked for.
        service.mend()
        until(lambda: service.queue.depth() == 0, "an empty queue")
        check_nothing_is_held(environment.database_url)
        report.compared = {"jobs": trials}
        service.stop()


def _upload(service: Deployment) -> None:
    numbers = np.random.default_rng(1).normal(size=(ROWS, 2)).round(3).tolist()
    rows = [{"a": a, "b": b, "c": "yes" if a * b > 0 else "no"} for a, b in numbers]
    service.post("/datasets?name=rows", rows)


def _begun(service: Deployment, kind: str, name: str) -> str:
    search_id: str = service.post("/searches", {**_SEARCH, **KINDS[kind], "name": f"{kind}-{name}"})["id"]
    return search_id


def _search(service: Deployment, search_id: str) -> Search:
    return service.look(lambda: service.storage.get_search(search_id))


def _killed(service: Deployment, search_id: str, victim: str) -> list[float]:
    """Kill, and return how long the search stood still, unless it has ended."""
    pids = service.pids() if victim == "everything" else service.pids(victim)
    before, began = _progress(service, search_id), time.time()
    end(pids, signal.SIGKILL)

    def again() -> bool:
        service.mend()
        return _progress(service, search_id) != before or _search(service, search_id).status in ENDED

    until(again, "the search to go on", within_seconds=60)
    return [time.time() - began]


def _progress(service: Deployment, search_id: str) -> Any:
    """What changes with every trial that begins, trains or ends."""
    found = service.look(lambda: service.storage.list_trials(search_id))
    return [(trial.status, trial.epoch) for trial in found]


def _ended(service: Deployment, search_id: str) -> Search:
    def is_over() -> bool:
        service.mend()
        return _search(service, search_id).status in ENDED

    until(is_over, "the end of the search", within_seconds=WITHIN_SECONDS)
    found = _search(service, search_id)
    must(found.status is Status.SUCCEEDED, f"the search {found.name} is {found.status}: {found.error}")
    return found


def _compare(service: Deployment, expected: Search, found: Search) -> int:
    """Parameters, rungs and values of every trial, and every epoch and snapshot of its job; how many there are."""
    storage = service.storage
    must(found.best_trial == expected.best_trial, f"trial {found.best_trial} is best, not {expected.best_trial}")
    must(storage.list_steps(found.id) == storage.list_steps(expected.id), "the searches took other steps")
    ours, theirs = (storage.list_trials(one.id) for one in (found, expected))
    must(len(ours) == len(theirs), f"there are {len(ours)} trials instead of {len(theirs)}")
    for our, their in zip(ours, theirs, strict=True):
        must(our.status in ENDED_TRIALS, f"trial {our.number} is {our.status}")
        for name in ("parameters", "status", "value", "spread", "epoch"):
            must(getattr(our, name) == getattr(their, name), f"trial {our.number} differs in {name}: {our} {their}")
        check_equal(our.job_id or "", result_of(service, our.job_id or ""), result_of(service, their.job_id or ""))
    return len(ours)
