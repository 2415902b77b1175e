"""A proposal tidies skewed numbers, rare words and far-off answers, and says why; other requests stay as they were."""

import random

import numpy as np
import pytest

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
