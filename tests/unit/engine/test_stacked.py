"""Many networks trained at once: each is what it would have been alone."""

import dataclasses

import numpy as np
import pytest

from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.engine.training.stacked import StackedTrainer
from service.engine.training.trainer import Trainer
from service.schema.validation import SpecError
from tests.unit.engine.factories import a_training, dense, embedding, same_bits, some_rows

SEEDS = range(4)
RATES = (0.001, 0.01, 0.1, 0.3)

STACKS = {
    "small": [dense(8, "tanh"), dense(1)],
    "classes": [dense(16, "relu"), dense(5, "softmax")],
    "deep": [dense(6, "elu"), dense(6, "selu"), dense(6, "mish"), dense(6, "gelu"), dense(2, "softplus")],
    "batch_norm": [dense(6), {"type": "batch_norm"}, {"type": "activation", "activation": "swish"}, dense(3)],
    "layer_norm in residual": [dense(6), {"type": "residual", "layers": [dense(6), {"type": "layer_norm"}]}, dense(2)],
    "dropout": [dense(16, "relu"), {"type": "dropout", "drop_rate": 0.4}, dense(4)],
    "regularised": [dense(6, "sigmoid", l1=0.01, l2=0.1, max_norm=0.9), dense(2, l2=0.1)],
    "embedding": [embedding((2, 5, 3), (0, 2, 2)), dense(6, "tanh"), dense(2)],
    "embedding alone": [embedding((1, 2, 1))],
    "bias-free": [dense(6, "leaky_relu", bias=False), dense(2, train_bias=False)],
}

TRAININGS = {
    "sgd": {"optimizer": "sgd"},
    "nadam and a schedule": {"optimizer": "nadam", "schedule": {"type": "one_cycle", "warmup_epochs": 1}},
    "adamw that decays": {"optimizer": {"type": "adamw", "weight_decay": 0.1}},
    "clipped by value": {"clipping": {"type": "value", "limit": 0.01}},
    "clipped by norm": {"clipping": {"type": "norm", "limit": 0.1}},
    "clipped by global norm": {"optimizer": "rmsprop", "clipping": {"type": "global_norm", "limit": 0.1}},
    "single rows": {"optimizer": "momentum", "batch_size": 1},
    "a full batch": {"optimizer": "adagrad", "batch_size": "full"},
    "in order": {"optimizer": "nesterov", "shuffle": False},
}


def specs(layers, *, dtype="float64", loss="mean_squared_error", inputs=3):
    return [
        NetworkSpec.from_json({"inputs": inputs, "layers": layers, "dtype": dtype, "loss": loss, "seed": seed})
        for seed in SEEDS
    ]


def training_with(**settings):
    return a_training(**({"epochs": 3, "batch_size": 8} | settings))


def rows_for(spec, **kind):
    return some_rows(Network(spec), 43, **kind)


def stack(specs, training, rows, **rates):
    trainer = StackedTrainer(specs, training, rows, **rates)
    return trainer.values, np.array([report.losses for report in trainer.epochs()]).T


def alone(spec, training, rows, rate=None):
    if rate is not None:
        training = dataclasses.replace(training, optimizer=dataclasses.replace(training.optimizer, learning_rate=rate))
    trainer = Trainer(Network(spec), training, rows)
    return [report.loss for report in trainer.epochs()], trainer.values


def each_equals_its_own_run(specs, training, rows, *, rates=None):
    bound = 1e-6 if specs[0].dtype == "float32" else 1e-12
    values, losses = stack(specs, training, rows, learning_rates=rates)
    for index, spec in enumerate(specs):
        own_losses, own_values = alone(spec, training, rows, rates[index] if rates else None)
        np.testing.assert_allclose(values[index], own_values, rtol=bound, atol=bound)
        np.testing.assert_allclose(losses[index], own_losses, rtol=bound)
    return values


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("about", STACKS)
def test_every_kind_of_layer_trains_in_a_stack_as_alone(about, dtype):
    networks = specs(STACKS[about], dtype=dtype, loss="cross_entropy" if about == "classes" else "huber")
    values = each_equals_its_own_run(networks, training_with(), rows_for(networks[0]), rates=RATES)
    assert len({row.tobytes() for row in values}) == len(SEEDS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("about", TRAININGS)
def test_every_way_of_training_is_the_same_in_a_stack(about, dtype):
    networks = specs(STACKS["regularised"], dtype=dtype)
    each_equals_its_own_run(networks, training_with(**TRAININGS[about]), rows_for(networks[0]), rates=RATES)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "first",
    [
        {"type": "batch_norm"},
        {"type": "layer_norm"},
        {"type": "residual", "layers": [{"type": "batch_norm"}, {"type": "layer_norm"}]},
        {"type": "dropout", "drop_rate": 0.2},
        {"type": "activation", "activation": "softmax"},
    ],
    ids=lambda layer: layer["type"],
)
def test_a_layer_without_weights_of_its_units_may_be_first_with_the_very_bits(first, dtype):
    networks, training = specs([first, dense(6, "tanh"), dense(2)], dtype=dtype), training_with()
    rows = rows_for(networks[0])
    values, losses = stack(networks, training, rows)
    for index, spec in enumerate(networks):
        own_losses, own_values = alone(spec, training, rows)
        assert same_bits(values[index], own_values)
        assert losses[index].tolist() == own_losses


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weighted_rows_and_sums_are_the_same_in_a_stack(reduction):
    networks = specs(STACKS["small"], loss={"type": "log_cosh", "reduction": reduction})
    each_equals_its_own_run(networks, training_with(), rows_for(networks[0], weighted=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("inputs", [3, 64])
def test_layers_wider_than_one_unit_have_the_very_bits(dtype, inputs):
    networks, training = specs(STACKS["classes"], dtype=dtype, loss="cross_entropy", inputs=inputs), training_with()
    rows = rows_for(networks[0])
    values, _ = stack(networks, training, rows)
    for index, spec in enumerate(networks):
        assert same_bits(values[index], alone(spec, training, rows)[1])


def test_networks_may_start_from_weights_of_their_own():
    starts = ([[1.0], [2.0], [3.0]], [[0.0], [0.0], [0.0]])
    inner = [{"type": "residual", "layers": [dense(1, weights=[start[1]])]} for start in starts]
    networks = [
        specs([dense(1, weights=start, biases=[start[0][0]]), skip])[0]
        for start, skip in zip(starts, inner, strict=True)
    ]
    each_equals_its_own_run(networks, training_with(), rows_for(networks[0]))


@pytest.mark.parametrize("clipping", [None, {"type": "global_norm", "limit": 1e300}])
def test_a_network_that_diverges_leaves_the_others_alone(clipping):
    networks = specs([dense(6), {"type": "dropout", "drop_rate": 0.2}, dense(2, max_norm=1e300)])
    rates = (0.01, 1e200, 0.02, 0.03)
    training, rows = training_with(optimizer="sgd", clipping=clipping), rows_for(networks[0])
    values, losses = stack(networks, training, rows, learning_rates=rates)
    assert not np.isfinite(losses[1, -1])
    for index in (0, 2, 3):
        own_losses, own_values = alone(networks[index], training, rows, rates[index])
        np.testing.assert_allclose(values[index], own_values, rtol=1e-12)
        np.testing.assert_allclose(losses[index], own_losses, rtol=1e-12)


@pytest.mark.parametrize(
    ("changes", "settings", "rates", "place"),
    [
        ({"layers": [dense(3), dense(1)]}, {}, None, "[1]"),
        ({"loss": "huber"}, {}, None, "[1]"),
        ({}, {}, [0.1], "learning_rates"),
        ({}, {}, [0.1, -0.1], "learning_rates[1]"),
        ({}, {}, [0.0, 0.1], "learning_rates[0]"),
        ({}, {}, [float("nan"), 0.1], "learning_rates[0]"),
        ({}, {}, [0.1, "0.1"], "learning_rates[1]"),
        ({}, {"threads": 2}, None, "training.threads"),
        ({}, {"metrics": ["mae"]}, None, "training"),
        ({}, {"early_stopping": {}}, None, "training"),
        ({}, {"schedule": {"type": "plateau", "monitor": "loss"}}, None, "training"),
    ],
)
def test_what_cannot_be_stacked_is_rejected(changes, settings, rates, place):
    spec = {"inputs": 3, "layers": [dense(2), dense(1)]}
    pair = [NetworkSpec.from_json(spec), NetworkSpec.from_json(spec | changes)]
    with pytest.raises(SpecError) as rejected:
        StackedTrainer(pair, training_with(**settings), rows_for(pair[0]), learning_rates=rates)
    assert [issue.location for issue in rejected.value.issues] == [place]


def test_no_networks_are_no_stack():
    with pytest.raises(SpecError, match="one or more networks"):
        StackedTrainer([], training_with(), None)
