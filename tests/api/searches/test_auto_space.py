"""A search from a data set and the column to predict alone."""

from importlib.util import find_spec

import pytest

from tests.api.searches.searched import BODY, counted, queued, run_search

LAYERS, RATE = "/network/layers", "/training/optimizer/learning_rate"


@pytest.fixture
def auto(client, cheeses):
    def make(**fields):
        answer = client.post("/searches", json={"dataset": "cheeses", "target": "label", **fields})
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


def test_a_data_set_and_a_target_are_a_complete_request(client, auto, backend, trials):
    made = auto(limits={"trials": 3})
    proposal = client.get("/datasets/cheeses/proposal?target=label&members=1").json
    assert made["network"]["layers"] == proposal["network"]["layers"]
    assert made["training"]["epochs"] == proposal["train"]["epochs"]
    assert set(made["parameters"]) == {RATE, "/training/batch_size", LAYERS}
    assert len(made["parameters"][LAYERS]["values"]) == 16
    assert made["pruner"]["type"] == "asha"
    sampler = made["sampler"] if isinstance(made["sampler"], str) else made["sampler"]["type"]
    assert sampler == ("random" if find_spec("optuna") is None else "tpe")
    run_search(backend)
    found = trials(made)
    assert found[0]["source"] == "point" and found[0]["parameters"][LAYERS] == proposal["network"]["layers"]
    assert found[0]["parameters"][RATE] == proposal["train"]["optimizer"]["learning_rate"]
    ended = client.get(f"/searches/{made['id']}").json
    assert ended["status"] == "succeeded" and sum(counted(ended).values()) == 3


def test_what_a_request_says_itself_goes_before_what_is_proposed(auto, storage):
    made = auto(space="auto", sampler={"type": "sobol", "seed": 2}, pruner="none", limits={"trials": 2})
    assert (made["sampler"], made["pruner"], made["trials"]) == ({"type": "sobol", "seed": 2}, "none", 2)
    assert queued(storage) == []


def test_half_a_request_is_rejected(rejected, cheeses):
    rejected(422, "POST", "/searches", "#/network", "#/training", "#/parameters", json={})
    rejected(422, "POST", "/searches", "#/target", json={"dataset": "cheeses"})
    rejected(422, "POST", "/searches", "#/dataset", json={"space": "auto", "target": "label"})
    rejected(422, "POST", "/searches", "#/target", json={"dataset": "cheeses", "target": "taste"})
    rejected(422, "POST", "/searches", "#/space", json={"space": "large", "dataset": "cheeses", "target": "label"})
    both = {**BODY, "dataset": "cheeses", "target": "label"}
    rejected(422, "POST", "/searches", "#/network", "#/parameters", json=both)
    rejected(404, "POST", "/searches", json={"dataset": "missing", "target": "label"})
