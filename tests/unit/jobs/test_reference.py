"""What is kept of training rows and of the answers to them, to compare later rows with."""

import numpy as np

from service.data.preprocessing.table import TableSpec
from service.data.signatures.choice import signature_of
from service.engine.inference import predict
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.jobs import reference
from service.jobs.reference import table_columns
from tests.api.birds import BILL, FRAME, ISLAND, MASS, SPECIES
from tests.unit.jobs.makers import NETWORK, XOR, assignment, reports_of


def test_a_run_keeps_its_rows_and_answers_with_the_snapshots_it_ends_with():
    (report,) = reports_of(assignment(30, snapshots={"every": 10}))
    by_kind = {snapshot.kind: snapshot for snapshot in report.snapshots}
    assert by_kind["periodic"].reference is None
    found = by_kind["last"].reference
    assert found["rows"] == 4
    assert list(found["columns"]) == ["0", "1"]
    assert found["columns"]["0"]["edges"] == [0, 1]
    assert found["columns"]["0"]["counts"] == [2, 2]
    outputs = predict(NETWORK, NETWORK.from_bytes(by_kind["last"].values), XOR.inputs)[:, 0]
    assert found["answers"]["class"]["counts"][:2] == [int((outputs <= 0.5).sum()), int((outputs > 0.5).sum())]
    assert found["answers"]["probability of 1"]["edges"] == sorted(set(map(float, outputs)))


def test_the_names_of_inputs_name_the_columns():
    (report,) = reports_of(assignment(3, features=("left", "right")))
    assert list(report.snapshots[-1].reference["columns"]) == ["left", "right"]


def test_keeping_them_changes_no_result(monkeypatch):
    (kept,) = reports_of(assignment(30))
    monkeypatch.setattr("service.jobs.recorder.DESCRIBED", ())
    (bare,) = reports_of(assignment(30))
    assert bare.snapshots[-1].reference is None
    assert [epoch.loss for epoch in kept.epochs] == [epoch.loss for epoch in bare.epochs]
    assert kept.snapshots[-1].values == bare.snapshots[-1].values


def birds():
    table = TableSpec.from_json({"inputs": [MASS, BILL, ISLAND], "target": [SPECIES]})
    layers = [{"type": "dense", "units": 3, "activation": "softmax"}]
    network = Network(NetworkSpec.from_json({"inputs": 4, "loss": "cross_entropy", "layers": layers}))
    return signature_of(network, features=None, labels=None, table=table.to_json())


def test_the_columns_of_a_table_are_kept_as_the_user_has_them():
    found = table_columns(birds(), FRAME)
    assert (found["mass"]["edges"], found["mass"]["counts"]) == ([3000, 4000, 5000], [1, 2, 1])
    assert (found["bill"]["edges"], found["bill"]["missing"]) == ([40, 42, 44], 1)
    assert (found["island"]["words"], found["island"]["counts"]) == (["Biscoe", "Dream"], [1, 3, 0])


def test_of_many_rows_some_are_drawn_always_the_same(monkeypatch):
    monkeypatch.setattr(reference, "MAX_ROWS", 2)
    first, second = (table_columns(birds(), FRAME) for _ in range(2))
    assert first == second
    assert sum(first["island"]["counts"]) == 2
    np.testing.assert_array_equal(reference.drawn(3, 5), [0, 1, 2])
