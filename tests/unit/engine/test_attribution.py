"""Integrated gradients: what each input has to do with an output, complete and checked by differences."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.activations.table import ACTIVATIONS
from service.engine.inference import predict
from service.engine.inspection import attribution
from service.engine.inspection.attribution import TOLERANCE, attribute
from service.engine.rows import Rows
from service.schema.validation import DataError
from tests.unit.engine.factories import a_network, dense, embedding, same_bits, some_rows, some_values, train
from tests.unit.engine.test_gradients import STACKS


def softened(layers):
    """The same layers with an ε that bends a normalisation no more than differences can follow."""
    return [
        layer
        | ({"epsilon": 1.0} if layer["type"] == "layer_norm" else {})
        | ({"layers": softened(layer["layers"])} if "layers" in layer else {})
        for layer in layers
    ]


def by_differences(network, values, x, chosen, start):
    """The oracle: central differences of predictions at 40 points of a Gauss-Legendre rule, one row at a time."""
    points, weights = np.polynomial.legendre.leggauss(40)
    shares = np.zeros((len(x), network.inputs))
    for row, end in enumerate(x):
        way = start[0] - 0 * end + (points[:, None] + 1) / 2 * (end - start[0])
        for column in range(network.inputs):
            step = np.zeros(network.inputs)
            step[column] = 1e-5
            up, down = (predict(network, values, way + sign * step)[:, chosen[row]] for sign in (1, -1))
            shares[row, column] = (end - start[0])[column] * weights @ (up - down) / 2e-5 / 2
    return shares


def some_network(stack, **settings):
    network = a_network(*softened(STACKS[stack]), **settings)
    return network, some_values(network), some_rows(network, 5).inputs


@pytest.mark.parametrize("stack", [name for name in STACKS if "embedding" not in name])
def test_every_kind_of_layer_agrees_with_differences_of_its_predictions(stack):
    network, values, x = some_network(stack)
    start, chosen = some_rows(network, 1, seed=8).inputs, [0, 1, 2, 1, 0]
    found = attribute(network, values, x, chosen, start)
    np.testing.assert_allclose(found.values, by_differences(network, values, x, chosen, start), rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("activation", ["tanh", "gelu", "softplus"])
def test_smooth_networks_agree_to_many_digits(activation):
    network = a_network(dense(6, activation), dense(3, "softmax"))
    values, x = some_values(network), some_rows(network, 5).inputs
    found = attribute(network, values, x, 1)
    wanted = by_differences(network, values, x, [1] * 5, np.zeros((1, 3)))
    np.testing.assert_allclose(found.values, wanted, rtol=1e-4, atol=1e-6)
    assert np.abs(found.gaps).max() < 1e-5


@pytest.mark.parametrize("output", list(ACTIVATIONS))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_shares_sum_to_the_difference_of_outputs(output, dtype):
    for hidden in ACTIVATIONS:
        network = a_network(dense(8, hidden), dense(8, hidden), dense(3, output), dtype=dtype)
        values, x = some_values(network), 3 * some_rows(network, 20).inputs
        found = attribute(network, values, x, np.arange(20) % 3)
        outputs, at_start = predict(network, values, x), predict(network, values, np.zeros((1, 3)))[0]
        np.testing.assert_allclose(found.outputs, outputs[np.arange(20), np.arange(20) % 3], rtol=1e-5)
        np.testing.assert_allclose(found.baseline_outputs, at_start[np.arange(20) % 3], rtol=1e-5)
        missed = found.outputs - found.baseline_outputs - found.values.sum(axis=1)
        np.testing.assert_allclose(missed, found.gaps, atol=1e-15)
        sizes = np.abs(found.values).sum(axis=1)
        assert (np.abs(missed) <= TOLERANCE * sizes + 32 * np.finfo(dtype).eps * np.abs(found.outputs)).all()


@given(
    weights=st.lists(st.floats(-5, 5), min_size=4, max_size=4),
    row=st.lists(st.floats(-5, 5), min_size=4, max_size=4),
    start=st.lists(st.floats(-5, 5), min_size=4, max_size=4),
)
def test_a_linear_network_shares_out_weight_times_way(weights, row, start):
    network = a_network(dense(1, weights=[[weight] for weight in weights], bias_init=0.7), inputs=4)
    found = attribute(network, network.initial_values(), [row], 0, [start])
    wanted = np.array(weights) * (np.array(row) - np.array(start))
    np.testing.assert_allclose(found.values[0], wanted, rtol=1e-12, atol=1e-14)


def test_an_input_that_nothing_reads_has_no_share_and_equal_inputs_equal_shares():
    network = a_network(dense(3, "tanh", weights=[[1, 2, 3], [1, 2, 3], [0, 0, 0]]), dense(1))
    found = attribute(network, network.initial_values(), [[0.4, 0.4, 9.0]], 0)
    assert found.values[0, 2] == 0 and found.values[0, 0] == found.values[0, 1] != 0


def test_a_row_that_is_the_baseline_has_nothing_to_share_out():
    network, values, x = some_network("layer_norm inside")
    found = attribute(network, values, x[:1], 2, x[:1])
    assert not found.values.any() and found.gaps == 0


# -- embedded columns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_embedded_column_has_the_sum_over_its_vector(dtype):
    network = a_network(embedding((3, 4, 2), (1, 2, 3)), dense(4, "tanh"), dense(2), inputs=5, dtype=dtype)
    values, x = some_values(network), some_rows(network, 9).inputs
    start = [[0.5, 1, 0, 0, -0.5]]
    vectors = a_network(embedding((3, 4, 2), (1, 2, 3)), inputs=5, dtype=dtype)
    above = a_network(dense(4, "tanh"), dense(2), inputs=8, dtype=dtype)
    ends, begin = (predict(vectors, values[: vectors.size], rows) for rows in (x, start))
    wanted = attribute(above, values[vectors.size :], ends, 1, begin).values
    found = attribute(network, values, x, 1, start)
    parts = [wanted[:, [0]], wanted[:, 1:4], wanted[:, [4]], wanted[:, 5:7], wanted[:, [7]]]
    np.testing.assert_allclose(found.values, np.stack([part.sum(axis=1) for part in parts], axis=1), atol=1e-12)
    assert np.abs(found.gaps).max() < 1e-4


@pytest.mark.parametrize("layers", [[embedding((0, 3, 1))], [embedding((0, 3, 2)), dense(2, "softmax")]])
def test_a_network_of_little_but_an_embedding_is_complete_too(layers):
    network = a_network(*layers, inputs=2, loss="huber")
    values = some_values(network)
    found = attribute(network, values, [[3, 0.5], [0, 0.5], [0, 0]], 0)
    np.testing.assert_allclose(found.values.sum(axis=1), found.outputs - found.baseline_outputs, atol=1e-6)
    assert not found.values[2].any() and found.values[1, 0] == 0


# -- its manners -----------------------------------------------------------------------------------------------------


def test_pieces_of_any_size_give_the_same(monkeypatch):
    network, values, x = some_network("embedding of several")
    whole = attribute(network, values, x, 0)
    for chunk in (1, 40, 100):
        monkeypatch.setattr(attribution, "CHUNK", chunk)
        np.testing.assert_allclose(attribute(network, values, x, 0).values, whole.values, rtol=1e-10, atol=1e-14)


def test_its_memory_does_not_grow_with_the_points():
    network = a_network(dense(256, "relu"), dense(10, "softmax"), inputs=784, dtype="float32")
    x = np.random.default_rng(0).random((200, 784), dtype=np.float32)
    tracemalloc.start()
    try:
        attribute(network, network.initial_values(), x, 3)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64e6


def test_nothing_that_is_given_is_changed():
    network, values, x = some_network("embedding first")
    start = some_rows(network, 1, seed=5).inputs
    kept = [values.copy(), x.copy(), start.copy()]
    attribute(network, values, x, 0, start)
    assert all(same_bits(array, copy) for array, copy in zip((values, x, start), kept, strict=True))


def test_outputs_that_are_not_finite_end_it_as_well():
    network = a_network(dense(2, "tanh"), dense(1, weights=[[1.5e308], [1.5e308]]), inputs=1)
    values = network.from_tensors(network.tensors(network.initial_values()) | {"dense_1.weights": [[1.0, 1.0]]})
    found = attribute(network, values, [[1e3]], 0)
    assert not np.isfinite(found.gaps).all()


@pytest.mark.parametrize(("x", "start"), [([[1, 2]], None), ([[1, 2, np.nan]], None), ([[1, 2, 3]], [[1, 2]])])
def test_rows_that_do_not_fit_are_rejected(x, start):
    network = a_network(dense(1))
    with pytest.raises(DataError):
        attribute(network, network.initial_values(), x, 0, start)


def test_what_a_network_has_learned_to_use_is_what_it_is_given():
    network = a_network(dense(16, "tanh"), dense(1), inputs=4)
    inputs = np.random.default_rng(0).normal(size=(400, 4))
    rows = Rows.of(network, inputs, (2 * inputs[:, 0] - inputs[:, 2])[:, None])
    trainer, _ = train(network, rows, epochs=60, optimizer={"type": "adam", "learning_rate": 0.01})
    found = np.abs(attribute(network, trainer.values, inputs[:50], 0).values).mean(axis=0)
    assert found[0] > found[2] > 5 * max(found[1], found[3])
