"""Piecewise-linear encoding, learnt ranges to clip to, and the smooth clip."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from service.data.frame import Frame
from service.data.preprocessing.fitted import Fitted, fit
from service.data.preprocessing.piecewise import knots_of, write_bins
from service.data.preprocessing.table import TableSpec
from service.schema.validation import DataError, SpecError
from tests.examples import examples
from tests.unit.data.test_preprocessing import NAN, NUMBERS, cell_of, fitted_to, number, spec_of

PIECEWISE = {"type": "number", "encode": "piecewise", "bins": 4}


def of_paper(x: float, edges: tuple[float, ...], bins: int) -> list[float]:
    """Equation 1 of the paper, with 0 below the first edge and 1 above the last."""
    found = []
    for low, high in zip(edges, edges[1:], strict=False):
        found.append(0.0 if x < low else 1.0 if x >= high else (x - low) / (high - low))
    return found + [0.0] * (bins - len(found))


def bins_of(z: np.ndarray, knots: tuple[float, ...], bins: int) -> np.ndarray:
    out = np.full((bins, len(z)), NAN)
    write_bins(z, knots, out)
    return out


@settings(max_examples=examples(25), deadline=None)
@given(NUMBERS, st.integers(2, 20), arrays(np.float64, 9, elements=st.floats(-2e6, 2e6)))
def test_each_bin_is_that_of_the_paper(values, bins, asked):
    knots = knots_of(values, bins)
    expected = [of_paper(x, knots, bins) for x in asked]
    np.testing.assert_allclose(bins_of(asked, knots, bins).T, expected, rtol=1e-12, atol=1e-12)


@settings(max_examples=examples(25), deadline=None)
@given(NUMBERS, st.integers(2, 20))
def test_an_edge_has_every_bin_before_it_full_and_every_bin_behind_it_empty(values, bins):
    knots = knots_of(values, bins)
    found = bins_of(np.array(knots), knots, bins)
    expected = np.arange(len(knots))[np.newaxis, :] > np.arange(bins)[:, np.newaxis]
    np.testing.assert_array_equal(found, expected)


@settings(max_examples=examples(25), deadline=None)
@given(NUMBERS, st.integers(2, 20), arrays(np.float64, 20, elements=st.floats(-2e6, 2e6)))
def test_a_larger_number_has_no_emptier_bin(values, bins, asked):
    found = bins_of(np.sort(asked), knots_of(values, bins), bins)
    assert (np.diff(found, axis=1) >= 0).all() and found.min() >= 0 and found.max() <= 1


@settings(max_examples=examples(25), deadline=None)
@given(NUMBERS, st.integers(2, 20))
def test_a_number_between_the_edges_can_be_told_from_its_bins(values, bins):
    knots = knots_of(values, bins)
    found = bins_of(values, knots, bins)[: len(knots) - 1]
    back = knots[0] + (np.diff(knots)[:, np.newaxis] * found).sum(axis=0)
    np.testing.assert_allclose(back, values, rtol=1e-9, atol=1e-6)


def test_bins_hold_about_equally_many_rows():
    values = np.random.default_rng(0).exponential(9, 4000)
    counts, _ = np.histogram(values, knots_of(values, 8))
    assert counts.min() >= 499 and counts.max() <= 501


def test_few_different_numbers_are_edges_themselves():
    assert knots_of(np.array([3.0, 1, 1, 1, 1, 1, 1, 2]), 4) == (1, 2, 3)
    assert knots_of(np.array([7.0, 7, 7]), 4) == (7,)


def test_a_column_is_its_number_its_bins_and_whether_it_is_missing():
    fitted, frame = fitted_to(PIECEWISE | {"scale": "none", "indicator": True}, number([0, 1, 2, 3, 4, NAN]))
    assert fitted.spec.encoded_names == ("x", *(f"x: bin {place}" for place in (1, 2, 3, 4)), "x: missing")
    found = fitted.inputs(frame, np.float64)
    assert found[1].tolist() == [1, 1, 0, 0, 0, 0]
    assert found[5].tolist() == [2, 1, 1, 0, 0, 1]  # the mean
    asked = fitted.inputs(Frame({"x": number([2.25, -9, 99])}), np.float64)
    assert asked.tolist() == [[2.25, 1, 1, 0.25, 0, 0], [-9, 0, 0, 0, 0, 0], [99, 1, 1, 1, 1, 0]]


@pytest.mark.parametrize("values", [[4.7] * 9, [NAN, NAN], [0.0] * 99 + [1.0], [5.0]])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_constant_and_nearly_constant_columns_stay_finite(values, dtype):
    column = PIECEWISE | {"clip": {"quantile": 0.01}, "smooth_clip": 3, "scale": "robust", "log": True}
    fitted, frame = fitted_to(column, number(values))
    assert np.isfinite(fitted.inputs(frame, dtype)).all()
    assert np.isfinite(fitted.inputs(Frame({"x": number([1e300, -1e300])}), np.float64)).all()


def test_a_rare_number_is_not_clipped_away():
    fitted, frame = fitted_to({"type": "number", "scale": "none", "clip": {"quantile": 0.01}}, number([0] * 300 + [8]))
    assert fitted.inputs(frame, np.float64)[-1] == 8


@settings(max_examples=examples(20), deadline=None)
@given(NUMBERS, st.floats(0.001, 0.49), st.booleans())
def test_the_learnt_range_reaches_beyond_both_quantiles_by_their_distance(values, quantile, log):
    column = {"type": "number", "scale": "none", "clip": {"quantile": quantile}, "log": log}
    fitted, _ = fitted_to(column, number(values))
    x = np.sign(values) * np.log1p(np.abs(values)) if log else values
    low, high = np.quantile(x, [quantile, 1 - quantile])
    if low == high:
        low, high = x.min(), x.max()
    if low == high:
        return
    found = fitted.inputs(Frame({"x": number([-1e30, 1e30])}), np.float64)[:, 0]
    np.testing.assert_allclose(found, [2 * low - high, 2 * high - low], rtol=1e-9, atol=1e-9)


def test_one_far_row_leaves_the_others_where_they_are():
    values = np.random.default_rng(1).normal(0, 1, 500)
    column = {"type": "number", "clip": {"quantile": 0.01}}
    clean, _ = fitted_to(column, number(values))
    spoilt, _ = fitted_to(column, number([*values, 1e9]))
    asked = Frame({"x": number([-1, 0, 1])})
    np.testing.assert_allclose(spoilt.inputs(asked, np.float64), clean.inputs(asked, np.float64), atol=0.1)


def test_a_smooth_clip_changes_small_numbers_little_and_never_passes_its_bound():
    fitted, _ = fitted_to({"type": "number", "scale": "none", "smooth_clip": 3}, number([0, 1]))
    found = fitted.inputs(Frame({"x": number([0, 0.3, 3, -1e200, 1e200])}), np.float64)[:, 0]
    np.testing.assert_allclose(found, [0, 0.3 / 1.01**0.5, 3 / 2**0.5, -3, 3], rtol=1e-12)


def test_infinity_is_rejected_however_it_is_bounded():
    fitted, _ = fitted_to(PIECEWISE | {"smooth_clip": 3}, number([0, 1, 2]))
    with pytest.raises(DataError, match="must be a finite number"):
        fitted.inputs(Frame({"x": number([np.inf])}), np.float32)


def several() -> tuple[Fitted, Frame]:
    draw = np.random.default_rng(4)
    columns = {
        "a": PIECEWISE | {"log": True, "clip": {"quantile": 0.02}, "impute": "median", "indicator": True},
        "b": PIECEWISE | {"bins": None, "scale": "quantile"},
        "c": PIECEWISE | {"scale": "robust", "smooth_clip": 2.5, "clip": {"low": None, "high": 30}},
        "d": {"type": "number", "clip": {"quantile": 0.1}},
        "e": {"type": "number"},
    }
    frame = Frame(
        {name: number(np.where(draw.random(80) < 0.1, NAN, draw.exponential(20, 80) - 5)) for name in columns}
        | {"y": number(draw.normal(0, 1, 80))}
    )
    return fit(spec_of(*({"name": name, **column} for name, column in columns.items())), frame), frame


def test_what_was_learnt_comes_back_from_json_to_the_last_bit():
    fitted, frame = several()
    spec = TableSpec.from_json(json.loads(json.dumps(fitted.spec.to_json())))
    back = Fitted.from_json(spec, json.loads(json.dumps(fitted.to_json())))
    assert back == fitted
    assert back.inputs(frame, np.float32).tobytes() == fitted.inputs(frame, np.float32).tobytes()


def test_a_row_alone_is_encoded_as_it_is_among_others():
    fitted, frame = several()
    table = fitted.inputs(frame, np.float64)
    for index in range(len(frame)):
        given_row = {name: cell_of(frame[name], index) for name in fitted.spec.features}
        given_row = {name: None if cell is None or np.isnan(cell) else float(cell) for name, cell in given_row.items()}
        np.testing.assert_array_equal(fitted.row(given_row), table[index : index + 1])


def test_columns_without_these_options_are_written_as_before():
    column = spec_of({"name": "x", "type": "number"}).to_json()["inputs"][0]
    assert set(column) == {"name", "type", "scale", "impute", "indicator", "log", "clip", "required"}
    fitted, _ = fitted_to({"type": "number"}, number([1, 2]))
    assert set(fitted.to_json()["inputs"][0]) == {"name", "fill", "scaling"}


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ({"bins": 8}, "bins"),
        ({"encode": "piecewise", "bins": 1}, "bins"),
        ({"encode": "periodic"}, "encode"),
        ({"clip": {"quantile": 0.5}}, "clip.quantile"),
        ({"clip": {"quantile": 0.1, "low": 0}}, "clip.quantile"),
        ({"clip": {}}, "clip"),
        ({"smooth_clip": 0}, "smooth_clip"),
    ],
)
def test_options_that_make_no_sense_are_rejected_at_their_place(column, place):
    with pytest.raises(SpecError) as caught:
        spec_of({"name": "x", "type": "number"} | column)
    assert [issue.location for issue in caught.value.issues] == [f"inputs[0].{place}"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"a": {"knots": [2, 1]}}, "inputs[0].knots"),
        ({"a": {"knots": [1, 1]}}, "inputs[0].knots"),
        ({"a": {"knots": [1, 2, 3, 4, 5, 6]}}, "inputs[0].knots"),
        ({"a": {"knots": []}}, "inputs[0].knots"),
        ({"a": {"low": 9, "high": 1}}, "inputs[0].high"),
        ({"c": {"low": 1}}, "inputs[2].low"),
        ({"e": {"knots": [1, 2]}}, "inputs[4].knots"),
    ],
)
def test_statistics_of_another_column_are_rejected_at_their_place(change, place):
    fitted, _ = several()
    written = fitted.to_json()
    written["inputs"] = [state | change.get(state["name"], {}) for state in written["inputs"]]
    with pytest.raises(DataError) as caught:
        Fitted.from_json(fitted.spec, written)
    assert [issue.location for issue in caught.value.issues] == [place]
