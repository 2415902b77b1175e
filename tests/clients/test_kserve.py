"""kserve's unmodified client, V2 and V1, against the running service."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.clients.conftest import LABELS, expected_birds, expected_iris
from tests.clients.environments import HERE, program, run


@pytest.fixture(scope="module")
def python():
    return program("kserve")


@pytest.fixture(scope="module")
def seen(python, service):
    return json.loads(run(python, str(HERE / "kserve" / "asks.py"), service.url))


def test_it_finds_the_server_and_its_models_ready(seen):
    names = ("live", "ready", "model_ready", "unknown_ready", "v1_ready")
    assert [seen[name] for name in names] == [True, True, True, False, True]


@pytest.mark.parametrize("name", ["json", "binary"])
def test_it_predicts_with_json_and_with_bytes(seen, name):
    chances = np.reshape(seen[name]["probabilities"], (3, 3))
    np.testing.assert_allclose(chances, expected_iris(), rtol=1e-12)
    assert seen[name]["label"] == [LABELS[np.argmax(row)] for row in expected_iris()]
    assert (seen[name]["model"], bool(seen[name]["id"])) == ("iris", True)


@pytest.mark.parametrize("name", ["columns_json", "columns_binary"])
def test_it_sends_columns_with_missing_cells(seen, client, name):
    assert seen[name]["species"] == expected_birds(client)["labels"]


def test_its_first_protocol_predicts_labels(seen):
    assert seen["v1"] == {"predictions": [LABELS[np.argmax(row)] for row in expected_iris()]}


def test_it_shows_what_was_wrong(seen):
    assert "must be [rows, 4]" in seen["wrong"]
    assert "Model nothing not found" in seen["unknown"]
    assert "must have 4 numbers" in seen["v1_wrong"]
