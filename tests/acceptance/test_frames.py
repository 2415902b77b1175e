"""Weights that move while a network learns, on the real service."""

import base64
import json
import threading
import time
import urllib.request
from http.client import HTTPResponse

import numpy as np
import pytest

SPEC = {
    "name": "watched",
    "inputs": 2,
    "loss": "binary_cross_entropy",
    "layers": [
        {"type": "dense", "units": 8, "activation": "tanh"},
        {"type": "dense", "units": 1, "activation": "sigmoid"},
    ],
}
ROWS = np.random.default_rng(3).uniform(-1, 1, (60, 2))
DATA = {"inputs": ROWS.tolist(), "targets": (ROWS.prod(axis=1, keepdims=True) > 0).astype(float).tolist()}


class Reader(threading.Thread):
    """Reads a stream to its end, as an EventSource does, and when each message came."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.messages = []
        self.start()

    def run(self) -> None:
        last_id = None
        while not any(kind == "end" for kind, *_ in self.messages):
            headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
            with urllib.request.urlopen(urllib.request.Request(self._url, headers=headers), timeout=60) as answer:
                last_id = self._read(answer) or last_id

    def _read(self, answer: HTTPResponse) -> str | None:
        fields = {}
        for line in map(bytes.decode, answer):
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
            if line == "\n" and "data" in fields:
                self.messages.append((fields["event"], json.loads(fields["data"]), time.monotonic()))
                fields = {"id": fields.get("id")}
        return fields.get("id")

    def frames(self):
        return [(data, at) for kind, data, at in self.messages if kind == "frame"]

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline and self.is_alive(), self.messages[-3:]
            time.sleep(0.01)


@pytest.fixture(scope="module")
def network(service):
    request = urllib.request.Request(
        f"{service.url}/networks", json.dumps(SPEC).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=30).close()


def float32(client, reference):
    """Weights and biases of a snapshot, in the order of a frame."""
    from safetensors.numpy import load

    body = client.ask("GET", f"/networks/watched/weights?snapshot={reference}&format=safetensors").body
    return {name: tensor.astype("<f4") for name, tensor in load(body).items()}


def tensors(layout, frame):
    numbers = np.frombuffer(base64.b64decode(frame["weights"]), "<f4")
    shaped = {}
    for tensor in layout["tensors"]:
        count = int(np.prod(tensor["shape"]))
        shaped[tensor["name"]] = numbers[tensor["offset"] : tensor["offset"] + count].reshape(tensor["shape"])
    return shaped


def assert_same(ours, theirs):
    assert {name: tensor.tobytes() for name, tensor in ours.items()} == {
        name: np.ascontiguousarray(tensor).tobytes() for name, tensor in theirs.items()
    }


def test_weights_move_during_training_and_are_those_of_the_snapshots(service, client, network):
    body = {"network": "watched", "data": DATA, "epochs": 100_000, "pause_at": 0, "epochs_per_second": 60}
    job = client.post("/train", {**body, "snapshots": {"every": 1, "keep": None}})
    reader = Reader(f"{service.url}/jobs/{job['id']}/frames")
    reader.wait_for(reader.frames)
    client.post(f"/jobs/{job['id']}/resume", {"until_epoch": 200})
    reader.wait_for(lambda: reader.frames()[-1][0]["epoch"] == 200)
    client.post(f"/jobs/{job['id']}/cancel", None)
    reader.join(60)

    layout = reader.messages[0][1]
    frames = reader.frames()
    assert len({data["weights"] for data, _ in frames}) > 10
    first, last = frames[1][1], frames[-2][1]
    assert len(frames) <= 15 * (last - first) + 5
    kept = client.get(f"/networks/watched/snapshots?job={job['id']}&limit=100")["data"]
    by_epoch = {one["epoch"]: one["id"] for one in kept if one["kind"] == "periodic"}
    compared = [data for data, _ in frames if data["epoch"] in by_epoch]
    assert len(compared) > 3
    for data in compared:
        assert_same(tensors(layout, data), float32(client, by_epoch[data["epoch"]]))
        epoch = data["epoch"]
        [row] = client.get(f"/jobs/{job['id']}/history?from_epoch={epoch}&to_epoch={epoch}")["data"]
        assert data["loss"] == row["loss"]
    final = frames[-1][0]
    assert (final["final"], final["epoch"]) == (True, 200)
    assert_same(tensors(layout, final), float32(client, job["id"]))


def test_epoch_by_epoch_every_step_is_shown(service, client, network):
    job = client.post("/train", {"network": "watched", "data": DATA, "epochs": 1000, "pause_at": 0})
    reader = Reader(f"{service.url}/jobs/{job['id']}/frames")
    reader.wait_for(reader.frames)
    for number in range(1, 6):
        client.post(f"/jobs/{job['id']}/resume", {"until_epoch": number})
        reader.wait_for(lambda number=number: reader.frames()[-1][0]["epoch"] == number)
        reader.wait_for(lambda: client.get(f"/jobs/{job['id']}")["status"] == "paused")
    client.post(f"/jobs/{job['id']}/cancel", None)
    reader.join(60)
    assert [data["epoch"] for data, _ in reader.frames()] == [0, 1, 2, 3, 4, 5, 5]
