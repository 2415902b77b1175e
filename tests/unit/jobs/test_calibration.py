"""What a run says of the weights it ends with, by its validation rows."""

from dataclasses import replace

import numpy as np
import pytest

from service.data.calibration import Calibration
from service.data.signatures.choice import signature_of
from service.engine.inference import predict
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.jobs import encoded_rows
from service.jobs.calibration import MAX_ROWS, calibrate_with
from service.jobs.described_weights import DescribedWeights
from service.jobs.pool import Pool
from service.jobs.preparation import Prepared
from tests.unit.jobs.makers import NETWORK, XOR, assignment, reports_of

ON_NOISE = Rows.of(NETWORK, np.random.default_rng(0).random((40, 2)), np.random.default_rng(1).integers(0, 2, (40, 1)))


def snapshots_of(*, calibrate, validation=ON_NOISE):
    sure = {"type": "adam", "learning_rate": 0.1}
    work = assignment(300, snapshots={"every": 100}, optimizer=sure)
    work = replace(work, data=encoded_rows.encode(XOR, validation), options=work.options | {"calibrate": calibrate})
    return {one.kind: one for report in reports_of(work) for one in report.snapshots}, reports_of(work)


def test_a_run_with_validation_rows_says_how_sure_its_probabilities_should_be():
    kept, _ = snapshots_of(calibrate=True)
    found = Calibration.from_json(kept["last"].calibration)
    assert found.rows == 40 and len(found.scores[0]) == 40
    # Classes drawn by a coin: what was learnt of four rows is far too sure.
    assert found.temperature == found.fitted_temperature > 1.2
    assert found.after.log_loss < found.before.log_loss
    assert sum(one.rows for one in found.before.bins) == 40
    assert kept["periodic"].calibration is None


def test_without_the_option_probabilities_stay_and_the_temperature_is_only_shown():
    with_option, tempered = snapshots_of(calibrate=True)
    without, plain = snapshots_of(calibrate=False)
    found = Calibration.from_json(without["last"].calibration)
    assert found.temperature == 1
    assert found.fitted_temperature == with_option["last"].calibration["temperature"]
    assert without["last"].values == with_option["last"].values
    losses = [[(epoch.loss, epoch.val_loss) for report in run for epoch in report.epochs] for run in (plain, tempered)]
    assert losses[0] == losses[1]


def test_without_validation_rows_nothing_is_said():
    kept, _ = snapshots_of(calibrate=False, validation=None)
    assert kept["last"].calibration is None


def test_weights_that_are_described_again_are_not_calibrated_again():
    calibrated = []
    described = DescribedWeights(Prepared(XOR, None, None, calibrate=calibrated.append))
    first, second = np.zeros(3), np.ones(3)
    for values in (first, first.copy(), second, first):
        described.describe(values)
    assert [values[0] for values in calibrated] == [0, 1, 0]


def a_network(loss, activation, outputs):
    layers = [{"type": "dense", "units": outputs, "activation": activation}]
    return Network(NetworkSpec.from_json({"inputs": 3, "layers": layers, "loss": loss, "dtype": "float64"}))


def calibrated(network, rows, **options):
    classifier = signature_of(network, features=None, labels=None, table=None).classifier
    values = network.initial_values()
    return calibrate_with(network, classifier, Pool(network, rows), **({"tempers": True} | options))(values), values


def test_the_scores_of_numbers_are_their_errors():
    network, draw = a_network("mean_squared_error", "linear", 2), np.random.default_rng(2)
    rows = Rows.of(network, draw.normal(size=(9, 3)), draw.normal(size=(9, 2)))
    found, values = calibrated(network, rows)
    expected = np.sort(np.abs(predict(network, values, rows.inputs) - rows.targets), axis=0)
    np.testing.assert_allclose(np.array(found.scores).T, expected)
    assert (found.temperature, found.before) == (1, None)


@pytest.mark.parametrize(("loss", "activation"), [("cross_entropy", "softmax"), ("binary_cross_entropy", "sigmoid")])
def test_the_scores_of_classes_are_what_the_true_one_lacks(loss, activation):
    outputs = 3 if activation == "softmax" else 1
    network, draw = a_network(loss, activation, outputs), np.random.default_rng(3)
    truth = draw.integers(0, max(outputs, 2), 12)
    targets = np.eye(3)[truth] if outputs == 3 else truth.reshape(-1, 1)
    rows = Rows.of(network, draw.normal(size=(12, 3)), targets)
    found, values = calibrated(network, rows)
    shares = predict(network, values, rows.inputs, found.temperature)
    shares = shares if outputs == 3 else np.hstack([1 - shares, shares])
    np.testing.assert_allclose(found.scores[0], np.sort(1 - shares[np.arange(12), truth]), atol=1e-12)


def test_several_yes_or_no_have_a_temperature_and_no_sets():
    network, draw = a_network("binary_cross_entropy", "sigmoid", 3), np.random.default_rng(4)
    found, _ = calibrated(network, Rows.of(network, draw.normal(size=(20, 3)), draw.integers(0, 2, (20, 3))))
    assert found.scores == () and found.fitted_temperature > 0
    assert sum(one.rows for one in found.before.bins) == 60


def test_weights_that_give_no_numbers_are_not_described():
    network = a_network("mean_squared_error", "linear", 1)
    rows = Rows.of(network, np.ones((5, 3)), np.ones((5, 1)))
    assert calibrate_with(network, None, Pool(network, rows), tempers=False)(np.full(network.size, np.nan)) is None


def test_of_very_many_rows_some_are_drawn():
    network = a_network("mean_squared_error", "linear", 1)
    rows = Rows.of(network, np.ones((MAX_ROWS + 1, 3)), np.ones((MAX_ROWS + 1, 1)))
    assert calibrated(network, rows)[0].rows == MAX_ROWS
