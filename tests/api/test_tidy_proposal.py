"""A proposal tidies skewed numbers, rare words and far-off answers, and says why; other requests stay as they were."""

import random

import numpy as np
import pytest

from tests.api.played import play
from tests.api.test_table_roles import proposal, upload

TOWNS = [f"town {number:02}" for number in range(12)]


@pytest.fixture
def homes(client):
    draw = random.Random(8)
    rows = []
    for number in range(400):
        town = f"hamlet {number}" if number % 8 == 0 else draw.choice(TOWNS)
        rooms, income = draw.randint(1, 9), round(draw.lognormvariate(8, 1.5), 2)
        owner = f"name {draw.randint(1, 900)}"
        rows.append((rooms, income, town, owner, 1000 * rooms + draw.randint(0, 500)))
    upload(client, ("rooms", "income", "town", "owner", "price"), rows, "homes")


def by_name(found):
    return {column["name"]: column for column in found["network"]["inputs"]}


def test_each_option_that_was_chosen_has_a_reason(client, homes):
    found = proposal(client, "price", "homes")
    columns, reasons = by_name(found), {(one["option"], *one["columns"]): one["reason"] for one in found["reasons"]}
    assert columns["income"]["log"] and "skew" in reasons["log", "income"]
    assert columns["rooms"]["clip"] == {"low": None, "high": None, "quantile": 0.01}
    assert ("clip", "rooms", "income") in reasons
    assert columns["town"]["categories"] == TOWNS
    assert "50 words come in fewer than 8 rows" in reasons["categories", "town"]
    assert "owner" not in columns and any('"owner" has' in warning for warning in found["warnings"])
    assert found["network"]["target"]["bounded"] and "absurd" in reasons["bounded", "price"]


def test_the_proposal_trains_and_unknown_words_and_missing_cells_are_answered(client, homes):
    found = proposal(client, "price", "homes")
    made = client.post("/networks", json=found["network"])
    assert made.status_code == 201, made.text
    job = client.post("/train", json=found["train"])
    assert job.status_code == 202, job.text
    row = {"rooms": None, "income": None, "town": "hamlet 0"}
    answer = client.post("/predict", json={"network": made.json["name"], "inputs": [row]})
    assert answer.status_code == 200, answer.text
    assert set(answer.json["imputed"]) == {"rooms", "income"} and set(answer.json["unseen"]) == {"town"}


def test_columns_by_name_are_taken_as_before(client, homes):
    body = {
        "name": "plain",
        "dataset": "homes",
        "inputs": ["rooms", "income", "town"],
        "target": "price",
        "layers": [{"type": "dense", "units": 1}],
    }
    table = client.post("/networks", json=body).json["table"]
    assert not table["inputs"][1]["log"] and table["inputs"][1]["clip"] is None
    assert len(table["inputs"][2]["categories"]) == 62 and table["inputs"][2]["encode"] == "embedding"
    assert "bounded" not in table["target"]


BOUNDED = {
    "name": "line",
    "inputs": [{"name": "x", "type": "number"}],
    "target": {"name": "y", "type": "number", "bounded": True},
    "layers": [{"type": "dense", "units": 1}],
    "dtype": "float64",
}
SCALING = {"shift": 0, "scale": 1, "knots": []}


@pytest.fixture
def line(client):
    """y = 2 x, learnt from rows with y from 0 to 10."""
    assert client.post("/networks", json=BOUNDED).status_code == 201
    weights = weights_of([{**SCALING, "low": 0, "high": 10}])
    answer = client.post("/networks/line/weights", json=weights)
    assert answer.status_code == 201, answer.text


def weights_of(target):
    layers = [{"name": "dense_1", "type": "dense", "weights": [[2]], "biases": [0]}]
    inputs = [{"name": "x", "fill": 0, "scaling": SCALING}]
    return {"layers": layers, "preprocessing": {"rows": 5, "inputs": inputs, "target": target, "warnings": []}}


def test_a_prediction_beyond_the_training_rows_is_held_and_said_to_be(client, line):
    answer = client.get("/predict?network=line&x=50").json
    assert answer["predictions"] == [{"y": 10}]
    assert answer["held"] == {"y": {"rows": 1, "low": 0, "high": 10}}
    assert "held" not in client.get("/predict?network=line&x=3").json
    rows = [{"x": x} for x in (-1, 2, 7, 8)]
    answer = client.post("/predict", json={"network": "line", "inputs": rows}).json
    assert [row["y"] for row in answer["predictions"]] == [0, 4, 10, 10]
    assert answer["held"]["y"]["rows"] == 3


def test_metrics_are_of_what_is_predicted_and_targets_stay_what_they_were(client, line):
    data = [{"x": 1, "y": 2}, {"x": 30, "y": 14}]
    body = {"network": "line", "data": data, "metrics": ["mae"]}
    answer = client.post("/evaluate", json=body)
    assert answer.status_code == 200, answer.text
    np.testing.assert_allclose(answer.json["metrics"]["mae"], 2)


def test_a_csv_answer_names_the_rows_that_were_held(client, line):
    text = "x\r\n3\r\n50\r\n"
    headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
    answer = client.post("/predict?network=line&cells=true", data=text, headers=headers).text
    assert answer.split() == ["y,imputed,unseen,held", "6.0,,,", "10.0,,,y"]


@pytest.mark.parametrize(
    ("target", "pointer"),
    [
        ([SCALING], "#/preprocessing/target/0/low"),
        ([{**SCALING, "low": 3, "high": 1}], "#/preprocessing/target/0/high"),
        ([], "#/preprocessing/target"),
    ],
)
def test_a_range_that_makes_no_sense_is_rejected(rejected, client, line, target, pointer):
    problem = rejected(422, "POST", "/networks/line/weights", json=weights_of(target))
    assert pointer in [issue["pointer"] for issue in problem["errors"]]


def test_eight_members_of_two_recipes_are_proposed_unless_one_network_is_asked_for(client, homes):
    flock, one, two = (
        client.get(f"/datasets/homes/proposal?target=price{members}").json
        for members in ("", "&members=1", "&members=2")
    )
    assert flock["network"]["members"] == [{"count": 4, "encode": "number"}, {"count": 4, "encode": "piecewise"}]
    assert two["network"]["members"] == [{"count": 1, "encode": "number"}, {"count": 1, "encode": "piecewise"}]
    assert "members" not in one["network"]
    units = [[layer["units"] for layer in each["network"]["layers"] if "units" in layer] for each in (flock, one)]
    assert units == [[128, 64, 1], [256, 128, 1]]
    made = client.post("/networks?dry_run=true", json=two["network"])
    assert made.status_code == 200, made.text
    assert made.json["members"] == 2
    assert client.get("/datasets/homes/proposal?target=price&members=65").status_code == 422


@pytest.mark.parametrize(("members", "share"), [(1, 1 / 4), (8, 1 / 6)])
def test_training_does_not_wait_half_of_its_epochs_for_a_better_one(client, homes, members, share):
    train = client.get(f"/datasets/homes/proposal?target=price&members={members}").json["train"]
    assert 10 <= train["early_stopping"]["patience"] <= train["epochs"] * share


def test_a_network_from_a_data_set_is_an_ensemble_unless_its_layers_or_members_are_given(client, homes):
    body = {"name": "n", "from_dataset": "homes", "target": "price"}
    layers = [{"type": "dense", "units": 1, "activation": "linear"}]
    asked = ({}, {"members": 1}, {"layers": layers}, {"layers": layers, "members": 2})
    made = [client.post("/networks?dry_run=true", json=body | more).json for more in asked]
    assert [one["members"] for one in made] == [8, 1, 1, 2]
    assert [one["layers"][0]["units"] for one in made] == [128, 256, 1, 1]


def test_many_number_columns_are_read_in_few_bins_and_only_on_request(client):
    """Members that read them piecewise would take most of the time."""
    draw = random.Random(3)
    columns = [*(f"c{place}" for place in range(128)), "y"]
    upload(client, columns, [[round(draw.gauss(0, 1), 2) for _ in columns] for _ in range(60)], "wide")
    wide = proposal(client, "y", "wide")["network"]
    assert wide["members"] == 8
    assert not any("encode" in column for column in wide["inputs"])
    members, layers = [{}, {"encode": "piecewise"}], [{"type": "dense", "units": 1}]
    body = {"name": "n", "from_dataset": "wide", "target": "y", "members": members, "layers": layers}
    made = client.post("/networks?dry_run=true", json=body).json
    assert {column["bins"] for column in made["table"]["inputs"]} == {2}


@pytest.mark.parametrize(("count", "rows", "bins"), [(6, 300, None), (12, 300, 8), (8, 60, 4)])
def test_bins_make_no_row_wide_and_hold_some_rows_each(client, count, rows, bins):
    draw = random.Random(4)
    columns = [*(f"c{place}" for place in range(count)), "y"]
    upload(client, columns, [[round(draw.gauss(0, 1), 2) for _ in columns] for _ in range(rows)], "cells")
    found = proposal(client, "y", "cells")["network"]["inputs"]
    assert [(column["encode"], column.get("bins")) for column in found] == [("piecewise", bins)] * count


def test_an_ensemble_is_evaluated_on_validation_rows_by_the_members_that_held_them_out(client, storage, homes):
    found = client.get("/datasets/homes/proposal?target=price&members=4").json
    made = client.post("/networks", json=found["network"]).json
    job = client.post("/train", json={**found["train"], "epochs": 2}).json["id"]
    play(storage, job)
    answer = client.post("/evaluate", json={"job": job})
    assert answer.status_code == 200, answer.text
    on = answer.json["evaluated_on"]
    assert (on["rows"], answer.json["rows"]) == ("validation", on["counts"]["validation"])
    assert any("by the 2 of 4 members" in warning for warning in answer.json["warnings"])
    whole = client.get(f"/networks/{made['name']}/weights").json
    average = whole["layers"][-1]
    assert average["name"] == "average"
    whole["layers"][-1] = {**average, "weights": [average["weights"][0], 0, average["weights"][2], 0]}
    alone = client.post(f"/networks/{made['name']}/weights", json=whole).json["id"]
    same = client.post("/evaluate", json={"job": job, "snapshot": alone}).json
    assert answer.json["loss"] == pytest.approx(same["loss"], rel=1e-6)
