"""Jobs on data sets: a worker hands its child the table chunk by chunk, and whatever dies, the numbers are the same."""

import multiprocessing
import os
import signal
import threading

import numpy as np
import pyarrow as pa
import pytest

from service.data.tables.chunks import write_chunks
from service.data.tables.profile import described
from service.domain.datasets import NewDataset
from service.domain.ids import new_id
from service.domain.status import Status
from service.errors import Damaged
from service.jobs.messages import Limits, ReportIntervals
from service.operations.backend import Backend
from service.operations.networks.networks import create_network
from service.operations.training.submit import submit_training
from service.worker.child_process import Child
from service.worker.job_runner import assignment_of
from tests.acceptance.worker.rig import EARLY, wait_for_child
from tests.storage.makers import execute

ROWS = 600
CHUNKS = 6
EPOCHS = 1500
COLUMNS = [
    {"name": "size", "type": "number", "impute": "median", "indicator": True},
    {"name": "weight", "type": "number", "scale": "quantile"},
    {"name": "island", "type": "category", "encode": "embedding", "size": 2},
    {"name": "seen", "type": "time", "impute": "mean"},
]


def penguins():
    """Numbers, words and times with gaps, and a species that follows from them."""
    draw = np.random.default_rng(7)
    size, weight, islands = draw.normal(180, 12, ROWS), draw.lognormal(8, 1, ROWS), draw.integers(0, 3, ROWS)
    is_gentoo = (size - 180) / 12 + np.log(weight) - 8 + islands > 1
    seen = np.datetime64("2026-01-01", "us") + draw.integers(0, 300, ROWS) * np.timedelta64(1, "D")
    species = [None if row % 50 == 0 else "Gentoo" if flag else "Adelie" for row, flag in enumerate(is_gentoo)]
    return pa.table(
        {
            "size": pa.array(size, mask=draw.random(ROWS) < 0.1),
            "weight": pa.array(weight),
            "island": pa.array([("Biscoe", "Dream", "Torgersen")[island] for island in islands]),
            "seen": pa.array(seen, mask=draw.random(ROWS) < 0.1),
            "species": pa.array(species),
        }
    )


@pytest.fixture
def dataset(rig, tmp_path):
    """The table in the database, in several chunks."""
    table = penguins()
    columns, _ = described(table)
    new = NewDataset(
        id=new_id("ds"),
        sha256="",
        filename=None,
        format="csv",
        options={},
        size_bytes=1,
        rows=ROWS,
        columns=columns,
        preview=[],
        warnings=[],
    )
    rig.storage.begin_dataset(new)
    for first in range(0, ROWS, ROWS // CHUNKS):
        (part,) = write_chunks(table.slice(first, ROWS // CHUNKS), tmp_path)
        rig.storage.add_chunk(new.id, part["rows"], (tmp_path / part["file"]).read_bytes())
    return rig.storage.publish_dataset(new.id, name="penguins", fingerprint="penguins")


@pytest.fixture
def submit(rig, dataset):
    """Queue a training of a network that speaks the table's names, always from the same weights."""
    backend = Backend(rig.storage, rig.queue)
    layers = [
        {"type": "dense", "units": 8, "activation": "tanh"},
        {"type": "dropout", "drop_rate": 0.2},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ]
    body = {"name": "birds", "inputs": COLUMNS, "target": "species", "dataset": "penguins", "layers": layers, "seed": 5}
    create_network(backend, {**body, "loss": "binary_cross_entropy"})

    def send(**options):
        body = {"network": "birds", "dataset": "penguins", "start_from": "initial", "epochs": EPOCHS, "seed": 3}
        validation = {"fraction": 0.2, "stratified": True}
        return submit_training(backend, {**body, "validation": validation, "class_weights": "balanced", **options}).job

    return send


def told(rig, job):
    """All that a run leaves behind but the time it took."""
    history = [epoch._replace(seconds=0, job_id="") for epoch in rig.history(job.id)]
    fitted = [snapshot.preprocessing for snapshot in rig.snapshots(job.id).values()]
    return history, rig.digests(job.id), fitted, rig.job(job.id).importance


def preparations(rig, job):
    return [event.data for event in rig.storage.list_events(job.id) if event.kind == "prepared"]


def test_a_killed_child_reads_the_table_again_and_changes_nothing_in_the_end(rig, submit, dataset):
    worker = rig.start_worker()
    broken = submit()
    child = wait_for_child(worker)
    rig.wait_for_epoch(broken.id, EARLY)
    os.kill(child, signal.SIGKILL)
    rig.wait_for(broken.id, Status.SUCCEEDED)
    whole = submit()
    done = rig.wait_for(whole.id, Status.SUCCEEDED)

    assert told(rig, broken) == told(rig, whole)
    first, again = preparations(rig, broken)
    assert [first] == [again] == preparations(rig, whole)
    assert (first["rows"], first["validation_rows"], first["rows_left_out"]) == (done.rows, 118, 12)
    assert done.rows == 588 - 118
    assert set(first["training"]["imputed"]) == {"size", "seen"}
    (fitted, _) = told(rig, whole)[2]
    assert fitted["rows"] == done.rows
    assert {item["column"] for item in done.importance} == {"size", "weight", "island", "seen"}
    rig.storage.delete_dataset(dataset.id)


def test_a_training_that_goes_on_keeps_what_the_first_has_fitted(rig, submit):
    rig.start_worker()
    first = submit(epochs=1)
    rig.wait_for(first.id, Status.SUCCEEDED)
    second = submit(epochs=1, start_from="latest", seed=4)
    rig.wait_for(second.id, Status.SUCCEEDED)
    again = submit(epochs=1, seed=4)
    rig.wait_for(again.id, Status.SUCCEEDED)
    fitted = [rig.snapshots(job.id)["last", 1].preprocessing for job in (first, second, again)]
    assert fitted[0] == fitted[1] != fitted[2]


def test_a_chunk_that_is_damaged_ends_the_job_and_not_the_worker(rig, submit, dataset, database_url):
    execute(database_url, "UPDATE dataset_chunks SET sha256 = '' WHERE number = 3")
    worker = rig.start_worker()
    failed = rig.wait_for(submit().id, Status.FAILED)
    assert (failed.error.code, failed.crashes) == ("bad_data", 0)
    assert "upload the file again" in failed.error.message
    assert rig.stop(worker) == 0


def test_a_run_whose_chunks_fail_says_so_though_its_child_ends_of_it(rig, submit):
    claim = rig.storage.claim(submit().id, owner="test", lease_seconds=60)
    is_waited_for = threading.Event()

    def chunks():
        is_waited_for.wait()
        raise Damaged("A chunk is damaged.")
        yield

    child = Child(
        multiprocessing.get_context("spawn"),
        assignment_of(claim, ReportIntervals()),
        chunks(),
        Limits(max_bytes=None, niceness=0),
    )
    threading.Timer(0.5, is_waited_for.set).start()
    with pytest.raises(Damaged):
        child.next_report(60)
    child.close()
