"""Which trials train on: the same for any timing, and never none of them."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.search.moves import Begin, End, Rules, Step, Wait, next_move
from service.search.pruning import Entry, Promote, first_rung, ladder_of, promotion
from service.search.spec import Asha, Hyperband, Median, NoPruner, SearchLimits

ASHA = Asha(min_epochs=1, factor=2)
PRUNERS = (NoPruner(), ASHA, Hyperband(min_epochs=1, factor=2), Median(min_epochs=1, every=3, startup=2))


def simulated(pruner, curve, *, seed, trials=12, parallel=3, **limits):
    """The steps of a whole search over 8 epochs, whose running trials come to their rungs in a random order."""
    ladder, order = ladder_of(pruner, 8), random.Random(seed)
    wanted = SearchLimits(parallel=parallel, **limits)
    rules = Rules(limits=wanted, trials=trials, goal="minimize", pruner=pruner, ladder=ladder)
    steps = []
    while True:
        move = next_move(rules, steps)
        if isinstance(move, Begin | Promote):
            steps.append(Step(trial=move.trial, rung=move.rung))
            continue
        running = [index for index, step in enumerate(steps) if not step.ended]
        assert len(running) <= parallel and isinstance(move, Wait if running else End)
        if not running:
            return steps
        index = order.choice(running)
        step, is_top = steps[index], steps[index].rung == len(ladder) - 1
        value = curve(step.trial, step.rung)
        has_died = value is not None and math.isinf(value)
        steps[index] = step._replace(ended=True, value=None if has_died else value, is_last=is_top or has_died)


CURVES = st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9, math.nan, math.inf]), min_size=36, max_size=36)


@pytest.mark.parametrize("pruner", PRUNERS, ids=lambda pruner: pruner.name)
@given(values=CURVES, parallel=st.integers(1, 4), patience=st.sampled_from([None, 2]))
@settings(max_examples=40)
def test_any_timing_leads_to_the_same_steps(pruner, values, parallel, patience):
    def curve(trial, rung):
        return values[(trial * 3 + rung) % 36]

    one, other = (simulated(pruner, curve, seed=seed, parallel=parallel, patience=patience) for seed in (1, 2))
    assert str(one) == str(other)
    reached = [(step.trial, step.rung) for step in one]
    assert len(set(reached)) == len(reached)  # nothing is trained twice
    died = {step.trial for step in one if step.is_last and step.value is None}
    if len(died) < len({step.trial for step in one}):
        assert any(step.rung == len(ladder_of(pruner, 8)) - 1 for step in one if step.trial not in died)


def test_the_rungs_grow_by_the_factor_up_to_the_last_epoch():
    assert ladder_of(Asha(min_epochs=4, factor=3), 100) == (4, 12, 36, None)
    assert ladder_of(Asha(min_epochs=4, factor=3), 108) == (4, 12, 36, None)
    assert ladder_of(Asha(min_epochs=4, factor=3), 4) == (None,)
    assert ladder_of(Median(min_epochs=5, every=10), 30) == (5, 15, 25, None)
    assert ladder_of(Median(min_epochs=5), 20)[:3] == (5, 7, 9)
    assert ladder_of(NoPruner(), 20) == (None,)


def test_successive_halving_lets_one_of_so_many_go_on_and_the_best_of_them():
    steps = simulated(ASHA, lambda trial, rung: trial / 100, seed=0, trials=16, parallel=1)
    counts = [sum(step.rung == rung for step in steps) for rung in range(4)]
    assert counts == [16, 8, 4, 2]
    assert {step.trial for step in steps if step.rung == 3} == {1, 2}


def test_a_few_trials_that_no_share_lets_go_on_still_bring_one_to_the_end():
    """ray#37605."""
    steps = simulated(Asha(min_epochs=1, factor=4), lambda trial, rung: trial / 100, seed=0, trials=2)
    assert [(step.trial, step.rung) for step in steps] == [(1, 0), (2, 0), (1, 1), (1, 2)]


def test_what_has_no_value_never_goes_on_and_of_equal_ones_the_first_does():
    """optuna PR#6092."""
    entries = [Entry(1, 0, math.inf, True), Entry(2, 0, 0.5, True), Entry(3, 0, 0.5, True), Entry(4, 0, math.inf, True)]
    assert promotion(ASHA, (1, None), entries) == Promote(2, 1)
    assert promotion(ASHA, (1, None), [entries[0], entries[3]]) is None


def test_the_median_judges_nobody_by_few_reports():
    """optuna#2441, optuna#2506, optuna PR#2556."""
    pruner = Median(min_epochs=1, startup=2)
    bad = [Entry(1, 0, 0.9, False), Entry(2, 0, 1.0, True)]
    assert promotion(pruner, (1, None), bad) == Promote(2, 1)
    assert promotion(pruner, (1, None), [*bad[:1], Entry(2, 0, 1.0, False), Entry(3, 0, 1.1, True)]) is None
    assert promotion(pruner, (1, None), [*bad[:1], Entry(2, 0, 1.0, False), Entry(3, 0, 0.95, True)]) == Promote(3, 1)


def test_a_trial_is_judged_by_those_before_it_alone():
    pruner = Median(min_epochs=1, startup=1)
    entries = [Entry(1, 0, 0.5, False), Entry(2, 0, 0.6, True), *(Entry(one, 0, 0.9, False) for one in (3, 4, 5))]
    assert promotion(pruner, (1, None), entries) is None


def test_the_brackets_of_hyperband_begin_at_different_rungs():
    pruner = Hyperband(min_epochs=1, factor=3)
    ladder = ladder_of(pruner, 9)
    assert ladder == (1, 3, None)
    begun = [first_rung(pruner, ladder, trial) for trial in range(1, 35)]
    assert [begun[:17].count(rung) for rung in range(3)] == [9, 5, 3] and begun[17:] == begun[:17]
