"""The files of an MLflow model; tests/clients/test_mlflow.py loads them with MLflow itself."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml

from service.exports.mlflow.model import mlflow_files, zipped
from tests.unit.engine.factories import a_network, dense
from tests.unit.exports.tables import INPUTS, NETWORKS, source
from tests.unit.exports.test_onnx import plain, run, session_of

KINDS = {item["name"]: item["type"] for item in INPUTS}
TYPES = {"number": "double", "boolean": "double", "category": "string", "time": "long"}
DTYPES = {"tensor(double)": np.float64, "tensor(int64)": np.int64, "tensor(string)": object}


def described(made):
    return yaml.safe_load(mlflow_files(made)["MLmodel"])


@pytest.mark.parametrize("name", NETWORKS)
def test_the_signature_of_a_table_names_its_columns(name):
    made = source(name, "float64")
    files = mlflow_files(made)
    signature = yaml.safe_load(files["MLmodel"])["signature"]
    assert json.loads(signature["inputs"]) == [
        {"type": TYPES[kind], "name": column, "required": True} for column, kind in KINDS.items()
    ]
    outputs = [output.name for output in session_of(files["model.onnx"]).get_outputs()]
    assert [column["name"] for column in json.loads(signature["outputs"])] == outputs


def test_the_example_is_a_row_that_the_file_takes():
    files = mlflow_files(source("kind", "float64"))
    example = json.loads(files["input_example.json"])
    row = dict(zip(example["columns"], example["data"][0], strict=True))
    assert (row["size"], row["paid"], row["heat"], row["colour"]) == ("m", 0.0, -3, "red")
    session = session_of(files["model.onnx"])
    feeds = {one.name: np.array([row[one.name]], DTYPES[one.type]) for one in session.get_inputs()}
    assert run(session, feeds)["label"][0] in ("x", "y", "z")
    assert json.loads(files["serving_input_example.json"]) == {"dataframe_split": example}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_without_names_are_a_tensor(dtype):
    made = plain(a_network(dense(3, "softmax"), inputs=2, dtype=dtype, loss="cross_entropy"))
    signature = described(made)["signature"]
    assert json.loads(signature["inputs"]) == [{"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [-1, 2]}}]
    assert json.loads(signature["outputs"]) == [
        {"name": "label", "type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}},
        {"name": "probabilities", "type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [-1, 3]}},
    ]
    assert described(made)["saved_input_example_info"]["type"] == "ndarray"


def test_names_beyond_ascii_come_back_as_they_are():
    made = plain(a_network(dense(1), inputs=2), features=("Größe 𝛼", 'a: "b"'))
    names = [column["name"] for column in json.loads(described(made)["signature"]["inputs"])]
    assert names == ["Größe 𝛼", 'a: "b"']


def test_the_same_weights_are_the_same_bytes_with_the_time_of_their_snapshot():
    made = replace(plain(a_network(dense(1), inputs=2)), created_at=1.5e9)
    assert zipped(mlflow_files(made)) == zipped(mlflow_files(made))
    about = described(made)
    assert about["utc_time_created"] == "2017-07-14 02:40:00.000000"
    assert about["metadata"] == {"feedforward.network": "plain", "feedforward.snapshot": "snap_1"}
