"""The training loop against a textbook's, and what its reports say."""

import numpy as np
import pytest
from sklearn import metrics as sklearn

from service.engine.evaluation import evaluate
from service.engine.inference import predict
from service.engine.rows import Rows
from service.engine.training.run import Run
from tests.unit.engine.factories import a_network, a_trainer, a_training, dense, some_rows, some_values, train
from tests.unit.engine.textbook import Textbook, cross_entropy_of_softmax, half_squared_error

SGD = {"type": "sgd", "learning_rate": 0.05}

REGRESSION = {"layers": [dense(5, "tanh"), dense(4, "sigmoid"), dense(2)], "loss": "half_squared_error"}
CLASSES = {"layers": [dense(6, "relu"), dense(3, "softmax")], "loss": "cross_entropy"}
WIDE = {"layers": [dense(150, "tanh"), dense(1)], "loss": "half_squared_error", "inputs": 250}

ORACLES = {"half_squared_error": half_squared_error, "cross_entropy": cross_entropy_of_softmax}


def network_of(about, **changes):
    about = about | changes
    return a_network(*about["layers"], loss=about["loss"], inputs=about.get("inputs", 3))


def agrees_with_the_textbook(network, rows, *, batch_size, epochs=3, rate=0.05, l2=0.0):
    loss = network.spec.loss
    oracle = Textbook.of(network, network.initial_values(), ORACLES[loss.name], rate, l2=l2, reduction=loss.reduction)
    optimizer = {"type": "sgd", "learning_rate": rate}
    trainer, reports = train(network, rows, epochs=epochs, batch_size=batch_size, shuffle=False, optimizer=optimizer)
    expected = [oracle.epoch(rows, batch_size) for _ in range(epochs)]
    np.testing.assert_allclose([report.loss for report in reports], expected, rtol=1e-12)
    tensors = network.tensors(trainer.values)
    for index, node in enumerate(network.nodes):
        np.testing.assert_allclose(tensors[f"{node.name}.weights"], oracle.weights[index], rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(tensors[f"{node.name}.biases"], oracle.biases[index], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("about", [REGRESSION, CLASSES], ids=["regression", "classes"])
@pytest.mark.parametrize(
    ("count", "batch_size"),
    [(12, 4), (13, 4), (13, 12), (13, 1), (5, 5), (5, 100), (300, 2)],
    ids=lambda number: str(number),
)
def test_losses_and_weights_are_those_of_the_textbook(about, count, batch_size):
    network = network_of(about)
    agrees_with_the_textbook(network, some_rows(network, count), batch_size=batch_size)


def test_a_network_wider_than_the_pieces_of_an_update_agrees_too():
    network = network_of(WIDE)
    agrees_with_the_textbook(network, some_rows(network, 197), batch_size=32, rate=0.001)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("l2", [0.0, 0.2])
def test_reduction_row_weights_and_l2_enter_the_loss_and_the_gradient_alike(reduction, weighted, l2):
    layers = [layer | {"l2": l2} for layer in REGRESSION["layers"]]
    network = network_of(REGRESSION, layers=layers, loss={"type": "half_squared_error", "reduction": reduction})
    agrees_with_the_textbook(network, some_rows(network, 13, weighted=weighted), batch_size=4, rate=0.01, l2=l2)


def test_a_row_of_weight_two_is_two_rows():
    network = network_of(REGRESSION, loss={"type": "half_squared_error", "reduction": "sum"})
    rows = some_rows(network, 6)
    doubled = Rows.of(network, rows.inputs, rows.targets, [2.0] * 6)
    twice = Rows.of(network, np.tile(rows.inputs, (2, 1)), np.tile(rows.targets, (2, 1)))
    one, other = (train(network, given, epochs=3, batch_size="full", optimizer=SGD)[0] for given in (doubled, twice))
    np.testing.assert_allclose(one.values, other.values, rtol=1e-12)


def test_a_full_batch_is_one_step_over_all_rows():
    network = network_of(REGRESSION)
    rows = some_rows(network, 13)
    full, _ = train(network, rows, epochs=3, batch_size="full", optimizer=SGD)
    thirteen, _ = train(network, rows, epochs=3, batch_size=13, shuffle=False, optimizer=SGD)
    assert np.array_equal(full.values, thirteen.values)


# -- the order of rows -----------------------------------------------------------------------------------------------


def test_a_shuffled_epoch_still_sees_every_row_once():
    network = network_of(REGRESSION)
    rows = some_rows(network, 100)
    still = {"type": "sgd", "learning_rate": 1e-30}
    _, reports = train(network, rows, epochs=3, batch_size=7, optimizer=still)
    expected = evaluate(network, network.initial_values(), rows)["loss"]
    np.testing.assert_allclose([report.loss for report in reports], expected, rtol=1e-12)


def test_every_epoch_has_another_order_of_all_rows():
    network = a_network(dense(1))
    rows = Rows.of(network, np.ones((100, 3)), np.arange(100)[:, None])
    run = Run(network, a_training(batch_size=7), rows, network.initial_values())
    epochs = [run.epoch(lambda first, count: np.full(count, 1e-30), keep_scores=True) for _ in range(3)]
    orders = [np.concatenate(epoch.targets, axis=-1)[0] for epoch in epochs]
    assert all(np.array_equal(np.sort(order), np.arange(100)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def test_the_seed_decides_the_order():
    network = network_of(REGRESSION)
    rows = some_rows(network, 100)

    def final(**settings):
        return train(network, rows, epochs=2, batch_size=7, optimizer=SGD, **settings)[0].values

    assert np.array_equal(final(seed=3), final(seed=3))
    assert not np.array_equal(final(seed=3), final(seed=4))
    assert not np.array_equal(final(seed=3), final(seed=3, shuffle=False))


# -- numbers of the reports ------------------------------------------------------------------------------------------


def after_each_epoch(trainer):
    """The reports, each with the weights before and after its epoch."""
    before = trainer.values.copy()
    for report in trainer.epochs():
        yield report, before, trainer.values.copy()
        before = trainer.values.copy()


def test_metrics_are_those_of_scikit_learn_on_the_outputs_that_the_steps_saw():
    network = network_of(CLASSES)
    rows, validation = some_rows(network, 40), some_rows(network, 30, seed=5)
    names = ["accuracy", {"type": "f1", "average": "macro"}, "log_loss", "roc_auc"]
    trainer = a_trainer(network, rows, validation=validation, epochs=4, batch_size="full", metrics=names)

    def expected(values, labelled):
        outputs, truth = predict(network, values, labelled.inputs), labelled.targets.argmax(axis=1)
        return {
            "accuracy": sklearn.accuracy_score(truth, outputs.argmax(axis=1)),
            "f1": sklearn.f1_score(truth, outputs.argmax(axis=1), average="macro"),
            "log_loss": sklearn.log_loss(truth, outputs),
            "roc_auc": sklearn.roc_auc_score(truth, outputs, multi_class="ovr"),
        }

    for report, before, after in after_each_epoch(trainer):
        wanted = expected(before, rows) | {f"val_{key}": v for key, v in expected(after, validation).items()}
        assert report.metrics == pytest.approx(wanted, rel=1e-12)


def test_metrics_pair_each_output_with_its_own_target_in_shuffled_short_batches():
    network = network_of(REGRESSION)
    rows = some_rows(network, 150)
    still = {"type": "sgd", "learning_rate": 1e-30}
    _, (report,) = train(network, rows, epochs=1, batch_size=2, optimizer=still, metrics=["r2", "mae"], threads=2)
    outputs = predict(network, network.initial_values(), rows.inputs)
    assert report.metrics["r2"] == pytest.approx(sklearn.r2_score(rows.targets, outputs))
    assert report.metrics["mae"] == pytest.approx(sklearn.mean_absolute_error(rows.targets, outputs))


def test_validation_loss_is_taken_after_the_epoch_with_the_regularisers():
    network = network_of(REGRESSION, layers=[dense(4, "tanh", l2=0.1, l1=0.01), dense(2)])
    validation = some_rows(network, 9, seed=5, weighted=True)
    trainer = a_trainer(network, some_rows(network), validation=validation, epochs=3)
    for report, _, after in after_each_epoch(trainer):
        error = predict(network, after, validation.inputs) - validation.targets
        weights = network.tensors(after)["dense_1.weights"]
        penalty = 0.05 * (weights**2).sum() + 0.01 * np.abs(weights).sum()
        of_rows = validation.sample_weights * 0.5 * (error**2).sum(axis=1)
        assert report.val_loss == pytest.approx(of_rows.mean() + penalty, rel=1e-12)


def test_label_smoothing_is_in_the_loss_that_is_shown():
    network = network_of(CLASSES, loss={"type": "cross_entropy", "label_smoothing": 0.3})
    rows = some_rows(network)
    _, (report,) = train(network, rows, epochs=1, batch_size="full")
    outputs = predict(network, network.initial_values(), rows.inputs)
    smooth = 0.7 * rows.targets + 0.1
    assert report.loss == pytest.approx(-(smooth * np.log(outputs)).sum(axis=1).mean(), rel=1e-12)


def test_max_norm_rescales_the_weights_into_a_unit_and_leaves_smaller_ones():
    def after_a_step(**limit):
        network = a_network(dense(6, **limit), seed=4)
        trainer, _ = train(network, some_rows(network), epochs=1, batch_size="full", optimizer=SGD)
        return network.tensors(trainer.values)

    free, bound = after_a_step(), after_a_step(max_norm=0.8)
    norms = np.linalg.norm(free["dense_1.weights"], axis=0)
    assert norms.min() < 0.8 < norms.max()
    np.testing.assert_allclose(bound["dense_1.weights"], free["dense_1.weights"] * np.minimum(1, 0.8 / norms))
    assert np.array_equal(bound["dense_1.biases"], free["dense_1.biases"])


def test_dropout_drops_its_share_in_training_and_keeps_the_mean():
    network = a_network({"type": "dropout", "drop_rate": 0.3}, loss="half_squared_error", inputs=50)
    rows = Rows.of(network, np.ones((400, 50)), np.zeros((400, 50)))
    _, (report,) = train(network, rows, epochs=1, batch_size=40)
    kept = report.loss * 2 / 50 * 0.7**2
    assert kept == pytest.approx(0.7, abs=0.01)
    assert np.array_equal(predict(network, network.initial_values(), rows.inputs), rows.inputs)


def test_running_statistics_follow_those_of_the_batches():
    network = a_network({"type": "batch_norm", "momentum": 0.8}, dense(2))
    rows = some_rows(network, 20)
    trainer, _ = train(network, rows, epochs=2, batch_size=10, shuffle=False)
    mean, variance = np.zeros(3), np.ones(3)
    for batch in (rows.inputs[:10], rows.inputs[10:]) * 2:
        mean, variance = 0.8 * mean + 0.2 * batch.mean(axis=0), 0.8 * variance + 0.2 * batch.var(axis=0)
    tensors = network.tensors(trainer.values)
    np.testing.assert_allclose(tensors["batch_norm_1.mean"], mean, rtol=1e-12)
    np.testing.assert_allclose(tensors["batch_norm_1.variance"], variance, rtol=1e-12)


def test_neither_rows_nor_start_values_change():
    network = network_of(CLASSES)
    rows, start = some_rows(network, 13, weighted=True), some_values(network)
    given = [rows.inputs, rows.targets, rows.sample_weights, start]
    kept = [array.copy() for array in given]
    train(network, rows, values=start, epochs=2, batch_size=4, validation=rows, metrics=["accuracy"])
    assert all(np.array_equal(array, copy) for array, copy in zip(given, kept, strict=True))
