"""Trials run in this process, as workers would, in an order that a test chooses."""

from importlib.util import find_spec
from typing import Any

import pytest

from service.domain.jobs import JobError
from service.domain.paging import Page
from service.domain.status import Status
from service.jobs.job_run import run
from service.jobs.messages import Orders, ReportIntervals
from service.operations.searches.driver import advance_due
from service.worker.job_runner import assignment_of

needs_optuna = pytest.mark.skipif(find_spec("optuna") is None, reason="Optuna is optional: pip install 'optuna>=5,<6'")
RATE = "/training/optimizer/learning_rate"
UNITS = "/network/layers/0/units"
ROWS = b"fat,salt,label\n" + b"".join(
    f"{fat / 10},{salt / 10},{'like' if fat > salt else 'dislike'}\n".encode() for fat in range(8) for salt in range(8)
)
BODY: dict[str, Any] = {
    "network": {
        "inputs": ["fat", "salt"],
        "target": "label",
        "dataset": "cheeses",
        "layers": [
            {"type": "dense", "units": 3, "activation": "tanh"},
            {"type": "dense", "units": 1, "activation": "sigmoid"},
        ],
        "loss": "binary_cross_entropy",
    },
    "training": {"epochs": 3, "optimizer": "adam", "validation": {"fraction": 0.3}},
    "parameters": {
        RATE: {"type": "float", "low": 0.001, "high": 0.1, "scale": "log"},
        UNITS: {"type": "int", "low": 2, "high": 6},
    },
    "limits": {"trials": 5},
}


def counted(view):
    return {status: count for status, count in view["counts"].items() if count}


def run_trial(storage, job_id):
    """One run of a job up to its end or its pause, with all that a worker would write."""
    claim = storage.claim(job_id, owner="test", lease_seconds=60)
    orders = Orders.of(claim.job)
    chunks = (storage.read_chunk(one.id, number) for one in claim.datasets.values() for number in range(one.chunks))
    reports = []
    run(assignment_of(claim, ReportIntervals()), lambda: orders, reports.append, chunks)
    token = claim.job.token
    for report in reports:
        if report.epochs:
            best = {"best_epoch": report.best_epoch, "best_value": report.best_value}
            storage.add_epochs(job_id, token, report.epochs, seconds=claim.job.seconds + report.seconds, **best)
        for snapshot in report.snapshots:
            storage.add_snapshot(snapshot, token=token)
        if report.checkpoint:
            storage.save_checkpoint(report.checkpoint)
    return _finish(storage, job_id, token, reports[-1].end)


def _finish(storage, job_id, token, end):
    if end.stopped:
        return storage.finish(job_id, token, Status.PAUSED, paused_at=end.paused_at)
    if end.error:
        error = JobError(code=end.error.code, message=end.error.message)
        return storage.finish(job_id, token, Status.FAILED, error=error)
    return storage.finish(job_id, token, Status.SUCCEEDED, stopped_early=end.stopped_early, folds=end.folds)


def queued(storage):
    found = storage.list_jobs(Page(limit=100), statuses=[Status.QUEUED])
    return [job.id for job in reversed(found) if job.search_id is not None]


def run_search(backend, *, pick=0, looks=1000):
    """Look and train until nothing is left to do; `pick` says which of the queued trials goes first."""
    for _ in range(looks):
        advance_due(backend)
        jobs = queued(backend.storage)
        if not jobs:
            return
        run_trial(backend.storage, jobs[pick % len(jobs)])
    raise AssertionError("the search does not end")
