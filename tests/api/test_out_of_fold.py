"""The data set that a cross-validation writes: each row as the weights predict it that have not seen it."""

import numpy as np
import pytest
from sklearn import metrics

from service.app import create_app
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.played import play
from tests.api.test_ensembles import ROWS, SPEC

KINDS = SPEC | {"name": "kinds", "members": 1}
OPTIONS = {"network": "kinds", "dataset": "things", "epochs": 6, "batch_size": 8, "metrics": ["accuracy"]}
LINES = [f"{row['size']},{row['island']},{row['kind']}" for row in ROWS]
#: Its target is unknown, so that it is in no fold.
LINES.insert(3, "5,a,")


@pytest.fixture
def things(client):
    table = "\n".join(["size,island,kind", *LINES])
    assert client.post("/datasets?name=things", data=table, content_type="text/csv").status_code == 201
    assert client.post("/networks", json=KINDS).status_code == 201


def submitted(client, **body):
    answer = client.post("/train", json=OPTIONS | body)
    assert answer.status_code == 202, answer.text
    return answer.json


def written(client, job):
    dataset = client.get(f"/datasets/{job['output']}").json
    return dataset, client.get(f"/datasets/{job['output']}/rows?limit=1000").json["data"]


def test_every_row_is_predicted_by_the_fold_that_held_it_out(client, storage, things):
    job = submitted(client, folds={"count": 3, "predictions": True})
    play(storage, job["id"])
    done = client.get(f"/jobs/{job['id']}").json
    dataset, rows = written(client, done)
    assert dataset["name"] == f"kinds-folds-{job['id'][-6:]}" and dataset["rows"] == len(ROWS)
    labels = [cell for cell in dataset["columns"] if cell["name"].startswith("probability_")]
    names = ["row", "repeat", "fold", "actual_kind", "predicted_kind", *(one["name"] for one in labels)]
    assert [column["name"] for column in dataset["columns"]] == names
    table = {name: [row[name] for row in rows] for name in names}
    assert table["row"] == [place for place in range(len(LINES)) if place != 3]
    assert table["actual_kind"] == [row["kind"] for row in ROWS]
    assert np.bincount(np.array(table["fold"], int))[1:].tolist() == done["folds"]["rows"]
    accuracy = metrics.accuracy_score(table["actual_kind"], table["predicted_kind"])
    assert accuracy == pytest.approx(done["folds"]["pooled"]["val_accuracy"])
    # It is a data set like any other.
    assert client.get(f"/datasets/{done['output']}/table.parquet").status_code == 200


def test_repeats_follow_each_other(client, storage, things):
    job = submitted(client, folds={"count": 2, "repeats": 2, "predictions": True})
    play(storage, job["id"])
    _, rows = written(client, client.get(f"/jobs/{job['id']}").json)
    assert [row["repeat"] for row in rows] == [1] * len(ROWS) + [2] * len(ROWS)
    first, second = rows[: len(ROWS)], rows[len(ROWS) :]
    assert [row["row"] for row in first] == [row["row"] for row in second]
    assert [row["fold"] for row in first] != [row["fold"] for row in second]


def test_numbers_are_in_their_units(client, storage, things):
    spec = {"name": "sizes", "dataset": "things", "inputs": ["island"], "target": {"name": "size", "type": "number"}}
    made = client.post("/networks", json=spec | {"layers": [{"type": "dense", "units": 1}]})
    assert made.status_code == 201, made.text
    job = submitted(client, network="sizes", metrics=["rmse"], folds={"count": 3, "predictions": True})
    play(storage, job["id"])
    done = client.get(f"/jobs/{job['id']}").json
    _, rows = written(client, done)
    actual, predicted = np.array([[row["actual_size"], row["predicted_size"]] for row in rows], float).T
    np.testing.assert_allclose(actual, [float(line.split(",")[0]) for line in LINES], rtol=1e-5)
    assert np.sqrt(np.mean((actual - predicted) ** 2)) == pytest.approx(done["folds"]["pooled"]["val_rmse"], rel=1e-5)


def test_a_restart_writes_a_data_set_of_its_own(client, storage, things):
    job = submitted(client, folds={"count": 2, "predictions": True})
    again = client.post(f"/jobs/{job['id']}/restart", json={}).json
    assert again["output"] not in (None, job["output"])
    play(storage, job["id"])
    play(storage, again["id"])
    assert written(client, again)[1] == written(client, job)[1]


def test_a_restart_writes_no_data_set_beyond_the_limit(client, storage, dispatcher, things):
    job = submitted(client, folds={"count": 2, "predictions": True})
    full = create_app(backend=Backend(storage, dispatcher, Limits(max_dataset_bytes=10))).test_client()
    answer = full.post(f"/jobs/{job['id']}/restart", json={})
    assert (answer.status_code, answer.json["type"]) == (507, "/problems/quota_exceeded"), answer.text


def test_without_a_data_set_there_are_no_rows_to_name(rejected, things):
    body = {name: value for name, value in OPTIONS.items() if name != "dataset"}
    body |= {"data": ROWS, "folds": {"count": 2, "predictions": True}}
    rejected(422, "POST", "/train", "#/folds/predictions", json=body)
