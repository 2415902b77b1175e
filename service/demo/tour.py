"""The main job from end to end: create, train, evaluate, predict; then the same calls as curl lines."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from service.demo.client import Client
from service.demo.curl import get_line, post_line
from service.demo.findings import finding_lines
from service.demo.own_service import own_service
from service.demo.penguins import FEATURES, SPECIES, Penguin, parted, read_penguins, table
from service.demo.progress import watch

USUAL_URL = "http://127.0.0.1:8000"
#: The network of the curl lines.
BY_HAND = "penguins-by-hand"

#: The first layer puts millimetres and grams on one scale, so that the rows can be sent as they were measured.
LAYERS = [
    {"type": "batch_norm"},
    {"type": "dense", "units": 16, "activation": "tanh"},
    {"type": "dense", "units": 3, "activation": "softmax"},
]
TRAINING = {
    "epochs": 1000,
    "batch_size": 32,
    "optimizer": {"type": "adam", "learning_rate": 0.002},
    "schedule": "cosine",
    "seed": 1,
}


def tour(url: str | None) -> None:
    """Run it against the service at `url`, or against a temporary one. Raises DemoFailed."""
    penguins = read_penguins()
    print(f"{len(penguins)} penguins, four measurements of each: which species is it?  (Palmer penguins, CC0)")
    with service_at(url) as address:
        client, name = Client(address), f"penguins-{secrets.token_hex(2)}"
        learn_from, held_out = parted(penguins)
        create(client, name)
        train(client, name, learn_from)
        judge(client, name, held_out)
        ask(client, name, held_out[0])
    show_by_hand(url or USUAL_URL, name, learn_from)


@contextmanager
def service_at(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    print("Starting a service of its own, in a temporary folder …")
    with own_service() as address:
        yield address


def create(client: Client, name: str) -> None:
    network = client.post("/networks", network_body(name))
    print(f"\n1. Create the network {name}")
    for shape in network["shapes"]:
        print(f"   {shape['name']:<14} {shape['inputs']} → {shape['outputs']}   {shape['parameters']} parameters")


def train(client: Client, name: str, penguins: list[Penguin]) -> None:
    print(f"\n2. Train it on {len(penguins)} penguins")
    job = client.post("/train", train_body(name, penguins))
    ended = watch(client, job["id"])
    print(
        f"   {ended['epoch']} epochs in {ended['seconds']:.1f} s, every loss on record under /jobs/{job['id']}/history"
    )
    for each in finding_lines(ended["findings"]):
        print(f"   {each}")


def judge(client: Client, name: str, penguins: list[Penguin]) -> None:
    print(f"\n3. Evaluate it on {len(penguins)} penguins it has never seen")
    body = {"network": name, "data": table(penguins), "metrics": ["accuracy"]}
    result = client.post("/evaluate", body)
    print(f"   accuracy {result['metrics']['accuracy']:.1%}, loss {result['loss']:.4f}")


def ask(client: Client, name: str, penguin: Penguin) -> None:
    print("\n4. Predict one of them")
    prediction = client.get(f"/predict?{query(name, penguin)}")
    print(f"   {', '.join(f'{key} {value:g}' for key, value in zip(FEATURES, penguin.measures, strict=True))}")
    print(f"   → {prediction['labels'][0]}, {max(prediction['outputs'][0]):.1%} sure; it is in fact {penguin.species}")


def show_by_hand(url: str, name: str, penguins: list[Penguin]) -> None:
    few = [next(penguin for penguin in penguins if penguin.species == species) for species in SPECIES]
    print(f"\nThe same by hand, at a service that ./run has started (with {len(few)} penguins, to fit the screen):\n")
    for line in (
        post_line(f"{url}/networks", network_body(BY_HAND)),
        post_line(f"{url}/train", train_body(BY_HAND, few)),
        get_line(f"{url}/networks/{BY_HAND}/history?max_points=20"),
        post_line(f"{url}/evaluate", {"network": BY_HAND, "data": table(few), "metrics": ["accuracy"]}),
        get_line(f"{url}/predict?{query(BY_HAND, few[0])}"),
    ):
        print(line)


def network_body(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": "Palmer penguins by their measurements",
        "inputs": list(FEATURES),
        "labels": list(SPECIES),
        "seed": 1,
        "loss": "cross_entropy",
        "layers": LAYERS,
    }


def train_body(name: str, penguins: list[Penguin]) -> dict[str, Any]:
    return {"network": name, "data": table(penguins), **TRAINING}


def query(name: str, penguin: Penguin) -> str:
    measures = {key: f"{value:g}" for key, value in zip(FEATURES, penguin.measures, strict=True)}
    return urlencode({"network": name, **measures})
