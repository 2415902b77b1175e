"""Which columns matter, and why one answer is as it is, on a real table over HTTP."""

from __future__ import annotations

import csv
import io
import urllib.request
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes
from sklearn.inspection import permutation_importance
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from tests.acceptance.client import Client
from tests.acceptance.running import RunningService


@pytest.fixture(scope="module")
def table() -> tuple[Any, Any, list[str]]:
    data = load_diabetes()
    targets = (data.target - data.target.mean()) / data.target.std()
    return StandardScaler().fit_transform(data.data), targets, list(data.feature_names)


@pytest.fixture(scope="module")
def job(service: RunningService, table: tuple[Any, Any, list[str]]) -> dict[str, Any]:
    client = Client(service.url)
    inputs, targets, names = table
    layers = [{"type": "dense", "units": 8, "activation": "tanh", "l2": 0.1}, {"type": "dense", "units": 1}]
    spec = {"name": "explained", "inputs": names, "layers": layers, "seed": 1}
    assert client.ask("POST", "/networks", spec).status == 201
    data = {"inputs": inputs.tolist(), "targets": targets.tolist()}
    return client.train("explained", data, epochs=60, seed=1)


def test_the_columns_that_matter_are_those_that_matter_to_another_model(client: Client, job: Any, table: Any) -> None:
    inputs, targets, names = table
    told = client.get(f"/jobs/{job['id']}")["importance"]
    assert {one["column"] for one in told} == set(names)
    assert [one["mean"] for one in told] == sorted((one["mean"] for one in told), reverse=True)
    peer = permutation_importance(Ridge().fit(inputs, targets), inputs, targets, random_state=0)
    order = [names[index] for index in np.argsort(-peer.importances_mean)]
    assert {one["column"] for one in told[:2]} <= set(order[:4])
    assert "importance" not in client.get("/jobs?network=explained")["data"][0]


def test_the_shares_of_an_answer_add_up_to_it(client: Client, job: Any, table: Any) -> None:
    rows = table[0][:20].tolist()
    answer = client.post("/predict", {"network": "explained", "inputs": rows, "attributions": True})
    for why, outputs in zip(answer["attributions"], answer["outputs"], strict=True):
        assert why["value"] == pytest.approx(outputs[0], abs=1e-5)
        assert sum(why["inputs"].values()) + why["gap"] == pytest.approx(why["value"] - why["baseline"], abs=1e-6)
        assert abs(why["gap"]) <= 1e-3 * sum(map(abs, why["inputs"].values())) + 1e-6
    sizes = {name: np.mean([abs(why["inputs"][name]) for why in answer["attributions"]]) for name in table[2]}
    assert max(sizes, key=lambda name: sizes[name]) in {one["column"] for one in job["importance"][:3]}


COLOURS, SHAPES = ["red", "green", "blue"], ["round", "flat", "long", "odd"]


def upload_fruit(client: Client) -> None:
    """400 fruits whose price follows from their weight and their colour, blue ones costing 600 more; not from their
    shape."""
    generator = np.random.default_rng(0)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("weight", "colour", "shape", "price"))
    for weight, colour, shape in zip(
        generator.normal(50, 9, 400), generator.integers(0, 3, 400), generator.integers(0, 4, 400), strict=True
    ):
        price = 1000 + 20 * weight + 600 * (colour == 2)
        lines.writerow((f"{weight:.3f}", COLOURS[colour], SHAPES[shape], f"{price:.2f}"))
    headers = {"Content-Type": "text/csv"}
    request = urllib.request.Request(f"{client.url}/datasets?name=fruit", text.getvalue().encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        assert response.status == 201


def test_a_table_is_explained_in_its_own_columns_words_and_units(client: Client) -> None:
    upload_fruit(client)
    spec = {
        "name": "fruit",
        "inputs": [
            "weight",
            {"name": "colour", "type": "category", "categories": COLOURS, "encode": "embedding", "size": 2},
            "shape",
        ],
        "target": "price",
        "dataset": "fruit",
        "layers": [{"type": "dense", "units": 16, "activation": "tanh"}, {"type": "dense", "units": 1}],
        "seed": 1,
    }
    client.post("/networks", spec)
    options = {"epochs": 60, "metrics": ["mae"], "optimizer": {"type": "adam", "learning_rate": 0.01}}
    body = {"network": "fruit", "dataset": "fruit", "validation": {"fraction": 0.2}, **options}
    job = client.post("/train", body, Prefer="wait=60")
    assert job["status"] == "succeeded", job

    told = {one["column"]: one["mean"] for one in job["importance"]}
    assert set(told) == {"weight", "colour", "shape"} and list(told)[-1] == "shape"
    last = client.get(f"/jobs/{job['id']}/history?limit=10000")["data"][-1]
    assert 0.1 < last["metrics"]["val_mae"] < 100, "in the units of the price, whose deviation is about 330"

    rows = [{"weight": 60, "colour": "blue", "shape": "flat"}, {"weight": 60, "colour": "red", "shape": "flat"}]
    answer = client.post("/predict", {"network": "fruit", "inputs": rows, "attributions": {"baseline": rows[1]}})
    blue, red = answer["attributions"]
    assert blue["output"] == "price" and blue["value"] == pytest.approx(answer["outputs"][0][0], rel=1e-4)
    assert blue["inputs"]["colour"] == pytest.approx(600, rel=0.15)
    assert blue["inputs"]["weight"] == blue["inputs"]["shape"] == 0
    assert set(red["inputs"].values()) == {0}
