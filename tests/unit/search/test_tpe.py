"""Optuna's sampler, rebuilt for every trial."""

import math

import pytest

from service.search.past import Past
from service.search.samplers import drawn, sample
from service.search.space import read_space
from service.search.spec import Tpe

pytest.importorskip("optuna", reason="Optuna is optional: pip install 'optuna>=5,<6'")

RATE, UNITS, KIND, DROP = "/training/rate", "/network/units", "/network/kind", "/network/drop"
SPACE = read_space(
    {
        RATE: {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"},
        UNITS: {"type": "int", "low": 2, "high": 64, "scale": "log"},
        KIND: {"values": [{"type": "dropout"}, {"type": "batch_norm"}]},
        DROP: {"type": "float", "low": 0, "high": 0.5, "when": {KIND: {"type": "dropout"}}},
    }
)


def loss(parameters):
    return abs(math.log10(parameters[RATE]) + 2) + parameters.get(DROP, 1.0)


def past(count):
    return [Past(one, loss(one)) for one in (drawn(SPACE, 7, number) for number in range(count))]


def test_a_trial_follows_from_the_trials_before_it_alone():
    known = past(12)
    one, other = (sample(Tpe(seed=3), SPACE, 12, known) for _ in range(2))
    assert one == other
    assert sample(Tpe(seed=3), SPACE, 12, known[4:]) != one
    assert sample(Tpe(seed=4), SPACE, 12, known) != one


def test_the_first_trials_are_drawn_at_random():
    assert sample(Tpe(seed=3, startup=5), SPACE, 4, past(4)) == drawn(SPACE, 3, 4)


def test_it_looks_where_trials_were_good():
    known = past(12)
    for number in range(12, 30):
        parameters = sample(Tpe(), SPACE, number, known)
        known.append(Past(parameters, loss(parameters)))
    assert sum(one.loss for one in known[-8:]) / 8 < 0.5 * sum(one.loss for one in known[:12]) / 12


def test_what_diverged_what_was_pruned_and_what_still_trains_is_all_taken():
    first, second, third, *others = past(14)
    known = [first._replace(loss=math.inf), second._replace(is_whole=False, rung=1), third._replace(loss=None), *others]
    parameters = sample(Tpe(), SPACE, 14, known)
    assert SPACE.active(parameters) == parameters
    for pointer, value in parameters.items():
        assert SPACE.parameters[pointer].allows(value) is None
