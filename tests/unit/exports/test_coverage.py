"""Intervals and sets of classes in exported files, against the arithmetic of `operations/inference/intervals.py`."""

from dataclasses import replace

import numpy as np
import pytest

from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.table import TableSpec
from service.data.signatures.output_rows import class_probabilities
from service.engine.inference import predict
from service.exports.onnx.model import onnx_model
from service.exports.source import Coverage
from tests.unit.engine.factories import a_network, dense, some_rows
from tests.unit.exports.tables import ENSEMBLES, cells, hard_rows, source, table_source
from tests.unit.exports.test_onnx import KINDS, feeds_of, plain, run, service_outputs, session_of
from tests.unit.exports.test_program import command, loaded

DTYPES = ("float32", "float64")
FAR = {"float32": 1e-5, "float64": 1e-11}
ROWS = [*hard_rows(np.random.default_rng(7)), *cells(np.random.default_rng(8), 200, gaps=0.2)]


def covering(made, *quantiles):
    return replace(made, coverage=Coverage(0.9, quantiles))


def of_file(made, feeds, *, by_column=False):
    return run(session_of(onnx_model(made, by_column=by_column)), feeds)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("name", "half"), [("price", (1234.5,)), ("both", (50.25, 0.001))])
def test_an_interval_is_around_what_is_predicted_in_its_units(name, half, dtype):
    made = covering(source(name, dtype), *half)
    expected = made.signature.in_units(service_outputs(made, ROWS))
    found, flat = (
        of_file(made, feeds_of(KINDS, ROWS, by_column=by_column), by_column=by_column) for by_column in (False, True)
    )
    in_python = loaded(made)["predict_interval"](ROWS).reshape(len(ROWS), -1, 2)
    targets = made.signature.target_names
    ends = [f"{target}_{end}" for target in targets for end in ("low", "high")]
    assert list(found) == list(flat) == [*targets, *ends]
    for index, target in enumerate(targets):
        bounds = np.stack([expected[:, index] - half[index], expected[:, index] + half[index]], axis=1)
        for place, end in enumerate(("low", "high")):
            given = found[f"{target}_{end}"]
            assert given.dtype == np.float64 and given.shape == (len(ROWS), 1)
            # To the digit from what the file predicts; and near what the service predicts.
            off = half[index] if place else -half[index]
            assert (given == found[target] + off).all() and (flat[f"{target}_{end}"] == given[:, 0]).all()
            far = FAR[dtype] * np.abs(bounds).max()
            np.testing.assert_allclose(given[:, 0], bounds[:, place], rtol=0, atol=far)
            np.testing.assert_allclose(in_python[:, index, place], bounds[:, place], rtol=0, atol=far)


@pytest.mark.parametrize("dtype", DTYPES)
def test_plain_numbers_have_intervals_in_double_precision(dtype):
    network = a_network(dense(2), loss="mean_squared_error", dtype=dtype)
    made, x = covering(plain(network), 1e-9, 0.3), some_rows(network, 50).inputs
    found = of_file(made, {"x": x})
    outputs = found["outputs"].astype(np.float64)
    assert (found["outputs_low"] == outputs - [1e-9, 0.3]).all()
    assert (found["outputs_high"] == outputs + [1e-9, 0.3]).all()
    flat = of_file(made, {f"x_{column + 1}": x[:, column].astype(np.float64) for column in range(3)}, by_column=True)
    assert list(flat)[2:] == ["output_1_low", "output_2_low", "output_1_high", "output_2_high"]
    assert (flat["output_2_high"] == found["outputs_high"][:, 1]).all()
    program = loaded(made)
    assert (program["predict_interval"](x)[..., 1] == program["predict"](x).astype(float) + [1e-9, 0.3]).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("quantile", [0.35, 0.9, 0.9999])
@pytest.mark.parametrize("name", ["kind", "paid2"])
def test_a_set_has_the_classes_that_are_probable_enough_and_never_none(name, quantile, dtype):
    made = covering(source(name, dtype), quantile)
    chances = class_probabilities(service_outputs(made, ROWS)).astype(float)
    expected = chances >= 1 - quantile
    expected[np.arange(len(chances)), chances.argmax(axis=1)] = True
    ordered = np.sort(chances, axis=1)
    sure = (np.abs(chances - (1 - quantile)).min(axis=1) > 1e-6) & (ordered[:, -1] - ordered[:, -2] > 1e-6)
    assert sure.sum() > 200
    found = of_file(made, feeds_of(KINDS, ROWS))
    assert found["set"].dtype == np.bool_ and (found["set"] == expected)[sure].all()
    flat = of_file(made, feeds_of(KINDS, ROWS, by_column=True), by_column=True)
    names = made.signature.classifier.form.names
    assert list(flat) == ["label", *(f"{kind}_{name}" for kind in ("probability", "in_set") for name in names)]
    assert (flat[f"in_set_{names[0]}"] == found["set"][:, 0]).all()
    assert (loaded(made)["predict_set"](ROWS) == expected)[sure].all()


def test_an_ensemble_has_them_too():
    for kind, layers in ENSEMBLES.items():
        network = a_network(*layers, members=3, loss=kind)
        made, x = plain(network), some_rows(network, 50).inputs
        made.values[-3:] = [1, 0, 3]
        outputs = predict(network, made.values, x)
        if made.signature.classifier is None:
            found = of_file(covering(made, 0.5, 0.25), {"x": x})
            np.testing.assert_allclose(found["outputs_low"], outputs - [0.5, 0.25], rtol=1e-12)
        else:
            found = of_file(covering(made, 0.6), {"x": x})
            chances = class_probabilities(outputs)
            assert (found["set"][chances > 0.4 + 1e-9]).all()
            assert (found["set"].sum(axis=1) >= 1).all() and not found["set"][chances < 0.2].any()


def test_a_row_without_finite_outputs_has_an_empty_set():
    network = a_network(dense(3, "softmax"), loss="cross_entropy", dtype="float32")
    made = covering(plain(network, labels=("a", "b", "c")), 0.9)
    object.__setattr__(made, "values", np.full_like(made.values, 100))
    x = np.array([[3e38, 3e38, 3e38], [1, 2, 3]], np.float32)
    assert of_file(made, {"x": x})["set"].tolist() == [[False] * 3, [True] * 3]
    assert loaded(made)["predict_set"](x).tolist() == [[False] * 3, [True] * 3]


def test_a_target_keeps_its_name_where_an_interval_would_have_it():
    targets = [{"name": name, "type": "number"} for name in ("y", "y_low")]
    table = TableSpec.from_json({"inputs": [{"name": "x", "type": "number"}], "target": targets})
    made = covering(table_source(table, Fitted.neutral(table), [dense(2)]), 1.0, 2.0)
    names = [output.name for output in session_of(onnx_model(made, by_column=False)).get_outputs()]
    assert names == ["y", "y_low", "output_y_low", "y_high", "y_low_low", "y_low_high"]


def test_the_command_line_writes_them_behind_the_predictions(tmp_path):
    text = "x\n1\n2\n"
    made = covering(plain(a_network(dense(1), inputs=1), features=("x",)), 0.5)
    code, out, _ = command(tmp_path, made, text)
    head, *lines = [line.split(",") for line in out.split()]
    assert (code, head) == (0, ["output_1", "output_1_low", "output_1_high"])
    assert [float(low) for _, low, _ in lines] == [float(number) - 0.5 for number, *_ in lines]
    network = a_network(dense(2, "softmax"), inputs=1, loss="cross_entropy")
    code, out, _ = command(tmp_path, covering(plain(network, labels=("a", "b"), features=("x",)), 1.0), text)
    assert out.split()[0] == "label,probability_a,probability_b,in_set_a,in_set_b"
    assert out.split()[1].endswith("True,True")
