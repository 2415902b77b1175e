"""The textbook systems through HTTP: every number a reader can check by hand comes back to 1e-12."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.client import Client
from tests.textbook import EXAMPLES, ONE_STEP, close, weights_are


def create(client: Client, example: dict[str, Any], name: str) -> str:
    answer = client.ask("POST", "/networks", example["network"] | {"name": name})
    assert answer.status == 201, answer.body
    return name


def one_row(example: dict[str, Any]) -> dict[str, Any]:
    return {"inputs": [example["row"]["inputs"]], "targets": [example["row"]["targets"]]}


def sgd(example: dict[str, Any]) -> dict[str, Any]:
    return {"type": "sgd", "learning_rate": example["learning_rate"]}


@pytest.mark.parametrize("name", ONE_STEP)
def test_one_step_trained_over_http_gives_the_books_loss_and_weights(client: Client, name: str) -> None:
    example, expect = EXAMPLES[name], EXAMPLES[name]["expect"]
    network = create(client, example, f"{name}-step")
    x = ",".join(str(value) for value in example["row"]["inputs"])
    close(client.get(f"/predict?network={network}&x={x}")["outputs"][0], expect["activations"][-1])

    client.train(network, one_row(example), epochs=1, batch_size="full", shuffle=False, optimizer=sgd(example))

    history = client.get(f"/networks/{network}/history")["data"]
    assert [row["epoch"] for row in history] == [1]
    close(history[0]["loss"], expect["loss"])
    weights_are(client.get(f"/networks/{network}/weights?snapshot=latest")["layers"], expect["after_one_step"])


@pytest.mark.parametrize("name", ONE_STEP)
def test_explain_shows_every_number_of_the_pass(client: Client, name: str) -> None:
    example, expect = EXAMPLES[name], EXAMPLES[name]["expect"]
    network = create(client, example, f"{name}-explained")
    seen = client.post(f"/networks/{network}/explain", one_row(example) | {"optimizer": sgd(example)})

    close(seen["loss"], expect["loss"])
    for index, layer in enumerate(seen["layers"]):
        close(layer["z"][0], expect["z"][index])
        close(layer["activation"][0], expect["activations"][index])
        close(layer["delta"][0], expect["deltas"][index])
    weights_are(seen["after"], expect["after_one_step"])
    # Nothing was trained: the network still answers with its initial weights.
    assert client.get(f"/networks/{network}/history")["data"] == []


def test_ten_thousand_steps_end_where_the_book_ends(client: Client) -> None:
    example = EXAMPLES["step_by_step"]
    expect = example["expect"]["after_10000_steps"]
    network = create(client, example, "ten-thousand")
    job = client.train(
        network, one_row(example), epochs=10000, batch_size="full", shuffle=False, optimizer=sgd(example)
    )
    assert job["epoch"] == 10000
    x = ",".join(str(value) for value in example["row"]["inputs"])
    close(client.get(f"/predict?network={network}&x={x}")["outputs"][0], expect["outputs"])
    last = client.get(f"/jobs/{job['id']}/history?from_epoch=10000")["data"]
    assert len(last) == 1


def test_xor_with_two_softmax_outputs_follows_the_books_losses(client: Client) -> None:
    example = EXAMPLES["xor"]
    expect = example["expect"]
    network = create(client, example, "xor-book")
    first = client.post("/predict", {"network": network, "inputs": example["data"]["inputs"]})
    close(first["outputs"], expect["first_outputs"])

    job = client.train(network, example["data"], epochs=100, batch_size="full", shuffle=False, optimizer=sgd(example))

    losses = {row["epoch"]: row["loss"] for row in client.get(f"/jobs/{job['id']}/history?limit=1000")["data"]}
    assert sorted(losses) == list(range(1, 101))
    for epoch, loss in expect["loss_at_epoch"].items():
        close(losses[int(epoch)], loss)
    weights_are(client.get(f"/networks/{network}/weights")["layers"], expect["final"])


CHEESE = EXAMPLES["cheese"]["table"]["rows"]
CHEESE_DATA = {"inputs": [row[:2] for row in CHEESE], "targets": [row[2] for row in CHEESE]}


@pytest.mark.parametrize("batch_size", [1, "full"])
def test_the_cheese_table_is_learnt_to_the_last_row_and_stops_early(client: Client, batch_size: int | str) -> None:
    name = f"cheese-{batch_size}"
    spec = {
        "name": name,
        "inputs": ["fat", "salt"],
        "labels": ["dislike", "like"],
        "dtype": "float64",
        "seed": 7,
        "loss": "half_squared_error",
        "layers": [
            {"type": "dense", "units": 3, "activation": "sigmoid"},
            {"type": "dense", "units": 1, "activation": "sigmoid"},
        ],
    }
    assert client.ask("POST", "/networks", spec).status == 201
    job = client.train(
        name,
        CHEESE_DATA,
        epochs=60000,
        batch_size=batch_size,
        optimizer={"type": "adam", "learning_rate": 0.05},
        early_stopping={"monitor": "loss", "patience": 200, "min_delta": 1e-5},
    )
    assert job["stopped_early"] and job["epoch"] < 60000

    answers = client.post("/predict", {"network": name, "inputs": CHEESE_DATA["inputs"]})
    assert answers["labels"] == CHEESE_DATA["targets"]
    one = client.get(f"/predict?network={name}&fat=0.2&salt=0.9")
    assert one["labels"] == ["like"]


def test_xor_learns_with_a_sensible_spec(client: Client) -> None:
    spec = {
        "name": "xor-sensible",
        "inputs": 2,
        "loss": "binary_cross_entropy",
        "layers": [
            {"type": "dense", "units": 8, "activation": "tanh"},
            {"type": "dense", "units": 1, "activation": "sigmoid"},
        ],
    }
    assert client.ask("POST", "/networks", spec).status == 201
    data = {"inputs": [[0, 0], [0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1], [0]]}
    client.train("xor-sensible", data, epochs=1000, optimizer={"type": "adam", "learning_rate": 0.03})
    outputs = client.post("/predict", {"network": "xor-sensible", "inputs": data["inputs"]})["outputs"]
    assert [[round(value) for value in row] for row in outputs] == data["targets"]
