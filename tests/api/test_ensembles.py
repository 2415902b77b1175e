"""An ensemble is created, trained and asked as one network; what it cannot do yet is rejected with a reason."""

import numpy as np
import pytest

from tests.api.played import play

MEMBERS = 3
SPEC = {
    "name": "flock",
    "inputs": [{"name": "size", "type": "number"}, {"name": "island", "type": "category", "categories": ["a", "b"]}],
    "target": {"name": "kind", "type": "category", "categories": ["x", "y", "z"]},
    "layers": [
        {"type": "dense", "units": 4, "activation": "tanh"},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ],
    "loss": "cross_entropy",
    "dtype": "float64",
    "seed": 3,
    "members": MEMBERS,
}
RULE = {"alias": "production", "if": {"metric": "val_loss", "better_by": 0.0}}
generator = np.random.default_rng(1)
ROWS = [
    {"size": float(size), "island": "ab"[int(size) % 2], "kind": "xyz"[int(min(max(size / 4, 0), 2.9))]}
    for size in generator.uniform(0, 12, 60)
]
TRAINING = {
    "network": "flock",
    "data": ROWS,
    "epochs": 8,
    "batch_size": 8,
    "seed": 2,
    "optimizer": {"type": "adam", "learning_rate": 0.05},
    "validation": {"fraction": 0.25},
    "test": {"fraction": 0.2},
    "early_stopping": {"monitor": "val_loss", "patience": 2, "restore_best": True},
}


@pytest.fixture
def flock(client):
    answer = client.post("/networks", json=SPEC)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def trained(client, storage, flock):
    answer = client.post("/train", json=TRAINING)
    assert answer.status_code == 202, answer.text
    return play(storage, answer.json["id"])


def mean_by_hand(weights, rows):
    """The mean of the members' probabilities, from the weights JSON alone."""
    tensors = {
        f"{layer['name']}.{key}": np.array(tensor)
        for layer in weights["layers"]
        for key, tensor in layer.items()
        if key not in ("name", "type")
    }
    size = weights["preprocessing"]["inputs"][0]
    scaled = [(row["size"] - size["scaling"]["shift"]) / size["scaling"]["scale"] for row in rows]
    x = np.array([[z, row["island"] == "a", row["island"] == "b"] for z, row in zip(scaled, rows, strict=True)])
    probabilities = []
    for member in range(1, MEMBERS + 1):
        w, b, v, c = (tensors[f"member_{member}.dense_{n}.{key}"] for n in (1, 2) for key in ("weights", "biases"))
        z = np.tanh(x @ w + b) @ v + c
        probabilities.append(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    return np.average(probabilities, axis=0, weights=tensors["average.weights"])


def shares_of(answer):
    return np.array([[share[name] for name in "xyz"] for share in answer["probabilities"]])


def test_it_answers_with_the_mean_of_its_members(client, trained):
    weights = client.get("/networks/flock/weights").json
    rows = [{"size": row["size"], "island": row["island"]} for row in ROWS[:9]]
    wanted = mean_by_hand(weights, rows)
    many = client.post("/predict", json={"network": "flock", "inputs": rows}).json
    assert shares_of(many) == pytest.approx(wanted, rel=1e-12)
    one = client.post("/predict", json={"network": "flock", "inputs": rows[:1]}).json
    assert shares_of(one) == pytest.approx(wanted[:1], rel=1e-12)


def test_its_weights_come_back_as_they_left(client, trained):
    weights = client.get("/networks/flock/weights").json
    weights["layers"][-1]["weights"] = [0, 2, 2]
    answer = client.post("/networks/flock/weights", json=weights)
    assert answer.status_code == 201, answer.text
    again = client.get(f"/networks/flock/weights?snapshot={answer.json['id']}").json
    assert again["layers"] == weights["layers"]
    weights["layers"][-1]["weights"] = [0, 0, 0]
    problem = client.post("/networks/flock/weights", json=weights).json
    assert problem["errors"][0]["pointer"] == f"#/layers/{len(weights['layers']) - 1}/weights"


def test_history_shows_the_members_and_their_mean(client, trained):
    history = client.get(f"/jobs/{trained.id}/history?fields=loss,val_loss,fits").json["data"]
    assert all(len(epoch["fits"]) == MEMBERS for epoch in history)
    for epoch in history:
        assert epoch["val_loss"] == pytest.approx(np.mean([fit["val_loss"] for fit in epoch["fits"]]), rel=1e-12)
    assert {fit["ended"] for epoch in history for fit in epoch["fits"]} <= {None, "stopped_early"}
    assert "fits" not in client.get(f"/jobs/{trained.id}/history").json["data"][0]


def test_every_member_counts(client, flock):
    alone = client.post("/networks?dry_run=true", json={**SPEC, "name": "one", "members": 1}).json
    assert flock["parameter_count"] == MEMBERS * alone["parameter_count"]
    assert flock["members"] == MEMBERS
    assert "members" not in alone or alone["members"] == 1


def test_it_is_evaluated_on_rows_that_no_member_was_trained_on(client, trained):
    answer = client.post("/evaluate", json={"network": "flock"}).json
    assert answer["evaluated_on"]["rows"] == "test"
    answer = client.post("/evaluate", json={"network": "flock", "rows": "validation"}).json
    assert answer["evaluated_on"]["rows"] == "validation"
    (warning,) = answer["warnings"]
    assert f"by the 1 of {MEMBERS} members that have held them out" in warning


def test_its_calibration_is_of_rows_that_members_held_out(client, trained):
    found = client.get("/networks/flock/calibration").json
    assert found["rows"] > 0.25 * 48 + 6  # more than one member holds out


def test_promotion_needs_test_rows(client, flock):
    body = {**TRAINING, "test": None, "promote": RULE}
    problem = client.post("/train", json=body)
    assert problem.status_code == 422
    assert "needs test rows" in problem.json["errors"][0]["detail"]


def explained(client, **body):
    rows = [{name: row[name] for name in ("size", "island")} for row in ROWS[:3]]
    targets = [row["kind"] for row in ROWS[:3]]
    return client.post("/networks/flock/explain", json={"inputs": rows, "targets": targets, **body})


def test_a_step_of_one_member_is_explained(client, trained):
    weights = {layer["name"]: layer for layer in client.get("/networks/flock/weights").json["layers"]}
    step = explained(client, member=2, optimizer={"type": "sgd", "learning_rate": 0.5}).json
    (first,) = [layer for layer in step["layers"] if layer["name"] == "dense_1"]
    (after,) = [layer for layer in step["after"] if layer["name"] == "dense_1"]
    before = np.array(weights["member_2.dense_1"]["weights"])
    assert np.array(after["weights"]) == pytest.approx(before - 0.5 * np.array(first["gradients"]["weights"]), rel=1e-9)


@pytest.mark.parametrize("member", [None, 0, 4])
def test_which_member_takes_a_step_must_be_said(client, trained, member):
    problem = explained(client, member=member)
    assert problem.status_code == 422
    assert problem.json["errors"][0]["pointer"] == "#/member"
    assert "must be a member from 1 to 3" in problem.text


def test_attributions_are_the_mean_of_its_members(client, trained):
    row = {"size": 5.0, "island": "b"}
    answer = client.post("/predict", json={"network": "flock", "inputs": [row], "attributions": True}).json
    (found,) = answer["attributions"]
    assert sum(found["inputs"].values()) + found["gap"] == pytest.approx(found["value"] - found["baseline"], abs=1e-12)


NUMBERS = {
    "inputs": [[float(a), float(b)] for a, b in generator.normal(size=(40, 2))],
    "targets": [[float(a)] for a in generator.normal(size=40)],
}


@pytest.mark.parametrize("validation", [{"fraction": 0.3}, {"fraction": 0.3, "method": "hash"}, NUMBERS, None])
def test_rows_of_numbers_are_divided_for_each_member(client, storage, validation):
    layers = [{"type": "dense", "units": 3, "activation": "relu"}, {"type": "dense", "units": 1}]
    client.post("/networks", json={"name": "plain", "inputs": 2, "layers": layers, "members": 2})
    body = {"network": "plain", "data": NUMBERS, "epochs": 2, "validation": validation, "test": {"fraction": 0.2}}
    if validation is NUMBERS:
        del body["test"]
    job = client.post("/train", json=body)
    assert job.status_code == 202, job.text
    ended = play(storage, job.json["id"])
    fits = client.get(f"/jobs/{ended.id}/history?fields=fits").json["data"][-1]["fits"]
    assert (fits[0]["val_loss"] is None) == (validation is None)
    assert client.post("/evaluate", json={"network": "plain", "rows": "training"}).status_code == 200


@pytest.mark.parametrize("members", [0, 65, "two", 1.5])
def test_members_are_a_number(client, rejected, members):
    rejected(422, "POST", "/networks", "#/members", json={**SPEC, "members": members})


def test_a_job_says_how_its_members_count_and_why(client, storage, flock):
    given = {**TRAINING, "validation": ROWS[:40], "test": None, "seed": 5}
    ended = play(storage, client.post("/train", json=given).json["id"])
    average = client.get(f"/jobs/{ended.id}").json["average"]
    assert average["rows"] == 40
    assert average["loss"] <= average["equal_loss"]
    assert client.get("/networks/flock/weights").json["layers"][-1]["weights"] == pytest.approx(average["weights"])
    (event,) = [one for one in client.get(f"/jobs/{ended.id}/events").json["data"] if one["kind"] == "averaged"]
    assert (event["data"]["weights"], event["data"]["reason"]) == (average["weights"], average["reason"])


def test_a_job_of_one_network_has_no_average(client, storage):
    client.post("/networks", json={**SPEC, "name": "one", "members": 1})
    ended = play(storage, client.post("/train", json={**TRAINING, "network": "one"}).json["id"])
    assert client.get(f"/jobs/{ended.id}").json["average"] is None
