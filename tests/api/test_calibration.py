"""Temperatures in predictions and evaluations, intervals, sets of classes, and what is known of them."""

import io
import json
import zipfile

import numpy as np
import onnxruntime
import pytest
import yaml
from safetensors import safe_open

LINE = {"name": "line", "inputs": ["x"], "layers": [{"type": "dense", "units": 1}], "dtype": "float64"}
CLASSES = {
    "name": "classes",
    "inputs": ["x"],
    "labels": ["a", "b", "c"],
    "loss": "cross_entropy",
    "layers": [{"type": "dense", "units": 3, "activation": "softmax", "bias": False}],
    "dtype": "float64",
}
ERRORS = [0.1 * number for number in range(1, 20)]
BIN = {"low": 0.5, "high": 0.6, "rows": 9, "confidence": 0.55, "accuracy": 1.0}
RELIABILITY = {"log_loss": 0.5, "ece": 0.45, "bins": [BIN]}
OF_LINE = {"rows": 19, "scores": [ERRORS]}
OF_CLASSES = {
    "rows": 9,
    "temperature": 2.0,
    "fitted_temperature": 2.0,
    "before": RELIABILITY,
    "after": RELIABILITY,
    "scores": [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8]],
}


def send(client, spec, weights, calibration):
    made = client.post("/networks", json=spec)
    assert made.status_code == 201, made.text
    layer = {"name": "dense_1", "type": "dense", **weights}
    answer = client.post(f"/networks/{spec['name']}/weights", json={"layers": [layer], "calibration": calibration})
    assert answer.status_code == 201, answer.text


@pytest.fixture
def line(client):
    send(client, LINE, {"weights": [[2]], "biases": [1]}, OF_LINE)


@pytest.fixture
def classes(client):
    send(client, CLASSES, {"weights": [[4, 2, 0]]}, OF_CLASSES)


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def test_an_interval_is_the_prediction_and_a_quantile_of_the_errors_to_both_sides(client, line):
    answer = client.get("/predict?network=line&x=3&_interval=0.9").json
    # ⌈20 · 0.9⌉ = the 18th of 19 errors.
    assert answer["intervals"] == [{"0": {"low": pytest.approx(7 - 1.8), "high": pytest.approx(7 + 1.8)}}]
    body = {"network": "line", "inputs": [[3], [0]], "interval": 0.5}
    answer = client.post("/predict", json=body).json
    assert answer["intervals"][1]["0"] == {"low": pytest.approx(0), "high": pytest.approx(2)}
    assert "intervals" not in client.get("/predict?network=line&x=3").json


def test_a_csv_answer_has_intervals_as_columns(client, line):
    headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
    answer = client.post("/predict?network=line&interval=0.5", data="x\r\n3\r\n", headers=headers)
    assert answer.text.split() == ["output_1,0", "low,0", "high", "7.0,6.0,8.0"]


def test_probabilities_come_from_scores_divided_by_the_temperature(client, classes):
    expected = softmax(np.array([4, 2, 0]) / 2)
    one = client.get("/predict?network=classes&x=1").json
    np.testing.assert_allclose(one["outputs"], [expected])
    many = client.post("/predict", json={"network": "classes", "inputs": [[1], [-1]]}).json
    np.testing.assert_allclose(many["outputs"], [expected, expected[::-1]])
    asked = {"network": "classes", "inputs": [[1]], "attributions": True}
    (shares,) = client.post("/predict", json=asked).json["attributions"]
    np.testing.assert_allclose(shares["value"], expected[0])


def test_a_set_holds_the_classes_that_are_probable_enough_and_at_least_one(client, classes):
    answer = client.get("/predict?network=classes&x=1&_interval=0.8").json
    # ⌈10 · 0.8⌉ = the 8th of 9 scores, 0.75: probabilities from 0.25; .665, .245 and .09 here.
    assert answer["sets"] == [["a"]]
    assert client.get("/predict?network=classes&x=1&_interval=0.9").json["sets"] == [["a", "b"]]
    assert client.get("/predict?network=classes&x=0&_interval=0.8").json["sets"] == [["a", "b", "c"]]
    assert client.get("/predict?network=classes&x=0.1&_interval=0.1").json["sets"] == [["a"]]


def test_an_evaluation_is_of_the_same_probabilities_and_says_so(client, classes):
    answer = client.post("/evaluate", json={"network": "classes", "data": {"inputs": [[1]], "targets": [0]}})
    assert answer.status_code == 200, answer.text
    assert answer.json["temperature"] == 2
    assert answer.json["loss"] == pytest.approx(-np.log(softmax(np.array([2, 1, 0]))[0]))


def test_what_is_known_can_be_read(client, classes, line):
    answer = client.get("/networks/classes/calibration?snapshot=latest").json
    assert (answer["rows"], answer["temperature"], answer["fitted_temperature"]) == (9, 2, 2)
    assert answer["before"] == answer["after"] == RELIABILITY
    assert [level["level"] for level in answer["levels"]] == [0.5, 0.8, 0.9]
    assert answer["levels"][2]["least_probability"] == pytest.approx(0.2)
    answer = client.get("/networks/line/calibration").json
    assert (answer["before"], answer["fitted_temperature"]) == (None, None)
    assert answer["levels"][3] == {"level": 0.95, "half_widths": {"0": pytest.approx(1.9)}}


def test_weights_go_round_with_their_calibration(client, classes):
    for form, headers in (("json", {}), ("safetensors", {"Content-Type": "application/octet-stream"})):
        read = client.get(f"/networks/classes/weights?format={form}")
        kind = headers or {"Content-Type": "application/json"}
        made = client.post("/networks/classes/weights", data=read.data, headers=kind)
        assert made.status_code == 201, made.text
        again = client.get("/networks/classes/weights?snapshot=latest").json["calibration"]
        assert again["temperature"] == 2 and again["scores"] == OF_CLASSES["scores"]


def test_weights_without_a_calibration_say_what_is_needed(rejected, client, network):
    problem = rejected(422, "GET", "/predict?network=cheese&x=1,2&_interval=0.9", "_interval")
    assert "trained with validation rows" in problem["errors"][0]["detail"]
    body = {"network": "cheese", "inputs": [[1, 2]], "interval": 0.9}
    rejected(422, "POST", "/predict", "#/interval", json=body)
    problem = rejected(404, "GET", "/networks/cheese/calibration")
    assert "train with validation rows" in problem["detail"]


@pytest.mark.parametrize("level", ["0", "1", "-1", "nan", "inf", "nine", ""])
def test_a_level_is_a_share(rejected, line, level):
    rejected(422, "GET", f"/predict?network=line&x=1&_interval={level}", "_interval")


@pytest.mark.parametrize("level", [0, 1, "0.9", True, [0.9]])
def test_a_level_in_a_body_is_a_number(rejected, line, level):
    rejected(422, "POST", "/predict", "#/interval", json={"network": "line", "inputs": [[1]], "interval": level})


def test_a_level_that_too_few_rows_can_promise_is_rejected_with_their_number(rejected, line):
    problem = rejected(422, "GET", "/predict?network=line&x=1&_interval=0.99", "_interval")
    assert "0.99 needs 99 validation rows, and these weights have 19" in problem["errors"][0]["detail"]


def run(answer, feeds):
    assert answer.status_code == 200, answer.text
    session = onnxruntime.InferenceSession(answer.data, providers=["CPUExecutionProvider"])
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds), strict=True))


def test_a_file_gives_the_intervals_and_sets_of_the_service(client, line, classes):
    """To the digit: both of these networks compute in double precision."""
    rows = [[3.0], [0.0], [-1.25], [0.1]]
    for level in (0.3, 0.5, 0.8, 0.9):
        found = run(client.get(f"/networks/line/export?interval={level}"), {"x": np.array(rows)})
        asked = {"network": "line", "inputs": rows, "interval": level}
        expected = [row["0"] for row in client.post("/predict", json=asked).json["intervals"]]
        ends = zip(found["outputs_low"][:, 0].tolist(), found["outputs_high"][:, 0].tolist(), strict=True)
        assert [{"low": low, "high": high} for low, high in ends] == expected
        found = run(client.get(f"/networks/classes/export?interval={level}"), {"x": np.array(rows)})["set"]
        expected = client.post("/predict", json=asked | {"network": "classes"}).json["sets"]
        assert [[name for name, is_in in zip("abc", row, strict=True) if is_in] for row in found] == [
            sorted(one) for one in expected
        ]
    names = run(client.get("/networks/line/export"), {"x": np.array(rows)})
    assert list(names) == ["outputs"]


def test_programs_and_mlflow_models_give_them_too(client, line):
    file = {"__name__": "file"}
    exec(client.get("/networks/line/export?format=python&interval=0.9").text, file)
    np.testing.assert_allclose(file["predict_interval"]([[3]]), [[7 - 1.8, 7 + 1.8]])
    answer = client.get("/networks/line/export?format=mlflow&interval=0.9")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as folder:
        described = yaml.safe_load(folder.read("MLmodel"))
        plain = yaml.safe_load(
            zipfile.ZipFile(io.BytesIO(client.get("/networks/line/export?format=mlflow").data)).read("MLmodel")
        )
    outputs = [output["name"] for output in json.loads(described["signature"]["outputs"])]
    assert outputs == ["output_1", "output_1_low", "output_1_high"]
    assert described["metadata"]["feedforward.interval"] == 0.9 and "feedforward.interval" not in plain["metadata"]
    assert described["model_uuid"] != plain["model_uuid"]


@pytest.mark.parametrize("form", ["onnx", "mlflow", "python"])
def test_a_file_of_weights_that_know_no_such_level_is_rejected(rejected, network, line, form):
    problem = rejected(422, "GET", f"/networks/cheese/export?format={form}&interval=0.9", "interval")
    assert "trained with validation rows" in problem["errors"][0]["detail"]
    problem = rejected(422, "GET", f"/networks/line/export?format={form}&interval=0.99", "interval")
    assert "0.99 needs 99 validation rows, and these weights have 19" in problem["errors"][0]["detail"]
    for level in ("0", "1", "nine", "nan", ""):
        rejected(422, "GET", f"/networks/line/export?format={form}&interval={level}", "interval")


def test_errors_of_what_is_no_probability_are_rejected(rejected, client):
    layer = {"type": "dense", "units": 1, "activation": "tanh"}
    client.post(
        "/networks", json={"name": "side", "inputs": 1, "labels": ["a", "b"], "loss": "hinge", "layers": [layer]}
    )
    body = {
        "layers": [{"name": "dense_1", "weights": [[4]], "biases": [0]}],
        "calibration": {"rows": 1, "scores": [[1]]},
    }
    rejected(422, "POST", "/networks/side/weights", "#/calibration/scores", json=body)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"temperature": 0}, "#/calibration/temperature"),
        ({"rows": 8}, "#/calibration/scores/0"),
        ({"rows": 10**18}, "#/calibration/rows"),
        ({"rows": 202, "scores": [[0.5] * 202]}, "#/calibration/scores/0"),
        ({"before": RELIABILITY | {"bins": [BIN] * 1001}}, "#/calibration/before/bins"),
        ({"scores": [OF_CLASSES["scores"][0][::-1]]}, "#/calibration/scores/0"),
        ({"scores": OF_CLASSES["scores"] * 2}, "#/calibration/scores"),
        ({"shape": 3}, "#/calibration/shape"),
        ({"before": {"ece": 0}}, "#/calibration/before/log_loss"),
    ],
)
def test_a_calibration_that_makes_no_sense_is_rejected_at_its_place(rejected, client, classes, change, pointer):
    layer = {"name": "dense_1", "weights": [[4, 2, 0]]}
    body = {"layers": [layer], "calibration": OF_CLASSES | change}
    rejected(422, "POST", "/networks/classes/weights", pointer, json=body)


@pytest.mark.parametrize(("loss", "activation"), [("hinge", "tanh"), ("binary_cross_entropy", "hard_sigmoid")])
def test_a_temperature_needs_scores_that_it_divides(rejected, client, loss, activation):
    layer = {"type": "dense", "units": 1, "activation": activation}
    client.post("/networks", json={"name": "other", "inputs": 1, "labels": ["a", "b"], "loss": loss, "layers": [layer]})
    body = {"layers": [{"name": "dense_1", "weights": [[4]], "biases": [0]}], "calibration": {"rows": 3}}
    assert client.post("/networks/other/weights", json=body).status_code == 201
    body["calibration"]["temperature"] = 2
    problem = rejected(422, "POST", "/networks/other/weights", "#/calibration/temperature", json=body)
    assert "must be 1: only probabilities of a sigmoid or a softmax" in problem["detail"]


def test_one_of_another_network_is_rejected(rejected, client, line):
    layer = {"name": "dense_1", "weights": [[2]], "biases": [1]}
    rejected(
        422,
        "POST",
        "/networks/line/weights",
        "#/calibration/temperature",
        json={"layers": [layer], "calibration": OF_LINE | {"temperature": 2}},
    )
    rejected(
        422,
        "POST",
        "/networks/line/weights",
        "#/calibration/scores",
        json={"layers": [layer], "calibration": {"rows": 3}},
    )


DATA = {"inputs": [[1], [2], [3], [4]], "targets": [0, 1, 2, 0]}


def test_a_training_calibrates_only_classes_and_only_with_validation_rows(client, rejected, line, classes):
    body = {"network": "classes", "data": DATA, "calibrate": True}
    problem = rejected(422, "POST", "/train", "#/calibrate", json=body)
    assert "validation rows" in problem["errors"][0]["detail"]
    numbers = {"network": "line", "data": {**DATA, "targets": [[1], [2], [3], [4]]}, "calibrate": True}
    numbers["validation"] = {"fraction": 0.5}
    problem = rejected(422, "POST", "/train", "#/calibrate", json=numbers)
    assert "probabilities of classes" in problem["errors"][0]["detail"]
    rejected(422, "POST", "/train", "#/calibrate", json={**body, "calibrate": "yes"})
    job = client.post("/train", json={**body, "validation": {"fraction": 0.5}})
    assert job.status_code == 202 and job.json["options"]["calibrate"] is True


def test_safetensors_hold_it_as_json(client, classes, tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(client.get("/networks/classes/weights?format=safetensors").data)
    with safe_open(path, "np") as file:
        assert json.loads(file.metadata()["calibration"])["temperature"] == 2
