"""What a search does next: the same for every order in which its trials end."""

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from service.search.moves import Begin, End, Rules, Step, Wait, next_move
from service.search.spec import SearchLimits


def rules(*, trials=10, goal="minimize", **limits):
    return Rules(limits=SearchLimits(**{"parallel": 2, **limits}), trials=trials, goal=goal)


def ended(*values, **fields):
    return [
        Step(trial=number, ended=True, value=value, is_last=True, **fields) for number, value in enumerate(values, 1)
    ]


def decided(wanted, steps):
    """The next move, without what a sampler sees."""
    move = next_move(wanted, steps)
    return move._replace(seen=0) if isinstance(move, Begin) else move


def simulated(wanted, value_of, order):
    """The steps of a whole search, whose running trials end in the order that `order` picks."""
    steps = []
    while True:
        move = next_move(wanted, steps)
        if isinstance(move, Begin):
            steps.append(Step(trial=move.trial))
            assert sum(not step.ended for step in steps) <= wanted.limits.parallel
            continue
        running = [index for index, step in enumerate(steps) if not step.ended]
        if not running:
            assert isinstance(move, End)
            return steps, move
        index = order.choice(running)
        steps[index] = steps[index]._replace(ended=True, value=value_of(steps[index].trial), is_last=True)


@given(
    values=st.lists(st.sampled_from([0.1, 0.5, 2.0, math.nan, None]), min_size=12, max_size=12),
    parallel=st.integers(1, 5),
    patience=st.sampled_from([None, 1, 3]),
    target=st.sampled_from([None, 0.1]),
)
def test_any_timing_leads_to_the_same_trials(values, parallel, patience, target):
    wanted = rules(trials=12, parallel=parallel, patience=patience, target=target)
    one, other = (simulated(wanted, lambda trial: values[trial - 1], random.Random(seed)) for seed in (1, 2))
    assert str(one) == str(other)


def test_a_trial_begins_once_all_have_ended_that_it_may_see():
    assert decided(rules(), []) == Begin(1)
    assert decided(rules(), [Step(trial=1)]) == Begin(2)
    assert decided(rules(), [Step(trial=1), Step(trial=2)]) == Wait()
    assert decided(rules(), [Step(trial=1), *ended(0.1, 0.2)[1:]]) == Wait()
    assert decided(rules(), [*ended(0.1), Step(trial=2)]) == Begin(3)


def test_a_search_ends_at_its_number_of_trials():
    assert decided(rules(trials=2), ended(0.1, 0.2)) == End()
    assert decided(rules(trials=2), [*ended(0.1), Step(trial=2)]) == Wait()


def test_the_target_is_met_in_the_direction_of_the_goal():
    assert decided(rules(target=0.5), ended(0.5)) == Begin(2)  # with two at a time, trial 2 sees nothing
    assert decided(rules(target=0.5, parallel=1), ended(0.5)) == End()
    assert decided(rules(target=0.5, parallel=1), ended(0.6)) == Begin(2)
    assert decided(rules(target=0.5, parallel=1, goal="maximize"), ended(0.6)) == End()
    assert decided(rules(target=0.5, parallel=1, goal="maximize"), ended(math.nan)) == Begin(2)


def test_patience_counts_trials_since_the_best_and_all_where_none_has_a_value():
    assert decided(rules(patience=2, parallel=1), ended(0.3, 0.4)) == Begin(3)
    assert decided(rules(patience=2, parallel=1), ended(0.3, 0.4, 0.3)) == End()
    assert decided(rules(patience=2, parallel=1), ended(None, math.nan)) == End()


def test_failures_count_those_that_neither_diverged_nor_were_cancelled():
    assert decided(rules(failures=2, parallel=1), ended(None, None, failed=True)) == End("2 trials have failed.")
    assert decided(rules(failures=2, parallel=1), ended(None, None)) == Begin(3)


def test_a_sampler_sees_the_steps_that_every_timing_has_brought():
    assert next_move(rules(), [*ended(0.1), Step(trial=2)]) == Begin(3, seen=1)
    assert next_move(rules(parallel=3), ended(0.1, 0.2, 0.3)) == Begin(4, seen=1)


def test_points_begin_whatever_the_limits_say():
    wanted = Rules(limits=SearchLimits(parallel=1, target=1.0, failures=1), trials=9, goal="minimize", asked=2)
    assert decided(wanted, ended(0.1)) == Begin(2)
    assert decided(wanted, ended(0.1, 0.2)) == End()
    assert decided(wanted, ended(None, failed=True)) == Begin(2)
