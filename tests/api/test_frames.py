"""The weights of a job as a stream, while it trains and after it."""

import base64

import numpy as np
import pytest

from service.domain.frames import Frame
from service.domain.snapshots import NewSnapshot
from service.domain.status import Status
from tests.api.runs import Run, epoch
from tests.api.sse import STREAM, messages


@pytest.fixture
def brief(monkeypatch):
    """Streams that look often and live briefly."""
    monkeypatch.setattr("service.api.jobs.frame_stream.PAUSE", 0.01)
    monkeypatch.setattr("service.api.jobs.frame_stream.LONGER_PAUSE", 0.01)
    monkeypatch.setattr("service.api.jobs.frame_stream.LIFE_SECONDS", 0.3)


def streamed(client, job, **headers):
    answer = client.get(f"/jobs/{job}/frames", headers={**STREAM, **headers})
    assert answer.status_code == 200, answer.text
    return messages(answer.text)


def weights(numbers):
    return np.array(numbers, "<f4").tobytes()


def numbers_of(data):
    return np.frombuffer(base64.b64decode(data["weights"]), "<f4")


def exported(client, reference):
    """The same numbers by another way: of each layer its weights, (inputs, units), and its biases."""
    layers = client.get(f"/networks/cheese/weights?snapshot={reference}").json["layers"]
    parts = [np.ravel(layer[name]) for layer in layers for name in ("weights", "biases")]
    return np.concatenate(parts).astype("<f4").tolist()


def test_a_job_that_waits_shows_the_weights_it_starts_from(client, submit, brief):
    job = submit()
    layout, frame, progress = streamed(client, job)
    assert [kind for kind, *_ in (layout, frame, progress)] == ["layout", "frame", "progress"]
    assert (layout[1]["numbers"], layout[1]["dtype"]) == (13, "float32")
    assert [(one["name"], one["shape"], one["offset"]) for one in layout[1]["tensors"]] == TENSORS
    assert (frame[1]["epoch"], frame[1]["loss"], frame[1]["final"], frame[2]) == (0, None, False, "0")
    assert numbers_of(frame[1]).tolist() == exported(client, "initial")
    assert (progress[1]["status"], progress[1]["queue_position"]) == ("queued", 1)


TENSORS = [
    ("dense_1.weights", [2, 3], 0),
    ("dense_1.biases", [3], 6),
    ("dense_2.weights", [3, 1], 9),
    ("dense_2.biases", [1], 12),
]


def test_frames_come_in_order_with_the_numbers_of_their_epochs_and_once(client, submit, storage, brief):
    job = submit()
    run = Run(storage, job).report(epoch(1), epoch(2, val_loss=float("nan")), epoch(3))
    storage.add_frames(job, run.token, [Frame(epoch=number, weights=weights([number] * 13)) for number in (1, 2)])
    found = [data for kind, data, _ in streamed(client, job) if kind == "frame"]
    assert [data["epoch"] for data in found] == [2]  # of the past, the newest alone
    assert (found[0]["loss"], found[0]["val_loss"], found[0]["nonfinite"]) == (0.5, None, {"val_loss": "nan"})
    assert numbers_of(found[0]).tolist() == [2] * 13

    storage.add_frames(job, run.token, [Frame(epoch=3, weights=weights([3] * 13))])
    resumed = streamed(client, job, **{"Last-Event-ID": "1"})
    assert [(data["epoch"], last_id) for kind, data, last_id in resumed if kind == "frame"] == [(2, "2"), (3, "3")]


def test_a_stream_asks_for_frames_and_nobody_else_does(client, submit, storage, brief):
    job = submit()
    client.get(f"/jobs/{job}")
    assert not storage.get_job(job).is_watched
    streamed(client, job)
    assert storage.get_job(job).is_watched


def test_the_last_frame_is_what_the_job_has_ended_with(client, submit, storage):
    job = submit()
    run = Run(storage, job).report(epoch(1), epoch(2))
    storage.add_frames(job, run.token, [Frame(epoch=1, weights=weights([1] * 13))])
    values = np.linspace(-1, 1, 13)
    network = run.claim.network
    [initial] = storage.list_snapshots(network.id, _page())
    last = NewSnapshot(
        id="snap_last",
        network_id=network.id,
        job_id=job,
        epoch=2,
        kind="last",
        dtype="float64",
        manifest=initial.manifest,
        values=values.astype("<f8").tobytes(),
    )
    storage.add_snapshot(last, token=run.token)
    run.end()
    found = streamed(client, job)
    assert [kind for kind, *_ in found] == ["layout", "frame", "progress", "frame", "end"]
    final = found[3][1]
    assert (final["final"], final["epoch"], final["loss"]) == (True, 2, 0.5)
    assert numbers_of(final).tolist() == exported(client, "snap_last")
    assert found[-1][1:] == ({job: "succeeded"}, "end")
    again = client.get(f"/jobs/{job}/frames", headers={**STREAM, "Last-Event-ID": "end"})
    assert (again.status_code, again.data) == (204, b"")


def test_a_job_that_kept_no_weights_ends_its_stream_all_the_same(client, submit, storage):
    job = submit(snapshots={"best": False, "last": False})
    Run(storage, job).end(Status.CANCELLED)
    assert [kind for kind, *_ in streamed(client, job)] == ["layout", "progress", "end"]


def test_a_network_that_is_too_large_is_rejected_with_the_bound(client, submit, rejected, spec):
    wide = {"type": "dense", "units": 5000, "activation": "relu"}
    body = {**spec, "name": "large", "layers": [wide, spec["layers"][1]]}
    assert client.post("/networks", json=body).status_code == 201
    job = submit(network="large")
    problem = rejected(409, "GET", f"/jobs/{job}/frames", headers=STREAM)
    assert "20,001 parameters" in problem["detail"] and "10,000" in problem["detail"]


def test_streams_that_cannot_be_are_rejected(submit, rejected):
    job = submit()
    rejected(404, "GET", "/jobs/job_missing/frames", headers=STREAM)
    rejected(406, "GET", f"/jobs/{job}/frames", headers={"Accept": "text/csv"})
    rejected(422, "GET", f"/jobs/{job}/frames", headers={**STREAM, "Last-Event-ID": "x"})
    rejected(422, "GET", f"/jobs/{job}/frames?every=2", "every", headers=STREAM)


def test_there_are_only_so_many_streams(app, client, submit, rejected):
    job = submit()
    opened = [client.get(f"/jobs/{job}/frames", headers=STREAM) for _ in range(32)]
    try:
        assert "streams" in rejected(503, "GET", f"/jobs/{job}/frames", headers=STREAM)["detail"]
    finally:
        for answer in opened:
            answer.close()


def _page():
    from service.domain.paging import Page

    return Page()
