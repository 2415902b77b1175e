"""Single calls: each gives the bytes of NumPy's own, or is left to Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.executors.native.program import NativeExecutor
from service.engine.tape import Recorder, maximum, minimum
from tests.unit.engine.executors.comparing import why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=f"no native executor: {why_not()}")

ROWS = [1, 2, 3, 7, 8, 9, 31, 129, 8191, 20001]
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3e38]


def numbers(shape, dtype, seed=0):
    generator = np.random.default_rng(seed)
    values = generator.normal(size=shape).astype(dtype)
    where = generator.random(shape) < 0.2
    values[where] = generator.choice(np.array(SPECIAL, dtype), where.sum())
    return values


def check(function, *arguments, out, lowered=True):
    """Make the call natively, and compare with what it gives in Python from the same start."""
    start = out.copy()
    with np.errstate(all="ignore"):
        function(*arguments)
        expected = out.copy()
        out[...] = start
        tape = Recorder(rows=1, dtype=out.dtype)
        tape.call(function, *arguments)
        program = NativeExecutor().prepare(tape.calls)
        program.run(0, 1)
    np.testing.assert_array_equal(out, expected, strict=True)
    assert np.array_equal(np.signbit(out), np.signbit(expected)) or np.isnan(expected).any()
    assert bool(program.left) != lowered


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("units", [1, 2, 5, 17])
@pytest.mark.parametrize("ufunc", [np.add, np.maximum])
@pytest.mark.parametrize("axis", [0, 1])
def test_reductions(ufunc, axis, units, rows, dtype):
    array = numbers((units, rows), dtype)
    out = np.empty((1, rows) if axis == 0 else (units, 1), dtype)
    check(ufunc.reduce, array, axis, None, out, True, out=out)


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("shape", [(3, 4, 9), (3, 1, 9), (3, 4, 1), (1, 4, 9), (1, 1, 1)])
def test_reductions_in_a_stack(shape, axis):
    array = numbers((shape[0], shape[1] + 1, shape[2]), "float32")[:, : shape[1]]
    out = np.empty([1 if place == axis else length for place, length in enumerate(shape)], "float32")
    check(np.add.reduce, array, axis, None, out, True, out=out)


UNARY = [np.exp, np.tanh, np.sqrt, np.expm1, np.negative, np.absolute, np.sign, np.log, np.log1p]
BINARY = [np.add, np.subtract, np.multiply, np.divide, np.logaddexp, maximum, minimum]
SHAPES = st.tuples(st.integers(1, 4), st.integers(1, 9), st.integers(1, 70))


def broadcast(draw, shape):
    """A shape that broadcasts to this one."""
    return tuple(1 if draw(st.booleans()) else length for length in shape)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), shape=SHAPES, dtype=st.sampled_from(["float32", "float64"]), ufunc=st.sampled_from(BINARY))
def test_elementwise(data, shape, dtype, ufunc):
    a, b = (numbers(broadcast(data.draw, shape), dtype, seed) for seed in (1, 2))
    out = np.zeros((shape[0], shape[1] + data.draw(st.integers(0, 1)), shape[2]), dtype)[:, : shape[1]]
    if data.draw(st.booleans()):
        a = numbers(shape, dtype, 3) if data.draw(st.booleans()) else out
    check(ufunc, a, b, out, out=out)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("ufunc", UNARY)
@pytest.mark.parametrize("length", [1, 3, 8, 33, 4097])
def test_functions(ufunc, length, dtype):
    out = np.zeros((2, length), dtype)
    check(ufunc, numbers((2, length), dtype), out, out=out)
    wide = numbers((2, length + 3), dtype)[:, :length]
    check(ufunc, wide, wide, out=wide)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("m", [1, 2, 9])
@pytest.mark.parametrize("n", [1, 2, 33])
@pytest.mark.parametrize("p", [1, 2, 17])
def test_products(m, n, p, dtype):
    a, b, out = numbers((m, n), dtype), numbers((n, p), dtype), np.zeros((m, p), dtype)
    for matrix in (a, b):
        matrix[np.abs(matrix) > 9] = matrix[np.isnan(matrix)] = -0.0
    for left, right in ((a, b), (np.asfortranarray(a), b), (a, np.asfortranarray(b))):
        start = out.copy()
        tape = Recorder(rows=1, dtype=dtype)
        tape.dot(left, right, out, help="")
        program = NativeExecutor().prepare(tape.calls)
        program.run(0, 1)
        left.dot(right, start)
        assert out.tobytes() == start.tobytes()


def test_truth_values():
    on, d = numbers((3, 9), "float32") > 0, numbers((3, 9), "float32")
    check(np.multiply, d, on, d, out=d)
    check(np.copyto, d, np.array(2, "float32"), "same_kind", on, out=d)
    check(np.greater_equal, d, np.array(0.5, "float32"), d, out=d)
    check(np.logical_and, on, d > 0, on, out=on)


@pytest.mark.parametrize("fill", [0, 1.5])
def test_filled_columns(fill):
    matrix = numbers((4, 5), "float64")
    check(matrix[:, -1].fill, fill, out=matrix)


def test_what_overlaps_or_lies_otherwise_is_left_to_python():
    a = numbers((40,), "float32")
    check(np.add, a[1:], a[:-1], a[1:], out=a, lowered=False)
    check(np.copyto, a[::-1], a[:1], out=a, lowered=False)
    turned, out = numbers((4, 3), "float32").T, np.zeros((4, 3), "float32").T
    check(np.exp, turned, out, out=out, lowered=False)
    whole = np.zeros(40, np.intp)
    check(np.copyto, whole, np.arange(40.0), "unsafe", out=whole, lowered=False)
    check(np.add.reduce, a.reshape(4, 10), 1, np.dtype(np.float64), np.zeros((4, 1)), True, out=a, lowered=False)
