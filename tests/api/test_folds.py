"""`POST /train` with folds: measured, never used."""

import numpy as np
import pytest

from tests.api.played import play
from tests.api.test_ensembles import ROWS, SPEC

KINDS = SPEC | {"name": "kinds", "members": 1}
OPTIONS = {"network": "kinds", "epochs": 6, "batch_size": 8, "metrics": ["accuracy"]}
NUMBERS = {"name": "line", "inputs": 2, "layers": [{"type": "dense", "units": 1}]}
generator = np.random.default_rng(0)
INPUTS = generator.random((21, 2)).tolist()
DATA = {"inputs": INPUTS, "targets": [[a + 2 * b] for a, b in INPUTS]}


@pytest.fixture
def kinds(client):
    answer = client.post("/networks", json=KINDS)
    assert answer.status_code == 201, answer.text


def trained(client, storage, body):
    answer = client.post("/train", json=body)
    assert answer.status_code == 202, answer.text
    play(storage, answer.json["id"])
    return client.get(f"/jobs/{answer.json['id']}").json


@pytest.mark.parametrize("folds", [3, {"count": 3, "stratified": True}, {"count": 3, "method": "hash"}])
def test_a_job_trains_once_per_fold_and_says_mean_and_spread(client, storage, kinds, folds):
    before = client.get("/predict?network=kinds&size=3&island=a").json
    job = trained(client, storage, OPTIONS | {"data": ROWS, "folds": folds})
    found = job["folds"]
    assert found["count"] == 3 and sum(found["rows"]) == len(ROWS) == found["pooled"]["rows"]
    assert set(found["numbers"]) == {"val_loss", "val_accuracy"}
    assert all(len(numbers["folds"]) == 3 and numbers["std"] >= 0 for numbers in found["numbers"].values())
    assert (job["epoch"], job["monitored"], job["origin"]) == (6, "val_loss", "experiment")
    # Nothing answers with it.
    snapshots = client.get("/networks/kinds/snapshots").json["data"]
    assert [snapshot["kind"] for snapshot in snapshots] == ["initial"]
    assert client.get("/predict?network=kinds&size=3&island=a").json == before
    answer = client.post("/evaluate", json={"job": job["id"]})
    assert answer.status_code == 409 and "keeps no weights" in answer.json["detail"]
    history = client.get(f"/jobs/{job['id']}/history").json["data"]
    assert [epoch["epoch"] for epoch in history] == [1, 2, 3, 4, 5, 6]
    assert history[-1]["val_loss"] == pytest.approx(found["numbers"]["val_loss"]["mean"])


def test_rows_of_numbers_are_assigned_too(client, storage):
    client.post("/networks", json=NUMBERS)
    body = {"network": "line", "data": DATA, "epochs": 4, "metrics": ["rmse"], "folds": 4}
    job = trained(client, storage, body)
    assert sorted(job["folds"]["rows"]) == [5, 5, 5, 6]
    assert job["folds"]["pooled"]["val_rmse"] > 0


def test_the_rows_of_a_data_set_are_assigned_by_time(client, storage, kinds):
    lines = [f"{row['size']},{row['island']},{row['kind']},{2000 + number}" for number, row in enumerate(ROWS)]
    answer = client.post(
        "/datasets?name=ages", data="\n".join(["size,island,kind,year", *lines]), content_type="text/csv"
    )
    assert answer.status_code == 201, answer.text
    job = trained(client, storage, OPTIONS | {"dataset": "ages", "folds": {"count": 4, "time": "year"}})
    assert job["folds"]["rows"] == [12, 12, 12, 12]


@pytest.mark.parametrize("options", [OPTIONS | {"data": ROWS}, {"network": "line", "data": DATA, "epochs": 1}])
def test_no_row_of_folds_is_shown_or_evaluated_as_a_validation_row(client, storage, kinds, options):
    client.post("/networks", json=NUMBERS)
    job = trained(client, storage, options | {"folds": 4})
    for answer in (
        client.get(f"/jobs/{job['id']}/rows"),
        client.post("/evaluate", json={"job": job["id"], "snapshot": "initial"}),
    ):
        assert answer.status_code == 409 and "held out in one fold" in answer.json["detail"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"folds": 1}, "#/folds/count"),
        ({"folds": 21}, "#/folds/count"),
        ({"folds": True}, "#/folds"),
        ({"folds": {"count": 3, "stratified": True, "group": "island"}}, "#/folds/group"),
        ({"folds": {"count": 3, "time": "kind"}}, "#/folds/time"),
        ({"folds": 5, "data": ROWS[:4]}, "#/folds/count"),
        ({"folds": {"count": 3, "repeats": 0}}, "#/folds/repeats"),
        ({"folds": {"count": 20, "repeats": 4}}, "#/folds/repeats"),
        ({"folds": {"count": 3, "time": "size", "repeats": 2}}, "#/folds/repeats"),
        ({"folds": 3, "validation": {"fraction": 0.2}}, "#/validation"),
        ({"folds": 3, "test": {"fraction": 0.2}}, "#/test"),
        ({"folds": 3, "promote": {"alias": "production"}}, "#/promote"),
        ({"folds": 3, "snapshots": {"every": 2}}, "#/snapshots"),
        ({"folds": 3, "calibrate": True}, "#/calibrate"),
        ({"folds": 3, "start_from": "latest"}, "#/start_from"),
    ],
)
def test_what_does_not_go_with_folds_is_rejected(client, kinds, changes, pointer):
    answer = client.post("/train", json=OPTIONS | {"data": ROWS} | changes)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_class_weights_of_plain_numbers_are_rejected(client):
    client.post("/networks", json=NUMBERS)
    answer = client.post("/train", json={"network": "line", "data": DATA, "folds": 3, "class_weights": "balanced"})
    assert "#/class_weights" in [error["pointer"] for error in answer.json["errors"]]


def test_an_ensemble_is_judged_by_the_mean_of_its_members(client, storage):
    assert client.post("/networks", json=SPEC).status_code == 201
    job = trained(client, storage, OPTIONS | {"network": "flock", "data": ROWS, "folds": 3})
    found = job["folds"]
    assert sum(found["rows"]) == len(ROWS) and len(found["numbers"]["val_loss"]["folds"]) == 3
    last = client.get(f"/jobs/{job['id']}/history?fields=val_loss,fits").json["data"][-1]
    assert len(last["fits"]) == 3 * SPEC["members"]
    # The loss of a mean of probabilities is below the mean of the losses.
    assert found["numbers"]["val_loss"]["mean"] < last["val_loss"]


def test_repeats_assign_the_rows_with_other_seeds(client, storage, kinds):
    job = trained(client, storage, OPTIONS | {"data": ROWS, "folds": {"count": 3, "repeats": 2}})
    found = job["folds"]
    assert (found["count"], found["repeats"], len(found["rows"])) == (6, 2, 6)
    assert found["pooled"]["rows"] == 2 * len(ROWS)
    losses = found["numbers"]["val_loss"]["folds"]
    assert len(set(losses)) == 6
    once = trained(client, storage, OPTIONS | {"data": ROWS, "folds": 3})["folds"]
    assert losses[:3] == once["numbers"]["val_loss"]["folds"]
