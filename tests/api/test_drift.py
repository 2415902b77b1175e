"""How far new rows are from those of the training, over HTTP."""

import numpy as np
import pytest

from service.data.frame import Column, Frame
from service.domain.ids import new_id
from service.domain.snapshots import NewSnapshot
from service.engine.rows import Rows
from service.jobs.reference import describe_with, table_columns
from service.operations.models.models import load_model


@pytest.fixture
def watched(client, storage, backend, birds):
    """The network of birds with its log on, and weights that know their training rows: masses 3000 to 4990."""
    model = load_model(backend, "birds", "latest")
    frame = Frame(
        {
            "mass": Column("number", np.arange(3000.0, 5000.0, 10)),
            "bill": Column("number", np.tile([40.0, 41, 42, np.nan], 50)),
            "island": Column("category", np.tile([0, 1], 100).astype(np.int32), ("Biscoe", "Dream")),
        }
    )
    rows = Rows.of(model.network, model.signature.read_frame(frame).values, np.tile([[1.0, 0, 0]], (200, 1)))
    reference = describe_with(model.signature, rows, table_columns(model.signature, frame))(model.values, 1.0)
    snapshot = NewSnapshot(
        id=new_id("snap"),
        network_id=model.record.id,
        job_id=None,
        epoch=1,
        kind="imported",
        dtype="float64",
        manifest=model.snapshot.manifest,
        values=storage.read_snapshot_values(model.snapshot.id),
        preprocessing=model.snapshot.preprocessing,
        reference=reference,
    )
    storage.add_snapshot(snapshot)
    client.patch("/networks/birds", json={"answer_log": {"min_rows": 100}})
    return snapshot.id


def ask(client, masses, island=("Biscoe", "Dream"), **fields):
    rows = [
        {"mass": float(mass), "bill": (40, 41, 42, None)[place % 4], "island": island[place % len(island)]}
        for place, mass in enumerate(masses)
    ]
    answer = client.post("/predict", json={"network": "birds", "inputs": rows, **fields})
    assert answer.status_code == 200, answer.text


def drift(client, **query):
    answer = client.get("/networks/birds/drift", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_rows_like_those_of_the_training_are_steady(client, watched):
    ask(client, np.random.default_rng(1).permutation(np.arange(3000, 5000, 10)))
    found = drift(client)
    assert (found["status"], found["snapshot"], found["rows"], found["reference_rows"]) == ("steady", watched, 200, 200)
    assert [column["name"] for column in found["columns"]] == ["mass", "bill", "island"]
    assert max(column["psi"] for column in found["columns"]) < 0.01
    assert found["columns"][0]["ks"]["statistic"] < 0.03
    assert found["columns"][2]["ks"] is None
    assert [column["name"] for column in found["answers"]] == ["species"]
    assert found["answers"][0]["psi"] == pytest.approx(0, abs=0.02)


def test_a_column_that_has_moved_is_named(client, watched):
    ask(client, np.arange(4000, 6000, 10))
    found = drift(client)
    assert found["status"] == "drifted"
    assert [column["name"] for column in found["columns"] if column["drifted"]] == ["mass"]
    mass = found["columns"][0]
    assert mass["ks"]["statistic"] == pytest.approx(0.5, abs=0.03)
    assert mass["ks"]["p_value"] < 1e-6
    assert mass["bins"][-1]["up_to"] is None
    assert sum(one["actual"] for one in mass["bins"]) == pytest.approx(1)


def test_unseen_words_are_a_bin(client, watched):
    ask(client, np.arange(3000, 5000, 10), island=("Atlantis", "Dream"))
    island = drift(client)["columns"][2]
    assert island["drifted"]
    assert {"kind": "other", "expected": 0.0, "actual": 0.5} in island["bins"]


def test_too_few_rows_are_not_judged(client, watched):
    assert drift(client)["status"] == "too_few"
    ask(client, [9000] * 99)
    found = drift(client)
    assert (found["status"], found["rows"], found["columns"]) == ("too_few", 99, [])
    ask(client, [9000])
    assert drift(client)["status"] == "drifted"


def test_weights_whose_training_rows_nobody_knows_have_no_reference(client, watched):
    ask(client, [4000] * 100, snapshot="initial")
    found = drift(client)
    assert (found["status"], found["reference_rows"], found["rows"]) == ("no_reference", None, 100)
    assert drift(client, snapshot=watched)["status"] == "too_few"


def test_answers_outside_the_time_are_left_out(client, watched):
    ask(client, [9000] * 100)
    assert drift(client, window=600)["status"] == "drifted"
    assert drift(client, since="2020-01-01T00:00:00Z", window=60)["rows"] == 0
    assert drift(client, since="2020-01-01T00:00:00Z")["rows"] == 100


def test_a_query_of_drift_is_checked(rejected, watched):
    rejected(422, "GET", "/networks/birds/drift?window=-1&since=now", "window", "since")
    rejected(404, "GET", "/networks/birds/drift?snapshot=none")
    rejected(404, "GET", "/networks/nobody/drift")
