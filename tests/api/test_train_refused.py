import json

import pytest

DATA = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
BODY = {"network": "cheese", "data": DATA}

BAD_FIELDS = [
    ({"epochs": 0}, "#/epochs"),
    ({"epochs": 1001}, "#/epochs"),
    ({"epochs": 10**10}, "#/epochs"),
    ({"epochs": 2.0}, "#/epochs"),
    ({"epochs": "7"}, "#/epochs"),
    ({"epochs": True}, "#/epochs"),
    ({"epochs": None}, "#/epochs"),
    ({"batch_size": 0}, "#/batch_size"),
    ({"batch_size": "all"}, "#/batch_size"),
    ({"shuffle": "yes"}, "#/shuffle"),
    ({"seed": -1}, "#/seed"),
    ({"seed": 2**64}, "#/seed"),
    ({"optimizer": "sdg"}, "#/optimizer"),
    ({"optimizer": {"type": "sgd", "learning_rate": -0.1}}, "#/optimizer/learning_rate"),
    ({"optimizer": {"type": "sgd", "momentum": 0.9}}, "#/optimizer/momentum"),
    ({"optimizer": {"learning_rate": 0.1}}, "#/optimizer/type"),
    ({"schedule": {"type": "step"}, "optimizer": []}, "#/optimizer"),
    ({"clipping": {"type": "by_magic"}}, "#/clipping/type"),
    ({"metrics": ["accuracy", "acuracy"]}, "#/metrics/1"),
    ({"metrics": ["accuracy", "accuracy"]}, "#/metrics/1"),
    ({"early_stopping": {"patience": 0}}, "#/early_stopping/patience"),
    ({"early_stopping": {"monitor": "val_loss"}}, "#/early_stopping/monitor"),
    ({"early_stopping": {"monitor": "val_accuracy"}, "metrics": ["accuracy"]}, "#/early_stopping/monitor"),
    ({"threads": 1000}, "#/threads"),
    ({"snapshots": {"every": 0}}, "#/snapshots/every"),
    ({"snapshots": {"worst": True}}, "#/snapshots/worst"),
    ({"snapshots": ["best"]}, "#/snapshots"),
    ({"max_seconds": 0}, "#/max_seconds"),
    ({"max_seconds": "1"}, "#/max_seconds"),
    ({"start_from": 7}, "#/start_from"),
    ({"start_from": ""}, "#/start_from"),
    ({"dataset": "iris"}, "#/dataset"),
    ({"inputs": ["fat", "salt"]}, "#/inputs"),
    ({"target": "label"}, "#/target"),
    ({"sample_weight": "weight"}, "#/sample_weight"),
    ({"epoch": 7}, "#/epoch"),
    ({"network": 7}, "#/network"),
    ({"network": None}, "#/network"),
    ({"validation": 0.2}, "#/validation"),
    ({"validation": {}}, "#/validation/fraction"),
    ({"validation": {"fraction": 0}}, "#/validation/fraction"),
    ({"validation": {"fraction": 1}}, "#/validation/fraction"),
    ({"validation": {"fraction": 0.5, "stratify": True}}, "#/validation/stratify"),
    ({"validation": {"inputs": [[1, 2]]}}, "#/validation/targets"),
    ({"validation": {"inputs": [[1, 2], [3]], "targets": [1, 0]}}, "#/validation/inputs/1"),
    ({"validation": {"inputs": [[1, 2]], "targets": ["hate"]}}, "#/validation/targets/0"),
    ({"class_weights": "balance"}, "#/class_weights"),
    ({"class_weights": {"hate": 2}}, "#/class_weights/hate"),
    ({"class_weights": [1, -1]}, "#/class_weights/1"),
    ({"class_weights": [0, 0]}, "#/class_weights"),
    ({"class_weights": [1, 0], "data": {**DATA, "targets": ["like", "like"]}}, "#/class_weights"),
]

BAD_DATA = [
    ([], "#/data"),
    ({}, "#/data/inputs"),
    ({"inputs": [[0.2, 0.9]]}, "#/data/targets"),
    ({**DATA, "weights": [1, 1]}, "#/data/weights"),
    ({**DATA, "inputs": []}, "#/data/inputs"),
    ({**DATA, "inputs": [[], []]}, "#/data/inputs/0"),
    ({**DATA, "inputs": "0.2,0.9"}, "#/data/inputs"),
    ({**DATA, "inputs": [[0.2, 0.9], [0.1]]}, "#/data/inputs/1"),
    ({**DATA, "inputs": [[0.2, 0.9, 0.1], [0.1, 0.2, 0.3]]}, "#/data/inputs/0"),
    ({**DATA, "inputs": [[0.2, 0.9], [0.1, "0.1"]]}, "#/data/inputs/1/1"),
    ({**DATA, "inputs": [[0.2, 0.9], [0.1, None]]}, "#/data/inputs/1/1"),
    ({**DATA, "inputs": [[0.2, 0.9], [0.1, True]]}, "#/data/inputs/1/1"),
    ({**DATA, "inputs": [[0.2, 0.9], [0.1, [0.1]]]}, "#/data/inputs/1/1"),
    ({**DATA, "inputs": [{"fat": 1, "salt": 2}, {"fat": 1}]}, "#/data/inputs/1/salt"),
    ({**DATA, "inputs": [{"fat": 1, "salt": 2}, {"fat": 1, "sa/lt": 1, "salt": 2}]}, "#/data/inputs/1/sa~1lt"),
    ({**DATA, "targets": []}, "#/data/targets"),
    ({**DATA, "targets": ["like"]}, "#/data/targets"),
    ({**DATA, "targets": ["like", "hate"]}, "#/data/targets/1"),
    ({**DATA, "targets": ["like", None]}, "#/data/targets/1"),
    ({**DATA, "targets": [[1], [0, 1]]}, "#/data/targets/1"),
    ({**DATA, "targets": [[1], ["0"]]}, "#/data/targets/1/0"),
    ({**DATA, "sample_weights": [1]}, "#/data/sample_weights"),
    ({**DATA, "sample_weights": [1, "1"]}, "#/data/sample_weights/1"),
    ({**DATA, "sample_weights": [1, -1]}, "#/data/sample_weights/1"),
    ({**DATA, "sample_weights": [0, 0.0]}, "#/data/sample_weights"),
]


@pytest.mark.parametrize(("fields", "path"), BAD_FIELDS)
def test_a_bad_field_is_pointed_at(rejected, network, fields, path):
    rejected(422, "POST", "/train", path, json={**BODY, **fields})


@pytest.mark.parametrize(("data", "path"), BAD_DATA)
def test_a_bad_cell_is_pointed_at(rejected, network, data, path):
    rejected(422, "POST", "/train", path, json={**BODY, "data": data})


def test_what_is_missing_is_said_to_be_required(rejected, network):
    problem = rejected(422, "POST", "/train", "#/network", json={})
    assert {issue["detail"] for issue in problem["errors"]} == {"is required"}
    problem = rejected(422, "POST", "/train", "#/data", "#/epochs", json={"network": "cheese", "epochs": 0})
    assert problem["errors"][-1]["detail"] == "is required, or dataset"


def test_everything_wrong_is_reported_at_once(rejected, network):
    body = {
        **BODY,
        "epochs": 0,
        "max_seconds": -1,
        "data": {**DATA, "inputs": [[1], ["a", 2]], "targets": ["x", "like"]},
    }
    places = ["#/epochs", "#/max_seconds", "#/data/inputs/0", "#/data/inputs/1/0", "#/data/targets/0"]
    rejected(422, "POST", "/train", *places, json=body)


def test_only_the_first_issues_of_a_long_table_are_reported(rejected, network):
    problem = rejected(422, "POST", "/train", json={**BODY, "data": {**DATA, "inputs": [["a", "b"]] * 5000}})
    assert 0 < len(problem["errors"]) < 50


@pytest.mark.parametrize(
    ("loss", "targets", "path"),
    [
        ("binary_cross_entropy", [[1], [1.5]], "#/data/targets/1/0"),
        ("poisson", [[1], [-1]], "#/data/targets/1/0"),
        ("hinge", [[1], [0.5]], "#/data/targets/1/0"),
    ],
)
def test_targets_that_the_loss_cannot_take_are_pointed_at(client, rejected, spec, loss, targets, path):
    client.post("/networks", json={**spec, "loss": loss})
    rejected(422, "POST", "/train", path, json={**BODY, "data": {**DATA, "targets": targets}})


def test_a_number_beyond_the_precision_of_the_network_is_pointed_at(client, rejected, spec):
    client.post("/networks", json={**spec, "dtype": "float32"})
    data = {**DATA, "inputs": [[0.2, 0.9], [0.1, 1e300]]}
    rejected(422, "POST", "/train", "#/data/inputs/1/1", json={**BODY, "data": data})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"validation": {"fraction": 0.5, "stratified": True}}, "#/validation/stratified"),
        ({"class_weights": "balanced"}, "#/class_weights"),
    ],
)
def test_what_needs_classes_is_rejected_where_targets_are_plain_numbers(rejected, network, fields, path):
    rejected(422, "POST", "/train", path, json={**BODY, **fields, "data": {**DATA, "targets": [0.3, 0.7]}})


def test_one_row_cannot_be_divided(rejected, network):
    data = {"inputs": [[1, 2]], "targets": ["like"]}
    rejected(
        422, "POST", "/train", "#/validation/fraction", json={**BODY, "data": data, "validation": {"fraction": 0.5}}
    )


def test_one_row_of_each_class_leaves_none_to_validate(rejected, network):
    body = {**BODY, "validation": {"fraction": 0.5, "stratified": True}}
    rejected(422, "POST", "/train", "#/validation/fraction", json=body)


@pytest.mark.parametrize(
    "cell", ["NaN", "Infinity", "-Infinity", "1e999", "01", "1." + "[" * 2000, "[" * 2000 + "]" * 2000]
)
def test_numbers_that_are_none_are_not_json(rejected, network, cell):
    body = json.dumps({**BODY, "data": {**DATA, "inputs": ["CELL"]}}).replace('"CELL"', f"[1, {cell}]")
    rejected(400, "POST", "/train", data=body, content_type="application/json")


def test_deep_nesting_is_rejected_wherever_it_stands(rejected, network):
    deep = json.loads("[" * 900 + "]" * 900)
    for body in (
        {"data": {**DATA, "inputs": deep}},
        {"optimizer": deep},
        {"class_weights": deep},
        {"validation": deep},
    ):
        rejected(422, "POST", "/train", json={**BODY, **body})


def test_malformed_json_another_type_and_a_large_body_are_rejected(rejected, network):
    rejected(400, "POST", "/train", data='{"network": "cheese",', content_type="application/json")
    rejected(422, "POST", "/train", data="[1]", content_type="application/json")
    rejected(415, "POST", "/train", data=json.dumps(BODY), content_type="text/plain")
    rejected(413, "POST", "/train", data=b" " * (2**20 + 1), content_type="application/json")


def test_query_arguments_are_rejected(rejected, network):
    rejected(422, "POST", "/train?dry_run=true", "dry_run", json=BODY)


def test_what_is_not_there_is_not_found(rejected, network):
    rejected(404, "POST", "/train", "#/network", json={**BODY, "network": "chese"})
    rejected(404, "POST", "/train", "#/start_from", json={**BODY, "start_from": "champion"})
    rejected(404, "POST", "/train", "#/start_from", json={**BODY, "start_from": "../latest"})
