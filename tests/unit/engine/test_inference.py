"""Prediction as a pure function, and weights in and out of the flat vector."""

import copy
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.activations.table import ACTIVATIONS
from service.engine.evaluation import evaluate
from service.engine.inference import CHUNK, KEPT_PROGRAMS, Predictor, predict
from service.engine.inspection.explanation import explain
from service.engine.metrics.table import METRICS
from service.engine.optimizers import Adam
from service.engine.rows import Rows
from service.schema.validation import DataError
from tests.unit.engine.factories import a_network, dense, same_bits, some_rows, some_values, train

RESIDUAL = {"type": "residual", "layers": [dense(8, "mish"), {"type": "layer_norm"}]}
EVERYTHING = [
    dense(8, "gelu"),
    {"type": "batch_norm"},
    {"type": "activation", "activation": "tanh"},
    {"type": "dropout", "drop_rate": 0.5},
    RESIDUAL,
    dense(4, "softmax"),
]


@pytest.fixture(params=["float32", "float64"])
def network(request):
    return a_network(*EVERYTHING, loss="cross_entropy", dtype=request.param)


@pytest.fixture
def values(network):
    return some_values(network)


def close(a, b, dtype):
    """Equal up to the order of sums."""
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-14 if dtype == np.float64 else 1e-6)


# -- a pure function -------------------------------------------------------------------------------------------------


def test_many_threads_predict_the_same_from_one_set_of_weights(network, values):
    batches = [some_rows(network, count, seed=count).inputs for count in range(1, 40)]
    predictor = Predictor(network, values)
    expected = [predict(network, values, x) for x in batches]
    kept = values.copy()
    with ThreadPoolExecutor(8) as threads:
        for function in (lambda x: predict(network, values, x), predictor.predict):
            for actual, wanted in zip(threads.map(function, batches * 10), expected * 10, strict=True):
                close(actual, wanted, network.dtype)
    assert same_bits(values, kept)


def test_a_predictor_gives_a_single_row_the_outputs_of_predict_in_an_array_of_its_own(network, values):
    predictor = Predictor(network, values)
    rows = some_rows(network, 5).inputs
    outputs = [predictor.predict(row[None]) for row in rows]
    close(np.concatenate(outputs), predict(network, values, rows), network.dtype)


def test_a_predictor_keeps_a_few_programs_however_many_threads_have_asked(network, values):
    predictor = Predictor(network, values)
    together = threading.Barrier(12)

    def ask(row):
        together.wait()
        return predictor.predict(row[None])

    rows = some_rows(network, 12).inputs
    with ThreadPoolExecutor(12) as threads:
        outputs = list(threads.map(ask, rows))
    close(np.concatenate(outputs), predict(network, values, rows), network.dtype)
    assert 1 <= len(predictor._free) <= KEPT_PROGRAMS


def test_threads_take_turns_at_a_network_of_many_numbers(monkeypatch):
    network = a_network({"type": "activation", "activation": "relu"}, inputs=CHUNK // 8, dtype="float32")
    predictor = Predictor(network, network.initial_values())
    running, most, lock = 0, 0, threading.Lock()
    real = predictor._prepare

    def prepare():
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return real()
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(predictor, "_prepare", prepare)
    x = np.ones((1, network.inputs), np.float32)
    with ThreadPoolExecutor(12) as threads:
        assert all(output[0, 0] == 1 for output in threads.map(predictor.predict, [x] * 24))
    assert 1 <= most <= KEPT_PROGRAMS


@given(order=st.permutations(range(9)))
def test_permuting_the_rows_permutes_the_outputs(order):
    network = a_network(*EVERYTHING, loss="cross_entropy")
    values, rows = some_values(network), some_rows(network, 9).inputs
    close(predict(network, values, rows[order]), predict(network, values, rows)[order], network.dtype)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_rows_beyond_a_chunk_go_through_in_pieces_and_come_out_in_order(over):
    width = 4096
    network = a_network(dense(1), inputs=width, dtype="float32")
    count = 2 * (CHUNK // network.width) + over
    x = np.zeros((count, width), np.float32)
    x[:, 0] = np.arange(count)
    outputs = predict(network, network.initial_values(), x)
    weight = network.tensors(network.initial_values())["dense_1.weights"][0, 0]
    np.testing.assert_allclose(outputs[:, 0], weight * np.arange(count), rtol=1e-6)


def test_nothing_that_is_given_is_changed(network, values):
    rows = some_rows(network, 7, weighted=True)
    given = [values, rows.inputs, rows.targets, rows.sample_weights]
    kept = copy.deepcopy(given)
    predict(network, values, rows.inputs)
    Predictor(network, values).predict(rows.inputs[:1])
    evaluate(network, values, rows, [METRICS["accuracy"](), METRICS["log_loss"]()])
    explain(network, values, rows, Adam())
    network.from_tensors(network.tensors(values))
    network.layers_json(values)
    assert all(same_bits(array, copy) for array, copy in zip(given, kept, strict=True))


def test_what_is_returned_is_the_callers_own(network, values):
    kept = values.copy()
    rows = some_rows(network, 3).inputs
    predict(network, values, rows)[...] = 0
    for tensor in network.tensors(values).values():
        tensor[...] = 0
    assert same_bits(values, kept)


# -- its numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e3, 1e30])
@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
def test_softmax_of_large_logits_is_finite(scale, loss):
    network = a_network(dense(3, "softmax", weights=[[scale, 0, -scale]]), inputs=1, loss=loss, dtype="float32")
    outputs = predict(network, network.initial_values(), [[1], [-1], [0]])
    np.testing.assert_allclose(outputs, [[1, 0, 0], [0, 0, 1], [1 / 3] * 3], rtol=1e-6)
    rows = Rows.of(network, [[1]], [[1, 0, 0]])
    assert evaluate(network, network.initial_values(), rows)["loss"] == 0
    wrong = Rows.of(network, [[1]], [[0, 0, 1]])
    assert np.isfinite(evaluate(network, network.initial_values(), wrong)["loss"])


@given(logits=st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=5))
def test_softmax_shares_one_whole_whatever_the_logits(logits):
    network = a_network(dense(len(logits), "softmax", weights=[logits]), inputs=1)
    outputs = predict(network, network.initial_values(), [[1.0]])
    assert np.isfinite(outputs).all() and outputs.sum() == pytest.approx(1) and (outputs >= 0).all()
    assert outputs[0, np.argmax(logits)] == outputs.max()


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("z", [-1e4, -100.0, -1.0, 0.0, 1.0, 100.0, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activations_are_finite_far_out(activation, z, dtype):
    network = a_network(dense(1, activation, weights=[[1.0]]), inputs=1, dtype=dtype)
    assert np.isfinite(predict(network, network.initial_values(), [[z]])).all()


def test_prediction_normalises_with_what_training_left():
    network = a_network({"type": "batch_norm", "momentum": 0}, dense(2))
    rows = some_rows(network, 40)
    still = {"type": "sgd", "learning_rate": 1e-30}
    trainer, (report,) = train(network, rows, epochs=1, batch_size="full", optimizer=still)
    assert evaluate(network, trainer.values, rows)["loss"] == pytest.approx(report.loss, rel=1e-12)
    assert evaluate(network, network.initial_values(), rows)["loss"] != pytest.approx(report.loss, rel=1e-3)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[1, 2]], "must have 3 numbers per row, got 2"),
        ([1, 2, 3], "must be one or more rows of 3 numbers, got shape (3,)"),
        ([], "must be one or more rows of 3 numbers, got no rows"),
        ([[1, 2, float("nan")]], "[0][2]: must be a finite number that fits float64, got nan"),
        ([[1, 2, 3], [1, 2]], "[1]: must be 3 numbers, got 2 values"),
        ([["1", 2, 3]], "[0][0]: must be a number"),
        ([[None, 2, True]], "[0][0]: must be a number; [0][2]: must be a number"),
        ([[1, 2, 10**30]], "[0][2]: has too many digits; write it in the form 1e30"),
        ("rows", "must be one or more rows of 3 numbers"),
        (None, "must be one or more rows of 3 numbers"),
    ],
)
def test_inputs_that_are_no_rows_of_numbers_are_rejected(x, message):
    network = a_network(dense(1))
    with pytest.raises(DataError) as rejected:
        predict(network, network.initial_values(), x)
    assert str(rejected.value) == message


def test_a_number_beyond_the_dtype_is_rejected():
    network = a_network(dense(1), dtype="float32")
    with pytest.raises(DataError, match=r"\[0\]\[1\]: must be a finite number that fits float32, got 1e\+39"):
        predict(network, network.initial_values(), [[1, 1e39, 3]])


def test_a_predictor_takes_one_row_of_numbers_whose_sum_is_beyond_the_dtype_and_rejects_what_is_not_finite():
    network = a_network(dense(1, "sigmoid"), dtype="float32")
    predictor = Predictor(network, network.initial_values())
    large = np.array([[3e38, 3e38, 3e38]])
    np.testing.assert_array_equal(predictor.predict(large), predict(network, network.initial_values(), large))
    for wrong in (np.nan, np.inf, -np.inf):
        with pytest.raises(DataError, match=r"\[0\]\[1\]: must be a finite number"):
            predictor.predict(np.array([[-wrong, wrong, 1.0]])[:, [2, 1, 0]])


# -- weights in and out ----------------------------------------------------------------------------------------------


def test_weights_come_back_from_tensors_and_from_bytes(network, values):
    assert same_bits(network.from_tensors(network.tensors(values)), values)
    assert same_bits(network.from_bytes(network.to_bytes(values)), values)
    lists = {name: tensor.tolist() for name, tensor in network.tensors(values).items()}
    assert same_bits(network.from_tensors(lists), values)


@given(st.data())
def test_any_bits_of_a_flat_vector_survive(data):
    network = a_network(*EVERYTHING, dtype="float32")
    values = np.frombuffer(data.draw(st.binary(min_size=network.size * 4, max_size=network.size * 4)), np.float32)
    assert same_bits(network.from_bytes(network.to_bytes(values)), values)


def test_the_manifest_finds_every_tensor_in_the_buffer(network, values):
    buffer = network.to_bytes(values)
    end = 0
    for entry in sorted(network.manifest(), key=lambda entry: entry["offset"]):
        assert entry["offset"] == end
        count = int(np.prod(entry["shape"]))
        found = np.frombuffer(buffer, np.dtype(entry["dtype"]).newbyteorder("<"), count, entry["offset"])
        layer, _, key = entry["name"].rpartition(".")
        node = next(node for node in network.all_nodes if node.name == layer)
        assert np.array_equal(found.reshape(entry["shape"]), node.values(values)[key])
        end += count * network.dtype.itemsize
    assert end == len(buffer) == network.size * network.dtype.itemsize


def test_tensors_are_named_and_shaped_as_a_user_knows_them(network, values):
    assert {name: tensor.shape for name, tensor in network.tensors(values).items()} == {
        "dense_1.weights": (3, 8),
        "dense_1.biases": (8,),
        **{f"batch_norm_1.{key}": (8,) for key in ("scale", "shift", "mean", "variance")},
        "residual_1.dense_1.weights": (8, 8),
        "residual_1.dense_1.biases": (8,),
        **{f"residual_1.layer_norm_1.{key}": (8,) for key in ("scale", "shift")},
        "dense_2.weights": (8, 4),
        "dense_2.biases": (4,),
    }
    assert all(tensor.flags.c_contiguous for tensor in network.tensors(values).values())


def test_layers_as_json_hold_the_same_numbers(network, values):
    tensors = network.tensors(values)
    for layer in network.layers_json(values):
        for key, value in layer.items():
            if key not in ("name", "type"):
                assert value == tensors[f"{layer['name']}.{key}"].tolist()


def test_every_misfit_among_given_tensors_is_named(network, values):
    tensors = network.tensors(values)
    del tensors["dense_1.biases"]
    tensors |= {"dense_9.weights": np.ones(1), "dense_2.weights": np.ones((4, 8)), "dense_2.biases": [1, 2, 3, None]}
    tensors["batch_norm_1.scale"] = np.full(8, np.nan)
    with pytest.raises(DataError) as rejected:
        network.from_tensors(tensors)
    assert {issue.path[0]: issue.message.split(";")[0] for issue in rejected.value.issues} == {
        "dense_1.biases": "is missing",
        "dense_9.weights": "is not a tensor of this network",
        "dense_2.weights": "must have shape (8, 4), got (4, 8)",
        "dense_2.biases": "must be numbers of shape (4,), in rows of equal length",
        "batch_norm_1.scale": f"must be finite numbers that fit {network.dtype.name}",
    }


@pytest.mark.parametrize("change", [-1, 1])
def test_a_buffer_of_another_size_is_rejected(network, values, change):
    buffer = (network.to_bytes(values) + b"\0")[: len(network.to_bytes(values)) + change]
    with pytest.raises(DataError, match="bytes, got"):
        network.from_bytes(buffer)
