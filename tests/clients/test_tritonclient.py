"""The unmodified tritonclient, over HTTP, against the running service."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.clients.conftest import LABELS, expected_birds, expected_iris
from tests.clients.environments import HERE, program, run


@pytest.fixture(scope="module")
def python():
    return program("tritonclient")


@pytest.fixture(scope="module")
def seen(python, service):
    return json.loads(run(python, str(HERE / "tritonclient" / "asks.py"), service.url.removeprefix("http://")))


def close(found, expected):
    np.testing.assert_allclose(np.array(found, float), expected, rtol=1e-12)


def test_it_finds_the_server_and_its_models_ready(seen):
    names = ("live", "ready", "model_ready", "version_ready", "unknown_ready", "loaded")
    assert [seen[name] for name in names] == [True, True, True, True, False, True]
    assert {"binary_tensor_data", "classification", "statistics"} <= set(seen["server"]["extensions"])


def test_it_reads_metadata_configuration_index_and_statistics(seen):
    assert [one["datatype"] for one in seen["metadata"]["inputs"]] == ["FP64", "FP64", "BYTES"]
    assert seen["version_metadata"]["versions"] == ["1", "2"]
    assert [one["data_type"] for one in seen["config"]["input"]] == ["TYPE_FP64", "TYPE_FP64", "TYPE_STRING"]
    assert {("iris", "1"), ("iris", "2")} <= {(one["name"], one["version"]) for one in seen["index"]}
    counts = {one["version"]: one["execution_count"] for one in seen["statistics"]["model_stats"]}
    assert counts["1"] >= 10 and counts["2"] >= 2
    assert {one["name"] for one in seen["all_statistics"]["model_stats"]} >= {"iris", "birds"}


@pytest.mark.parametrize(
    "name", ["binary", "json", "mixed", "json_outputs", "gzip_True", "gzip_False", "deflate_True", "deflate_False"]
)
def test_it_predicts_in_every_encoding(seen, name):
    close(seen[name]["probabilities"], expected_iris())
    assert seen[name]["version"] == "1" and seen[name]["id"]
    assert seen["mixed"]["id"] == "7"


def test_it_predicts_in_single_precision_with_labels_and_by_class(seen):
    np.testing.assert_allclose(seen["fp32"]["probabilities"], expected_iris(), rtol=1e-5)
    chances = expected_iris()
    assert seen["binary"]["label"] == seen["mixed"]["label"] == [LABELS[np.argmax(row)] for row in chances]
    [best, _] = seen["top"]["probabilities"][0]
    at = int(np.argmax(chances[0]))
    assert best == f"{chances[0][at]:f}:{at}:{LABELS[at]}"


@pytest.mark.parametrize("name", ["next", "second"])
def test_a_version_may_be_an_alias(seen, name):
    assert seen[name]["version"] == "2"
    close(seen[name]["probabilities"], expected_iris((0, 0, 9)))


@pytest.mark.parametrize("name", ["columns_binary", "columns_json"])
def test_it_sends_columns_with_missing_cells(seen, client, name):
    predicted = expected_birds(client)
    assert seen[name]["species"] == predicted["labels"]
    close(seen[name]["probabilities"], [list(row.values()) for row in predicted["probabilities"]])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unknown", "404: Model nothing not found"),
        ("unknown_version", "404: Model iris with version 9 not found"),
        ("shape", '400: inputs.0.shape: must be [rows, 4] for "x", got [3, 3].'),
        ("name", 'unknown input "input-0"'),
        ("datatype", "must be one of numbers, such as FP64"),
        ("missing", "must be a finite number"),
        ("missing_json", "must be a finite number"),
        ("trace", "404: There is nothing at /v2/trace/setting"),
        ("shared_memory", "404: There is nothing at /v2/systemsharedmemory/status"),
        ("load", "404: Model nothing not found"),
        ("load_config", "400: parameters.config: is not supported"),
    ],
)
def test_it_shows_what_was_wrong(seen, name, words):
    assert words in seen[name]


def test_what_it_unloads_is_not_there(seen):
    ready, error = seen["unloaded"]
    assert not ready and "404: Model iris is not loaded" in error
