"""Specs at the edges: every name in both spellings, every fault with its place, and nothing too big built."""

import tracemalloc
from dataclasses import MISSING
from typing import Any

import numpy as np
import pytest

from service.engine.activations.table import ACTIVATIONS
from service.engine.clipping import CLIPPINGS
from service.engine.initializers import INITIALIZERS
from service.engine.inspection.dry_run import dry_run
from service.engine.layers.table import LAYERS
from service.engine.losses.table import LOSSES
from service.engine.metrics.table import METRICS
from service.engine.network import Network
from service.engine.optimizers import OPTIMIZERS
from service.engine.schedules import SCHEDULES
from service.engine.spec import NetworkSpec
from service.engine.training.spec import TrainingSpec
from service.schema.fields import Registry, spec_fields
from service.schema.validation import SpecError
from tests.unit.engine.factories import a_network, a_trainer, a_training, dense, some_rows, train

TABLES: list[Registry[Any]] = [ACTIVATIONS, CLIPPINGS, INITIALIZERS, LAYERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES]

#: What an entry cannot do without.
REQUIRED = {
    "units": 2,
    "drop_rate": 0.5,
    "activation": "tanh",
    "limit": 1,
    "value": 0.5,
    "layers": [{"type": "dropout", "drop_rate": 0.1}],
    "columns": [{"index": 0, "categories": 2, "size": 1}],
}

ENTRIES = [(table, name) for table in TABLES for name in table]
named = pytest.mark.parametrize(
    ("table", "name"), ENTRIES, ids=lambda part: part if isinstance(part, str) else part.kind
)


def required(entry):
    """The fields of an entry that have no default, with something in them."""
    return {field.name: REQUIRED[field.name] for field in spec_fields(entry) if field.default is MISSING}


def issues(read, *given, **named):
    with pytest.raises(SpecError) as rejected:
        read(*given, **named)
    return rejected.value.issues


def places(read, *given, **named):
    return {issue.location for issue in issues(read, *given, **named)}


# -- names -----------------------------------------------------------------------------------------------------------


@named
def test_every_entry_is_spelt_as_an_object_and_where_nothing_is_required_as_a_name(table, name):
    extra = required(table[name])
    spec = table.read({"type": name, **extra})
    assert type(spec) is table[name]
    if not extra:
        assert table.read(name) == spec
    assert table.read(table.write(spec)) == spec


@named
def test_every_entry_rejects_a_field_it_does_not_have(table, name):
    (issue,) = issues(table.read, {"type": name, **required(table[name]), "colour": 1})
    assert issue.path == ("colour",)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
@pytest.mark.parametrize("schedule", list(SCHEDULES))
def test_every_optimizer_trains_under_every_schedule(optimizer, schedule):
    network = a_network(dense(2, "tanh"), dense(1))
    given = {"type": schedule, **({"monitor": "loss"} if schedule == "plateau" else {})}
    trainer, reports = train(network, some_rows(network), epochs=2, optimizer=optimizer, schedule=given)
    assert trainer.outcome.reason == "finished" and np.isfinite(reports[-1].loss)


@pytest.mark.parametrize("initializer", list(INITIALIZERS))
def test_every_initializer_starts_a_network(initializer):
    given = {"type": initializer, **required(INITIALIZERS[initializer])}
    network = a_network(dense(4, weight_init=given, bias_init=0.25))
    tensors = network.tensors(network.initial_values())
    assert np.isfinite(tensors["dense_1.weights"]).all() and (tensors["dense_1.biases"] == 0.25).all()


# -- networks --------------------------------------------------------------------------------------------------------


def read_network(**spec):
    return NetworkSpec.from_json({"inputs": 2, "layers": [dense(3), dense(1)]} | spec)


def test_defaults_are_the_documented_ones():
    spec = read_network()
    assert (spec.loss.name, spec.loss.reduction, spec.dtype) == ("mean_squared_error", "mean", "float32")
    assert spec == NetworkSpec.from_json(spec.to_json())


def test_all_issues_of_a_network_are_named_at_once():
    spec = {
        "inputs": 0,
        "layers": [
            dense(0),
            {"type": "dens", "units": 3},
            {"type": "dropout"},
            dense(2, "relo", l2=-1),
            {"type": "residual", "layers": [dense(3, weight_init={"type": "normal", "std": -1})]},
        ],
        "loss": {"type": "huber", "delta": 0},
        "dtype": "float16",
        "seed": -1,
        "name": "x",
    }
    assert places(read_network, **spec) == {
        "inputs",
        "layers[0].units",
        "layers[1].type",
        "layers[2].drop_rate",
        "layers[3].activation",
        "layers[3].l2",
        "layers[4].layers[0].weight_init.std",
        "loss.delta",
        "dtype",
        "seed",
        "name",
    }


@pytest.mark.parametrize(
    ("weights", "got"),
    [([[1, 2, 3]], "(1, 3)"), ([[1, 2], [3, 4], [5, 6]], "(3, 2)"), ([], "(0, 0)"), ([[], []], "(2, 0)")],
)
def test_explicit_weights_must_have_the_shape_of_their_place(weights, got):
    (issue,) = issues(read_network, layers=[dense(3, weights=weights)])
    assert str(issue) == f"layers[0].weights: must have shape (2, 3), got {got}"


def test_explicit_weights_may_stand_in_later_and_in_inner_layers_and_leave_the_other_draws_alone():
    inner = {"type": "residual", "layers": [dense(3, weights=np.eye(3).tolist(), biases=[1, 2, 3])]}
    given = a_network(dense(3), inner, dense(2))
    drawn = a_network(dense(3), {"type": "residual", "layers": [dense(3)]}, dense(2))
    ours, theirs = (network.tensors(network.initial_values()) for network in (given, drawn))
    assert np.array_equal(ours["residual_1.dense_1.weights"], np.eye(3))
    assert ours["residual_1.dense_1.biases"].tolist() == [1, 2, 3]
    assert np.array_equal(ours["dense_1.weights"], theirs["dense_1.weights"])
    assert np.array_equal(ours["dense_2.weights"], theirs["dense_2.weights"])
    wrong = {"type": "residual", "layers": [dense(2, weights=[[1, 2]])]}
    assert places(read_network, layers=[wrong]) == {"layers[0].layers[0].weights"}


def test_explicit_biases_must_fit_their_layer():
    assert places(read_network, layers=[dense(3, biases=[1, 2])]) == {"layers[0].biases"}
    assert places(read_network, layers=[dense(3, bias=False, biases=[1, 2, 3])]) == {"layers[0].biases"}


def test_a_residual_block_must_give_back_the_width_it_takes():
    (issue,) = issues(read_network, layers=[dense(3), {"type": "residual", "layers": [dense(5), dense(4)]}])
    assert issue.location == "layers[1].layers" and "3 in, 4 out" in issue.message


def test_cross_entropy_of_one_output_is_rejected_with_the_way_out():
    (issue,) = issues(read_network, loss="cross_entropy")
    assert issue.location == "loss" and "binary_cross_entropy" in issue.message


def test_the_seed_decides_the_start_and_both_dtypes_start_alike():
    start = {
        (seed, dtype): a_network(dense(9), seed=seed, dtype=dtype).initial_values()
        for seed in (1, 2)
        for dtype in ("float32", "float64")
    }
    assert not np.array_equal(start[1, "float64"], start[2, "float64"])
    assert np.array_equal(start[1, "float32"], start[1, "float64"].astype(np.float32))


@pytest.mark.parametrize(
    ("layers", "inputs", "place"),
    [
        ([dense(10**9)], 2, "layers[0].units"),
        ([dense(3), dense(10**9, bias=False)], 2, "layers[1].units"),
        ([dense(2**40)], 2**40 - 1, "inputs"),
        ([dense(10**30)], 10**30, "inputs"),
        ([{"type": "batch_norm"}], 10**9, "inputs"),
        ([dense(8000), {"type": "residual", "layers": [dense(8000)]}], 2, "layers[1]"),
        ([dense(1000)] * 60, 1000, "layers[49].units"),
    ],
)
def test_a_network_too_large_is_rejected_before_anything_is_allocated(layers, inputs, place):
    tracemalloc.start()
    try:
        assert places(a_network, *layers, inputs=inputs) == {place}
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_limit_counts_parameters_and_may_be_set():
    spec = read_network(layers=[dense(3), {"type": "batch_norm"}])
    assert Network(spec, max_parameters=21).parameter_count == 15
    assert places(Network, spec, max_parameters=20) == {"layers[1]"}


def test_a_network_without_any_weight_trains_and_describes_itself():
    network = a_network({"type": "activation", "activation": "tanh"})
    trainer, reports = train(network, some_rows(network), epochs=2)
    assert trainer.outcome.reason == "finished" and reports[0].loss == reports[1].loss
    assert dry_run(network).parameter_count == 0 and network.from_bytes(b"").size == 0


# -- training --------------------------------------------------------------------------------------------------------


def test_all_issues_of_a_training_are_named_at_once():
    spec = {
        "epochs": 0,
        "batch_size": "all",
        "optimizer": {"type": "adam", "beta1": 1},
        "schedule": "cosin",
        "clipping": {"type": "norm"},
        "early_stopping": {"patience": 0},
        "metrics": ["accuracy", "acuracy", {"type": "top_k_accuracy", "k": 0}],
        "threads": 65,
        "learning_rate": 0.1,
    }
    assert places(TrainingSpec.from_json, spec) == {
        "epochs",
        "batch_size",
        "optimizer.beta1",
        "schedule",
        "clipping.limit",
        "early_stopping.patience",
        "metrics[1]",
        "metrics[2].k",
        "threads",
        "learning_rate",
    }


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"metrics": ["r2", "r2"]}, "metrics[1]"),
        ({"metrics": ["accuracy"]}, "metrics[0]"),
        ({"early_stopping": {"monitor": "accuracy"}}, "early_stopping.monitor"),
        ({"early_stopping": {"monitor": "val_loss"}}, "early_stopping.monitor"),
        ({"schedule": {"type": "plateau", "monitor": "rmse"}, "metrics": ["mae"]}, "schedule.monitor"),
        ({"threads": 2}, "threads"),
    ],
)
def test_a_training_that_does_not_fit_its_network_is_rejected(settings, place):
    network = a_network(dense(2), {"type": "batch_norm"}, loss="huber")
    assert places(a_trainer, network, some_rows(network), **settings) == {place}


def test_a_training_reads_back_from_its_own_json():
    training = a_training(
        epochs=3,
        batch_size="full",
        schedule={"type": "one_cycle", "warmup_epochs": 2},
        clipping={"type": "value", "limit": 1},
        early_stopping={"monitor": "loss"},
        metrics=["mae", {"type": "f1", "average": "micro"}],
    )
    assert TrainingSpec.from_json(training.to_json()) == training
