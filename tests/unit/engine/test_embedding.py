"""Categories as learned vectors: what comes out, what is learned, and codes that are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.inference import Predictor, predict
from service.engine.inspection.dry_run import dry_run
from service.engine.inspection.explanation import explain
from service.engine.inspection.passes import backpropagate
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS, Sgd
from service.engine.rows import MAX_ISSUES, Rows
from service.engine.spec import NetworkSpec
from service.schema.validation import DataError, SpecError
from tests.unit.engine.factories import a_network, dense, embedding, same_bits, some_rows, some_values, train

TWO = embedding((3, 4, 2), (1, 2, 3))


def an_embedded_network(**settings):
    return a_network(TWO, dense(4, "tanh"), dense(2), inputs=5, **settings)


def embedded(network, values, x):
    """The oracle: one row at a time, one column at a time."""
    tensors = network.tensors(values)
    tables = {column: tensors[f"embedding_1.column_{column}"] for column in network.codes}
    return np.array(
        [
            np.concatenate([tables[i][int(cell)] if i in tables else [cell] for i, cell in enumerate(row)])
            for row in np.asarray(x)
        ]
    )


# -- what comes out --------------------------------------------------------------------------------------------------


@given(columns=st.dictionaries(st.integers(0, 4), st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1))
def test_each_code_gives_way_to_its_vector_and_the_others_pass_in_order(columns):
    network = a_network(embedding(*((index, *column) for index, column in columns.items())), inputs=5)
    values, rows = some_values(network), some_rows(network, 7)
    assert same_bits(predict(network, values, rows.inputs), embedded(network, values, rows.inputs))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_layers_above_see_the_vectors(dtype):
    network = an_embedded_network(dtype=dtype)
    values, rows = some_values(network), some_rows(network, 50)
    above = a_network(dense(4, "tanh"), dense(2), inputs=8, dtype=dtype)
    tensors = {k: v for k, v in network.tensors(values).items() if k.startswith("dense")}
    expected = predict(above, above.from_tensors(tensors), embedded(network, values, rows.inputs))
    np.testing.assert_allclose(predict(network, values, rows.inputs), expected, rtol=1e-6 if dtype == "float32" else 0)


def test_a_predictor_gives_a_single_row_the_same():
    network = an_embedded_network()
    values, rows = some_values(network), some_rows(network, 9).inputs
    outputs = [Predictor(network, values).predict(row[None])[0] for row in rows]
    np.testing.assert_allclose(outputs, predict(network, values, rows), rtol=1e-12)


def test_weights_are_one_row_for_each_code_and_an_unknown_category_starts_as_zeros():
    network = an_embedded_network(seed=3)
    tensors = network.tensors(network.initial_values())
    assert tensors["embedding_1.column_1"].shape == (3, 3) and tensors["embedding_1.column_3"].shape == (5, 2)
    for name in ("embedding_1.column_1", "embedding_1.column_3"):
        assert not tensors[name][0].any() and tensors[name][1:].all()
    values = some_values(network)
    assert same_bits(network.from_tensors(network.tensors(values)), values)


def test_vectors_start_about_as_long_as_the_one_hot_column_they_stand_for():
    network = a_network(embedding((0, 2000, 16)), inputs=1)
    table = network.tensors(network.initial_values())["embedding_1.column_0"][1:]
    assert np.mean(np.sum(table**2, axis=1)) == pytest.approx(1, rel=0.05)
    wide = embedding((0, 2000, 16), weight_init={"type": "uniform", "low": 2, "high": 3})
    table = a_network(wide, inputs=1).initial_values()
    assert table[table != 0].min() > 2 and table.max() < 3


# -- what is learned -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weighted", [False, True])
def test_the_derivative_by_a_vector_is_the_sum_over_the_rows_of_its_code(weighted):
    network = an_embedded_network()
    rows = some_rows(network, 60, weighted=weighted)
    explanation = explain(network, some_values(network), rows, Sgd(learning_rate=0.1))
    layer = explanation.layers[0]
    np.testing.assert_array_equal(layer.activation, embedded(network, some_values(network), rows.inputs))
    for column, part in ((1, slice(1, 4)), (3, slice(5, 7))):
        one_hot = rows.inputs[:, [column]] == np.arange(network.codes[column] + 1)
        gradient = layer.gradients[f"column_{column}"]
        np.testing.assert_allclose(gradient, one_hot.T @ layer.delta[:, part], rtol=1e-10, atol=1e-15)
        before = network.tensors(some_values(network))[f"embedding_1.column_{column}"]
        np.testing.assert_allclose(explanation.after[0][f"column_{column}"], before - 0.1 * gradient, rtol=1e-10)


def test_a_code_that_no_row_has_has_no_derivative():
    network = a_network(embedding((0, 5, 2)), dense(1), inputs=1)
    rows = Rows.of(network, [[1], [4], [1]], [[1], [2], [3]])
    padded = np.zeros(network.size)
    padded[: network.parameter_count] = backpropagate(network, some_values(network), rows).gradient
    gradient = network.tensors(padded)["embedding_1.column_0"]
    assert gradient[[1, 4]].all() and not gradient[[0, 2, 3, 5]].any()


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_it_learns_as_one_hot_columns_do_under_a_linear_layer(optimizer):
    """A vector E[code] is E times a one-hot row: with the same start the two networks are one."""
    start = np.random.default_rng(0).normal(size=(4, 2))
    coded = a_network(embedding((0, 3, 2)), dense(1, "tanh"), inputs=1, seed=2)
    plain = a_network(dense(2, bias=False, weights=start.tolist()), dense(1, "tanh"), inputs=4, seed=2)
    own = coded.tensors(coded.initial_values())
    values = coded.from_tensors(own | {"embedding_1.column_0": start})
    kept = {
        "dense_1.weights": start,
        "dense_2.weights": own["dense_1.weights"],
        "dense_2.biases": own["dense_1.biases"],
    }
    codes = np.random.default_rng(1).integers(0, 4, 30)
    targets = np.sin(codes)[:, None]
    settings = {"epochs": 5, "batch_size": 8, "optimizer": {"type": optimizer, "weight_decay": 0}}
    ours, reports = train(coded, Rows.of(coded, codes[:, None], targets), values=values, **settings)
    rows = Rows.of(plain, np.eye(4)[codes], targets)
    theirs, expected = train(plain, rows, values=plain.from_tensors(kept), **settings)
    np.testing.assert_allclose([r.loss for r in reports], [r.loss for r in expected], rtol=1e-10)
    learned = coded.tensors(ours.values)["embedding_1.column_0"]
    np.testing.assert_allclose(learned, plain.tensors(theirs.values)["dense_1.weights"], rtol=1e-8, atol=1e-12)


def test_a_large_table_that_a_batch_hardly_touches_is_not_called_vanishing():
    network = a_network(embedding((0, 200_000, 2)), dense(1), inputs=1)
    rows = Rows.of(network, [[1], [2]], [[1], [2]])
    _, (report,) = train(network, rows, epochs=1, batch_size="full")
    assert report.layers[0].layer == "embedding_1" and report.layers[0].verdict is None


def test_a_dry_run_knows_its_shapes():
    first = dry_run(an_embedded_network()).layers[0]
    assert (first.inputs, first.outputs, first.parameters) == (5, 8, 3 * 3 + 5 * 2)


# -- codes that are none ---------------------------------------------------------------------------------------------


def places(read):
    with pytest.raises(DataError) as rejected:
        read()
    return [issue.location for issue in rejected.value.issues]


@pytest.mark.parametrize("cell", [-1, 3, 0.5, 2.0000000001, -0.25, 1e9])
def test_a_cell_that_is_no_code_is_rejected_with_its_place(cell):
    network = an_embedded_network(dtype="float32")
    x = [[0.5, 1, -2, 4, 9.5], [0.5, cell, -2, 4, 9.5]]
    values = network.initial_values()
    for read in (lambda: predict(network, values, x), lambda: Predictor(network, values).predict(x)):
        assert places(read) == ["[1][1]"]
    assert places(lambda: Rows.of(network, x, [[0, 0], [0, 0]])) == ["inputs[1][1]"]
    predictor = Predictor(network, values)
    assert places(lambda: predictor.predict(np.array(x[1:]))) == ["[0][1]"]
    with pytest.raises(DataError, match=r"a whole number from 0 \(unknown\) to 2, got"):
        predictor.predict(x[1:])


def test_every_column_with_such_cells_is_named_up_to_a_bound():
    network = an_embedded_network()
    x = np.full((30, 5), 0.5)
    found = places(lambda: predict(network, network.initial_values(), x))
    assert len(found) == 2 * (MAX_ISSUES + 1) and {"[0][1]", "[0][3]", ""} <= set(found)


@pytest.mark.parametrize("given_as", [np.float32, np.float64, np.int8, np.uint16, np.bool_])
def test_codes_may_be_of_any_kind_of_number(given_as):
    network = a_network(embedding((0, 100, 2)), inputs=1)
    values, codes = some_values(network), np.array([[1], [0], [1]])
    assert same_bits(predict(network, values, codes.astype(given_as)), predict(network, values, codes))


def test_half_precision_is_rejected_where_it_cannot_hold_every_code():
    few, many = (a_network(embedding((0, categories, 2)), inputs=1) for categories in (2048, 2049))
    codes = np.array([[2047.0]], np.float16)
    assert np.isfinite(predict(few, few.initial_values(), codes)).all()
    with pytest.raises(DataError, match="float16, which cannot hold every category code up to 2049"):
        predict(many, many.initial_values(), codes)
    with pytest.raises(DataError, match="float16"):
        Predictor(many, many.initial_values()).predict(codes)
    assert np.isfinite(Predictor(few, few.initial_values()).predict(codes)).all()


# -- specs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([dense(3), embedding((0, 2, 1))], "layers[1]"),
        ([{"type": "dropout", "drop_rate": 0.1}, embedding((0, 2, 1))], "layers[1]"),
        ([{"type": "residual", "layers": [embedding((0, 2, 1))]}], "layers[0].layers[0]"),
        ([embedding((0, 2, 1)), embedding((1, 2, 1))], "layers[1]"),
        ([embedding((5, 2, 1))], "layers[0].columns[0].index"),
        ([embedding((0, 2, 1), (0, 3, 1))], "layers[0].columns[1].index"),
        ([embedding((-1, 2, 1))], "layers[0].columns[0].index"),
        ([embedding((0, 0, 1))], "layers[0].columns[0].categories"),
        ([embedding((0, 2**24 + 1, 1))], "layers[0].columns[0].categories"),
        ([embedding((0, 2, 0))], "layers[0].columns[0].size"),
        ([embedding()], "layers[0].columns"),
        ([{"type": "embedding", "columns": [{"index": 0}]}], "layers[0].columns[0].categories"),
    ],
)
def test_an_embedding_that_cannot_be_is_rejected_with_its_place(layers, expected):
    with pytest.raises(SpecError) as rejected:
        NetworkSpec.from_json({"inputs": 5, "layers": layers})
    assert expected in [issue.location for issue in rejected.value.issues]


def test_a_table_too_large_is_rejected_before_anything_is_allocated():
    spec = NetworkSpec.from_json({"inputs": 1, "layers": [embedding((0, 2**24, 10**6))]})
    with pytest.raises(SpecError, match="at most 50,000,000 are allowed"):
        Network(spec)


def test_a_spec_is_written_and_read_back():
    spec = an_embedded_network().spec
    assert NetworkSpec.from_json(spec.to_json()) == spec
