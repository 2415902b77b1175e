"""From the request to the last event, with a worker that really trains."""

import threading
import time

import pytest

from service.jobs.messages import ReportIntervals
from service.worker.forkserver import ForkServer
from service.worker.job_runner import JobRunner
from service.worker.settings import WorkerSettings
from tests.api.sse import STREAM, messages, told

DATA = {
    "inputs": [[0.2, 0.9], [0.1, 0.1], [0.2, 0.4], [0.2, 0.5], [0.4, 0.5], [0.3, 0.8]],
    "targets": ["like", "dislike", "dislike", "dislike", "like", "like"],
}
BODY = {
    "network": "cheese",
    "data": DATA,
    "epochs": 400,
    "batch_size": "full",
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "metrics": ["accuracy"],
    "validation": {"fraction": 0.34, "stratified": True},
    "class_weights": "balanced",
    "snapshots": {"every": 100, "keep": 2},
}


@pytest.fixture
def supervise(storage, dispatcher):
    """Train a job as a worker's slot does, in a thread."""
    stopping = threading.Event()
    settings = WorkerSettings(poll_seconds=0.05, intervals=ReportIntervals(report_seconds=0.05))
    supervisor = JobRunner(
        storage, dispatcher, ForkServer(max_job_bytes=None), settings, owner="test", stopping=stopping
    )
    threads = []

    def start(job_id):
        threads.append(threading.Thread(target=supervisor.supervise, args=(job_id,)))
        threads[-1].start()

    yield start
    stopping.set()
    for thread in threads:
        thread.join()


def test_a_training_is_followed_live_and_then_read_back(client, network, supervise):
    job = client.post("/train", json=BODY).json["id"]
    supervise(job)
    found, headers = [], STREAM
    while not found or found[-1][0] != "end":
        found += messages(client.get(f"/jobs/{job}/events", headers=headers).text)
        headers = {**STREAM, "Last-Event-ID": found[-1][2]}

    ended = client.get(f"/jobs/{job}").json
    assert (ended["status"], ended["epoch"], ended["progress"], ended["error"]) == ("succeeded", 400, 1.0, None)
    live = [row for kind, data, _ in found if kind == "epochs" for row in data["epochs"]]
    assert live == client.get(f"/jobs/{job}/history").json["data"]
    assert [row["epoch"] for row in live] == list(range(1, 401))
    assert live[-1]["loss"] < live[0]["loss"]
    best = min(live, key=lambda row: row["val_loss"])
    assert (ended["best_epoch"], ended["best_value"]) == (best["epoch"], best["val_loss"])
    assert set(live[0]["metrics"]) == {"accuracy", "val_accuracy"}
    events = client.get(f"/jobs/{job}/events?limit=1000").json["data"]
    assert [number for _, kind, number in told(found) if kind == "event"] == [event["seq"] for event in events]
    snapshots = client.get(f"/networks/cheese/snapshots?job={job}").json["data"]
    assert sorted((snapshot["kind"], snapshot["epoch"]) for snapshot in snapshots) == [
        ("best", best["epoch"]),
        ("last", 400),
        ("periodic", 200),
        ("periodic", 400),
    ]
    assert f"best at epoch {best['epoch']}" in client.get(f"/jobs/{job}/history?format=svg").text


def test_a_run_that_was_paused_gives_the_same_numbers_as_one_that_was_not(client, network, supervise):
    data = {name: rows * 10 for name, rows in DATA.items()}
    body = {**BODY, "data": data, "epochs": 1000, "batch_size": 2, "start_from": "initial", "snapshots": {}}
    broken, whole = (client.post("/train", json=body).json["id"] for _ in range(2))
    supervise(broken)
    reached(client, broken, lambda job: job["epoch"] > 0)
    client.post(f"/jobs/{broken}/pause")
    paused = reached(client, broken, lambda job: job["status"] == "paused")
    assert client.post(f"/jobs/{broken}/resume").json["status"] == "queued"
    supervise(broken)
    supervise(whole)

    assert 0 < paused["epoch"] < 1000
    for job in (broken, whole):
        assert reached(client, job, lambda job: job["status"] not in ("queued", "running"))["status"] == "succeeded"
    kinds = [event["kind"] for event in client.get(f"/jobs/{broken}/events?limit=1000").json["data"]]
    assert [kind for kind in kinds if kind != "snapshot"] == [
        *("submitted", "started", "pausing", "paused", "resumed", "started", "ended")
    ]
    assert losses(client, broken) == losses(client, whole)


def reached(client, job_id, condition):
    deadline = time.monotonic() + 60
    while not condition(job := client.get(f"/jobs/{job_id}").json):
        assert time.monotonic() < deadline, job
        time.sleep(0.01)
    return job


def losses(client, job):
    return [(row["epoch"], row["loss"], row["val_loss"]) for row in client.get(f"/jobs/{job}/history").json["data"]]
