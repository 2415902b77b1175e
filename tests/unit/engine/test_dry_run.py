"""What a network would be: shapes, counts, bytes against what is really allocated, and each warning's reason."""

import json
import tracemalloc

import numpy as np
import pytest

from service.engine.inference import predict
from service.engine.inspection.dry_run import dry_run
from service.engine.optimizers import OPTIMIZERS
from tests.unit.engine.factories import a_network, a_trainer, dense, embedding, some_rows

RESIDUAL = {"type": "residual", "layers": [dense(500, "mish"), dense(500)]}
BATCH_NORM, DROPOUT = {"type": "batch_norm"}, {"type": "dropout", "drop_rate": 0.2}


def test_shapes_and_counts_follow_from_the_spec():
    network = a_network(dense(4, "relu"), BATCH_NORM, {"type": "residual", "layers": [dense(4, bias=False)]}, dense(2))
    run = dry_run(network)
    shapes = [(layer.name, layer.inputs, layer.outputs, layer.parameters) for layer in run.layers]
    assert shapes == [
        ("dense_1", 3, 4, 16),
        ("batch_norm_1", 4, 4, 8),
        ("residual_1", 4, 4, 16),
        ("residual_1.dense_1", 4, 4, 16),
        ("dense_2", 4, 2, 10),
    ]
    assert run.parameter_count == network.parameter_count == 50
    assert run.bytes["weights"] == network.initial_values().nbytes
    assert run.layers[0].formula == "z = W x + b, a = max(z, 0)"
    assert json.loads(json.dumps(run.to_json()))["layers"][1]["type"] == "batch_norm"


def test_the_last_layer_is_shown_with_its_activation_and_a_block_with_its_own_formula():
    outputs = dry_run(a_network(dense(4, "relu"), dense(2, "sigmoid"))).layers[-1]
    assert outputs.formula == "z = W x + b, a = 1 / (1 + exp(-z))"
    block, inner = dry_run(a_network({"type": "residual", "layers": [dense(3, "relu")]})).layers
    assert (block.formula, inner.formula) == ("a = x + F(x)", "z = W x + b, a = max(z, 0)")


# -- bytes -----------------------------------------------------------------------------------------------------------


def peak_of(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(
    ("inputs", "layers", "batch_size"),
    [
        (784, [dense(256, "relu"), dense(128, "relu"), dense(10, "softmax")], 128),
        (100, [dense(512, "tanh"), dense(512, "tanh"), dense(1)], 512),
        (20, [embedding((3, 5000, 40), (7, 300, 20)), dense(300, "relu"), dense(1)], 256),
        (500, [dense(500, "gelu", l2=0.1), BATCH_NORM, DROPOUT, RESIDUAL, dense(1)], 250),
    ],
)
def test_the_bytes_of_training_are_about_those_it_takes(inputs, layers, batch_size, optimizer):
    network = a_network(*layers, inputs=inputs, dtype="float32")
    rows = some_rows(network, 1024)
    estimate = dry_run(network, batch_size=batch_size, optimizer=OPTIMIZERS[optimizer]()).bytes["training"]

    def work():
        list(a_trainer(network, rows, epochs=1, batch_size=batch_size, optimizer=optimizer).epochs())

    own_copy_of_the_rows = rows.inputs.nbytes + rows.targets.nbytes
    assert estimate / 1.5 < peak_of(work) - own_copy_of_the_rows < estimate * 1.5


def test_the_bytes_of_a_prediction_are_about_those_it_takes():
    network = a_network(dense(2000, "relu"), dense(2000, "swish"), dense(10), inputs=2000, dtype="float32")
    values, row = network.initial_values(), np.zeros((1, 2000), np.float32)
    predict(network, values, row)
    estimate = dry_run(network).bytes["prediction"]
    assert estimate / 3 < peak_of(lambda: predict(network, values, row)) < estimate * 3


def test_an_optimizer_with_memory_takes_more():
    network = a_network(dense(4))
    plain, full = (dry_run(network, optimizer=OPTIMIZERS[name]()).bytes["training"] for name in ("sgd", "adam"))
    assert full - plain == 2 * network.parameter_count * network.dtype.itemsize


# -- warnings --------------------------------------------------------------------------------------------------------


def warnings(layers, loss="mean_squared_error", rows=None):
    return " | ".join(dry_run(a_network(*layers, loss=loss), rows=rows).warnings)


#: What the warning says, a network that earns it, and the nearest one that does not.
SOFTMAX, SIGMOIDS = dense(3, "softmax"), [dense(3, "sigmoid")] * 5
WARNINGS = [
    ("softmax with mean_squared_error", ([SOFTMAX],), ([SOFTMAX], "cross_entropy")),
    ("use softmax, not sigmoid", ([dense(3, "sigmoid")], "cross_entropy"), ([SOFTMAX], "cross_entropy")),
    (
        "needs probabilities",
        ([dense(1, "relu")], "binary_cross_entropy"),
        ([dense(1, "sigmoid")], "binary_cross_entropy"),
    ),
    ("needs probabilities", ([dense(3)], "cross_entropy"), ([SOFTMAX], "cross_entropy")),
    ("single output is always 1", ([dense(1, "softmax")],), ([dense(2, "softmax")],)),
    ("poisson needs outputs above 0", ([dense(1)], "poisson"), ([dense(1, "softplus")], "poisson")),
    ("predicts classes by sign", ([dense(1, "sigmoid")], "hinge"), ([dense(1, "tanh")], "hinge")),
    ("a relu output is never below 0", ([dense(1, "relu")], "huber"), ([dense(1)], "huber")),
    ("5 layers saturate", ([*SIGMOIDS, dense(1)],), ([*SIGMOIDS[:4], dense(1)],)),
    ("use relu, batch_norm", ([*SIGMOIDS, dense(1)],), ([*SIGMOIDS[:3], BATCH_NORM, *SIGMOIDS, dense(1)],)),
    ("or residual blocks", ([*SIGMOIDS, dense(1)],), ([{"type": "residual", "layers": SIGMOIDS}, dense(1)],)),
    ("dense_1 is linear", ([dense(4), dense(1)],), ([dense(4), BATCH_NORM, dense(1)],)),
    ("dense_1 is a softmax inside", ([SOFTMAX, dense(1)],), ([dense(3, "relu"), dense(1)],)),
    ("dropout layer at the end", ([dense(3), DROPOUT],), ([DROPOUT, dense(3)],)),
    ("the network can overfit", ([dense(3)], "huber", 11), ([dense(3)], "huber", 12)),
]


@pytest.mark.parametrize(("help", "earns", "does_not"), WARNINGS, ids=[help for help, _, _ in WARNINGS])
def test_a_warning_has_a_network_that_earns_it_and_one_that_does_not(help, earns, does_not):
    assert help in warnings(*earns)
    assert help not in warnings(*does_not)


def test_a_sound_network_has_no_warnings():
    layers = [dense(8, "relu"), BATCH_NORM, dense(8, "tanh"), DROPOUT]
    assert not warnings([*layers, dense(1)], rows=1000)
    assert not warnings([*layers, SOFTMAX], "cross_entropy")
    assert not warnings([*layers, dense(1, "sigmoid")], "binary_cross_entropy")
    assert not warnings([*layers, dense(1, "softplus")], "poisson")


def test_no_advice_leads_to_another_warning():
    assert "use softplus" in warnings([dense(1, "relu")], "poisson")
    assert "use linear" not in warnings([dense(1, "relu")], "poisson")
