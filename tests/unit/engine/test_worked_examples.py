"""Four networks that textbooks work out by hand, each number to 1e-12 in float64."""

import pytest

from service.engine.inference import predict
from service.engine.inspection.explanation import explain
from service.engine.network import Network
from service.engine.optimizers import Sgd
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from tests.textbook import EXAMPLES, ONE_STEP, close, weights_are
from tests.unit.engine.factories import train


def network_of(example, **changes):
    spec = {key: value for key, value in example["network"].items() if key != "name"}
    return Network(NetworkSpec.from_json(spec | changes))


def row_of(network, example):
    return Rows.of(network, [example["row"]["inputs"]], [example["row"]["targets"]])


@pytest.fixture(params=ONE_STEP)
def example(request):
    return EXAMPLES[request.param]


@pytest.fixture
def explained(example):
    network = network_of(example)
    optimizer = Sgd(learning_rate=example["learning_rate"])
    return explain(network, network.initial_values(), row_of(network, example), optimizer)


def test_every_z_activation_and_delta_of_the_pass_is_the_textbook_one(example, explained):
    for index, layer in enumerate(explained.layers):
        close(layer.z[0], example["expect"]["z"][index])
        close(layer.activation[0], example["expect"]["activations"][index])
        close(layer.delta[0], example["expect"]["deltas"][index])


def test_the_loss_is_the_textbook_one(example, explained):
    close(explained.loss, example["expect"]["loss"])


def test_the_explained_step_leads_to_the_textbook_weights(example, explained):
    weights_are(explained.after, example["expect"]["after_one_step"])


def test_one_epoch_of_training_leads_to_the_textbook_weights(example):
    network = network_of(example)
    optimizer = {"type": "sgd", "learning_rate": example["learning_rate"]}
    trainer, (report,) = train(network, row_of(network, example), epochs=1, optimizer=optimizer)
    close(report.loss, example["expect"]["loss"])
    weights_are(network.layers_json(trainer.values), example["expect"]["after_one_step"])


def test_cheese_with_the_identity_as_output_gives_the_plain_sum():
    example = EXAMPLES["cheese"]
    hidden, last = example["network"]["layers"]
    network = network_of(example, layers=[hidden, last | {"activation": "linear"}])
    outputs = predict(network, network.initial_values(), [example["row"]["inputs"]])
    close(outputs[0], example["expect"]["identity_output"])


def test_step_by_step_ends_after_ten_thousand_steps_where_the_textbook_does():
    example = EXAMPLES["step_by_step"]
    network, expected = network_of(example), example["expect"]["after_10000_steps"]
    rows = row_of(network, example)
    optimizer = {"type": "sgd", "learning_rate": example["learning_rate"]}
    trainer, _ = train(network, rows, epochs=10_000, optimizer=optimizer)
    outputs = predict(network, trainer.values, rows.inputs)
    close(outputs[0], expected["outputs"])
    close(network.spec.loss.rows(outputs.T, rows.targets.T)[0], expected["loss"])


@pytest.fixture(scope="module")
def xor():
    example = EXAMPLES["xor"]
    network = network_of(example)
    rows = Rows.of(network, example["data"]["inputs"], example["data"]["targets"])
    settings = {key: example[key] for key in ("epochs", "batch_size", "shuffle")}
    optimizer = {"type": "sgd", "learning_rate": example["learning_rate"]}
    return example, network, *train(network, rows, optimizer=optimizer, **settings)


def test_xor_starts_from_the_outputs_of_the_textbook(xor):
    example, network, _, _ = xor
    close(predict(network, network.initial_values(), example["data"]["inputs"]), example["expect"]["first_outputs"])


def test_xor_has_the_losses_of_the_textbook_at_its_epochs(xor):
    example, _, _, reports = xor
    expected = example["expect"]["loss_at_epoch"]
    close([reports[int(epoch) - 1].loss for epoch in expected], list(expected.values()))


def test_xor_ends_with_the_weights_of_the_textbook(xor):
    example, network, trainer, _ = xor
    weights_are(network.layers_json(trainer.values), example["expect"]["final"])
