"""Every part of every body as every other kind of JSON: a problem at most, never an error of the service."""

import json

import pytest

from tests.api.tables import store_table

KINDS = (None, True, -1, 1.5, 1e308, "", "tab", "\0", [], ["tab"], {}, {"tab": 1}, [[1.0], [2.0]], 10**30)
DENSE = {"type": "dense", "units": 1, "activation": "sigmoid", "l2": 0.1}
ROWS = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
SPECIES = {"name": "species", "type": "category", "categories": ["Adelie", "Gentoo"]}
BODIES = {
    "network": ("/networks?dry_run=true", {"name": "q", "inputs": ["a", "b"], "labels": ["n", "y"], "layers": [DENSE]}),
    "residual": (
        "/networks?dry_run=true",
        {"name": "q", "inputs": 1, "layers": [{"type": "residual", "layers": [DENSE]}], "tags": {"a": "b"}},
    ),
    "columns": (
        "/networks?dry_run=true",
        {"name": "q", "inputs": ["bill_length_mm", SPECIES], "target": "sex", "dataset": "penguins", "layers": [DENSE]},
    ),
    "proposed": ("/networks?dry_run=true", {"name": "q", "from_dataset": "penguins", "target": ["nest", "tagged"]}),
    "train": (
        "/train",
        {
            "network": "cheese",
            "data": {**ROWS, "sample_weights": [1, 2]},
            "validation": {"fraction": 0.5},
            "start_from": "latest",
            "snapshots": {"every": 2},
            "class_weights": {"like": 1},
            "callback": "https://example.com",
            "callback_secret": "whsec_" + "A" * 32,
            "max_seconds": 1,
        },
    ),
    "train on a data set": (
        "/train",
        {
            "network": "cheese",
            "dataset": "penguins",
            "inputs": ["bill_length_mm", "year"],
            "target": "sex",
            "validation": {"dataset": "penguins"},
            "sample_weight": "year",
        },
    ),
    "predict": (
        "/predict",
        {"network": "cheese", "inputs": [[1, 2]], "attributions": {"output": 0, "baseline": [0, 0]}},
    ),
    "predict by name": ("/predict", {"network": "cheese", "snapshot": "latest", "inputs": [{"fat": 1, "salt": 2}]}),
    "evaluate": ("/evaluate", {"network": "cheese", "data": ROWS, "metrics": ["accuracy"]}),
    "evaluate a data set": ("/evaluate", {"network": "cheese", "dataset": "penguins"}),
    "explain": (
        "/networks/cheese/explain",
        {"inputs": [0.2, 0.9], "targets": "like", "optimizer": {"type": "sgd"}, "snapshot": "latest"},
    ),
    "explain a spec": (
        "/explain",
        {"network": {"name": "q", "inputs": 2, "layers": [DENSE]}, "inputs": [[0.2, 0.9]], "targets": [[1.0]]},
    ),
    "weights": (
        "/networks/cheese/snapshots",
        {"layers": [{"name": "dense_1", "weights": [[1, 2, 3], [4, 5, 6]], "biases": [1, 2, 3]}]},
    ),
}


def with_each_part_replaced(body, kind):
    """Every body that differs from `body` by one part, at any depth, being `kind`."""
    for key in range(len(body)) if isinstance(body, list) else list(body):
        yield _with(body, key, kind)
        if isinstance(body[key], dict | list):
            for part in with_each_part_replaced(body[key], kind):
                yield _with(body, key, part)


def _with(body, key, value):
    copy = body.copy()
    copy[key] = value
    return copy


@pytest.mark.parametrize("name", BODIES)
def test_no_kind_of_value_anywhere_in_a_body_is_an_error_of_the_service(client, storage, network, name):
    store_table(storage)
    path, body = BODIES[name]
    for kind in KINDS:
        for strange in (*with_each_part_replaced(body, kind), kind):
            answer = client.post(path, data=json.dumps(strange), content_type="application/json")
            assert answer.status_code < 500, (strange, answer.text)


@pytest.mark.parametrize("field", ["from_dataset", "dataset"])
@pytest.mark.parametrize("value", [["tab"], {}, 7, "", "\0"])
def test_a_data_set_that_is_no_text_is_named_by_its_field(rejected, field, value):
    rejected(
        422,
        "POST",
        "/networks",
        f"#/{field}",
        json={"name": "q", field: value, "target": "t", "inputs": ["a"], "layers": [DENSE]},
    )
