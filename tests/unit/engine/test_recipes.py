"""An ensemble of several recipes is the mean of members that differ in layers, inputs and options."""

import json

import numpy as np
import pytest

from service.engine.inference import Predictor, predict
from service.engine.inspection.attribution import attribute
from service.engine.training.ensemble import EnsembleTrainer, MemberRows, member_training
from service.engine.training.spec import TrainingSpec
from service.engine.training.state import TrainingState
from service.engine.training.trainer import Trainer
from service.schema.validation import DataError, SpecError
from tests.unit.engine.factories import a_network, dense, embedding, same_bits, some_rows, some_values

LAST = {
    "mean_squared_error": dense(2),
    "cross_entropy": dense(3, "softmax"),
    "binary_cross_entropy": dense(1, "sigmoid"),
}
EMBEDDED = embedding((2, 3, 2))


def recipes_of(loss):
    return [
        {"count": 2},
        {"inputs": [0, 2], "layers": [EMBEDDED, dense(3, "tanh"), LAST[loss]]},
        {"count": 2, "inputs": [1, 2], "optimizer": {"type": "sgd", "learning_rate": 0.3}, "schedule": "cosine"},
    ]


def a_mix(loss="cross_entropy", members=None, **settings):
    given = recipes_of(loss) if members is None else members
    layers = [EMBEDDED, dense(5, "relu"), LAST[loss]]
    return a_network(*layers, loss=loss, members=given, seed=4, **settings)


def by_hand(network, values, x):
    each = enumerate(zip(network.members, network.parted(values), strict=True))
    return np.array([predict(member, own, network.read_by(index, x)) for index, (member, own) in each])


@pytest.mark.parametrize("loss", LAST)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_its_outputs_are_the_mean_of_its_members(loss, dtype):
    network = a_mix(loss, dtype=dtype)
    values, x = some_values(network), some_rows(network).inputs
    weights = np.array([0.25, 0.0, 0.125, 0.5, 0.125])
    network.weigh(values, weights)
    network.parted(values)[1][...] = np.nan  # without a weight it is not computed
    own = np.nan_to_num(by_hand(network, values, x))
    wanted, close = np.tensordot(weights, own, 1), 1e-12 if dtype == "float64" else 1e-5
    assert predict(network, values, x) == pytest.approx(wanted, rel=close)
    single = Predictor(network, values)
    assert np.vstack([single.predict(row[None]) for row in x]) == pytest.approx(wanted, rel=close)


def test_members_read_their_own_inputs_alone():
    network = a_mix()
    values, x = some_values(network), some_rows(network).inputs
    changed = x.copy()
    changed[:, 1] += 1  # which the third member does not read
    before, after = by_hand(network, values, x), by_hand(network, values, changed)
    assert [bool((one == other).all()) for one, other in zip(before, after, strict=True)] == [
        False, False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("loss", LAST)
def test_attributions_add_up_to_the_difference_of_its_outputs(loss):
    network = a_mix(loss)
    values, x = some_values(network), some_rows(network).inputs
    start = np.array([[0.5, -0.5, 0.0]])
    found = attribute(network, values, x, 0, start)
    wanted = predict(network, values, x)[:, 0] - predict(network, values, start)[0, 0]
    assert found.values.sum(axis=1) == pytest.approx(wanted, abs=2e-3 * np.abs(found.values).sum(axis=1).max())


@pytest.mark.parametrize("loss", LAST)
def test_attributions_go_through_a_temperature(loss):
    members = [{"inputs": [0, 2]}, {"count": 2, "layers": [dense(3, "tanh"), LAST[loss]]}]
    network = a_network(dense(5, "relu"), LAST[loss], loss=loss, members=members, seed=4)
    values, x = some_values(network), some_rows(network).inputs
    found = attribute(network, values, x, 0, temperature=1.6)
    zero = np.zeros((1, 3))
    wanted = predict(network, values, x, 1.6)[:, 0] - predict(network, values, zero, 1.6)[0, 0]
    assert found.values.sum(axis=1) == pytest.approx(wanted, abs=2e-3 * np.abs(found.values).sum(axis=1).max())


def test_its_weights_leave_and_come_back_by_name():
    network = a_mix()
    values = some_values(network)
    tensors = network.tensors(values)
    assert tensors["member_3.dense_1.weights"].shape == (3, 3)
    assert tensors["member_4.embedding_1.column_1"].shape == (4, 2)
    assert same_bits(network.from_tensors(tensors), values)


def test_a_list_of_one_recipe_is_the_number_of_its_members():
    one, other = a_mix(members=3), a_mix(members=[{"count": 3}])
    assert same_bits(one.initial_values(), other.initial_values())
    assert one.manifest() == other.manifest()


REJECTED = {
    "one member": ([{"count": 1}], "members: must be 2 to 64 members in all, got 1"),
    "too many": ([{"count": 40}, {"count": 40}], "must be 2 to 64 members in all, got 80"),
    "inputs that are not there": ([{}, {"inputs": [0, 2, 3]}], "must be below the network's 3 inputs, got 3"),
    "inputs twice": ([{}, {"inputs": [0, 0, 2]}], "must be in ascending order, and each different"),
    "embedded inputs left out": ([{}, {"inputs": [0, 1]}], "must have the embedded inputs, and lacks 2"),
    "no embedding": ([{}, {"layers": [LAST["cross_entropy"]]}], "must embed the same inputs"),
    "other outputs": ([{}, {"layers": [EMBEDDED, dense(4, "softmax")]}], "must end as the network's layers do"),
    "another activation": ([{}, {"layers": [EMBEDDED, dense(3, "tanh")]}], "must end as the network's layers do"),
    "another loss": ([{}, {"loss": "mean_squared_error"}], "must be the network's, cross_entropy"),
    "what is no recipe": ([{}, 3], "must be an object"),
    "an unknown option": ([{}, {"epochs": 3}], "epochs"),
}


@pytest.mark.parametrize("case", REJECTED)
def test_recipes_that_make_no_mean_are_rejected(case):
    members, message = REJECTED[case]
    with pytest.raises(SpecError, match=message.replace("(", ".")):
        a_mix(members=members)


def test_limits_count_the_members_of_every_recipe():
    network = a_mix()
    assert network.parameter_count == sum(member.parameter_count for member in network.members)
    with pytest.raises(SpecError, match=r"parameters of 5 members"):
        type(network)(network.spec, max_parameters=network.parameter_count - 1)


# -- training --------------------------------------------------------------------------------------------------------

NETWORK = a_mix()
OPTIONS = TrainingSpec.from_json(
    {
        "epochs": 8,
        "batch_size": 4,
        "seed": 5,
        "optimizer": {"type": "adam", "learning_rate": 0.1},
        "early_stopping": {"monitor": "val_loss", "patience": 2, "restore_best": True},
    }
)


def own_rows():
    each = enumerate(NETWORK.inputs_read)
    drawn = [(some_rows(NETWORK, 21, seed=i), some_rows(NETWORK, 9, seed=50 + i), read) for i, read in each]
    return [MemberRows(training.reading(read), validation.reading(read)) for training, validation, read in drawn]


def a_training(state=None):
    return EnsembleTrainer(NETWORK, OPTIONS, own_rows(), state=state)


def test_each_member_is_trained_as_it_would_be_alone_with_its_own_options():
    trainer = a_training()
    list(trainer.epochs())
    for index, (member, rows) in enumerate(zip(NETWORK.members, own_rows(), strict=True)):
        alone = Trainer(member, member_training(NETWORK, OPTIONS, index), rows.training, validation=rows.validation)
        list(alone.epochs())
        assert same_bits(NETWORK.parted(trainer.values)[index], alone.values)
    assert [member.spec.optimizer.name for member in trainer.members] == ["adam"] * 3 + ["sgd"] * 2
    assert [member.spec.schedule.name for member in trainer.members] == ["constant"] * 3 + ["cosine"] * 2


def test_a_training_that_goes_on_from_a_state_gives_equal_bits():
    whole, stopped = a_training(), a_training()
    wanted = list(whole.epochs())
    for _ in zip(range(2), stopped.epochs(), strict=False):
        pass
    state = stopped.state()
    resumed = a_training(TrainingState.restore(json.loads(json.dumps(state.to_json())), state.to_arrays()))
    assert list(resumed.epochs()) == wanted[2:]
    assert same_bits(resumed.values, whole.values)


def test_a_schedule_that_monitors_what_is_not_there_is_rejected():
    network = a_mix(members=[{}, {"schedule": {"type": "plateau", "monitor": "val_loss"}}])
    with pytest.raises(SpecError, match=r"members\[1\] of the network, whose schedule monitors val_loss"):
        OPTIONS.check(network, validated=False)
    OPTIONS.check(network, validated=True)


def test_rows_that_do_not_fit_are_named_as_ever():
    network = a_mix()
    with pytest.raises(DataError):
        predict(network, network.initial_values(), [[0.0, 1.0]])
