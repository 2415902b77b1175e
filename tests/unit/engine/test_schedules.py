import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.engine.schedules import SCHEDULES, Constant, Cosine, OneCycle, Plateau, Polynomial, Schedule, Step
from service.schema.validation import SpecError

REFERENCE = json.loads((Path(__file__).parent / "reference" / "schedules.json").read_text())

warmups = st.sampled_from([0.0, 0.1, 0.7, 2.0, 30.0])


def factors(schedule: Schedule, *, steps_per_epoch: int = 5, epochs: int = 8, memory=None, first=0, count=None):
    return schedule.factors(
        first,
        steps_per_epoch * epochs if count is None else count,
        steps_per_epoch=steps_per_epoch,
        epochs=epochs,
        memory=schedule.initial_memory() if memory is None else memory,
    )


@pytest.mark.parametrize("run", REFERENCE["runs"], ids=lambda run: run["torch"])
def test_a_schedule_agrees_with_torch(run):
    schedule = SCHEDULES.read(run["schedule"])
    ours = factors(schedule, steps_per_epoch=run["steps_per_epoch"], epochs=run["epochs"])
    np.testing.assert_allclose(ours, run["factors"], rtol=1e-12, atol=1e-15)


def test_plateau_agrees_with_torch():
    run = REFERENCE["plateau"]
    schedule = SCHEDULES.read(run["schedule"])
    memory = schedule.initial_memory()
    for value, expected in zip(run["values"], run["factors"], strict=True):
        memory = schedule.after_epoch(memory, value)
        assert memory["factor"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", list(SCHEDULES))
@given(
    warmup=warmups,
    steps_per_epoch=st.integers(1, 40),
    epochs=st.integers(1, 20),
    cut=st.floats(0, 1),
)
def test_any_block_of_steps_is_bit_for_bit_a_part_of_the_whole_run(name, warmup, steps_per_epoch, epochs, cut):
    schedule = SCHEDULES[name](warmup_epochs=warmup)
    whole = factors(schedule, steps_per_epoch=steps_per_epoch, epochs=epochs)
    first = int(cut * len(whole))
    rest = factors(schedule, steps_per_epoch=steps_per_epoch, epochs=epochs, first=first, count=len(whole) - first)
    assert whole.dtype == np.float64 and whole.shape == (steps_per_epoch * epochs,)
    assert rest.tobytes() == whole[first:].tobytes()


@pytest.mark.parametrize("name", list(SCHEDULES))
@given(warmup=warmups, steps_per_epoch=st.integers(1, 40), epochs=st.integers(1, 20))
def test_factors_stay_between_zero_and_one(name, warmup, steps_per_epoch, epochs):
    whole = factors(SCHEDULES[name](warmup_epochs=warmup), steps_per_epoch=steps_per_epoch, epochs=epochs)
    assert np.all(whole >= 0) and np.all(whole <= 1 + 1e-12)


def test_the_warm_up_is_a_straight_line_to_the_start_of_the_schedule():
    whole = factors(Constant(warmup_epochs=2, warmup_start=0.2))
    np.testing.assert_allclose(whole[:11], np.linspace(0.2, 1.0, 11))
    assert np.all(whole[10:] == 1)


def test_the_schedule_proper_begins_after_the_warm_up_and_fits_into_the_rest():
    warmed = factors(Cosine(warmup_epochs=2), epochs=8)
    alone = factors(Cosine(), epochs=6)
    np.testing.assert_array_equal(warmed[10:], alone)


def test_a_step_falls_exactly_at_the_start_of_an_epoch():
    whole = factors(Step(every_epochs=3, factor=0.5), steps_per_epoch=7, epochs=9)
    np.testing.assert_array_equal(whole, np.repeat([1, 0.5, 0.25], 21))


def test_decay_over_some_epochs_holds_its_end():
    whole = factors(Polynomial(decay_epochs=4, min_factor=0.25))
    assert np.all(whole[20:] == 0.25) and whole[0] == 1 and whole[10] == pytest.approx(0.625)


def test_one_cycle_peaks_at_the_learning_rate():
    whole = factors(OneCycle(pct_start=0.25), steps_per_epoch=10, epochs=4)
    assert whole.argmax() == 9 and whole.max() == 1
    assert whole[0] == pytest.approx(1 / 25) and whole[-1] == pytest.approx(1 / 25e4)


def test_one_cycle_survives_a_run_of_one_step():
    assert np.isfinite(factors(OneCycle(), steps_per_epoch=1, epochs=1)).all()


def test_plateau_waits_for_its_patience_and_stops_at_its_minimum():
    schedule = Plateau(factor=0.5, patience=1, min_factor=0.2)
    memory, seen = schedule.initial_memory(), []
    for _ in range(9):
        memory = schedule.after_epoch(memory, 1.0)
        seen.append(memory["factor"])
    assert seen == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2, 0.2]


def test_plateau_counts_a_value_that_is_not_finite_as_no_gain():
    schedule = Plateau(patience=0)
    memory = schedule.after_epoch(schedule.initial_memory(), math.nan)
    assert memory == {"factor": 0.1, "best": None, "waited": 0}


def test_plateau_memory_is_json_and_never_changed_in_place():
    schedule = Plateau()
    before = schedule.initial_memory()
    after = schedule.after_epoch(before, 0.5)
    assert before == schedule.initial_memory()
    assert json.loads(json.dumps(after)) == after


def test_plateau_multiplies_with_its_warm_up():
    whole = factors(Plateau(warmup_epochs=2, warmup_start=0.5), memory={"factor": 0.1, "best": 1.0, "waited": 0})
    assert whole[0] == pytest.approx(0.05) and whole[-1] == pytest.approx(0.1)


def test_only_plateau_looks_at_a_number():
    assert {name: SCHEDULES[name]().monitored for name in SCHEDULES if SCHEDULES[name]().monitored} == {
        "plateau": "val_loss"
    }


def test_a_bad_value_names_its_place():
    with pytest.raises(SpecError, match="warmup_start: must be at least 0 and at most 1, got 2"):
        SCHEDULES.read({"type": "step", "warmup_start": 2})


@pytest.mark.parametrize("name", list(SCHEDULES))
def test_every_schedule_says_what_it_does_and_where_it_is_from(name):
    assert SCHEDULES[name].formula and SCHEDULES[name].source
