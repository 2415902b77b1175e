"""What a job tells of its columns once it has ended."""

import math
from dataclasses import replace

import numpy as np

from service.data.frame import Column, Frame
from service.data.preprocessing.table import TableSpec
from service.domain.status import RequestedState
from service.engine.inspection.importance import MAX_ROWS, affordable_rows, permutation_importance
from service.engine.layers.table import LAYERS
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.jobs import encoded_frames
from service.jobs import importance as importance_module
from service.jobs.importance import MIN_ROWS, REPEATS, importance_of
from tests.unit.jobs.makers import assignment, reports_of, requested_state_after


def a_network(inputs, units=1):
    layers = [{"type": "dense", "units": units}, {"type": "dense", "units": 1}]
    return Network(NetworkSpec.from_json({"inputs": inputs, "layers": layers}), max_parameters=10**9)


def some_rows(network, count):
    generator = np.random.default_rng(0)
    return Rows(*(generator.normal(size=(count, width)).astype("f4") for width in (network.inputs, network.outputs)))


def end_of(*given, **settings):
    return reports_of(*given, **settings)[-1].end


def test_a_job_that_ended_well_reports_every_named_input_the_most_important_first():
    end = end_of(assignment(200, features=("left", "right")))
    assert {told["column"] for told in end.importance} == {"left", "right"}
    means = [told["mean"] for told in end.importance]
    assert means == sorted(means, reverse=True) and means[0] > 0 and all(told["std"] >= 0 for told in end.importance)
    assert end_of(assignment(200, features=("left", "right"))) == end


def test_a_job_of_nameless_inputs_or_that_was_stopped_reports_nothing():
    assert end_of(assignment(5)).importance is None
    assert (
        end_of(assignment(50, features=("left", "right")), requested_state_after(20, RequestedState.CANCEL)).importance
        is None
    )


def test_columns_that_are_several_inputs_count_as_one():
    network = a_network(4)
    told = importance_of(
        network, network.initial_values(), some_rows(network, 50), {"a": (0,), "b": range(1, 4)}, seed=0
    )
    assert {each["column"] for each in told} == {"a", "b"}


def test_what_would_take_too_long_is_left_out():
    network = a_network(784, units=4000)
    groups = {str(index): (index,) for index in range(784)}
    rows = some_rows(network, MIN_ROWS)
    assert importance_of(network, network.initial_values(), rows, groups, seed=0) is None


def test_no_more_rows_are_used_than_importance_needs(monkeypatch):
    taken = []

    def permuted(*given, max_rows, **options):
        taken.append(max_rows)
        return permutation_importance(*given, max_rows=max_rows, **options)

    monkeypatch.setattr(importance_module, "permutation_importance", permuted)
    small, large = a_network(2), a_network(784, units=200)
    importance_of(small, small.initial_values(), some_rows(small, 20), {"a": (0,), "b": (1,)}, seed=0)
    groups = {"a": (0,), "b": range(1, 784)}
    importance_of(large, large.initial_values(), some_rows(large, 20), groups, seed=0)
    assert affordable_rows(small, 2, repeats=REPEATS) > MAX_ROWS
    assert taken == [MAX_ROWS, min(MAX_ROWS, affordable_rows(large, 2, repeats=REPEATS))]


def test_it_stops_when_the_run_is_to_stop():
    network = a_network(2)
    given = (network, network.initial_values(), some_rows(network, 20), {"a": (0,), "b": (1,)})
    asked = []
    assert importance_of(*given, seed=0, interrupt=lambda: asked.append(1) or len(asked) > 1) is None
    assert len(asked) == 2


def test_one_row_has_nothing_to_deal():
    network = a_network(2)
    assert importance_of(network, network.initial_values(), some_rows(network, 1), {"a": (0,)}, seed=0) is None


def test_numbers_that_are_not_finite_are_none_and_come_last():
    network = a_network(2)
    values, rows = network.initial_values(), some_rows(network, 20)
    values[:] = 1e20
    rows.inputs[:] = 1e20
    told = importance_of(network, values, rows, {"a": (0,), "b": (1,)}, seed=0)
    assert all(each["mean"] is None and each["std"] is None for each in told)
    assert not any(isinstance(value, float) and math.isnan(value) for each in told for value in each.values())


def test_a_table_reports_its_own_columns_whatever_each_became():
    """Weight and colour decide, shape does not; colour is one-hot, shape an embedded code."""
    generator = np.random.default_rng(0)
    weight, colour, shape = generator.normal(50, 9, 300), generator.integers(0, 3, 300), generator.integers(0, 4, 300)
    price = 1000 + 20 * weight + 300 * (colour == 2)
    colours, shapes = ("red", "green", "blue"), ("round", "flat", "long", "odd")
    frame = Frame(
        {
            "weight": Column("number", weight),
            "colour": Column("category", colour.astype(np.int32), colours),
            "shape": Column("category", shape.astype(np.int32), shapes),
            "price": Column("number", price),
        }
    )
    spec = TableSpec.from_json(
        {
            "inputs": [
                {"name": "weight", "type": "number"},
                {"name": "colour", "type": "category", "categories": list(colours)},
                {"name": "shape", "type": "category", "categories": list(shapes), "encode": "embedding"},
            ],
            "target": {"name": "price", "type": "number"},
        }
    )
    layers = [LAYERS.write(spec.embedding), *({"type": "dense", "units": units} for units in (8, 1))]
    layers[1]["activation"] = "tanh"
    network = Network(NetworkSpec.from_json({"inputs": spec.width, "layers": layers}))
    work = replace(
        assignment(30, batch_size=32, metrics=["mae"], optimizer={"type": "adam", "learning_rate": 0.01}),
        spec=network.spec.to_json(),
        table=spec.to_json(),
        features=spec.features,
        data=encoded_frames.encode({"training": frame}),
        start_values=network.to_bytes(network.initial_values()),
    )
    reports = reports_of(work)
    told = {one["column"]: one["mean"] for one in reports[-1].end.importance}
    assert list(told) == ["weight", "colour", "shape"]
    assert told["colour"] > 20 * abs(told["shape"])
    error = [epoch.metrics["mae"] for report in reports for epoch in report.epochs]
    assert error[0] > 50 and error[-1] < 30, "in the user's units"
