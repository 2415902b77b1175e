"""Stop at any epoch, write the state down, go on elsewhere: every later number and weight has the same bits."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.engine.optimizers import OPTIMIZERS
from service.engine.schedules import SCHEDULES
from service.engine.training.state import TrainingState
from service.schema.validation import DataError
from tests.examples import examples
from tests.unit.engine.factories import a_network, a_trainer, dense, embedding, same_bits, some_rows

EPOCHS = 5

LAYERS = {
    "dense": [dense(4, "tanh", l1=0.01, l2=0.01, max_norm=1.5)],
    "activation": [dense(4), {"type": "activation", "activation": "gelu"}],
    "dropout": [dense(4, "relu"), {"type": "dropout", "drop_rate": 0.5}],
    "batch_norm": [dense(4), {"type": "batch_norm"}],
    "layer_norm": [dense(4), {"type": "layer_norm"}],
    "embedding": [embedding((0, 3, 2), (2, 4, 3))],
    "residual": [{"type": "residual", "layers": [dense(3, "tanh"), {"type": "batch_norm"}]}],
}

PLATEAU = {"type": "plateau", "monitor": "loss", "patience": 0, "min_delta": 0.1, "factor": 0.5, "warmup_epochs": 1.5}


def network_with(*layers, dtype="float32"):
    return a_network(*layers, dense(2), dtype=dtype)


def a_run(network, *, state=None, **options):
    rows, validation = some_rows(network, 11), some_rows(network, 5, seed=9)
    options = {"epochs": EPOCHS, "batch_size": 4, "metrics": ["mae"]} | options
    return a_trainer(network, rows, validation=validation, state=state, **options)


def through_json(state):
    """The state as another process gets it: JSON text and copies of the arrays."""
    arrays = {name: array.copy() for name, array in state.to_arrays().items()}
    return json.dumps(state.to_json()), arrays


def stop_after(trainer, epochs):
    for _ in zip(range(epochs), trainer.epochs(), strict=False):
        pass
    return through_json(trainer.state())


def finish(network, text, arrays, **options):
    """Go on from a state to the end; return the reports and the trainer."""
    trainer = a_run(network, state=TrainingState.restore(json.loads(text), arrays), **options)
    return list(trainer.epochs()), trainer


def resumes_to_the_same_bits(network, *, stop=2, **options):
    unbroken = a_run(network, **options)
    reports = list(unbroken.epochs())
    stop = min(stop, len(reports))
    later, resumed = finish(network, *stop_after(a_run(network, **options), stop), **options)
    assert later == reports[stop:]
    assert resumed.outcome == unbroken.outcome
    assert same_bits(resumed.values, unbroken.values)
    if unbroken.best_values is not None:
        assert same_bits(resumed.best_values, unbroken.best_values)


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_every_optimizer_resumes(optimizer):
    resumes_to_the_same_bits(network_with(*LAYERS["dense"]), optimizer={"type": optimizer, "weight_decay": 0.01})


@pytest.mark.parametrize("schedule", list(SCHEDULES))
def test_every_schedule_resumes(schedule):
    given = PLATEAU if schedule == "plateau" else {"type": schedule, "warmup_epochs": 0.7}
    resumes_to_the_same_bits(network_with(*LAYERS["dense"]), schedule=given)


@pytest.mark.parametrize("layer", list(LAYERS))
def test_every_layer_resumes(layer):
    resumes_to_the_same_bits(network_with(*LAYERS[layer]))


ANYWHERE = [name for name in LAYERS if name not in ("residual", "embedding")]


@settings(max_examples=examples(20), deadline=None)
@given(
    first=st.sampled_from([[], ["embedding"]]),
    layers=st.lists(st.sampled_from(ANYWHERE), max_size=3),
    dtype=st.sampled_from(["float32", "float64"]),
    stop=st.integers(0, EPOCHS),
    options=st.fixed_dictionaries(
        {
            "optimizer": st.sampled_from(list(OPTIMIZERS)),
            "schedule": st.sampled_from(["constant", "one_cycle", PLATEAU]),
            "batch_size": st.sampled_from([1, 4, 11, "full"]),
            "shuffle": st.booleans(),
            "seed": st.integers(0, 2**63 - 1),
            "clipping": st.sampled_from([None, {"type": "norm", "limit": 0.1}]),
            "early_stopping": st.sampled_from([None, {"patience": 1}, {"patience": 2, "monitor": "mae"}]),
        }
    ),
)
def test_any_combination_resumes_at_any_epoch(first, layers, dtype, stop, options):
    network = network_with(*(layer for name in first + layers for layer in LAYERS[name]), dtype=dtype)
    resumes_to_the_same_bits(network, stop=stop, **options)


@pytest.mark.parametrize("stop", range(1, EPOCHS))
def test_threads_resume(stop):
    resumes_to_the_same_bits(network_with(*LAYERS["dropout"]), stop=stop, threads=2)


def test_a_state_of_other_rows_is_rejected():
    network = network_with(*LAYERS["dense"])
    text, arrays = stop_after(a_run(network), 1)
    with pytest.raises(DataError, match="rows: must equal that of the run to resume, 11; got 12"):
        a_trainer(network, some_rows(network, 12), state=TrainingState.restore(json.loads(text), arrays), batch_size=4)


def finish_elsewhere(layers, text, arrays, options):
    reports, trainer = finish(network_with(*layers), text, arrays, **options)
    return reports, trainer.values, trainer.best_values


def test_another_process_goes_on_to_the_same_bits():
    layers = LAYERS["dropout"] + LAYERS["batch_norm"]
    options = {"optimizer": "nadam", "schedule": PLATEAU, "early_stopping": {"patience": 3}}
    network = network_with(*layers)
    unbroken = a_run(network, **options)
    reports = list(unbroken.epochs())
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
        state = stop_after(a_run(network, **options), 2)
        later, values, best = elsewhere.submit(finish_elsewhere, layers, state[0], state[1], options).result(timeout=60)
    assert later == reports[2:]
    assert same_bits(values, unbroken.values) and same_bits(best, unbroken.best_values)


def test_a_state_stays_as_it_was_taken():
    trainer = a_run(network_with(*LAYERS["dense"]))
    epochs = trainer.epochs()
    next(epochs)
    state = trainer.state()
    taken = through_json(state)
    list(epochs)
    text, arrays = through_json(state)
    assert text == taken[0] and all(same_bits(array, taken[1][name]) for name, array in arrays.items())


def test_a_run_that_had_stopped_early_is_over_when_it_is_restored():
    network, options = (
        network_with(*LAYERS["dense"]),
        {"early_stopping": {"monitor": "val_loss", "patience": 1, "min_delta": 9}},
    )
    stopped = a_run(network, **options)
    states = [through_json(stopped.state()) for _ in stopped.epochs()]
    assert stopped.outcome.reason == "stopped_early" and len(states) == 2
    reports, again = finish(network, *states[-1], **options)
    assert not reports and again.outcome == stopped.outcome and same_bits(again.values, stopped.values)


# -- states that are not what they say -------------------------------------------------------------------------------


@pytest.fixture
def state():
    text, arrays = stop_after(a_run(network_with(*LAYERS["dense"])), 2)
    return json.loads(text), arrays


def rejected(data, arrays):
    with pytest.raises(DataError) as error:
        TrainingState.restore(data, arrays)
    return error.value.issues[0].location


def test_a_state_whose_numbers_were_changed_is_rejected(state):
    data, arrays = state
    data["numbers"]["step"] += 1
    assert rejected(data, arrays) == "sha256"


def test_a_state_with_one_bit_of_an_array_changed_is_rejected(state):
    data, arrays = state
    arrays["slot.second_moment"].view(np.uint8)[7] ^= 1
    assert rejected(data, arrays) == "sha256"


@pytest.mark.parametrize("change", ["numbers", "sha256"])
def test_a_state_that_lacks_a_part_is_rejected(state, change):
    data, arrays = state
    del data[change]
    assert rejected(data, arrays) == "sha256"


def test_a_state_that_lacks_an_array_or_has_one_in_another_shape_is_rejected(state):
    data, arrays = state
    assert rejected(data, {name: array for name, array in arrays.items() if name != "values"}) == "sha256"
    assert rejected(data, arrays | {"values": arrays["values"][None]}) == "sha256"


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_a_state_of_another_version_is_rejected(state, version):
    data, arrays = state
    assert rejected(data | {"version": version}, arrays) == "version"


@pytest.mark.parametrize(
    ("network", "options", "place"),
    [
        (network_with(dense(5)), {}, "values"),
        (network_with(*LAYERS["dense"], dtype="float64"), {}, "values"),
        (network_with(*LAYERS["dense"]), {"optimizer": "momentum"}, "slot.velocity"),
        (network_with(*LAYERS["dense"]), {"threads": 2}, "threads"),
        (network_with(*LAYERS["dense"]), {"batch_size": 5}, "batch_size"),
        (network_with(*LAYERS["dense"]), {"batch_size": "full"}, "batch_size"),
    ],
)
def test_a_state_of_another_run_is_rejected(state, network, options, place):
    data, arrays = state
    with pytest.raises(DataError) as error:
        a_run(network, state=TrainingState.restore(data, arrays), **options)
    assert error.value.issues[0].location == place
