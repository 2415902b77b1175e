"""A running service with what the clients ask: `iris`, four numbers in two versions, and `birds`, a small table."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running

ROWS = [[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3], [0.5, 0.25, 2.0, 1.0]]
LABELS = ["setosa", "versicolor", "virginica"]
LAYERS = [{"type": "dense", "units": 3, "activation": "softmax"}]
#: As the clients send them, with a missing bill and a missing island.
BIRDS = [
    {"mass": 3000.0, "bill": 40.0, "island": "Dream"},
    {"mass": 5000.0, "bill": None, "island": "Biscoe"},
    {"mass": 4000.0, "bill": 42.0, "island": None},
]
TABLE = "mass,bill,island,species\n" + "\n".join(
    f"{mass},{bill},{island},{species}"
    for number in range(20)
    for mass, bill, island, species in (
        (3000 + number, 40 + number / 10, "Dream", "Adelie"),
        (5000 + number, 44 + number / 10, "Biscoe", "Gentoo"),
        (4000 + number, "", "Dream", "Chinstrap"),
        (4100 + number, 42, "", "Chinstrap"),
    )
)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running(tmp_path_factory.mktemp("service") / "data") as started:
        client = Client(started.url)
        make_iris(client)
        make_birds(client)
        yield started


@pytest.fixture
def client(service: RunningService) -> Client:
    return Client(service.url)


def make_iris(client: Client) -> None:
    weights = np.eye(4, 3).tolist()
    layer = {"type": "dense", "units": 3, "activation": "softmax", "weights": weights, "biases": [0, 0, 0]}
    body = {"name": "iris", "inputs": 4, "labels": LABELS, "dtype": "float64", "loss": "cross_entropy"}
    client.post("/networks", {**body, "layers": [layer]})
    client.post("/networks/iris/versions", {"snapshot": "latest"})
    layers = client.get("/networks/iris/weights")["layers"]
    layers[0]["biases"] = [0, 0, 9]
    snapshot = client.post("/networks/iris/snapshots", {"layers": layers})["id"]
    client.post("/networks/iris/versions", {"snapshot": snapshot})
    for alias, version in (("production", 1), ("next", 2)):
        assert client.ask("PUT", f"/networks/iris/aliases/{alias}", {"version": version}).status < 300


def make_birds(client: Client) -> None:
    upload = urllib.request.Request(f"{client.url}/datasets?name=birds", TABLE.encode(), {"Content-Type": "text/csv"})
    urllib.request.urlopen(upload, timeout=60).close()
    body: dict[str, Any] = {"name": "birds", "dataset": "birds", "target": "species", "dtype": "float64"}
    client.post("/networks", {**body, "inputs": ["mass", "bill", "island"], "layers": LAYERS})
    job = client.post("/train", {"network": "birds", "dataset": "birds", "epochs": 20}, Prefer="wait=60")
    assert job["status"] == "succeeded", job


def expected_iris(biases: tuple[float, ...] = (0, 0, 0)) -> list[list[float]]:
    powers = np.exp(np.array(ROWS)[:, :3] + biases)
    return (powers / powers.sum(axis=1, keepdims=True)).tolist()


def expected_birds(client: Client) -> Any:
    return client.post("/predict", {"network": "birds", "inputs": BIRDS})
