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
