"""Many networks trained at once: each is, to the last bit, what it would have been alone."""

import dataclasses

import numpy as np
import pytest

from service.engine.training.stackable import Training, is_worth_stacking, stack_key
from service.engine.training.stacked import StackedTrainer, gives_same_bytes
from service.schema.validation import DataError, SpecError
from tests.unit.engine.factories import a_network, a_training, dense, embedding, same_bits, some_rows

SEEDS = range(4)
RATES = (0.001, 0.01, 0.1, 0.3)

STACKS = {
    "one unit": [dense(8, "tanh"), dense(1)],
    "classes": [dense(16, "relu"), dense(5, "softmax")],
    "deep": [dense(6, "elu"), dense(6, "selu"), dense(6, "mish"), dense(6, "gelu"), dense(2, "softplus")],
    "batch_norm": [dense(6), {"type": "batch_norm"}, {"type": "activation", "activation": "swish"}, dense(3)],
    "layer_norm in residual": [dense(6), {"type": "residual", "layers": [dense(6), {"type": "layer_norm"}]}, dense(2)],
    "dropout": [dense(16, "relu"), {"type": "dropout", "drop_rate": 0.4}, dense(4)],
    "regularised": [dense(6, "sigmoid", l1=0.01, l2=0.1, max_norm=0.9), dense(2, l2=0.1)],
    "embedding": [embedding((2, 5, 3), (0, 2, 2)), dense(6, "tanh"), dense(2)],
    "embedding and statistics": [embedding((2, 5, 3), (0, 2, 2)), {"type": "batch_norm"}, dense(2)],
    "embedding alone": [embedding((1, 2, 1))],
    "bias-free": [dense(6, "leaky_relu", bias=False), dense(2, train_bias=False)],
    "batch_norm first": [{"type": "batch_norm"}, dense(6, "tanh"), dense(2)],
    "layer_norm first": [{"type": "layer_norm"}, dense(6, "tanh"), dense(2)],
    "norms in residual first": [
        {"type": "residual", "layers": [{"type": "batch_norm"}, {"type": "layer_norm"}]},
        dense(2),
    ],
    "dropout first": [{"type": "dropout", "drop_rate": 0.2}, dense(6, "tanh"), dense(2)],
    "activation first": [{"type": "activation", "activation": "softmax"}, dense(6, "tanh"), dense(2)],
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
    "metrics": {"metrics": ["mae", "r2"]},
    "a plateau": {"schedule": {"type": "plateau", "monitor": "val_loss", "patience": 1}},
    "early stopping": {"epochs": 30, "early_stopping": {"patience": 1}},
    "without restoring": {"epochs": 30, "early_stopping": {"patience": 1, "restore_best": False}},
}


def networks(layers, **settings):
    return [a_network(*layers, seed=seed, **settings) for seed in SEEDS]


def trainings(networks, *, counts=(43, 43, 43, 43), weighted=False, rates=RATES, **settings):
    """One for each network, with rows, validation rows, order and learning rate of its own."""
    made = []
    for index, (network, count, rate) in enumerate(zip(networks, counts, rates, strict=False)):
        spec = a_training(**{"epochs": 3, "batch_size": 8, "seed": index} | settings)
        spec = dataclasses.replace(spec, optimizer=dataclasses.replace(spec.optimizer, learning_rate=rate))
        rows = some_rows(network, count, seed=10 + index, weighted=weighted)
        validation = some_rows(network, 11 + index, seed=20 + index, weighted=weighted)
        made.append(Training(network=network, spec=spec, rows=rows, validation=validation))
    return made


def run(stack):
    """The reports of each network."""
    reports = [[] for _ in stack.networks]
    for epoch in stack.epochs():
        for index, report in epoch.items():
            reports[index].append(report)
    return reports


def is_as_alone(one, reports, training):
    """Whether a network of a stack has the reports, the weights and the end that it has alone."""
    trainer = training.alone()
    own = list(trainer.epochs())
    assert repr(reports) == repr(own)
    assert same_bits(one.values, trainer.values)
    assert (one.outcome, one.epoch, one.monitored) == (trainer.outcome, trainer.epoch, trainer.monitored)
    assert (one.best_values is None) == (trainer.best_values is None)
    assert one.best_values is None or same_bits(one.best_values, trainer.best_values)


def all_are_as_alone(trainings):
    stack = StackedTrainer(trainings)
    for one, reports, training in zip(stack.networks, run(stack), trainings, strict=True):
        is_as_alone(one, reports, training)
    return stack


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("about", STACKS)
def test_every_kind_of_layer_trains_in_a_stack_as_alone(about, dtype):
    loss = "cross_entropy" if about == "classes" else "huber"
    stack = all_are_as_alone(trainings(networks(STACKS[about], dtype=dtype, loss=loss)))
    assert len({one.values.tobytes() for one in stack.networks}) == len(SEEDS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("about", TRAININGS)
def test_every_way_of_training_is_the_same_in_a_stack(about, dtype):
    all_are_as_alone(trainings(networks(STACKS["regularised"], dtype=dtype), **TRAININGS[about]))


@pytest.mark.parametrize("batch_size", [1, 8, 43, 100, "full"])
@pytest.mark.parametrize("counts", [(43, 44, 43, 44), (48, 47, 49, 40), (8, 80, 7, 8)])
def test_networks_of_a_stack_may_have_more_rows_than_others(counts, batch_size):
    all_are_as_alone(trainings(networks(STACKS["dropout"]), counts=counts, batch_size=batch_size))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_weighted_rows_and_sums_are_the_same_in_a_stack(reduction):
    loss = {"type": "log_cosh", "reduction": reduction}
    all_are_as_alone(trainings(networks(STACKS["one unit"], loss=loss), weighted=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_batches_and_long_reductions_have_the_same_bits(dtype):
    made = networks(STACKS["classes"], dtype=dtype, loss="cross_entropy", inputs=64)
    all_are_as_alone(trainings(made[:2], counts=(1501, 1500), batch_size=16, epochs=2))


def test_batches_longer_than_a_buffer_of_numpy_have_the_same_bits():
    made = networks(STACKS["one unit"], dtype="float32", loss="binary_cross_entropy")
    all_are_as_alone(trainings(made[:3], counts=(9001, 9000, 9000), batch_size="full", epochs=2))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("about", ["classes", "dropout", "regularised", "batch_norm", "embedding", "one unit"])
def test_networks_with_long_steps_have_programs_of_their_own_in_any_number_of_threads(monkeypatch, about, threads):
    monkeypatch.setattr("service.engine.training.stacked.is_worth_stacking", lambda training: False)
    settings = {"metrics": ["mae"], "early_stopping": {"patience": 2}, "epochs": 12, "optimizer": "nadam"}
    given = trainings(networks(STACKS[about]), counts=(43, 40, 43, 16), weighted=True, **settings)
    stack = StackedTrainer(given, threads=threads)
    for one, reports, training in zip(stack.networks, run(stack), given, strict=True):
        is_as_alone(one, reports, training)


def test_networks_that_share_rows_have_one_table():
    first, *others = trainings(networks(STACKS["embedding"]))
    shared = [first, *(dataclasses.replace(other, rows=first.rows) for other in others)]
    stack = all_are_as_alone(shared)
    assert len(stack._table.table.inputs) == len(first.rows)


@pytest.mark.parametrize("settings", [{"seed": 5}, {"seed": 5, "batch_size": "full"}, {"shuffle": False}])
@pytest.mark.parametrize("weighted", [False, True])
def test_networks_with_the_same_rows_and_seed_draw_one_order(settings, weighted):
    given = trainings(networks(STACKS["classes"]), weighted=weighted, metrics=["mae"], **settings)
    given = [
        dataclasses.replace(each, rows=given[0].rows, spec=dataclasses.replace(each.spec, epochs=epochs))
        for each, epochs in zip(given, (1, 4, 2, 4), strict=True)
    ]
    stack = StackedTrainer(given)
    assert all(part.block.alike for part in stack.part.run.parts)
    for one, reports, training in zip(stack.networks, run(stack), given, strict=True):
        is_as_alone(one, reports, training)
        trainer = training.alone()
        list(trainer.epochs())
        assert one.state().numbers == trainer.state().numbers


def test_networks_at_other_epochs_or_with_other_rows_have_an_order_of_their_own():
    first, *others, last = trainings(networks(STACKS["dropout"]), seed=5)
    trainer = first.alone()
    before = [next(trainer.epochs())]
    shared = [dataclasses.replace(each, rows=first.rows) for each in others]
    stack = StackedTrainer([dataclasses.replace(first, state=trainer.state()), *shared, last])
    together = stack.part.run
    assert len(together._orders._rows) == 3 and not together.parts[0].block.alike
    reports = run(stack)
    reports[0] = before + reports[0]
    for one, own, training in zip(stack.networks, reports, [first, *shared, last], strict=True):
        is_as_alone(one, own, training)


def test_each_has_a_decay_a_schedule_and_a_length_of_its_own():
    made = trainings(networks(STACKS["deep"]))
    settings = [
        {"epochs": 1, "optimizer": {"type": "adam", "weight_decay": 0.2}},
        {"epochs": 7, "schedule": {"type": "cosine"}},
        {"epochs": 4, "shuffle": False, "metrics": ["mae"], "early_stopping": {"monitor": "val_mae", "patience": 1}},
        {"epochs": 2, "optimizer": {"type": "adam", "learning_rate": 0.05}},
    ]
    made = [
        dataclasses.replace(each, spec=a_training(batch_size=8, seed=index, **own))
        for index, (each, own) in enumerate(zip(made, settings, strict=True))
    ]
    all_are_as_alone(made)


def test_networks_may_start_from_weights_of_their_own():
    starts = ([[1.0], [2.0], [3.0]], [[0.0], [0.0], [0.0]])
    made = [
        a_network(
            dense(1, weights=start, biases=start[0]), {"type": "residual", "layers": [dense(1, weights=[start[1]])]}
        )
        for start in starts
    ]
    given = trainings(made)
    all_are_as_alone([given[0], dataclasses.replace(given[1], values=np.arange(6.0))])


@pytest.mark.parametrize("clipping", [None, {"type": "global_norm", "limit": 1e300}])
def test_a_network_that_diverges_leaves_the_others_alone(clipping):
    made = networks([dense(6), {"type": "dropout", "drop_rate": 0.2}, dense(2, max_norm=1e300)])
    stack = all_are_as_alone(trainings(made, rates=(0.01, 1e200, 0.02, 0.03), optimizer="sgd", clipping=clipping))
    assert [one.outcome.reason for one in stack.networks] == ["finished", "diverged", "finished", "finished"]


def test_a_network_that_leaves_can_resume_alone_and_the_others_go_on():
    given = trainings(networks(STACKS["dropout"]), epochs=6)
    stack, reports = StackedTrainer(given), {index: [] for index in SEEDS}
    for number, epoch in enumerate(stack.epochs(), 1):
        for index, report in epoch.items():
            reports[index].append(report)
        if number == 2:
            stack.networks[1].leave()
    left = stack.networks[1]
    assert (left.outcome.reason, left.epoch) == ("interrupted", 2)
    resumed = dataclasses.replace(given[1], state=left.state()).alone()
    reports[1] += list(resumed.epochs())
    is_as_alone(resumed, reports[1], given[1])
    for index in (0, 2, 3):
        is_as_alone(stack.networks[index], reports[index], given[index])


def test_states_of_different_epochs_go_on_together():
    given = trainings(networks(STACKS["one unit"]), epochs=8, early_stopping={"patience": 5}, optimizer="nadam")
    before, states = [], []
    for epochs, training in zip((1, 4, 0, 6), given, strict=True):
        trainer = training.alone()
        before.append([report for _, report in zip(range(epochs), trainer.epochs(), strict=False)])
        states.append(trainer.state())
    stack = StackedTrainer(
        [dataclasses.replace(training, state=state) for training, state in zip(given, states, strict=True)]
    )
    for index, reports in enumerate(run(stack)):
        is_as_alone(stack.networks[index], before[index] + reports, given[index])


def test_a_network_that_had_ended_before_takes_no_part():
    given = trainings(networks(STACKS["one unit"])[:2])
    trainer = given[0].alone()
    list(trainer.epochs())
    stack = StackedTrainer([dataclasses.replace(given[0], state=trainer.state()), given[1]])
    assert [len(reports) for reports in run(stack)] == [0, 3]
    assert stack.networks[0].outcome == trainer.outcome and same_bits(stack.networks[0].values, trainer.values)


def test_a_state_of_another_run_is_rejected():
    given = trainings(networks(STACKS["one unit"])[:2])
    other = trainings([a_network(dense(3))])[0].alone().state()
    with pytest.raises(DataError, match="does not belong to a run"):
        StackedTrainer([given[0], dataclasses.replace(given[1], state=other)])


def test_an_interruption_ends_all_with_the_last_finished_epoch():
    given, calls = trainings(networks(STACKS["dropout"])[:2]), iter([False, False, False, True])
    stack = StackedTrainer(given, interrupt=lambda: next(calls))
    reports = run(stack)
    for one, own, training in zip(stack.networks, reports, given, strict=True):
        trainer = training.alone()
        next(trainer.epochs())
        assert (one.outcome.reason, one.epoch, len(own)) == ("interrupted", 1, 1)
        assert same_bits(one.values, trainer.values)


@pytest.mark.parametrize("layers", [STACKS["one unit"], STACKS["classes"]])
def test_a_short_try_tells_whether_the_bytes_are_the_same(layers):
    assert gives_same_bytes(trainings(networks(layers, dtype="float32"), counts=(500, 499, 500, 500)))


def test_the_try_finds_a_difference(monkeypatch):
    given = trainings(networks(STACKS["classes"]))
    monkeypatch.setattr("service.engine.tape.np.matmul", lambda a, b, out: np.multiply(a @ b, 1 + 1e-15, out))
    assert not gives_same_bytes(given)


@pytest.mark.parametrize(("units", "batch_size", "worth_it"), [(16, 32, True), (1000, 32, False), (16, "full", False)])
def test_a_stack_pays_for_short_steps(units, batch_size, worth_it):
    given = trainings([a_network(dense(units), dense(1))], counts=(2000,), batch_size=batch_size)
    assert is_worth_stacking(given[0]) == worth_it


@pytest.mark.parametrize(
    ("changes", "settings", "places"),
    [
        ({"layers": [dense(3), dense(1)]}, {}, ["[1].network"]),
        ({"loss": "huber"}, {}, ["[1].network"]),
        ({}, {"optimizer": "sgd"}, ["[1].training.optimizer"]),
        ({}, {"optimizer": {"type": "adam", "beta1": 0.5}}, ["[1].training.optimizer"]),
        ({}, {"batch_size": 9}, ["[1].training.batch_size"]),
        ({}, {"clipping": {"type": "value", "limit": 1}}, ["[1].training.clipping"]),
        ({}, {"threads": 2}, ["[1].training.threads"]),
    ],
)
def test_what_cannot_be_stacked_is_rejected(changes, settings, places):
    spec = {"layers": [dense(2), dense(1)]} | changes
    made = [a_network(dense(2), dense(1)), a_network(*spec.pop("layers"), **spec)]
    first, second = trainings(made)
    second = dataclasses.replace(second, spec=a_training(**{"batch_size": 8} | settings))
    assert stack_key(first) != stack_key(second)
    with pytest.raises(SpecError) as rejected:
        StackedTrainer([first, second])
    assert [issue.location for issue in rejected.value.issues] == places


def test_threads_and_weights_of_some_are_rejected():
    made = networks(STACKS["one unit"])
    with pytest.raises(SpecError, match="must be 1: a stack trains in one thread"):
        StackedTrainer(trainings(made[:1], threads=2))
    mixed = [trainings(made)[0], trainings(made, weighted=True)[1]]
    with pytest.raises(SpecError, match="for all networks of a stack, or for none"):
        StackedTrainer(mixed)


def test_no_networks_are_no_stack():
    with pytest.raises(SpecError, match="one or more trainings"):
        StackedTrainer([])
