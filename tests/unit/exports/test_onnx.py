"""Exported ONNX files, run by ONNX Runtime, against the service's own predictions."""

from dataclasses import replace
from functools import cache

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.data.preprocessing.category import CategoryColumn
from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.number import Clip, NumberColumn, NumberState
from service.data.preprocessing.scalers import Scaling
from service.data.preprocessing.table import INPUTS as COLUMN_TYPES
from service.data.preprocessing.table import TableSpec
from service.data.preprocessing.targets import TARGETS, CategoryTarget
from service.data.preprocessing.time import PARTS, TimeColumn
from service.data.signatures.choice import signature_of
from service.data.signatures.output_rows import output_rows
from service.engine.activations.table import ACTIVATIONS
from service.engine.inference import predict
from service.engine.layers.table import LAYERS as LAYER_TYPES
from service.engine.metrics.decisions import ClassThreshold
from service.exports import known
from service.exports.onnx import activations, inputs, layers
from service.exports.onnx.model import onnx_model
from service.exports.source import NotExportable, Source
from service.schema.fields import spec_fields
from tests.examples import examples
from tests.unit.engine.executors.comparing import LAYERS
from tests.unit.engine.factories import a_network, dense, some_rows, some_values
from tests.unit.exports.tables import ENSEMBLES, INPUTS, MEMBERS, NETWORKS, cells, hard_rows, source, table_source

DTYPES = ("float32", "float64")
#: How far outputs may be apart, as a part of the larger of 1 and the output; for targets, of their trained range.
FAR = {"float32": 1e-6, "float64": 1e-11}
FAR_IN_UNITS = {"float32": 1e-5, "float64": 1e-11}
#: A layer that changes nothing.
PASS = {"type": "activation", "activation": "linear"}
KINDS = {item["name"]: item["type"] for item in INPUTS}


def session_of(data):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run(session, feeds):
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, feeds), strict=True))


def plain(network, *, labels=None, features=None):
    signature = signature_of(network, features=features, labels=labels, table=None)
    return Source("plain", "snap_1", signature, some_values(network))


def cell_feed(kind, cell):
    """A cell as the file wants it."""
    if kind == "category":
        return "" if cell is None else cell.strip()
    if kind == "time":
        return np.datetime64("NaT" if cell is None else cell, "us").astype(np.int64)
    return np.nan if cell is None else float(cell)


def feeds_of(kinds, rows, *, by_column=False):
    dtypes = {"category": object, "time": np.int64}
    columns = {
        name: np.array([cell_feed(kind, row.get(name)) for row in rows], dtypes.get(kind, np.float64))
        for name, kind in kinds.items()
    }
    return columns if by_column else {name: column.reshape(-1, 1) for name, column in columns.items()}


def service_outputs(made, rows):
    encoded = made.signature.read_rows(rows).values
    return predict(made.network, made.values, encoded)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("about", LAYERS)
def test_every_layer_and_activation_gives_the_same_outputs(about, dtype):
    network = a_network(*LAYERS[about], dense(3, "softmax"), dtype=dtype, loss="cross_entropy")
    made = plain(network, labels=("a", "b", "c"))
    x = some_rows(network, 300).inputs
    expected = predict(network, made.values, x)
    found = run(session_of(onnx_model(made, by_column=False)), {"x": x})
    np.testing.assert_allclose(found["probabilities"], expected, rtol=0, atol=FAR[dtype])
    assert found["label"].tolist() == np.array(["a", "b", "c"])[expected.argmax(axis=1)].tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_temperature_divides_the_scores(dtype):
    network = a_network(dense(4, "tanh"), dense(3, "softmax"), dtype=dtype, loss="cross_entropy")
    made = replace(plain(network), temperature=2.5)
    x = some_rows(network, 100).inputs
    found = run(session_of(onnx_model(made, by_column=False)), {"x": x})["probabilities"]
    np.testing.assert_allclose(found, predict(network, made.values, x, 2.5), rtol=0, atol=FAR[dtype])
    assert np.abs(found - predict(network, made.values, x)).max() > 0.01


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_threshold_decides_about_its_class_and_leaves_the_probabilities(dtype, index):
    network = a_network(dense(4, "tanh"), dense(3, "softmax"), dtype=dtype, loss="cross_entropy")
    made = plain(network, labels=("a", "b", "c"))
    x = some_rows(network, 100).inputs
    outputs = predict(network, made.values, x)
    own = made.signature.with_threshold(ClassThreshold(index, float(np.median(outputs[:, index]))))
    found = run(session_of(onnx_model(replace(made, signature=own), by_column=False)), {"x": x})
    classifier = own.classifier
    assert found["label"].tolist() == classifier.labels(classifier.classes(output_rows(found["probabilities"])))
    assert found["label"].tolist() != np.array(["a", "b", "c"])[outputs.argmax(axis=1)].tolist()
    np.testing.assert_allclose(found["probabilities"], outputs, rtol=0, atol=FAR[dtype])


@pytest.mark.parametrize(("index", "above"), [(1, "yes"), (0, "no")])
def test_a_threshold_of_two_classes_is_a_cut_of_the_only_output(index, above):
    network = a_network(dense(1, "sigmoid"), dtype="float64", loss="binary_cross_entropy")
    made, x = plain(network, labels=("no", "yes")), some_rows(network, 100).inputs
    chances = predict(network, made.values, x)[:, 0]
    shares = chances if index else 1 - chances
    own = made.signature.with_threshold(ClassThreshold(index, float(np.quantile(shares, 0.3))))
    found = run(session_of(onnx_model(replace(made, signature=own), by_column=False)), {"x": x})["label"]
    np.testing.assert_array_equal(found == above, shares > np.quantile(shares, 0.3))


@pytest.mark.parametrize("kind", ENSEMBLES)
@pytest.mark.parametrize("members", MEMBERS)
@pytest.mark.parametrize("temperature", [1.0, 1.6])
def test_an_ensemble_gives_the_mean_of_its_members(kind, members, temperature):
    network = a_network(*ENSEMBLES[kind], members=MEMBERS[members], loss=kind)
    warmth = temperature if kind.endswith("cross_entropy") else 1.0
    made, x = replace(plain(network), temperature=warmth), some_rows(network).inputs
    made.values[-3:] = [1, 0, 3]
    found = run(session_of(onnx_model(made, by_column=False)), {"x": x})
    outputs = next(one for one in found.values() if one.ndim == 2)[:, -network.outputs :]
    np.testing.assert_allclose(outputs, predict(network, made.values, x, warmth), rtol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "linear"])
def test_every_activation_gives_the_same_numbers_far_from_zero_and_near_it(name, dtype):
    network = a_network({"type": "activation", "activation": name}, inputs=2, dtype=dtype, loss="mean_squared_error")
    size = np.array([1e-30, 1e-12, 1e-6, 1e-3, 0.1, 1, 3, 5, 10, 20, 80, 200, 1e4, 1e20])
    x = np.array(np.meshgrid([*-size, 0, *size], [*-size, 0, *size])).reshape(2, -1).T.astype(dtype)
    made = plain(network)
    expected = predict(network, made.values, x)
    output = "probabilities" if made.signature.classifier else "outputs"
    found = run(session_of(onnx_model(made, by_column=False)), {"x": x})[output]
    np.testing.assert_allclose(found, expected, rtol=FAR[dtype], atol=FAR[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
def test_tiny_numbers_keep_their_digits(dtype):
    for name in ("elu", "selu", "softsign", "gelu", "mish"):
        network = a_network({"type": "activation", "activation": name}, inputs=1, dtype=dtype)
        made, x = plain(network), np.array([[-1e-9], [1e-9], [-3e-5]], dtype)
        found = run(session_of(onnx_model(made, by_column=False)), {"x": x})["outputs"]
        np.testing.assert_allclose(found, predict(network, made.values, x), rtol=50 * np.finfo(dtype).eps)


@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error", "binary_cross_entropy", "hinge"])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("labelled", [True, False])
def test_labels_follow_from_outputs_as_in_the_service(loss, outputs, labelled):
    ends = {"cross_entropy": "softmax", "hinge": "tanh"}
    if loss == "cross_entropy" and outputs == 1:
        return
    network = a_network(dense(outputs, ends.get(loss, "sigmoid")), loss=loss)
    labels = ("no", "yes", "so")[: max(2, outputs)] if labelled else None
    made = plain(network, labels=labels)
    x = np.random.default_rng(3).normal(0, 3, (200, 3))
    found = run(session_of(onnx_model(made, by_column=False)), {"x": x})
    expected, classifier = predict(network, made.values, x), made.signature.classifier
    if classifier is None:
        np.testing.assert_allclose(found["outputs"], expected, rtol=0, atol=1e-11)
        return
    classes = classifier.classes(output_rows(expected))
    if classifier.multilabel:
        assert [np.flatnonzero(row).tolist() for row in found["classes"]] == classes
    else:
        assert found["label"].tolist() == (classifier.labels(classes) if labelled else classes)
        assert len(set(classes)) > 1
    if classifier.gives_probabilities:
        chances = [list(row.values()) for row in classifier.probabilities(output_rows(expected))]
        np.testing.assert_allclose(found["probabilities"], chances, rtol=0, atol=1e-11)


def test_a_row_that_overflows_has_no_label():
    network = a_network(dense(3, "softmax"), loss="cross_entropy", dtype="float32")
    x = np.array([[3e38, 3e38, 3e38], [1, 2, 3]], np.float32)
    made = plain(network, labels=("a", "b", "c"))
    object.__setattr__(made, "values", np.full_like(made.values, 100))
    assert run(session_of(onnx_model(made, by_column=False)), {"x": x})["label"].tolist() == ["", "a"]
    bare = Source("plain", "snap_1", plain(network).signature, made.values)
    assert run(session_of(onnx_model(bare, by_column=False)), {"x": x})["label"].tolist() == [-1, 0]


def test_a_network_of_numbers_takes_its_features_as_columns():
    network = a_network(dense(2), loss="mean_squared_error", dtype="float32")
    for features, names in ((("fat", "salt", "node_1"),) * 2, (None, ("x_1", "x_2", "x_3"))):
        made = plain(network, features=features)
        x = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
        found = run(
            session_of(onnx_model(made, by_column=True)),
            {name: x[:, index].astype(np.float64) for index, name in enumerate(names)},
        )
        assert list(found) == ["output_1", "output_2"]
        np.testing.assert_allclose(
            np.stack(list(found.values()), axis=1), predict(network, made.values, x), rtol=1e-6, atol=1e-6
        )


# -- tables ----------------------------------------------------------------------------------------------------------


@cache
def session(name, dtype, by_column=False):
    return session_of(onnx_model(source(name, dtype), by_column=by_column))


def compare(name, dtype, rows):
    """Predictions for rows, by the file and by the service."""
    made = source(name, dtype)
    found = run(session(name, dtype), feeds_of(KINDS, rows))
    outputs, signature = service_outputs(made, rows), made.signature
    if signature.classifier is None:
        for index, (target, scaling) in enumerate(zip(signature.target_names, made.fitted.scalings, strict=True)):
            expected = signature.in_units(outputs)[:, [index]]
            far = FAR_IN_UNITS[dtype] * max(scaling.scale, 1e-300) * np.maximum(1, abs(outputs[:, [index]]))
            assert (abs(found[target] - expected) <= far).all()
        return
    classes = signature.classifier.classes(output_rows(outputs))
    if signature.classifier.gives_probabilities:
        chances = [list(row.values()) for row in signature.classifier.probabilities(output_rows(outputs))]
        np.testing.assert_allclose(found["probabilities"], chances, rtol=0, atol=FAR[dtype])
    else:
        np.testing.assert_allclose(found["outputs"], outputs, rtol=0, atol=FAR[dtype])
    if signature.classifier.multilabel:
        for index, target in enumerate(signature.target_names):
            sure = abs(outputs[:, index] - 0.5) > FAR[dtype]
            assert (found[target][:, 0] == [index in one for one in classes])[sure].all()
    else:
        ordered = np.sort(outputs, axis=1)
        middle = signature.classifier.middle
        gap = abs(outputs[:, 0] - middle) if outputs.shape[1] == 1 else ordered[:, -1] - ordered[:, -2]
        assert (found["label"] == signature.classifier.labels(classes))[gap > FAR[dtype]].all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_table_gives_the_same_predictions(name, dtype):
    draw = np.random.default_rng(7)
    compare(name, dtype, [*hard_rows(draw), *cells(draw, 1500, gaps=0.2)])


NUMBERS = st.none() | st.integers(-8, 12).map(float) | st.floats(-1e4, 1e4) | st.floats(-1e15, 1e15)
WORDS = st.sampled_from(["", "NA", "nan", "None", "NULL", "n/a", "violet", "Paris", "ß", "1", "true", "日本"])
TIMES = st.none() | st.datetimes().map(lambda time: time.isoformat(timespec="microseconds"))


def cell_of(item):
    if item["type"] == "category":
        return st.none() | st.sampled_from(item["categories"]) | WORDS
    return {"number": NUMBERS, "boolean": st.none() | st.booleans(), "time": TIMES}[item["type"]]


ROWS = st.lists(st.fixed_dictionaries({item["name"]: cell_of(item) for item in INPUTS}), min_size=1, max_size=60)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["kind", "price"])
@settings(max_examples=examples(10), deadline=None)
@given(rows=ROWS)
def test_any_cells_give_the_same_predictions(name, dtype, rows):
    compare(name, dtype, rows)


@pytest.mark.parametrize("name", NETWORKS)
def test_layout_columns_is_the_same_one_column_after_the_other(name):
    rows = cells(np.random.default_rng(8), 50, gaps=0.2)
    whole = run(session(name, "float32"), feeds_of(KINDS, rows))
    parts = run(session(name, "float32", by_column=True), feeds_of(KINDS, rows, by_column=True))
    assert all(part.shape == (50,) for part in parts.values())
    labels = source(name, "float32").signature.form.names
    for output, value in whole.items():
        if value.ndim == 1 or value.shape[1] == 1 and output in parts:
            assert parts[output].tolist() == value.reshape(-1).tolist()
        elif output == "probabilities":
            assert np.stack([parts[f"probability_{label}"] for label in labels], axis=1).tolist() == value.tolist()


def test_a_single_row_and_no_row_are_rows_too():
    for count in (0, 1):
        found = run(session("kind", "float32"), feeds_of(KINDS, cells(np.random.default_rng(1), count, gaps=0)))
        assert found["probabilities"].shape == (count, 3)


def test_texts_are_found_in_every_way_that_onnx_can_tell():
    table = TableSpec.from_json(
        {
            "inputs": [
                {"name": "n", "type": "category", "categories": ["2", "10", "x"], "impute": "own"},
                {"name": "f", "type": "category", "categories": ["yes", "no"]},
            ],
            "target": {"name": "y", "type": "number", "scale": "none"},
        }
    )
    made = table_source(table, Fitted.neutral(table), [dense(1)], dtype="float64")
    rows = [
        {"n": n, "f": f}
        for n, f in [("2", "yes"), ("2.0", "TRUE"), ("10.0", "False"), ("x", "No"), ("X", "maybe"), ("nA", "NaN")]
    ]
    found = run(session_of(onnx_model(made, by_column=False)), feeds_of({"n": "category", "f": "category"}, rows))
    np.testing.assert_allclose(found["y"], service_outputs(made, rows), rtol=1e-12)
    assert len(set(found["y"].reshape(-1).tolist())) == 5


REQUIRED = [
    {"name": "number", "type": "number", "impute": "none"},
    {"name": "sharp", "type": "number", "impute": "none", "log": True, "clip": {"low": -1, "high": 1}},
    {"name": "binned", "type": "number", "impute": "none", "encode": "piecewise", "smooth_clip": 2},
    {"name": "flag", "type": "boolean", "impute": "none"},
    {"name": "word", "type": "category", "categories": ["a", "b"], "impute": "none"},
    {"name": "code", "type": "category", "categories": ["a", "b"], "impute": "none", "encode": "embedding"},
    {"name": "at", "type": "time", "impute": "none"},
]


@pytest.mark.parametrize("gap", [None, *(item["name"] for item in REQUIRED)])
def test_a_missing_cell_where_none_may_be_gives_no_number(gap):
    table = TableSpec.from_json({"inputs": REQUIRED, "target": {"name": "y", "type": "number"}})
    made = table_source(table, Fitted.neutral(table), [dense(1)])
    row = {"number": 1, "sharp": 2, "binned": 3, "flag": True, "word": "a", "code": "b", "at": "2020-02-29"}
    feeds = feeds_of({item["name"]: item["type"] for item in REQUIRED}, [row | {gap: None}])
    assert np.isnan(run(session_of(onnx_model(made, by_column=False)), feeds)["y"]).all() == (gap is not None)


def test_every_part_of_a_time_is_that_of_numpy_from_the_year_1_to_9999():
    column = {"name": "t", "type": "time", "parts": list(PARTS)}
    encoded = TableSpec.from_json({"inputs": [column], "target": {"name": "y", "type": "number"}}).encoded_names
    targets = [{"name": f"y: {part}", "type": "number", "scale": "none"} for part in encoded]
    table = TableSpec.from_json({"inputs": [column], "target": targets})
    made = table_source(table, Fitted.neutral(table), [PASS], dtype="float64")
    first, last = (np.datetime64(text, "us").astype(np.int64) for text in ("0001-01-01", "9999-12-31T23:59:59.999999"))
    moments = np.random.default_rng(0).integers(first, last, 20_000, endpoint=True)
    moments[:4] = first, last, 0, -1
    expected = np.empty((table.width, len(moments)))
    table.columns["t"].write(made.fitted.states["t"], moments.astype("datetime64[us]"), expected)
    found = run(session_of(onnx_model(made, by_column=False)), {"t": moments.reshape(-1, 1)})
    for part, name in zip(expected, table.target_names, strict=True):
        np.testing.assert_allclose(found[name][:, 0], part, rtol=1e-14, atol=1e-13, err_msg=name)


KNOTS = [[0, 1], [0, 0, 0, 1, 1, 5], [-1, 2, 2, 2, 3, 4, 4], [7, 7], [0, 1e-9, 1, 1e9], list(np.linspace(-3, 3, 100))]


@pytest.mark.parametrize("knots", KNOTS, ids=len)
def test_shares_of_quantiles_are_the_same_at_between_and_beyond_the_knots(knots):
    table = TableSpec.from_json(
        {
            "inputs": [{"name": "x", "type": "number", "scale": "quantile"}],
            "target": {"name": "y", "type": "number", "scale": "none"},
        }
    )
    state = {"name": "x", "fill": 0, "scaling": {"shift": 0, "scale": 1, "knots": knots}}
    one = {"shift": 0, "scale": 1, "knots": []}
    fitted = Fitted.from_json(table, {"rows": 9, "inputs": [state], "target": [one], "warnings": []})
    made = table_source(table, fitted, [PASS], dtype="float64")
    edges = np.array(knots, float)
    x = np.concatenate((edges, edges - 1e-10, edges + 1e-10, edges * 1.3, [-1e300, 1e300]))
    found = run(session_of(onnx_model(made, by_column=False)), {"x": x.reshape(-1, 1)})["y"]
    expected = made.signature.read_rows([{"x": float(number)} for number in x]).values
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


def test_the_file_says_what_it_is_and_needs_no_new_runtime():
    model = onnx.load_from_string(onnx_model(source("kind", "float32"), by_column=False))
    assert model.ir_version == 8
    assert {item.domain: item.version for item in model.opset_import} == {"": 17, "ai.onnx.ml": 3}
    props = {item.key: item.value for item in model.metadata_props}
    assert props == {
        "feedforward.network": "hard",
        "feedforward.snapshot": "snap_1",
        "feedforward.labels": '["x", "y", "z"]',
    }


def test_names_of_columns_never_meet_those_of_nodes():
    names = ["label", "probabilities", "add_1", "constant_2", "gemm_9", "a b", "日本", "x/y"]
    table = TableSpec.from_json(
        {
            "inputs": [{"name": name, "type": "number"} for name in names],
            "target": {"name": "sub_3", "type": "category", "categories": ["a", "b"]},
        }
    )
    made = table_source(table, Fitted.neutral(table), [dense(2, "softmax")], loss="cross_entropy")
    for by_column in (False, True):
        opened = session_of(onnx_model(made, by_column=by_column))
        assert [item.name for item in opened.get_inputs()] == names
        probabilities = ["probability_a", "probability_b"] if by_column else ["output_probabilities"]
        assert [item.name for item in opened.get_outputs()] == ["output_label", *probabilities]


def test_targets_may_be_called_as_outputs_are():
    targets = [{"name": name, "type": "boolean"} for name in ("probabilities", "output_probabilities")]
    table = TableSpec.from_json({"inputs": [{"name": "x", "type": "number"}], "target": targets})
    made = table_source(table, Fitted.neutral(table), [dense(2, "sigmoid")], loss="binary_cross_entropy")
    opened = session_of(onnx_model(made, by_column=False))
    assert [item.name for item in opened.get_outputs()] == [
        "probabilities",
        "output_probabilities",
        "output_output_probabilities",
    ]


# -- what cannot be said ----------------------------------------------------------------------------------------------


def refusal(made):
    with pytest.raises(NotExportable) as caught:
        onnx_model(made, by_column=False)
    [issue] = caught.value.issues
    assert issue.path == ("format",)
    return issue.message


def test_every_layer_activation_and_column_of_the_catalogue_is_in_the_tables():
    assert set(activations.WRITERS) == set(ACTIVATIONS.entries.values())
    assert set(layers.WRITERS) == set(LAYER_TYPES.entries.values())
    assert set(inputs.WRITERS) == set(COLUMN_TYPES.entries.values())


def test_what_is_not_in_the_tables_is_refused_by_name(monkeypatch):
    made = source("kind", "float32")
    for module, kind, name in (
        (activations, "sigmoid", "the activation sigmoid"),
        (layers, "residual", "the layer residual_1"),
        (inputs, "time", "the column at (time)"),
    ):
        left = {key: write for key, write in module.WRITERS.items() if key.name != kind}
        with monkeypatch.context() as patch:
            patch.setattr(module, "WRITERS", left)
            assert refusal(made) == f"onnx has no form of {name} here"


@pytest.mark.parametrize(
    ("spec", "field", "owner"),
    [
        (NumberColumn, "indicator", "the column load"),
        (NumberState, "fill", "the column amount"),
        (Clip, "low", "the clip of the column amount"),
        (Scaling, "knots", "the scaling of the column load"),
        (CategoryColumn, "categories", "the column city"),
        (TimeColumn, "parts", "the column at"),
        (CategoryTarget, "categories", "the target kind"),
    ],
)
def test_a_field_that_the_export_does_not_know_is_refused_by_name(monkeypatch, spec, field, owner):
    left = [name for name in known.FIELDS[spec] if name != field]
    monkeypatch.setattr(known, "FIELDS", {**known.FIELDS, spec: left})
    assert refusal(source("kind", "float32")) == f"onnx has no form of {field} of {owner} here"


def test_every_field_of_a_table_is_known():
    for spec, fields in known.FIELDS.items():
        assert {field.name for field in spec_fields(spec)} == set(fields), spec
    assert {*COLUMN_TYPES.entries.values(), *TARGETS.entries.values()} <= set(known.FIELDS)


def test_weights_beyond_two_gibibytes_are_refused(monkeypatch):
    monkeypatch.setattr("service.exports.onnx.model.MAX_WEIGHT_BYTES", 1000)
    assert "an onnx file holds at most 2 GiB" in refusal(source("kind", "float32"))
