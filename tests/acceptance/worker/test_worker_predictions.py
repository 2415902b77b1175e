"""Rows that a job predicts are neither lost nor doubled, whatever dies."""

import io
import os
import signal
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.data.tables.chunks import read_chunk
from service.domain.ids import new_id
from service.domain.job_kind import JobKind
from service.domain.jobs import NewJob
from service.domain.status import RequestedState, Status
from service.engine.inference import predict
from service.jobs.prediction_options import PredictionOptions
from tests.acceptance.worker.rig import NETWORK, training_processes, wait_for_child, wait_until
from tests.storage.makers import dataset, stored_dataset

#: So many chunks that there is time to disturb them, and each is a block of its own.
CHUNKS, ROWS = 150, 700
INPUTS = ["a", "b", "c"]
COLUMNS = [{"name": name, "type": "number", "profile": {}} for name in (*INPUTS, "key")]
WRITTEN = ["key", "predicted_class", "probability_0", "probability_1"]
NUMBERS = np.random.default_rng(2).normal(size=(CHUNKS * ROWS, 3))


def chunk(number):
    rows = slice(number * ROWS, (number + 1) * ROWS)
    cells = dict(zip(INPUTS, NUMBERS[rows].T, strict=True))
    sink = io.BytesIO()
    pq.write_table(pa.table({**cells, "key": np.arange(CHUNKS * ROWS, dtype=float)[rows]}), sink)
    return ROWS, sink.getvalue()


@pytest.fixture(scope="module")
def chunks():
    return [chunk(number) for number in range(CHUNKS)]


@pytest.fixture
def submit(rig, chunks):
    """Call it to queue a prediction."""

    def send(**changes):
        source = stored_dataset(rig.storage, chunks=chunks, columns=COLUMNS)
        network = rig._make_network()
        start = rig.storage.find_snapshot(network.id, "latest")
        output = dataset(
            rows=source.rows, columns=[{"name": name, "type": "number"} for name in WRITTEN], origin={}, preview=[]
        )
        options = PredictionOptions(
            snapshot="live",
            start_snapshot=start.id,
            dataset={"id": source.id},
            output={"id": output.id},
            columns=("key",),
            inputs=tuple(INPUTS),
        )
        job = rig.storage.create_job(
            NewJob(
                id=new_id("job"),
                network_id=network.id,
                options=options.to_json(),
                epochs=0,
                rows=source.rows,
                data=b"",
                datasets={"prediction": source.id},
                kind=JobKind.PREDICTION,
                output=output,
                output_name=output.id[3:],
                **changes,
            )
        )
        rig.queue.send(job.id)
        return job

    return send


def wait_for_rows(rig, job, rows):
    wait_until(lambda: rig.job(job.id).rows_done >= rows, f"row {rows}")


def assert_whole(rig, job):
    """Every row is there once, in its order, with what the engine predicts for it."""
    found = rig.storage.get_dataset(rig.job(job.id).output)
    tables = [read_chunk(rig.storage.read_chunk(found.id, number)) for number in range(found.chunks)]
    table = pa.concat_tables(tables)
    assert table.column_names == WRITTEN
    assert np.array_equal(table["key"].to_numpy(), np.arange(CHUNKS * ROWS))
    expected = predict(NETWORK, NETWORK.initial_values(), NUMBERS)[:, 0]
    np.testing.assert_allclose(table["probability_1"].to_numpy(), expected, rtol=1e-5)
    assert np.array_equal(table["predicted_class"].to_numpy(), table["probability_1"].to_numpy() > 0.5)


def kill_child(worker):
    """Of a job that is between two runs, the child of the next one."""

    def is_killed():
        with suppress(ProcessLookupError):
            os.kill(wait_for_child(worker), signal.SIGKILL)
            return True
        return False

    wait_until(is_killed, "a child to kill")


def from_rows(rig, job):
    return [event.data["from_row"] for event in rig.storage.list_events(job.id) if event.kind == "started"]


def test_killed_children_and_workers_cost_no_row_and_double_none(rig, submit):
    settings = {"checkpoint_seconds": 0, "max_crashes": 100}
    worker = rig.start_worker(**settings)
    job = submit()
    for rows in (1, 20 * ROWS):
        wait_for_rows(rig, job, rows)
        kill_child(worker)
    wait_for_rows(rig, job, 50 * ROWS)
    worker.kill()
    worker.wait()
    rig.start_worker(**settings)
    done = rig.wait_for(job.id, Status.SUCCEEDED)
    starts = from_rows(rig, job)
    assert (done.token, done.rows_done) == (len(starts), CHUNKS * ROWS)
    assert len(starts) >= 4 and starts[0] == 0 and starts == sorted(starts) and starts[-1] >= 50 * ROWS
    assert_whole(rig, job)


def test_a_worker_that_slept_past_its_lease_writes_no_row_more(rig, submit):
    first = rig.start_worker(checkpoint_seconds=0)
    job = submit()
    wait_for_rows(rig, job, 10 * ROWS)
    rig.freeze(first)
    rig.start_worker(checkpoint_seconds=0)
    rig.wait_for(job.id, Status.SUCCEEDED)
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: training_processes(first) == [], "the end of the stale child")
    assert_whole(rig, job)
    assert rig.stop(first) == 0


def test_a_paused_prediction_goes_on_and_a_cancelled_one_leaves_nothing(rig, submit):
    rig.start_worker(checkpoint_seconds=0)
    job = submit()
    wait_for_rows(rig, job, ROWS)
    rig.storage.set_requested_state(job.id, RequestedState.PAUSE)
    paused = rig.wait_for(job.id, Status.PAUSED)
    assert 0 < paused.rows_done < CHUNKS * ROWS
    rig.storage.set_requested_state(job.id, RequestedState.RUN)
    rig.queue.send(job.id)
    rig.wait_for(job.id, Status.SUCCEEDED)
    assert from_rows(rig, job)[-1] == paused.rows_done
    assert_whole(rig, job)
    other = submit()
    wait_for_rows(rig, other, ROWS)
    rig.storage.set_requested_state(other.id, RequestedState.CANCEL)
    rig.wait_for(other.id, Status.CANCELLED)
    wait_until(lambda: rig.storage.chunk_rows(other.output) == [], "the deletion of what was written")


def test_a_prediction_beyond_the_quota_fails_and_says_why(rig, submit):
    rig.start_worker(checkpoint_seconds=0, max_dataset_bytes=1)
    failed = rig.wait_for(submit().id, Status.FAILED)
    assert failed.error.code == "quota_exceeded"


def test_a_prediction_that_takes_too_long_fails_as_timed_out(rig, submit):
    rig.start_worker(checkpoint_seconds=0)
    failed = rig.wait_for(submit(max_seconds=0.05).id, Status.FAILED)
    assert failed.error.code == "timeout"
