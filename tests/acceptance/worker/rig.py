"""Real workers on a real database and queue, and a training that is worth disturbing."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from service.domain.ids import new_id
from service.domain.jobs import NewJob
from service.domain.networks import Network as NetworkRecord
from service.domain.paging import Page
from service.domain.snapshots import NewSnapshot
from service.domain.status import ENDED
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.engine.training.spec import TrainingSpec
from service.engine.training.trainer import Trainer
from service.jobs import encoded_rows
from service.jobs.options import JobOptions
from service.jobs.snapshot_policy import SnapshotPolicy
from service.queues.dispatcher import Dispatcher
from service.storage.base import Storage
from service.storage.sql.engine import make_engine
from service.storage.sql.tables.jobs import checkpoints
from tests.acceptance.processes import is_stopped, is_writable

PATIENCE_SECONDS = 120.0
#: Over in a second or two, even so with time enough to disturb them from the early epoch on.
EPOCHS, EARLY = 3000, 200
#: So many that only a body or a fault ends them.
ENDLESS = 1_000_000
#: Fast enough for a test; a worker that is silent for so long has been stopped by it.
SETTINGS = {"lease_seconds": 10.0, "sweep_seconds": 0.2, "grace_seconds": 1.0, "poll_seconds": 0.05}

#: Dropout, Adam and shuffled batches: generators and slots have to come back exactly for a resumed run to be equal.
NETWORK = Network(
    NetworkSpec.from_json(
        {
            "inputs": 3,
            "seed": 5,
            "loss": "binary_cross_entropy",
            "layers": [
                {"type": "dense", "units": 8, "activation": "tanh"},
                {"type": "dropout", "drop_rate": 0.2},
                {"type": "dense", "units": 1, "activation": "sigmoid"},
            ],
        }
    )
)
INPUTS = np.random.default_rng(1).normal(size=(12, 3))
TRAINING = Rows.of(NETWORK, INPUTS, INPUTS.prod(axis=1, keepdims=True) > 0)
VALIDATION = Rows.of(NETWORK, INPUTS[:4] / 2, TRAINING.targets[:4])


def training_spec(epochs: int, **options) -> TrainingSpec:
    return TrainingSpec.from_json({"epochs": epochs, "batch_size": 5, "seed": 3, **options})


def wait_until(condition, what: str = "what was waited for"):
    """Return the first true value of `condition`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"{what} did not happen within {PATIENCE_SECONDS:g} seconds")


@dataclass
class Rig:
    storage: Storage
    queue: Dispatcher
    database_url: str
    queue_url: str
    queue_name: str
    processes: list[subprocess.Popen] = field(default_factory=list)

    # -- workers -----------------------------------------------------------------------------------------------------

    def start_worker(self, **settings) -> subprocess.Popen:
        given = json.dumps({**SETTINGS, **settings})
        places = (self.database_url, self.queue_url, self.queue_name)
        process = subprocess.Popen([sys.executable, "-m", "tests.acceptance.worker", *places, given])
        self.processes.append(process)
        return process

    def stop(self, worker: subprocess.Popen) -> int:
        worker.terminate()
        return worker.wait(PATIENCE_SECONDS)

    def freeze(self, worker: subprocess.Popen) -> None:
        """Not in the middle of a write to SQLite: the whole file would be locked for as long as the worker sleeps."""
        files = [Path(sa.make_url(url).database) for url in (self.database_url, self.queue_url)]

        def frozen() -> bool:
            worker.send_signal(signal.SIGSTOP)
            wait_until(lambda: is_stopped(worker.pid), "the stop of the worker")
            if all(map(is_writable, files)):
                return True
            worker.send_signal(signal.SIGCONT)
            return False

        wait_until(frozen, "a moment between two writes")

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(PATIENCE_SECONDS)

    # -- jobs --------------------------------------------------------------------------------------------------------

    def make_job(
        self, *, epochs=1, snapshots=None, max_seconds=None, data=None, callback=None, running_limit=None, **training
    ):
        """Queue a job, without telling the workers of it."""
        options = JobOptions(
            training=training_spec(epochs, **training), snapshots=SnapshotPolicy.from_json(snapshots or {})
        )
        job = NewJob(
            id=new_id("job"),
            network_id=self._make_network().id,
            options=options.to_json(),
            epochs=epochs,
            rows=len(TRAINING),
            data=encoded_rows.encode(TRAINING, VALIDATION) if data is None else data,
            max_seconds=max_seconds,
            callback=callback,
            running_limit=running_limit,
        )
        return self.storage.create_job(job)

    def submit(self, **options):
        job = self.make_job(**options)
        self.queue.send(job.id)
        return job

    def job(self, job_id):
        return self.storage.get_job(job_id)

    def wait_for(self, job_id, *statuses):
        def reached():
            job = self.job(job_id)
            assert job.status in statuses or job.status not in ENDED, f"the job is {job.status}: {job.error}"
            return job if job.status in statuses else None

        return wait_until(reached, f"the job becoming {' or '.join(statuses)}")

    def wait_for_epoch(self, job_id, epoch):
        wait_until(lambda: self.job(job_id).epoch >= epoch, f"epoch {epoch}")

    def events(self, job_id):
        return [event.kind for event in self.storage.list_events(job_id, limit=1000)]

    def newest_checkpoint(self, job_id):
        """Its epoch; 0 without one."""
        query = sa.select(sa.func.max(checkpoints.c.epoch)).where(checkpoints.c.job_id == job_id)
        engine = make_engine(self.database_url)
        with engine.connect() as connection:
            found = connection.scalar(query) or 0
        engine.dispose()
        return found

    def wait_for_checkpoint(self, job_id, *, after=0):
        """A first one, or one of a later epoch."""
        wait_until(lambda: self.newest_checkpoint(job_id) > after, "a checkpoint")

    def history(self, job_id, *, to_epoch=None):
        """No two runs share their seconds: rows that are wholly equal have been written once."""
        return self.storage.history([job_id], to_epoch=to_epoch, limit=100_000)

    def snapshots(self, job_id):
        job = self.job(job_id)
        return {
            (snapshot.kind, snapshot.epoch): snapshot
            for snapshot in self.storage.list_snapshots(job.network_id, Page(limit=100), job_id=job_id)
        }

    def digests(self, job_id):
        return {kind: snapshot.sha256 for (kind, _), snapshot in self.snapshots(job_id).items()}

    def _make_network(self):
        name = new_id("net")
        record = NetworkRecord(
            id=name,
            name=name,
            description="",
            tags={},
            spec=NETWORK.spec.to_json(),
            features=None,
            labels=None,
            inputs=NETWORK.inputs,
            outputs=NETWORK.outputs,
            parameter_count=NETWORK.parameter_count,
            created_at=0.0,
            updated_at=0.0,
        )
        initial = NewSnapshot(
            id=new_id("snap"),
            network_id=name,
            job_id=None,
            epoch=0,
            kind="initial",
            dtype=NETWORK.spec.dtype,
            manifest=NETWORK.manifest(),
            values=NETWORK.to_bytes(NETWORK.initial_values()),
        )
        return self.storage.create_network(record, initial)


# -- what an undisturbed run comes to --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Baseline:
    """The same training by the engine alone."""

    reports: list
    digests: dict[str, str]  #: SHA-256 of the best and the last weights

    @classmethod
    def run(cls, spec: TrainingSpec, *, until: int | None = None) -> Baseline:
        trainer = Trainer(NETWORK, spec, TRAINING, validation=VALIDATION)
        reports, best = [], trainer.values.copy()
        for report in trainer.epochs():
            reports.append(report)
            if report.improved:
                best = trainer.values.copy()
            if report.epoch == until:
                break
        return cls(reports, {"best": digest(best), "last": digest(trainer.values)})

    def assert_equals(self, history) -> None:
        assert [epoch.epoch for epoch in history] == [report.epoch for report in self.reports]
        for epoch, report in zip(history, self.reports, strict=True):
            assert epoch.loss == report.loss
            assert epoch.val_loss == report.val_loss
            assert epoch.metrics == report.metrics
            assert epoch.learning_rate == report.learning_rate
            assert epoch.gradient_norm == report.gradient_norm
            assert epoch.layers == (report.layers and [layer.to_json() for layer in report.layers])


def digest(values) -> str:
    return hashlib.sha256(NETWORK.to_bytes(values)).hexdigest()


# -- processes, as Linux shows them ----------------------------------------------------------------------------------


def children_of(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def training_processes(worker: subprocess.Popen) -> list[int]:
    """The children of the worker's fork server."""
    return [grandchild for child in children_of(worker.pid) for grandchild in children_of(child)]


def wait_for_child(worker: subprocess.Popen, *, other_than: tuple[int, ...] = ()) -> int:
    def fresh():
        return [pid for pid in training_processes(worker) if pid not in other_than]

    return wait_until(fresh, "a training process")[0]


def wait_for_fork_server(worker: subprocess.Popen, *, other_than: int = 0) -> int:
    def living():
        found = [pid for pid in children_of(worker.pid) if pid != other_than and is_alive(pid)]
        return [pid for pid in found if b"multiprocessing.forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    return wait_until(living, "a fork server")[0]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
