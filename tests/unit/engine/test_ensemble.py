"""An ensemble is a network: the mean of its members, each of which is trained as it would be alone."""

import json

import numpy as np
import pytest

from service.engine.evaluation import evaluate
from service.engine.inference import Predictor, predict
from service.engine.inspection.attribution import attribute
from service.engine.seeds import member_seed
from service.engine.training.ensemble import EnsembleTrainer, MemberRows
from service.engine.training.spec import TrainingSpec
from service.engine.training.state import TrainingState
from service.schema.validation import DataError, SpecError
from tests.unit.engine.factories import a_network, a_trainer, dense, embedding, same_bits, some_rows, some_values

KINDS = {
    "numbers": ([dense(2)], "mean_squared_error"),
    "relu": ([dense(2, "relu")], "mean_squared_error"),
    "classes": ([dense(3, "softmax")], "cross_entropy"),
    "one of two": ([dense(1, "sigmoid")], "binary_cross_entropy"),
    "several": ([dense(3, "sigmoid")], "binary_cross_entropy"),
    "signs": ([dense(1, "tanh")], "hinge"),
}
HIDDEN = [dense(5, "tanh"), {"type": "batch_norm"}, {"type": "dropout", "drop_rate": 0.3}]
STOPPING = {"monitor": "val_loss", "patience": 2, "restore_best": True}


def an_ensemble(kind="classes", members=3, layers=HIDDEN, **settings):
    last, loss = KINDS[kind]
    return a_network(*layers, *last, loss=loss, members=members, seed=4, **settings)


def own_outputs(network, values, x):
    each = zip(network.members, network.parted(values), strict=True)
    return np.array([predict(member, own, x) for member, own in each])


@pytest.mark.parametrize("kind", KINDS)
def test_its_outputs_are_the_mean_of_its_members(kind):
    network = an_ensemble(kind)
    values, x = some_values(network), some_rows(network).inputs
    weights = np.array([0.5, 0.25, 0.25])
    values[-3:] = 2 * weights  # only their shares count
    wanted = np.tensordot(weights, own_outputs(network, values, x), 1)
    assert predict(network, values, x) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("kind", ["classes", "one of two"])
def test_certain_members_have_a_finite_loss_where_they_are_wrong(kind):
    network = an_ensemble(kind, layers=[], dtype="float32")
    rows, values = some_rows(network), network.initial_values()
    values[:-3] *= 1e4
    assert 1e2 < evaluate(network, values, rows)["loss"] < 1e6


def test_a_member_without_weight_is_not_computed():
    network = an_ensemble()
    values, x = some_values(network), some_rows(network).inputs
    values[-3:] = [0, 1, 0]
    with_rubbish = values.copy()
    network.parted(with_rubbish)[0][...] = np.nan
    assert predict(network, with_rubbish, x) == pytest.approx(own_outputs(network, values, x)[1], rel=1e-12)


def test_a_single_row_has_the_outputs_that_it_has_among_others():
    network = an_ensemble(layers=[embedding((1, 3, 2)), *HIDDEN])
    values, x = some_values(network), some_rows(network).inputs
    one = Predictor(network, values, 1.5)
    assert np.vstack([one.predict(row[None]) for row in x]) == pytest.approx(
        predict(network, values, x, 1.5), rel=1e-12
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("temperature", [1.0, 1.7])
def test_attributions_add_up_to_the_difference_of_its_outputs(kind, temperature):
    network = an_ensemble(kind, layers=[dense(5, "tanh")])
    values, x = some_values(network), some_rows(network).inputs
    values[-3:] = [0.2, 0.3, 0.5]
    chosen = np.arange(len(x)) % network.outputs
    found = attribute(network, values, x, chosen, temperature=temperature)
    outputs, start = (predict(network, values, rows, temperature) for rows in (x, np.zeros((1, 3))))
    assert found.outputs == pytest.approx(outputs[np.arange(len(x)), chosen], rel=1e-12)
    differences = outputs[np.arange(len(x)), chosen] - start[0, chosen]
    assert found.values.sum(axis=1) == pytest.approx(differences, abs=2e-3 * np.abs(found.values).sum(axis=1).max())


def test_embeddings_and_a_temperature_together_are_rejected():
    network = an_ensemble(layers=[embedding((1, 3, 2)), *HIDDEN])
    with pytest.raises(DataError, match="train it without calibrate"):
        attribute(network, some_values(network), some_rows(network).inputs, 0, temperature=2.0)


def test_its_first_member_begins_as_the_network_alone_does_and_the_others_elsewhere():
    network, alone = an_ensemble(), an_ensemble(members=1)
    of_members = network.parted(network.initial_values())
    assert same_bits(of_members[0], alone.initial_values())
    assert len({own.tobytes() for own in of_members}) == 3


def test_its_weights_leave_and_come_back_by_name():
    network = an_ensemble(dtype="float32")
    values = some_values(network)
    tensors = network.tensors(values)
    assert tensors["member_2.dense_1.weights"].shape == (3, 5)
    assert tensors["average.weights"].shape == (3,)
    assert same_bits(network.from_tensors(tensors), values)
    assert sum(np.prod(part["shape"]) for part in network.manifest()) == network.size


@pytest.mark.parametrize("weights", [[0, 0, 0], [1, -1, 1]])
def test_weights_of_members_that_make_no_mean_are_rejected(weights):
    network = an_ensemble()
    with pytest.raises(DataError, match="average.weights: must be at least 0, and not all of them 0"):
        network.from_tensors(network.tensors(some_values(network)) | {"average.weights": weights})


def test_limits_count_all_members():
    spec = an_ensemble().spec
    size = an_ensemble(members=1).parameter_count
    assert an_ensemble().parameter_count == 3 * size
    with pytest.raises(SpecError, match="parameters of 3 members"):
        type(an_ensemble())(spec, max_parameters=3 * size - 1)


# -- training --------------------------------------------------------------------------------------------------------

NETWORK = an_ensemble()
OPTIONS = {"epochs": 12, "batch_size": 4, "seed": 5, "early_stopping": STOPPING, "optimizer": {"type": "adam"}}


def own_rows(network=NETWORK):
    return [MemberRows(some_rows(network, 21, seed=i), some_rows(network, 9, seed=50 + i)) for i in range(3)]


def a_training(state=None, **options):
    spec = TrainingSpec.from_json(OPTIONS | {"optimizer": {"type": "adam", "learning_rate": 0.1}} | options)
    return EnsembleTrainer(NETWORK, spec, own_rows(), state=state)


def test_each_member_is_trained_as_it_would_be_alone():
    trainer = a_training()
    reports = list(trainer.epochs())
    for index, (member, rows) in enumerate(zip(NETWORK.members, own_rows(), strict=True)):
        seed = member_seed(5, index)
        options = OPTIONS | {"optimizer": {"type": "adam", "learning_rate": 0.1}, "seed": seed}
        alone = a_trainer(member, rows.training, validation=rows.validation, **options)
        own = list(alone.epochs())
        assert same_bits(NETWORK.parted(trainer.values)[index], alone.values)
        assert reports[-1].fits[index].best_epoch == own[-1].best_epoch
    assert trainer.outcome.ended_well
    assert same_bits(trainer.values, trainer.best_values)


@pytest.mark.parametrize("epoch", [1, 5])
def test_a_training_that_goes_on_from_a_state_gives_equal_bits(epoch):
    whole, stopped = a_training(), a_training()
    wanted = list(whole.epochs())
    for _ in zip(range(epoch), stopped.epochs(), strict=False):
        pass
    state = stopped.state()
    text = json.dumps(state.to_json())
    resumed = a_training(TrainingState.restore(json.loads(text), state.to_arrays()))
    assert same_bits(resumed.values, stopped.values)
    assert list(resumed.epochs()) == wanted[epoch:]
    assert same_bits(resumed.values, whole.values)


@pytest.mark.parametrize("first", [True, False])
def test_a_stack_of_members_and_members_in_turn_go_on_from_each_other(monkeypatch, first):
    """A machine where a stack gives other bytes trains them in turn."""
    wanted = a_training()
    reports = list(wanted.epochs())
    place = "service.engine.training.side_by_side.gives_same_bytes"
    monkeypatch.setattr(place, lambda trainings: first)
    stopped = a_training()
    for _ in zip(range(4), stopped.epochs(), strict=False):
        pass
    monkeypatch.setattr(place, lambda trainings: not first)
    resumed = a_training(stopped.state())
    assert type(stopped.members[0]) is not type(resumed.members[0])
    assert list(resumed.epochs()) == reports[4:]
    assert same_bits(resumed.values, wanted.values) and same_bits(resumed.best_values, wanted.best_values)


def test_a_member_that_diverges_has_no_weight():
    trainer = a_training(optimizer={"type": "sgd", "learning_rate": 1e-3})
    first = trainer.members[0]
    first.values[:] = 1e300
    list(trainer.epochs())
    assert trainer.lost == {0}
    assert trainer.values[-3:].tolist() == [0, 0.5, 0.5]
    assert trainer.outcome.ended_well
