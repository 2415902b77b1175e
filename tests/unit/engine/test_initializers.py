import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.initializers import INITIALIZERS, Constant, Normal, Orthogonal, Uniform
from service.schema.validation import SpecError

INPUTS, UNITS = 300, 200

VARIANCES = {
    "glorot_uniform": 2 / (INPUTS + UNITS),
    "glorot_normal": 2 / (INPUTS + UNITS),
    "he_uniform": 2 / INPUTS,
    "he_normal": 2 / INPUTS,
    "lecun_uniform": 1 / INPUTS,
    "lecun_normal": 1 / INPUTS,
    "uniform": 0.1**2 / 12,
    "normal": 0.05**2,
    "orthogonal": 1 / INPUTS,
}

LIMITS = {
    "glorot_uniform": math.sqrt(6 / (INPUTS + UNITS)),
    "he_uniform": math.sqrt(6 / INPUTS),
    "lecun_uniform": math.sqrt(3 / INPUTS),
    "uniform": 0.05,
}


def example(name):
    return Constant(value=0.3) if name == "constant" else INITIALIZERS[name]()


def drawn(initializer, *, seed=1, inputs=INPUTS, units=UNITS, dtype=np.float64):
    return initializer.draw(np.random.default_rng(seed), inputs, units, dtype)


@pytest.mark.parametrize("name", VARIANCES)
def test_the_weights_have_the_papers_variance_and_mean_zero(name):
    weights = drawn(example(name))
    # The standard error of a variance over 60,000 numbers is below 0.6 %; five of them leave room for any seed.
    assert weights.var() == pytest.approx(VARIANCES[name], rel=0.03)
    assert abs(weights.mean()) < 5 * math.sqrt(VARIANCES[name] / weights.size)


@pytest.mark.parametrize("name", LIMITS)
def test_a_uniform_draw_fills_its_range_and_stays_inside(name):
    weights = np.abs(drawn(example(name)))
    assert 0.999 * LIMITS[name] < weights.max() <= LIMITS[name]


@pytest.mark.parametrize("name", list(INITIALIZERS))
@given(inputs=st.integers(1, 9), units=st.integers(1, 9), seed=st.integers(0, 2**32))
def test_one_seed_gives_one_start_in_both_dtypes(name, inputs, units, seed):
    double = drawn(example(name), seed=seed, inputs=inputs, units=units)
    single = drawn(example(name), seed=seed, inputs=inputs, units=units, dtype=np.float32)
    assert double.shape == (inputs, units) and single.dtype == np.float32
    assert single.flags.c_contiguous and double.flags.c_contiguous
    np.testing.assert_array_equal(single, double.astype(np.float32))


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_two_draws_from_one_generator_differ_unless_the_value_is_fixed(name):
    generator = np.random.default_rng(3)
    first, second = (example(name).draw(generator, 4, 5, np.float64) for _ in range(2))
    assert np.array_equal(first, second) == (name in ("zeros", "constant"))


@given(inputs=st.integers(1, 12), units=st.integers(1, 12), gain=st.floats(0.1, 10), seed=st.integers(0, 2**32))
def test_orthogonal_weights_keep_lengths_up_to_the_gain(inputs, units, gain, seed):
    weights = drawn(Orthogonal(gain=gain), seed=seed, inputs=inputs, units=units) / gain
    gram = weights.T @ weights if inputs >= units else weights @ weights.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_orthogonal_weights_are_as_often_a_reflection_as_a_rotation():
    generator = np.random.default_rng(5)
    determinants = [np.linalg.det(Orthogonal().draw(generator, 3, 3, np.float64)) for _ in range(400)]
    assert abs(np.mean(determinants)) < 0.25


def test_parameters_move_the_distribution():
    assert drawn(Uniform(low=2, high=3)).mean() == pytest.approx(2.5, abs=0.01)
    assert drawn(Normal(mean=-1, std=0.5)).mean() == pytest.approx(-1, abs=0.01)
    assert np.all(drawn(Constant(value=0.25)) == 0.25)
    assert not drawn(INITIALIZERS["zeros"]()).any()


@pytest.mark.parametrize(
    ("given", "issue"),
    [
        ({"type": "uniform", "low": 1, "high": 1}, "high: must be above low (1), got 1"),
        ({"type": "normal", "std": -1}, "std: must be at least 0, got -1"),
        ({"type": "constant"}, "value: is required"),
        ({"type": "he_norma"}, 'type: unknown initializer "he_norma"; did you mean "he_normal"?'),
    ],
)
def test_a_bad_initializer_is_rejected_with_its_place(given, issue):
    with pytest.raises(SpecError) as rejected:
        INITIALIZERS.read(given)
    assert str(rejected.value).startswith(issue)


@pytest.mark.parametrize("name", list(INITIALIZERS))
def test_every_initializer_says_what_it_does_and_where_it_is_from(name):
    assert INITIALIZERS[name].formula and INITIALIZERS[name].source
