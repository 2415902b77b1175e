"""Results of trainings, compared with the same ones undisturbed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from drills.deployment import EVERY, Deployment
from drills.faults import must, until
from drills.scenarios import Scenario, submit
from service.domain.epochs import Epoch
from service.domain.status import ENDED, Status
from service.storage.sql.engine import make_engine
from service.storage.sql.tables.jobs import checkpoints, job_datasets, jobs, start_values

MANY = 1_000_000


@dataclass(frozen=True)
class Result:
    """Equal results are bit-identical."""

    status: Status
    epoch: int
    best: tuple[int | None, float | None]
    history: tuple[Epoch, ...]  #: without what no two runs share: the job's id and the seconds
    snapshots: tuple[tuple[str, int, str], ...]  #: kind, epoch and SHA-256 of the weights


def result_of(deployment: Deployment, job_id: str) -> Result:
    job = deployment.job(job_id)
    history = deployment.look(lambda: deployment.storage.history([job_id], limit=MANY))
    kept = deployment.look(lambda: deployment.storage.list_snapshots(job.network_id, EVERY, job_id=job_id))
    return Result(
        status=job.status,
        epoch=job.epoch,
        best=(job.best_epoch, job.best_value),
        history=tuple(epoch._replace(job_id="", seconds=0.0) for epoch in history),
        snapshots=tuple(sorted((snapshot.kind, snapshot.epoch, snapshot.sha256) for snapshot in kept)),
    )


@dataclass
class Baseline:
    """The result of each course, undisturbed; computed before a drill begins to disturb.

    `share` of their epochs is done in short drills.
    """

    share: float = 1.0
    results: dict[str, Result] = field(default_factory=dict)

    def prepare(self, deployment: Deployment, *scenarios: Scenario) -> None:
        by_name = {
            scenario.name: scenario.shortened(self.share) for scenario in scenarios if scenario.name not in self.results
        }
        missing = {name: submit(deployment, scenario) for name, scenario in by_name.items()}
        wait_for_end(deployment, list(missing.values()))
        for name, job_id in missing.items():
            result = result_of(deployment, job_id)
            must(result.status is Status.SUCCEEDED, f"{name} ended as {result.status} though nobody disturbed it")
            must(deployment.job(job_id).token == 1, f"{name} was run more than once though nobody disturbed it")
            self.results[name] = result


@dataclass
class ResultLog:
    """The jobs of a drill, and which course each of them takes."""

    deployment: Deployment
    baseline: Baseline
    scenarios: dict[str, Scenario] = field(default_factory=dict)

    def submit(self, scenario: Scenario) -> str:
        job_id = submit(self.deployment, scenario.shortened(self.baseline.share))
        self.scenarios[job_id] = scenario
        return job_id

    def active(self) -> list[str]:
        return [job_id for job_id in self.scenarios if self.deployment.job(job_id).status not in ENDED]

    def compare(self, *, runs: int | None = None) -> dict[str, int]:
        """Wait for all jobs, and compare each with its course. `runs` are those that each job may have had at most."""
        wait_for_end(self.deployment, list(self.scenarios))
        for job_id, scenario in self.scenarios.items():
            check_equal(job_id, result_of(self.deployment, job_id), self.baseline.results[scenario.name])
            self._check_events(job_id, runs)
        until(lambda: self.deployment.queue.depth() == 0, "an empty queue")
        check_nothing_is_held(self.deployment.environment.database_url)
        epochs = sum(len(self.baseline.results[scenario.name].history) for scenario in self.scenarios.values())
        return {"jobs": len(self.scenarios), "epochs": epochs}

    def _check_events(self, job_id: str, runs: int | None) -> None:
        kinds = [event.kind for event in self.deployment.events(job_id)]
        token = self.deployment.job(job_id).token
        must(kinds.count("ended") == 1, f"job {job_id} has ended {kinds.count('ended')} times")
        must(kinds.count("started") == token, f"job {job_id} has started {kinds.count('started')} times as {token}")
        must(runs is None or token <= runs, f"job {job_id} was run {token} times")


def wait_for_end(deployment: Deployment, job_ids: list[str], *, within_seconds: float = 300) -> None:
    def left() -> list[str]:
        deployment.mend()  # What was just killed may die once more at its start, of an address that is still taken.
        return [job_id for job_id in job_ids if deployment.job(job_id).status not in ENDED]

    until(lambda: not left(), "the end of all jobs", within_seconds=within_seconds)


def check_equal(job_id: str, found: Result, expected: Result) -> None:
    must(found.status is expected.status, f"job {job_id} is {found.status} instead of {expected.status}")
    numbers = [epoch.epoch for epoch in found.history]
    must(
        numbers == [epoch.epoch for epoch in expected.history],
        f"job {job_id} has {len(numbers)} epochs from {numbers[:1]} to {numbers[-1:]}; some are missing or doubled",
    )
    for ours, theirs in zip_longest(found.history, expected.history):
        must(ours == theirs, f"job {job_id} differs in epoch {theirs.epoch}: {ours} instead of {theirs}")
    must(found.snapshots == expected.snapshots, f"job {job_id} kept {found.snapshots}, not {expected.snapshots}")
    must(found == expected, f"job {job_id} differs: {replace(found, history=())}")


def check_nothing_is_held(database_url: str) -> None:
    """No lease, no checkpoint, no start weights, no data set that a job still needs."""
    engine = make_engine(database_url)
    leases = (
        sa.select(sa.func.count()).select_from(jobs).where(jobs.c.owner.is_not(None) | jobs.c.lease_until.is_not(None))
    )
    counts: dict[str, Any] = {"leases": leases}
    for table in (checkpoints, start_values, job_datasets):
        counts[table.name] = sa.select(sa.func.count()).select_from(table)
    with engine.connect() as connection:
        left = {name: connection.scalar(query) for name, query in counts.items()}
    engine.dispose()
    must(not any(left.values()), f"something is left behind: {left}")
