"""A run of a job that predicts, without a worker."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.data.tables.chunks import read_chunk
from service.domain.job_kind import JobKind
from service.domain.status import RequestedState
from service.engine.inference import predict
from service.jobs import prediction_run
from service.jobs.job_run import run
from service.jobs.messages import Assignment, Orders, ReportIntervals
from tests.unit.jobs.makers import NETWORK, NEVER

INPUTS = np.random.default_rng(0).normal(size=(1000, 2))


def chunk(inputs, key):
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": inputs[:, 0], "b": inputs[:, 1], "key": key, "other": key}), sink)
    return sink.getvalue()


def chunks_of(inputs, sizes):
    ends = np.cumsum(sizes)
    keys = np.arange(len(inputs), dtype=float)
    return [chunk(inputs[end - size : end], keys[end - size : end]) for size, end in zip(sizes, ends, strict=True)]


def assignment(**changes):
    values = {
        "job_id": "job_1",
        "token": 1,
        "network_id": "net_1",
        "spec": NETWORK.spec.to_json(),
        "options": {
            "snapshot": "live",
            "start_snapshot": "snap_1",
            "dataset": {},
            "output": {},
            "columns": ["key"],
            "inputs": ["a", "b"],
        },
        "data": b"",
        "start_values": NETWORK.to_bytes(NETWORK.initial_values()),
        "checkpoint": None,
        "intervals": ReportIntervals(report_seconds=NEVER, checkpoint_seconds=NEVER),
        "kind": JobKind.PREDICTION,
        "rows": len(INPUTS),
    }
    return Assignment(**{**values, **changes})


def reports_of(work, chunks, requested_state=lambda: RequestedState.RUN):
    reports = []
    run(work, lambda: Orders(requested_state=requested_state()), reports.append, iter(chunks))
    return reports


def rows_of(reports):
    return pa.concat_tables([read_chunk(report.block.data) for report in reports if report.block])


def expected(inputs=INPUTS):
    return predict(NETWORK, NETWORK.initial_values(), inputs)[:, 0]


def test_a_class_is_predicted_by_the_threshold_of_the_weights():
    value = float(np.quantile(expected(), 0.2))
    options = assignment().options | {"threshold": {"positive": "1", "value": value}}
    table = rows_of(reports_of(assignment(options=options), chunks_of(INPUTS, [1000])))
    shares = table["probability_1"].to_numpy()
    assert table["predicted_class"].to_pylist() == (shares > value).astype(int).tolist()
    assert table["predicted_class"].to_numpy().mean() == pytest.approx(0.8, abs=0.01)


def test_the_rows_keep_their_order_and_their_keys_whatever_the_chunks():
    reports = reports_of(assignment(), chunks_of(INPUTS, [1, 399, 600]))
    table = rows_of(reports)
    assert table.column_names == ["key", "predicted_class", "probability_0", "probability_1"]
    assert table["key"].to_pylist() == list(range(1000))
    np.testing.assert_allclose(table["probability_1"].to_numpy(), expected(), rtol=1e-6)
    assert reports[-1].end.error is None and not reports[-1].end.stopped
    [first] = [report.block for report in reports if report.block]
    assert (first.first_row, first.rows, list(first.described["profiles"])) == (0, 1000, table.column_names)


def test_blocks_are_bounded_and_follow_each_other(monkeypatch):
    monkeypatch.setattr(prediction_run, "BLOCK_ROWS", 64)
    reports = reports_of(assignment(), chunks_of(INPUTS, [300, 700]))
    blocks = [report.block for report in reports if report.block]
    assert [block.first_row for block in blocks] == list(np.cumsum([0, *(block.rows for block in blocks[:-1])]))
    assert max(block.rows for block in blocks) < 2 * 64
    assert [block.described is not None for block in blocks] == [True] + [False] * (len(blocks) - 1)
    assert rows_of(reports)["key"].to_pylist() == list(range(1000))


def test_a_run_goes_on_within_a_chunk():
    work = assignment(first_row=450, skipped_rows=150)
    reports = reports_of(work, chunks_of(INPUTS, [300, 700])[1:])
    assert rows_of(reports)["key"].to_pylist() == list(range(450, 1000))
    assert next(report.block.first_row for report in reports if report.block) == 450


def test_a_run_of_rows_that_are_all_done_ends_without_reading_any():
    def none():
        raise AssertionError
        yield

    [report] = reports_of(assignment(first_row=1000), none())
    assert report.block is None and report.end.error is None


def test_a_request_to_stop_is_followed_between_two_blocks(monkeypatch):
    monkeypatch.setattr(prediction_run, "BLOCK_ROWS", 64)
    reports = reports_of(assignment(), chunks_of(INPUTS, [1000]), lambda: RequestedState.PAUSE)
    assert [report.block.rows for report in reports if report.block] == [64]
    assert reports[-1].end.stopped


@pytest.mark.parametrize("cell", [np.nan, np.inf])
def test_a_row_that_cannot_be_predicted_is_named_by_its_place_in_the_data_set(cell):
    inputs = INPUTS.copy()
    inputs[777, 1] = cell
    end = reports_of(assignment(), chunks_of(inputs, [500, 500]))[-1].end
    assert end.error.code == "bad_data"
    assert "[777].b: must be a finite number" in end.error.message
