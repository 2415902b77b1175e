"""What becomes of a user's tables on the way to the rows that are trained on."""

import numpy as np
import pytest

from service.data.frame import Column, Frame
from service.data.number_columns import NumberColumns
from service.data.signatures.choice import signature_of
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.jobs import encoded_frames
from service.jobs.options import JobOptions
from service.jobs.preparation import needed_columns, prepare
from service.schema.validation import DataError

TABLE = {
    "inputs": [
        {"name": "size", "type": "number", "impute": "mean"},
        {"name": "island", "type": "category", "categories": ["Biscoe", "Dream"]},
    ],
    "target": {"name": "species", "type": "category", "categories": ["Adelie", "Gentoo", "Chinstrap"]},
}
LABELS = ("Adelie", "Gentoo", "Chinstrap")
ROWS = 60


def network(inputs, outputs=3):
    output = {"type": "dense", "units": outputs, "activation": "softmax" if outputs > 1 else "linear"}
    loss = "cross_entropy" if outputs > 1 else "mean_squared_error"
    return Network(NetworkSpec.from_json({"inputs": inputs, "loss": loss, "layers": [output]}))


def table(count=ROWS, *, offset=0, missing_targets=()):
    """Sizes 0, 1, 2, …, every tenth missing; rows of three days each; weights 1 and 2 by turns."""
    number = np.arange(offset, offset + count)
    size = number.astype(np.float64)
    size[::10] = np.nan
    species = (number % 3).astype(np.int32)
    species[list(missing_targets)] = -1
    day = np.datetime64("2026-01-01", "us") + (number[::-1] // 3) * np.timedelta64(1, "D")
    return Frame(
        {
            "size": Column("number", size),
            "island": Column("category", (number % 3 - 1).astype(np.int32), ("Biscoe", "Torgersen")),
            "species": Column("category", species, LABELS),
            "nest": Column("category", (number // 6).astype(np.int32), tuple(f"nest {n}" for n in range(count))),
            "day": Column("time", day),
            "weight": Column("number", 1.0 + number % 2),
        }
    )


def options(**given):
    return JobOptions.from_json({"training": {"seed": 3}, **given})


def encoder(net, columns=None, *, labels=LABELS, table=None, statistics=None):
    return signature_of(net, features=None, labels=labels, table=table, statistics=statistics).encoder(columns)


def prepared(tables=None, *, known=None, **given):
    net = network(3)
    return prepare(tables or {"training": table()}, encoder(net, table=TABLE, statistics=known), options(**given))


def test_all_rows_train_where_none_validate():
    result = prepared()
    assert (len(result.training), result.validation) == (ROWS, None)
    assert result.training.targets[:3].tolist() == np.eye(3).tolist()
    assert result.report.rows == ROWS
    assert result.report.data["training"]["imputed"]["size"]["rows"] == 6
    assert result.report.data["training"]["unseen"] == {"island": {"rows": 20, "values": ["Torgersen"]}}
    assert dict(result.groups) == {"size": range(1), "island": range(1, 3)}


def test_rows_without_a_target_are_left_out_and_counted():
    result = prepared({"training": table(missing_targets=[0, 7])})
    assert result.report.data["rows_left_out"] == 2
    assert len(result.training) == ROWS - 2
    assert result.training.targets[0].tolist() == [0, 1, 0]


def test_a_table_without_any_target_is_rejected():
    with pytest.raises(DataError, match="no row of the training table has a known value of species"):
        prepared({"training": table(3, missing_targets=range(3))})


def test_what_is_fitted_is_fitted_on_the_training_rows_alone():
    result = prepared(validation={"fraction": 0.25})
    assert (len(result.training), len(result.validation)) == (45, 15)
    assert result.preprocessing["rows"] == 45
    assert abs(result.training.inputs[:, 0].mean()) < 1e-6 < abs(result.validation.inputs[:, 0].mean())


def test_what_an_earlier_run_has_fitted_stays():
    first = prepared(validation={"fraction": 0.25})
    again = prepared({"training": table(offset=1000)}, known=first.preprocessing)
    assert again.preprocessing == first.preprocessing
    assert again.training.inputs[1, 0] > 10


def test_the_same_rows_come_out_to_the_bit():
    first, again = (prepared(validation={"fraction": 0.3, "stratified": True}) for _ in range(2))
    for part in ("training", "validation"):
        assert getattr(first, part).inputs.tobytes() == getattr(again, part).inputs.tobytes()
        assert getattr(first, part).targets.tobytes() == getattr(again, part).targets.tobytes()
    assert first.validation.targets.sum(axis=0).tolist() == [6, 6, 6]


def test_rows_of_one_group_stay_together():
    result = prepared(validation={"fraction": 0.2, "group": "nest"})
    sizes = [12, 6, 18]
    assert len(result.validation) in sizes and len(result.validation) % 6 == 0


def test_the_latest_rows_validate():
    result = prepared(validation={"fraction": 0.1, "time": "day"})
    later, earlier = result.validation.inputs[:, 0], result.training.inputs[:, 0]
    assert np.sort(later)[-2] < np.median(earlier)  # Days go backwards in the table; one missing size is imputed.


def test_one_group_cannot_be_divided():
    with pytest.raises(DataError, match="at least 2 groups"):
        prepared({"training": table(5)}, validation={"fraction": 0.2, "group": "nest"})


def test_one_row_cannot_be_divided():
    with pytest.raises(DataError, match="at least 2 rows to divide, got 1"):
        prepared({"training": table(3, missing_targets=[0, 1])}, validation={"fraction": 0.2})


def test_another_table_validates():
    tables = {"training": table(), "validation": table(9, missing_targets=[2])}
    result = prepared(tables, validation={"dataset": {"id": "ds_1", "name": "other"}, "rows": 9})
    assert (len(result.training), len(result.validation), result.report.data["rows_left_out"]) == (ROWS, 8, 1)
    assert tables == {}


def places_of(tables, encoder, given):
    with pytest.raises(DataError) as caught:
        prepare(tables, encoder, given)
    return [issue.path for issue in caught.value.issues]


def with_cell(frame, name, row, value):
    values = frame[name].values.copy()
    values[row] = value
    return Frame({**frame.columns, name: Column(frame[name].kind, values, frame[name].words)})


@pytest.mark.parametrize("row", range(3, 10))
def test_what_is_wrong_with_a_row_is_reported_where_its_table_has_it(row):
    """Whichever part it has become."""
    plain, half = {**TABLE, "inputs": [{"name": "size", "type": "number", "scale": "none"}]}, {"fraction": 0.5}

    def places(tables, **given):
        return places_of(tables, encoder(network(1), table=plain), options(**given))

    bad = with_cell(table(missing_targets=[1]), "size", row, 1e300)
    assert places({"training": bad}, validation=half) == [("training", row, "size")]
    other = {"dataset": {"id": "ds_1", "name": "other"}, "rows": ROWS}
    assert places({"training": table(), "validation": bad}, validation=other) == [("validation", row, "size")]
    light = with_cell(table(missing_targets=[1]), "weight", row, -1)
    assert places({"training": light}, validation=half, sample_weight="weight") == [("training", row, "weight")]


def test_what_the_loss_rejects_is_reported_by_row_and_column():
    output = {"type": "dense", "units": 1, "activation": "softplus"}
    net = Network(NetworkSpec.from_json({"inputs": 1, "loss": "poisson", "layers": [output]}))
    columns = NumberColumns(inputs=("weight",), targets=("count",))
    frame = Frame({**table().columns, "count": Column("number", np.arange(ROWS, dtype=float))})
    tables = {"training": with_cell(frame, "count", 7, -2)}
    given = options(validation={"fraction": 0.5})
    assert places_of(tables, encoder(net, columns, labels=None), given) == [("training", 7, "count")]


def test_weights_come_from_a_column_and_by_class():
    result = prepared(sample_weight="weight", class_weights={"Gentoo": 3.0}, validation={"fraction": 0.5})
    own, classes = 1.0 + np.arange(ROWS) % 2, np.arange(ROWS) % 3
    expected = own * np.where(classes == 1, 3, 1)
    assert sorted(result.training.sample_weights) != sorted(own[:30])
    together = [*result.training.sample_weights, *result.validation.sample_weights]
    assert set(result.validation.sample_weights) == {1.0, 2.0}
    assert set(together) <= set(expected)
    balanced = prepared(class_weights={"balanced": True}, tables={"training": table(missing_targets=range(0, 30, 3))})
    for one in range(3):
        assert balanced.training.sample_weights[balanced.training.targets[:, one] == 1].sum() == pytest.approx(50 / 3)


def test_a_network_of_plain_numbers_takes_columns_as_they_are():
    net, frame = network(2, outputs=1), table()
    columns = NumberColumns(inputs=("weight", "size"), targets=("weight",))
    given = options(columns=columns.to_json(), validation={"fraction": 0.2, "time": "day"})
    plain = encoder(net, columns, labels=None)
    assert needed_columns(plain, given) == ["weight", "size", "day"]
    with pytest.raises(DataError, match=r"missing or do not fit float32: size \(\d\)"):
        prepare({"training": frame}, plain, given)
    whole = frame.take(np.arange(ROWS) % 10 > 0)
    result = prepare({"training": whole}, plain, options(columns=columns.to_json()))
    assert result.training.inputs[:2].tolist() == [[2, 1], [1, 2]]
    assert result.preprocessing is None


def test_tables_given_inline_come_back_by_role():
    given = {"training": table(), "validation": table(4)}
    back = encoded_frames.decode(encoded_frames.encode(given))
    assert list(back) == ["training", "validation"]
    assert back["validation"]["species"].words == LABELS
    np.testing.assert_array_equal(back["training"]["size"].values, given["training"]["size"].values)
