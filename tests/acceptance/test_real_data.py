"""Real tables, trained and judged over HTTP, with the service restarted in between; scikit-learn is the yardstick."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

from tests.acceptance.client import Client


def split(data: Any, *, stratify: bool) -> tuple[Any, ...]:
    x, y = data.data, data.target
    parts = train_test_split(x, y, test_size=0.25, random_state=2, stratify=y if stratify else None)
    scaler = StandardScaler().fit(parts[0])
    return scaler.transform(parts[0]), scaler.transform(parts[1]), parts[2], parts[3]


def dense(units: int, activation: str, **more: Any) -> dict[str, Any]:
    return {"type": "dense", "units": units, "activation": activation, **more}


def check_record(client: Client, job: dict[str, Any]) -> None:
    """The run's history is whole, its best epoch is the history's best, and its snapshots can be predicted from."""
    history = client.get(f"/jobs/{job['id']}/history?limit=10000")["data"]
    assert [row["epoch"] for row in history] == list(range(1, job["epoch"] + 1))
    best = min(history, key=lambda row: row["val_loss"])
    assert job["best_epoch"] == best["epoch"]
    snapshots = client.get(f"/networks/{job['network']}/snapshots")["data"]
    assert {"initial", "best", "last"} <= {snapshot["kind"] for snapshot in snapshots}
    assert next(s for s in snapshots if s["kind"] == "best")["epoch"] == best["epoch"]


def classify(client: Client, name: str, data: Any, layers: list[dict[str, Any]], loss: str) -> float:
    train_x, test_x, train_y, test_y = split(data, stratify=True)
    labels = [str(label) for label in data.target_names]
    spec = {"name": name, "inputs": train_x.shape[1], "labels": labels, "loss": loss, "layers": layers, "seed": 1}
    assert client.ask("POST", "/networks", spec).status == 201
    job = client.train(
        name,
        {"inputs": train_x.tolist(), "targets": [labels[label] for label in train_y]},
        epochs=150,
        metrics=["accuracy"],
        validation={"fraction": 0.15, "stratified": True},
        early_stopping={"patience": 15},
        seed=1,
    )
    check_record(client, job)
    answers = client.post("/predict", {"network": name, "inputs": test_x.tolist(), "snapshot": "best"})
    labelled = client.post(
        "/evaluate",
        {
            "network": name,
            "snapshot": "best",
            "metrics": ["accuracy"],
            "data": {"inputs": test_x.tolist(), "targets": [labels[label] for label in test_y]},
        },
    )
    accuracy = float(
        np.mean([answer == labels[label] for answer, label in zip(answers["labels"], test_y, strict=True)])
    )
    assert abs(labelled["metrics"]["accuracy"] - accuracy) < 1e-6
    return accuracy


def test_digits_reach_97_percent_on_a_held_out_quarter(client: Client) -> None:
    layers = [dense(256, "relu"), {"type": "dropout", "drop_rate": 0.4}, dense(10, "softmax")]
    assert classify(client, "digits", load_digits(), layers, "cross_entropy") >= 0.97


def test_breast_cancer_reaches_96_percent_on_a_held_out_quarter(client: Client) -> None:
    layers = [dense(16, "tanh", l2=0.001), dense(1, "sigmoid")]
    assert classify(client, "breast-cancer", load_breast_cancer(), layers, "binary_cross_entropy") >= 0.96


def test_diabetes_explains_as_much_as_scikit_learns_regressor_of_the_same_layers(client: Client) -> None:
    train_x, test_x, train_y, test_y = split(load_diabetes(), stratify=False)
    mean, scale = train_y.mean(), train_y.std()
    peer = MLPRegressor(hidden_layer_sizes=(16,), max_iter=2000, random_state=0).fit(train_x, (train_y - mean) / scale)
    yardstick = r2_score(test_y, peer.predict(test_x) * scale + mean)

    spec = {
        "name": "diabetes",
        "inputs": 10,
        "layers": [dense(16, "relu", l2=0.1), dense(1, "linear", l2=0.1)],
        "seed": 3,
    }
    assert client.ask("POST", "/networks", spec).status == 201
    job = client.train(
        "diabetes",
        {"inputs": train_x.tolist(), "targets": ((train_y - mean) / scale).tolist()},
        epochs=300,
        metrics=["r2"],
        validation={"fraction": 0.2},
        early_stopping={"patience": 30},
    )
    check_record(client, job)
    answers = client.post("/predict", {"network": "diabetes", "inputs": test_x.tolist(), "snapshot": "best"})
    assert r2_score(test_y, np.array(answers["outputs"])[:, 0] * scale + mean) >= yardstick


def test_nothing_is_lost_when_the_service_is_restarted(service: Any) -> None:
    client = Client(service.url)
    spec = {"name": "kept", "inputs": 64, "loss": "cross_entropy", "layers": [dense(16, "relu"), dense(10, "softmax")]}
    assert client.ask("POST", "/networks", spec).status == 201
    digits = load_digits()
    data = {"inputs": (digits.data / 16).tolist(), "targets": digits.target.tolist()}
    job = client.train("kept", data, epochs=5, snapshots={"every": 2})
    paths = [
        "/networks/kept",
        "/networks/kept/history",
        "/networks/kept/snapshots",
        "/networks/kept/weights",
        f"/jobs/{job['id']}",
        f"/jobs/{job['id']}/events",
    ]
    before = [client.ask("GET", path).body for path in paths]
    row = ",".join(str(value) for value in data["inputs"][0])
    predicted = client.get(f"/predict?network=kept&x={row}")

    service.restart()

    assert [client.ask("GET", path).body for path in paths] == before
    assert json.dumps(client.get(f"/predict?network=kept&x={row}")) == json.dumps(predicted)
