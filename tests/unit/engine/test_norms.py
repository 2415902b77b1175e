"""Norms, where squares overflow too, and what is bounded by them."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.engine.norms import each_norm, norm, norms
from service.engine.rows import Rows
from tests.unit.engine.factories import a_network, dense, train


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6),
    scale=st.sampled_from([1.0, 1e18, 1e30]),
    count=st.integers(1, 3),
)
def test_a_norm_is_that_of_double_precision(numbers, scale, count):
    vectors = np.tile(np.array(numbers) * scale, (count, 1)).astype(np.float32)
    vectors[0] /= np.float32(scale)
    expected = np.linalg.norm(vectors.astype(np.float64), axis=-1)
    np.testing.assert_allclose(norms(vectors), expected, rtol=1e-5, atol=1e-15)
    np.testing.assert_allclose([norm(vector) for vector in vectors], expected, rtol=1e-5, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 7, 33, 2410, 40_001])
def test_the_norm_of_each_has_the_bits_of_its_own(size, dtype):
    wide = np.random.default_rng(size).normal(size=(5, size + 3)).astype(dtype)
    wide[1] *= np.finfo(dtype).max / 10
    wide[2, 0] = np.nan
    assert each_norm(wide[:, :size]).tobytes() == np.array([norm(vector[:size]) for vector in wide]).tobytes()


@pytest.mark.parametrize("wild", [np.nan, np.inf, -np.inf])
def test_a_norm_is_not_finite_where_a_number_is_not(wild):
    vectors = np.array([[1.0, wild], [1e200, 1e200], [0.0, 0.0]])
    assert list(np.isfinite(norms(vectors))) == [False, True, True]
    assert [math.isfinite(norm(vector)) for vector in vectors] == [False, True, True]


@pytest.mark.parametrize("kind", ["norm", "global_norm"])
def test_a_gradient_too_long_for_its_square_is_shortened_and_not_dropped(kind):
    network = a_network(dense(1, weights=[[1.0]], bias=False), inputs=1, dtype="float32", loss="log_cosh")
    rows = Rows.of(network, [[1e25]], [[0.0]])
    requested_states = {"optimizer": {"type": "sgd", "learning_rate": 0.25}, "clipping": {"type": kind, "limit": 1}}
    trainer, _ = train(network, rows, epochs=1, **requested_states)
    assert trainer.values[0] == 0.75


def test_weights_too_long_for_their_square_are_brought_back_to_max_norm():
    network = a_network(dense(1, weights=[[1e25]], bias=False, max_norm=2), inputs=1, dtype="float32", loss="log_cosh")
    trainer, _ = train(network, Rows.of(network, [[1.0]], [[0.0]]), epochs=1)
    assert trainer.values[0] == 2
