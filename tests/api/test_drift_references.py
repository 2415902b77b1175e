"""What drift is measured against where a snapshot has kept nothing of its training rows."""

import pytest

from tests.api.played import play
from tests.storage.makers import execute, select

ROWS = [[place / 150, (place * 7 % 150) / 150] for place in range(150)]
LABELS = ["like" if fat > salt else "dislike" for fat, salt in ROWS]
HEADER = "fat,kind,liked\n"
TABLE = HEADER + "".join(f"{place / 150},{('goat', 'cow')[place % 2]},{LABELS[place]}\n" for place in range(150))


def drift(client, name, **query):
    answer = client.get(f"/networks/{name}/drift", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def train(client, storage, name, **body):
    answer = client.post("/train", json={"network": name, "epochs": 2, **body})
    assert answer.status_code == 202, answer.text
    play(storage, answer.json["id"])
    return answer.json["id"]


def ask(client, name, rows, snapshot):
    answer = client.post("/predict", json={"network": name, "inputs": rows, "snapshot": snapshot})
    assert answer.status_code == 200, answer.text
    return answer.json["snapshot"]


def snapshot_of(client, name, kind):
    """The oldest: its weights are no other's."""
    found = client.get(f"/networks/{name}/snapshots?limit=100").json["data"]
    return [one["id"] for one in found if one["kind"] == kind][-1]


@pytest.fixture
def numbers(client, network, storage):
    """A network of plain numbers, with a job that keeps its weights of each epoch."""
    client.patch("/networks/cheese", json={"answer_log": {"min_rows": 100}})
    data = {"inputs": ROWS, "targets": LABELS}
    return train(client, storage, "cheese", data=data, validation={"fraction": 0.2}, snapshots={"every": 1})


@pytest.fixture
def table(client, storage):
    answer = client.post("/datasets?name=cheeses", data=TABLE, content_type="text/csv")
    assert answer.status_code == 201, answer.text
    body = {"name": "cheeses", "from_dataset": "cheeses", "target": "liked", "members": 1}
    answer = client.post("/networks", json=body)
    assert answer.status_code == 201, answer.text
    client.patch("/networks/cheeses", json={"answer_log": {"min_rows": 100}})
    fraction = {"fraction": 0.2}
    return train(client, storage, "cheeses", dataset="cheeses", validation=fraction, snapshots={"every": 1})


def forget(database_url):
    """The snapshots have kept nothing, like those that were recovered after a crash."""
    execute(database_url, "DELETE FROM snapshot_references")


def kept(database_url, snapshot):
    [(text,)] = select(database_url, f"SELECT reference FROM snapshot_references WHERE snapshot_id = '{snapshot}'")
    return text


@pytest.mark.parametrize("kind", ["numbers", "table"])
def test_what_is_computed_later_is_what_the_training_would_have_kept(client, request, database_url, kind):
    job = request.getfixturevalue(kind)
    name, rows = (
        ("cheese", ROWS) if kind == "numbers" else ("cheeses", [{"fat": fat, "kind": "cow"} for fat, _ in ROWS])
    )
    last = snapshot_of(client, name, "last")
    ask(client, name, rows, last)
    own, before = drift(client, name), kept(database_url, last)
    assert own["reference"] == {"source": "snapshot", "snapshot": last, "reason": None}
    forget(database_url)
    found = drift(client, name)
    assert found["reference"] == {"source": "training_rows", "snapshot": last, "reason": None}
    assert {**found, "reference": None} == {**own, "reference": None}
    assert found["reference_rows"] == client.get(f"/jobs/{job}/rows").json["rows"]
    assert kept(database_url, last) == before.removesuffix("}") + ',"computed":true}'
    assert drift(client, name) == found


def test_a_periodic_snapshot_is_compared_with_the_rows_of_its_job(client, table):
    periodic = snapshot_of(client, "cheeses", "periodic")
    ask(client, "cheeses", [{"fat": 9.0, "kind": "cow"}] * 100, periodic)
    found = drift(client, "cheeses")
    assert (found["status"], found["snapshot"], found["reference"]["source"]) == ("drifted", periodic, "training_rows")


def test_what_was_computed_outlives_the_rows_and_without_them_the_reason_is_named(client, table, database_url):
    last = snapshot_of(client, "cheeses", "last")
    ask(client, "cheeses", [{"fat": 9.0, "kind": "cow"}] * 100, last)
    forget(database_url)
    drift(client, "cheeses")
    assert client.delete("/datasets/cheeses").status_code == 204
    assert drift(client, "cheeses")["reference"]["source"] == "training_rows"
    forget(database_url)
    found = drift(client, "cheeses")
    assert (found["status"], found["reference_rows"]) == ("no_reference", None)
    assert "data set" in found["reference"]["reason"]


def test_a_deleted_job_or_snapshot_is_named(client, numbers, database_url):
    last, periodic = (snapshot_of(client, "cheese", kind) for kind in ("last", "periodic"))
    ask(client, "cheese", ROWS, periodic)
    forget(database_url)
    assert client.delete(f"/jobs/{numbers}").status_code == 204
    assert "job" in drift(client, "cheese")["reference"]["reason"]
    if client.get(f"/networks/cheese/snapshots/{periodic}").status_code == 200:
        assert client.delete(f"/networks/cheese/snapshots/{periodic}").status_code == 204
    assert "snapshot" in drift(client, "cheese")["reference"]["reason"]
    assert last


def test_initial_weights_have_no_training_rows(client, numbers):
    ask(client, "cheese", ROWS, "initial")
    found = drift(client, "cheese")
    assert found["status"] == "no_reference"
    assert found["reference"] == {
        "source": None,
        "snapshot": None,
        "reason": "These are initial weights, which no rows have trained.",
    }


def test_imported_weights_are_those_of_a_snapshot_or_nobody_knows_their_rows(client, numbers):
    last = snapshot_of(client, "cheese", "last")
    weights = client.get(f"/networks/cheese/weights?snapshot={last}").json
    imported = client.post("/networks/cheese/weights", json=weights).json["id"]
    ask(client, "cheese", ROWS, imported)
    found = drift(client, "cheese")
    assert found["reference"] == {"source": "same_weights", "snapshot": last, "reason": None}
    assert found["reference_rows"] == 120
    weights["layers"][0]["biases"][0] += 1
    foreign = client.post("/networks/cheese/weights", json=weights).json["id"]
    ask(client, "cheese", ROWS, foreign)
    found = drift(client, "cheese")
    assert (found["status"], found["snapshot"]) == ("no_reference", foreign)
    assert found["reference"]["reason"].startswith("These weights were imported")
