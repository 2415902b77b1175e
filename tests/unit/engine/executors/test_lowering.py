"""Single calls: each gives the bytes of NumPy's own, or is left to Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.executors.native.program import NativeExecutor
from service.engine.executors.native.row import SMALL
from service.engine.executors.python import PythonExecutor
from service.engine.products import give_same_bits
from service.engine.tape import Call, Recorder, maximum, minimum, shuffle, uniform
from tests.examples import examples
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


@settings(max_examples=examples(50), deadline=None)
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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_draws_leave_the_generator_as_numpy_does(dtype):
    python, native = np.random.default_rng(7), np.random.default_rng(7)
    tape, drawn = Recorder(rows=1, dtype=dtype), [np.empty(count, dtype) for count in (5, 1, 2, 3, 1000, 1)]
    for out in drawn:
        tape.call(uniform, native, out)
    program = NativeExecutor().prepare(tape.calls)
    assert not program.left
    program.run(0, program.length)
    for out in drawn:
        assert out.tobytes() == python.random(len(out), dtype=dtype).tobytes()
    assert native.bit_generator.state == python.bit_generator.state


def test_draws_of_another_generator_are_left_to_python():
    tape, out = Recorder(rows=1, dtype="float32"), np.empty(3, "float32")
    tape.call(uniform, np.random.Generator(np.random.MT19937(7)), out, help="u")
    program = NativeExecutor().prepare(tape.calls)
    assert program.left == ["u"]
    program.run(0, 1)
    assert out.tobytes() == np.random.Generator(np.random.MT19937(7)).random(3, dtype="float32").tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(9,), (4, 9), (3, 4, 9), (3, 1, 1), (2, 3, 4, 9)])
def test_sums_of_products_of_vectors(shape, dtype):
    wide = numbers((*shape[:-1], shape[-1] + 1), dtype)[..., :-1]
    out = np.zeros(shape[:-1], dtype)
    check(np.vecdot, wide, wide, out, out=out)
    check(np.vecdot, wide, numbers(shape[-1:], dtype, 1), out, out=out)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(5,), (4, 9), (3, 4, 9), (3, 1, 1)])
def test_a_scaled_array_that_is_added_is_one_pass(shape, dtype):
    w, g = (numbers((*shape[:-1], shape[-1] + 1), dtype, seed)[..., :-1] for seed in (1, 2))
    scaled, factor, before = np.zeros(shape, dtype), np.array(0.3, dtype), g.copy()
    tape = Recorder(rows=1, dtype=dtype)
    tape.call(np.multiply, w, factor, scaled)
    tape.call(np.add, g, scaled, g)
    program = NativeExecutor().prepare(tape.calls)
    assert len(program._table) == 1 or shape[-1] == 1
    program.run(0, 2)
    assert scaled.tobytes() == (w * factor).tobytes()
    assert g.tobytes() == (before + w * factor).tobytes()


def test_what_overlaps_or_lies_otherwise_is_left_to_python():
    a = numbers((40,), "float32")
    check(np.add, a[1:], a[:-1], a[1:], out=a, lowered=False)
    check(np.copyto, a[::-1], a[:1], out=a, lowered=False)
    turned, out = numbers((4, 3), "float32").T, np.zeros((4, 3), "float32").T
    check(np.exp, turned, out, out=out, lowered=False)
    whole = np.zeros(40, np.intp)
    check(np.copyto, whole, np.arange(40.0), "unsafe", out=whole, lowered=False)
    check(np.add.reduce, a.reshape(4, 10), 1, np.dtype(np.float64), np.zeros((4, 1)), True, out=a, lowered=False)


@settings(max_examples=examples(50), deadline=None)
@given(data=st.data(), dtype=st.sampled_from(["float32", "float64"]), networks=st.sampled_from([None, 1, 3]))
def test_small_products(data, dtype, networks):
    (m, n, p), turned = data.draw(st.tuples(*[st.integers(1, 9)] * 3)), st.booleans()
    stack = () if networks is None else (networks,)
    a, b = (
        numbers((*stack, *reversed(shape)), dtype, seed).mT if data.draw(turned) else numbers((*stack, *shape), dtype)
        for seed, shape in enumerate(((m, n), (n, p)))
    )
    for matrix in (a, b):
        matrix[~np.isfinite(matrix) | (np.abs(matrix) > 9)] = -0.0
    out = np.zeros((*stack, m, p), dtype)
    tape = Recorder(rows=1, dtype=dtype, stack=stack)
    tape.dot(a, b, out, help="")
    NativeExecutor().prepare(tape.calls).run(0, len(tape.calls))
    native = out.copy()
    PythonExecutor().prepare(tape.calls).run(0, len(tape.calls))
    assert native.tobytes() == out.tobytes()


def test_small_products_are_made_by_the_loop_itself():
    a, b, out = numbers((3, 8, 3), "float32"), numbers((3, 3, 4), "float32"), np.zeros((3, 8, 4), "float32")
    tape = Recorder(rows=1, dtype="float32", stack=(3,))
    tape.dot(a, b, out, help="")
    assert [one[0] for one in NativeExecutor().prepare(tape.calls)._table] == [SMALL]


def test_a_try_tells_in_which_order_products_are_summed_and_whether_they_are_rounded_first():
    def summed(terms, start):
        def multiply(a, b, out):
            out[...] = start
            for k in terms:
                out += a[..., k, None] * b[:, None, k]

        return multiply

    def are_same(one, other):
        layouts = ((2, 3), (12, 4)), ((3, 2), (8, 4)), ((2, 2), (8, 4))
        return give_same_bits(one, other, *layouts, np.dtype("float32"))

    in_turn = summed(range(3), 0.0)
    assert are_same(in_turn, summed(range(3), 0.0))
    assert not are_same(in_turn, summed((2, 1, 0), 0.0))
    assert not are_same(in_turn, summed(range(3), -0.0))


def test_shuffles_leave_the_generator_as_numpy_does():
    python, native = np.random.default_rng(7), np.random.default_rng(7)
    orders = [np.empty(count, np.intp) for count in (1, 2, 3, 200, 8, 9, 70_000, 0)]
    calls = [Call(shuffle, (native, first, order), "", "") for first, order in enumerate(orders)]
    program = NativeExecutor().prepare(calls)
    assert not program.left
    program.run(0, program.length)
    for first, order in enumerate(orders):
        expected = np.arange(first, first + len(order))
        python.shuffle(expected)
        assert order.tolist() == expected.tolist()
    assert native.bit_generator.state == python.bit_generator.state
