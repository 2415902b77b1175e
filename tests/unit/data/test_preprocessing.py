"""Columns of a table as numbers, with scikit-learn as the oracle."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, QuantileTransformer, RobustScaler, StandardScaler

from service.data.frame import Column, Frame
from service.data.preprocessing.checks import has_target
from service.data.preprocessing.fitted import BLOCK, Fitted, fit
from service.data.preprocessing.table import TableSpec
from service.schema.validation import DataError, SpecError
from tests.examples import examples

NAN = np.nan
ISLANDS = ("Biscoe", "Dream", "Torgersen")


def number(values) -> Column:
    return Column("number", np.array(values, np.float64))


def category(words, known=ISLANDS) -> Column:
    return Column("category", np.array([-1 if word is None else known.index(word) for word in words], np.int32), known)


def boolean(values) -> Column:
    return Column("boolean", np.array(values, np.float64))


def time(values) -> Column:
    return Column("time", np.array(values, "datetime64[us]"))


def spec_of(*columns, target=None) -> TableSpec:
    return TableSpec.from_json({"inputs": list(columns), "target": target or {"name": "y", "type": "number"}})


def fitted_to(column: dict, values: Column) -> tuple[Fitted, Frame]:
    frame = Frame({"x": values, "y": number(np.arange(len(values)))})
    return fit(spec_of({"name": "x", **column}), frame), frame


def encoded(column: dict, values: Column) -> np.ndarray:
    fitted, frame = fitted_to(column, values)
    return fitted.inputs(frame, np.float64)


SCALERS = {
    "standard": StandardScaler(),
    "robust": RobustScaler(),
    "min_max": MinMaxScaler(),
    "quantile": QuantileTransformer(n_quantiles=100, subsample=None),
}
# Scikit-learn takes a spread below 2e-15 for none, whatever the numbers; here it is measured by them.
NUMBERS = arrays(
    np.float64,
    st.integers(1, 150),
    elements=st.floats(-1e6, 1e6).map(lambda number: round(number, 3)) | st.integers(-3, 3),
)


# Quantiles of equal numbers differ by a rounding there, and so do the shares of those numbers.
@pytest.mark.parametrize("scale", ["standard", "robust", "min_max"])
@settings(max_examples=examples(20), deadline=None)
@given(NUMBERS)
def test_every_scaler_does_what_scikit_learn_does(scale, values):
    expected = SCALERS[scale].fit_transform(values.reshape(-1, 1))
    found = encoded({"type": "number", "scale": scale}, number(values))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("magnitude", [1e-307, 1e-165, 1e155, 1e300, 1e307])
def test_squares_beyond_the_range_of_numbers_do_not_count_against_a_column(magnitude):
    values = np.array([1, 2, 4, 5.5])
    found = encoded({"type": "number"}, number(values * magnitude))
    np.testing.assert_allclose(found[:, 0], (values - values.mean()) / values.std(), rtol=1e-12)


def test_a_tiny_spread_is_one():
    assert encoded({"type": "number", "scale": "min_max"}, number([0, 1e-30])).tolist() == [[0], [1]]


def test_a_number_that_repeats_has_the_middle_of_its_shares():
    found = encoded({"type": "number", "scale": "quantile"}, number([1, 5, 5, 5, 9]))
    assert found[:, 0].tolist() == [0, 0.5, 0.5, 0.5, 1]


@pytest.mark.parametrize("scale", SCALERS)
@pytest.mark.filterwarnings("ignore:n_quantiles")
def test_rows_that_were_not_trained_on_are_scaled_by_what_was_learnt(scale):
    values = np.random.default_rng(0).normal(5, 3, (80, 1))
    unseen = np.array([[-100.0], [4.0], [5.5], [100.0]])
    fitted, _ = fitted_to({"type": "number", "scale": scale}, number(values[:, 0]))
    found = fitted.inputs(Frame({"x": number(unseen[:, 0])}), np.float64)
    np.testing.assert_allclose(found, SCALERS[scale].fit(values).transform(unseen), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("impute", ["mean", "median", "most_frequent", "constant"])
def test_every_imputer_fills_in_what_scikit_learn_does(impute):
    values = [3.0, NAN, 1.0, 1.0, 10.0, NAN, 3.0]
    how = {"type": "constant", "value": 7} if impute == "constant" else impute
    found = encoded({"type": "number", "scale": "none", "impute": how, "indicator": True}, number(values))
    oracle = SimpleImputer(strategy=impute, add_indicator=True, fill_value=7)
    np.testing.assert_allclose(found, oracle.fit_transform(np.array(values).reshape(-1, 1)))


def test_a_scale_is_that_of_the_cells_that_are_there():
    values = np.array([3.0, NAN, 1.0, 8.0])
    found = encoded({"type": "number"}, number(values))[:, 0]
    expected = StandardScaler().fit_transform(values.reshape(-1, 1))[:, 0]
    np.testing.assert_allclose(found, np.where(np.isnan(expected), 0, expected), atol=1e-12)


def test_numbers_are_clipped_then_their_logarithm_is_taken():
    column = {"type": "number", "scale": "none", "log": True, "clip": {"low": -5, "high": 100}}
    found = encoded(column, number([-1000, -1, 0, 50, 1e9]))[:, 0]
    np.testing.assert_allclose(found, [-np.log(6), -np.log(2), 0, np.log(51), np.log(101)])


def test_categories_are_one_hot_as_in_scikit_learn_and_an_unseen_one_is_all_zero():
    words = ["Dream", "Biscoe", "Dream", "Torgersen"]
    fitted, _ = fitted_to({"type": "category", "categories": list(ISLANDS)}, category(words))
    asked = category(["Atlantis", "Torgersen"], ("Atlantis", *ISLANDS))
    found = fitted.encode(Frame({"x": asked}), np.float32)
    oracle = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(np.array(words).reshape(-1, 1))
    np.testing.assert_array_equal(found.values, oracle.transform([["Atlantis"], ["Torgersen"]]))
    assert found.cells.to_json() == {"unseen": {"x": {"rows": 1, "values": ["Atlantis"]}}}


@pytest.mark.parametrize(
    ("impute", "expected", "fill"),
    [
        ("most_frequent", [0, 1, 0], "Dream"),
        ("own", [0, 0, 0, 1], "(missing)"),
        ({"type": "constant", "value": "Biscoe"}, [1, 0, 0], "Biscoe"),
    ],
)
def test_a_missing_category_is_filled_in_and_reported(impute, expected, fill):
    column = {"type": "category", "categories": list(ISLANDS), "impute": impute}
    fitted, frame = fitted_to(column, category(["Dream", "Biscoe", "Dream", None]))
    found = fitted.encode(frame, np.float64)
    assert found.values[3].tolist() == expected
    assert found.cells.to_json() == {"imputed": {"x": {"rows": 1, "value": fill}}}


def test_an_embedded_category_is_a_code_and_an_unknown_one_is_code_0():
    column = {"type": "category", "categories": list(ISLANDS), "encode": "embedding", "size": 2}
    fitted, _ = fitted_to(column, category(["Dream", "Biscoe"]))
    asked = category(["Atlantis", "Biscoe", "Torgersen", None], ("Atlantis", *ISLANDS))
    assert fitted.inputs(Frame({"x": asked}), np.float32).tolist() == [[0], [1], [3], [1]]
    layer = fitted.spec.embedding
    assert layer is not None and [item.to_json() for item in layer.columns] == [
        {"index": 0, "categories": 3, "size": 2}
    ]


def test_times_come_apart_and_round_ones_are_sine_and_cosine():
    column = {"type": "time", "parts": ["year", "month", "hour"]}
    fitted, frame = fitted_to(column, time(["2020-01-01T00:00", "2022-07-05T12:30", "2024-04-01T06:00"]))
    found = fitted.inputs(frame, np.float64)
    assert fitted.spec.encoded_names == (
        *("x: year", "x: month (sine)", "x: month (cosine)", "x: hour (sine)", "x: hour (cosine)"),
    )
    np.testing.assert_allclose(found[:, 0], StandardScaler().fit_transform([[2020], [2022], [2024]])[:, 0])
    np.testing.assert_allclose(found[:, 1:3], [[0, 1], [0, -1], [1, 0]], atol=1e-12)
    np.testing.assert_allclose(found[:, 3:], [[0, 1], [0, -1], [1, 0]], atol=1e-12)


def test_every_part_of_a_time_before_1970_is_right():
    parts = ["elapsed", "day", "day_of_year", "weekday", "minute", "second"]
    values = ["1969-12-31T23:59:59", "1900-03-01T00:00:30"]
    fitted, frame = fitted_to({"type": "time", "parts": parts}, time(values))
    found = fitted.inputs(frame, np.float64)
    angles = [[2 * np.pi * 30 / 31, 2 * np.pi * 364 / 365.2425, 2 * np.pi * 2 / 7, 2 * np.pi * 59 / 60]]
    angles += [[0, 2 * np.pi * 59 / 365.2425, 2 * np.pi * 3 / 7, 0]]
    np.testing.assert_allclose(found[:, 1:8:2], np.sin(angles), atol=1e-9)


@pytest.mark.parametrize("impute", ["median", "mean", "most_frequent"])
@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59", "9999-12-31T23:59:59.999999", "0001-01-01"])
def test_a_date_without_end_may_stand_in_for_others(impute, moment):
    fitted, frame = fitted_to({"type": "time", "impute": impute}, time([moment, "NaT", moment]))
    again = Fitted.from_json(fitted.spec, json.loads(json.dumps(fitted.to_json())))
    values = again.inputs(frame, np.float64)
    np.testing.assert_array_equal(values[1], values[0])


def test_yes_and_no_are_1_and_0():
    found = encoded({"type": "boolean", "impute": "mean", "indicator": True}, boolean([1, 0, NAN, 1]))
    np.testing.assert_allclose(found, [[1, 0], [0, 0], [2 / 3, 1], [1, 0]])


def everything() -> tuple[TableSpec, Frame]:
    generator = np.random.default_rng(3)
    rows = 60
    holes = generator.random(rows) < 0.1
    frame = Frame(
        {
            "plain": number(generator.normal(50, 9, rows)),
            "holes": number(np.where(holes, NAN, generator.exponential(1e3, rows))),
            "ranks": number(generator.integers(0, 4, rows)),
            "island": category([None if hole else ISLANDS[index % 3] for index, hole in enumerate(holes)]),
            "code": category([ISLANDS[index % 2] for index in range(rows)]),
            "flag": boolean(np.where(holes, NAN, generator.integers(0, 2, rows))),
            "when": time(np.datetime64("2020-01-01", "us") + generator.integers(0, 10**14, rows)),
            "a": number(generator.normal(1e4, 5, rows)),
            "b": number(generator.normal(0, 1e-3, rows)),
        }
    )
    spec = spec_of(
        {"name": "plain", "type": "number"},
        {"name": "holes", "type": "number", "log": True, "impute": "median", "indicator": True},
        {"name": "ranks", "type": "number", "scale": "quantile"},
        {"name": "island", "type": "category", "categories": list(ISLANDS), "impute": "own"},
        {"name": "code", "type": "category", "categories": list(ISLANDS), "encode": "embedding"},
        {"name": "flag", "type": "boolean"},
        {"name": "when", "type": "time", "indicator": True},
        target=[{"name": "a", "type": "number"}, {"name": "b", "type": "number", "scale": "min_max"}],
    )
    return spec, frame


def cell_of(column: Column, row: int):
    if column.missing[row]:
        return None
    return column.words[column.values[row]] if column.kind == "category" else column.values[row]


def test_statistics_come_back_from_json_to_the_last_bit():
    spec, frame = everything()
    fitted = fit(spec, frame)
    back = Fitted.from_json(
        TableSpec.from_json(json.loads(json.dumps(spec.to_json()))), json.loads(json.dumps(fitted.to_json()))
    )
    assert back == fitted
    assert back.inputs(frame, np.float32).tobytes() == fitted.inputs(frame, np.float32).tobytes()


def test_a_row_alone_is_encoded_as_it_is_among_others():
    spec, frame = everything()
    fitted = fit(spec, frame)
    table = fitted.inputs(frame, np.float64)
    for index in range(len(frame)):
        given = {name: cell_of(frame[name], index) for name in spec.features}
        np.testing.assert_array_equal(fitted.row(given), table[index : index + 1])
        alone = fitted.encode(frame.take(np.array([index])), np.float64)
        assert fitted.row_cells(given) == alone.cells


def test_a_row_alone_may_go_beyond_every_number():
    """A prediction with it is rejected later; encoding it warns of nothing."""
    fitted, _ = fitted_to({"type": "number"}, number([0, 1e-5]))
    assert np.isinf(fitted.row({"x": 1.7e308})).all()


def test_a_word_nobody_knows_is_encoded_alone_as_among_others():
    spec, frame = everything()
    fitted = fit(spec, frame)
    given = {"island": "Atlantis", "code": "Atlantis"}
    groups = spec.groups
    row = fitted.row(given)[0]
    assert not row[groups["island"]].any()
    assert row[groups["code"]] == 0
    assert set(fitted.row_cells(given).unseen) == {"island", "code"}
    assert set(fitted.row_cells(given).imputed) == {"plain", "holes", "ranks", "flag", "when"}


def test_rows_in_many_blocks_are_the_rows_in_one():
    spec, frame = everything()
    frame = frame.take(np.arange(len(frame)).repeat(200))
    fitted = fit(spec, frame)
    assert len(frame) > 2 * BLOCK // spec.width
    into = np.full((len(frame), spec.width), NAN, np.float32)
    whole = fitted.inputs(frame, np.float32, into)
    alone = fitted.inputs(frame.take(np.arange(0, len(frame), 200)), np.float32)
    assert whole is into and whole.tobytes() == alone.repeat(200, axis=0).tobytes()


def test_groups_and_names_cover_every_encoded_column_once():
    spec, _ = everything()
    places = [place for group in spec.groups.values() for place in range(group.start, group.stop)]
    assert places == list(range(spec.width)) and len(spec.encoded_names) == spec.width


def test_numbers_to_tell_are_scaled_each_by_itself_and_the_scaling_is_undone():
    spec, frame = everything()
    fitted = fit(spec, frame)
    targets = fitted.targets(frame, np.float64, outputs=2)
    np.testing.assert_allclose(targets[:, :1], StandardScaler().fit_transform(frame["a"].values.reshape(-1, 1)))
    assert targets[:, 1].min() == 0 and targets[:, 1].max() == 1
    restored = fitted.outputs_in_units(targets)
    np.testing.assert_allclose(restored, np.stack([frame["a"].values, frame["b"].values], 1), rtol=1e-9)


def test_classes_become_as_many_outputs_as_the_network_has():
    spec = spec_of(
        {"name": "x", "type": "number"}, target={"name": "y", "type": "category", "categories": ["no", "yes"]}
    )
    frame = Frame({"x": number([1, 2, 3]), "y": category(["yes", "no", "yes"], ("yes", "no"))})
    fitted = fit(spec, frame)
    assert fitted.targets(frame, np.float32, outputs=1).tolist() == [[1], [0], [1]]
    assert fitted.targets(frame, np.float32, outputs=2, negative=-1.0).tolist() == [[-1, 1], [1, -1], [-1, 1]]
    assert spec.labels == ("no", "yes")
    assert spec.outputs_issue(3) == "must end in 1 or 2 units to predict y, got 3"


def test_several_columns_of_yes_and_no_are_a_yes_or_no_each():
    spec = spec_of({"name": "x", "type": "number"}, target=[{"name": name, "type": "boolean"} for name in "pq"])
    frame = Frame({"x": number([1, 2]), "p": boolean([1, 0]), "q": boolean([1, 1])})
    assert fit(spec, frame).targets(frame, np.float32, outputs=2, negative=-1.0).tolist() == [[1, 1], [-1, 1]]
    assert spec.is_multilabel and spec.labels == ("p", "q")


def test_rows_without_a_target_are_found():
    spec = spec_of({"name": "x", "type": "number"}, target={"name": "y", "type": "category", "categories": ["a", "b"]})
    frame = Frame({"x": number([1, 2, 3]), "y": category(["a", None, "c"], ("a", "b", "c"))})
    assert has_target(spec, frame).tolist() == [True, False, False]
    with pytest.raises(DataError, match="y: must have a known value in every row"):
        fit(spec, frame)


def test_before_any_row_numbers_pass_as_they_are():
    spec, frame = everything()
    fitted = Fitted.neutral(spec)
    np.testing.assert_array_equal(fitted.inputs(frame, np.float64)[:, 0], frame["plain"].values)
    assert fitted.rows == 0


def test_a_constant_stands_in_before_any_row_has_been_seen():
    spec = spec_of({"name": "x", "type": "number", "impute": {"type": "constant", "value": 5.0}})
    missing, fitted = Frame({"x": number([NAN])}), Fitted.neutral(spec)
    assert fitted.inputs(missing, np.float64).tolist() == [[5]]
    assert fitted.row({}).tolist() == [[5]]


@pytest.mark.parametrize(
    ("column", "values", "warning"),
    [
        ({"type": "number"}, number([4.7] * 9), "x has the same value in every training row"),
        ({"type": "number"}, number([NAN, NAN]), "x has no value in any training row: 0 is used instead"),
        ({"type": "boolean"}, boolean([1, 1]), "x has the same value"),
        ({"type": "category", "categories": ["Dream"]}, category([None, None]), "x has no known category"),
        ({"type": "time"}, time(["NaT", "NaT"]), "x has no value"),
    ],
)
def test_a_column_that_says_nothing_is_warned_of_and_stays_finite(column, values, warning):
    fitted, frame = fitted_to(column, values)
    assert any(line.startswith(warning) for line in fitted.warnings)
    assert np.isfinite(fitted.inputs(frame, np.float64)).all()


def test_a_target_of_one_class_is_warned_of():
    spec = spec_of({"name": "x", "type": "number"}, target={"name": "y", "type": "boolean"})
    fitted = fit(spec, Frame({"x": number([1, 2]), "y": boolean([1, 1])}))
    assert fitted.warnings == ("y has the same value in every training row: there is nothing to learn",)


@pytest.mark.parametrize("values", [[1, np.inf, 2], [-np.inf, 1], [1.7e308, -1.7e308, -1.7e308]])
def test_infinity_is_rejected_with_its_column(values):
    with pytest.raises(DataError) as caught:
        fitted, frame = fitted_to({"type": "number"}, number(values))
        fitted.inputs(frame, np.float32)
    assert "infinite" in str(caught.value) or "too large" in str(caught.value)


def test_a_column_that_every_row_needs_must_have_no_missing_cell():
    with pytest.raises(DataError, match=r"\[1\].x: is missing; every row needs this column"):
        encoded({"type": "number", "impute": "none"}, number([1, NAN]))


def test_a_missing_column_and_one_of_another_type_are_both_rejected():
    spec = spec_of({"name": "a", "type": "number"}, {"name": "b", "type": "number"})
    with pytest.raises(DataError) as caught:
        Fitted.neutral(spec).inputs(Frame({"b": category(["Dream"])}), np.float32)
    assert [str(issue) for issue in caught.value.issues] == [
        "a: is missing: the network needs this column",
        "b: must be a number column, but is a category column here",
    ]


X, Y = {"name": "x", "type": "number"}, {"name": "y", "type": "number"}


@pytest.mark.parametrize(
    ("inputs", "target", "place"),
    [
        ([Y], Y, "target.name"),
        ([X, X], Y, "inputs[1].name"),
        ([{"name": "x", "type": "category"}], Y, "inputs[0].categories"),
        ([X | {"type": "numbr"}], Y, "inputs[0].type"),
        ([X | {"scale": "quantil"}], Y, "inputs[0].scale"),
        ([X], Y | {"scale": "quantile"}, "target.scale"),
        ([X | {"clip": {"low": 2, "high": 1}}], Y, "inputs[0].clip.high"),
        ([X], [Y, {"name": "z", "type": "boolean"}], "target"),
        ([X], {"name": "y", "type": "category", "categories": ["only"]}, "target.categories"),
        ([{"type": "number"}], Y, "inputs[0].name"),
        (["x"], Y, "inputs[0]"),
    ],
)
def test_what_makes_no_sense_is_rejected_at_its_place(inputs, target, place):
    with pytest.raises(SpecError) as caught:
        TableSpec.from_json({"inputs": inputs, "target": target})
    assert [issue.location for issue in caught.value.issues] == [place]


def test_ten_thousand_categories_are_encoded_and_more_are_rejected():
    words = tuple(f"w{index}" for index in range(10_000))
    column = {"type": "category", "categories": list(words), "encode": "embedding"}
    fitted, frame = fitted_to(column, Column("category", np.arange(10_000, dtype=np.int32), words))
    assert fitted.inputs(frame, np.float32)[:, 0].tolist() == list(range(1, 10_001))
    with pytest.raises(SpecError, match="at most 10000 items"):
        spec_of({"name": "x", "type": "category", "categories": [str(index) for index in range(100_000)]})


def test_whole_numbers_may_name_classes():
    spec = spec_of(
        {"name": "x", "type": "category", "categories": ["0", "2"]},
        target={"name": "y", "type": "category", "categories": ["-1", "1"]},
    )
    frame = Frame({"x": number([2, 0, 5, NAN]), "y": number([1, -1, 1, 1])})
    fitted = fit(spec, frame)
    encoded = fitted.encode(frame, np.float32)
    assert encoded.values.tolist() == [[0, 1], [1, 0], [0, 0], [1, 0]]
    assert encoded.cells.to_json()["unseen"] == {"x": {"rows": 1, "values": ["5"]}}
    assert fitted.targets(frame, np.float32, outputs=1).tolist() == [[1], [0], [1], [1]]
