"""Tiny epochs that run together as one block: every report and every bit is that of the epochs one by one."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.losses.table import LOSSES
from service.engine.optimizers import OPTIMIZERS
from service.engine.schedules import SCHEDULES
from service.engine.training.state import TrainingState
from tests.examples import examples
from tests.unit.engine.executors.comparing import executor, why_not
from tests.unit.engine.factories import a_network, a_trainer, dense, same_bits, some_rows

OUTPUTS = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid", "poisson": "softplus", "hinge": "tanh"}
SCHEDULED = [name for name in SCHEDULES if name != "plateau"]


def a_network_for(loss="mean_squared_error", *hidden, dtype="float32", outputs=2, reduction="mean"):
    layers = hidden or [dense(5, "tanh")]
    output = dense(outputs, OUTPUTS.get(loss, "linear"))
    return a_network(*layers, output, loss={"type": loss, "reduction": reduction}, dtype=dtype)


def compare(network, rows, *, epochs=230, state=None, **options):
    """Train one by one in Python and in groups natively, compare everything, and return the sizes of the groups."""
    options = {"epochs": epochs, "batch_size": "full"} | options
    with executor("python"):
        single = a_trainer(network, rows, state=state, **options)
    with executor("python" if why_not() else "native"):
        grouped = a_trainer(network, rows, state=state, **options)
    values, reports = [], []
    for report in single.epochs():
        reports.append(report)
        values.append(single.values.copy())
    groups = []
    for group in grouped.groups():
        assert list(group) == reports[sum(groups) :][: len(group)]
        for report in group:
            assert same_bits(grouped.values_after(report.epoch), values[sum(groups) + report.epoch - group[0].epoch])
        groups.append(len(group))
    assert sum(groups) == len(reports)
    assert grouped.outcome == single.outcome
    assert same_bits(grouped.values, single.values)
    if single.outcome.ended_well:
        ours, theirs = grouped.state(), single.state()
        assert ours.numbers == theirs.numbers
        assert all(same_bits(ours.arrays[name], theirs.arrays[name]) for name in theirs.arrays)
    return groups


def test_a_tiny_network_runs_in_few_groups_that_end_where_layers_are_examined():
    network = a_network_for()
    assert compare(network, some_rows(network, 4)) == [64, 64, 64, 8, 30]


@settings(max_examples=examples(20), deadline=None)
@given(
    loss=st.sampled_from(list(LOSSES)),
    reduction=st.sampled_from(["mean", "sum"]),
    optimizer=st.sampled_from(list(OPTIMIZERS)),
    schedule=st.sampled_from(SCHEDULED),
    dtype=st.sampled_from(["float32", "float64"]),
    count=st.integers(1, 300),
    outputs=st.integers(1, 12),
    weighted=st.booleans(),
    clipping=st.sampled_from([None, {"type": "global_norm", "limit": 0.1}]),
)
def test_every_training_is_the_same(loss, reduction, optimizer, schedule, dtype, count, outputs, weighted, clipping):
    outputs = max(outputs, 2) if loss == "cross_entropy" else outputs
    network = a_network_for(loss, dtype=dtype, outputs=outputs, reduction=reduction)
    rows = some_rows(network, count, weighted=weighted)
    optimizer = {"type": optimizer, "learning_rate": 0.001}
    compare(network, rows, epochs=90, optimizer=optimizer, schedule=schedule, clipping=clipping)


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_a_single_row_of_many_outputs_has_the_same_loss(loss):
    network = a_network_for(loss, outputs=12)
    compare(network, some_rows(network, 1), epochs=5)


@pytest.mark.parametrize("batch_size", [32, 47, 63, 64, 100])
def test_a_second_batch_that_is_shorter_keeps_epochs_apart(batch_size):
    network = a_network_for()
    groups = compare(network, some_rows(network, 63), epochs=20, batch_size=batch_size)
    assert (max(groups) > 1) is (batch_size >= 63)


@pytest.mark.parametrize(
    "hidden",
    [
        [dense(5, "relu", l1=0.01, l2=0.1, max_norm=1.0)],
        [dense(5, "gelu"), {"type": "batch_norm"}],
        [dense(5), {"type": "dropout", "drop_rate": 0.5}],
        [{"type": "residual", "layers": [dense(3), {"type": "layer_norm"}]}],
    ],
)
def test_every_layer_is_the_same(hidden):
    network = a_network_for("huber", *hidden)
    assert max(compare(network, some_rows(network, 7))) > 1


@pytest.mark.parametrize(
    "options",
    [
        {"metrics": ["mae"]},
        {"early_stopping": {"patience": 5}},
        {"schedule": {"type": "plateau", "monitor": "loss"}},
        {"batch_size": 2},
        {"threads": 2},
        {"optimizer": "nadam"},
    ],
)
def test_what_needs_every_epoch_runs_one_by_one(options):
    network = a_network_for()
    assert set(compare(network, some_rows(network, 4), epochs=20, **options)) == {1}


def test_long_epochs_run_one_by_one():
    network = a_network_for("mean_squared_error", dense(300), dense(300))
    assert set(compare(network, some_rows(network, 50), epochs=3)) == {1}


@pytest.mark.parametrize("rate", [3.0, 1e3, 1e30])
def test_a_divergence_ends_at_the_same_epoch(rate):
    network = a_network_for("mean_squared_error", dense(5))
    compare(network, some_rows(network, 4), optimizer={"type": "sgd", "learning_rate": rate})


def test_a_run_resumes_from_any_epoch_in_groups():
    network = a_network_for()
    rows = some_rows(network, 4)
    trainer = a_trainer(network, rows, epochs=300, batch_size="full")
    for _ in zip(range(77), trainer.epochs(), strict=False):
        pass
    data, arrays = json.loads(json.dumps(trainer.state().to_json())), trainer.state().to_arrays()
    assert compare(network, rows, epochs=300, state=TrainingState.restore(data, arrays)) == [64, 59, 64, 36]


def test_an_interruption_ends_between_groups():
    network = a_network_for()
    rows, asked = some_rows(network, 4), []
    trainer = a_trainer(
        network, rows, epochs=300, batch_size="full", interrupt=lambda: asked.append(None) or len(asked) > 2
    )
    assert [len(group) for group in trainer.groups()] == [64, 64]
    assert (trainer.outcome.reason, trainer.epoch) == ("interrupted", 128)
    alone = a_trainer(network, rows, epochs=300, batch_size="full")
    for _ in zip(range(128), alone.epochs(), strict=False):
        pass
    np.testing.assert_array_equal(trainer.values, alone.values)


@pytest.mark.parametrize("epochs", [1, 3])
def test_a_short_run_prepares_no_more_steps_than_it_takes(epochs):
    network = a_network_for()
    trainer = a_trainer(network, some_rows(network, 9), epochs=epochs, batch_size="full")
    one = len(trainer._run.last_plan.calls)
    assert [program.length for program in trainer._run.last_plan.programs] == [epochs * one]
    assert len(list(trainer.epochs())) == epochs
