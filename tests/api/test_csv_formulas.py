"""Answers in CSV that a spreadsheet may open."""

import csv
import io

import pytest

LABELS = ["=cmd|' /C calc'!A0", "+1", "@SUM(1)", "plain"]
ROWS = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


@pytest.fixture
def network(client):
    identity = [[9 if row == column else 0 for column in range(4)] for row in range(4)]
    layer = {"type": "dense", "units": 4, "activation": "softmax", "weights": identity, "biases": [0, 0, 0, 0]}
    body = {"name": "words", "inputs": 4, "labels": LABELS, "layers": [layer], "loss": "cross_entropy"}
    assert client.post("/networks", json=body).status_code == 201


def labels(client, path):
    answer = client.post(path, json={"network": "words", "inputs": ROWS}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    return [line["label"] for line in csv.DictReader(io.StringIO(answer.text))]


@pytest.mark.usefixtures("network")
def test_labels_that_a_spreadsheet_would_run_are_escaped_on_request(client):
    assert labels(client, "/predict") == LABELS
    assert labels(client, "/predict?escape_formulas=true") == ["'=cmd|' /C calc'!A0", "'+1", "'@SUM(1)", "plain"]


@pytest.mark.usefixtures("network")
def test_one_row_is_answered_as_csv_whose_texts_are_no_formulas(client, rejected):
    answer = client.get("/predict?network=words&x=1,0,0,0&_format=csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    [line] = csv.DictReader(io.StringIO(answer.text))
    assert line["label"] == "'=cmd|' /C calc'!A0" and float(line["output_1"]) > 0.9
    assert client.get("/predict?network=words&x=1,0,0,0&_format=json").json["labels"] == [LABELS[0]]
    rejected(422, "GET", "/predict?network=words&x=1,0,0,0&_format=xlsx", "_format")
