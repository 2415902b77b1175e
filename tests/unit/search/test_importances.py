"""Which parameters decided, by PED-ANOVA."""

import math

import pytest

from service.search.past import Past
from service.search.samplers import drawn
from service.search.space import read_space

pytest.importorskip("optuna", reason="Optuna is optional: pip install 'optuna>=5,<6'")

RATE, UNITS, KIND, DROP = "/training/rate", "/network/units", "/network/kind", "/network/drop"
SPACE = read_space(
    {
        RATE: {"type": "float", "low": 1e-4, "high": 1e-1, "scale": "log"},
        UNITS: {"type": "int", "low": 2, "high": 64},
        KIND: {"values": [{"type": "dropout"}, {"type": "batch_norm"}]},
        DROP: {"type": "float", "low": 0, "high": 0.5, "when": {KIND: {"type": "dropout"}}},
    }
)


def importances(past):
    from service.search.importances import importances

    return importances(SPACE, past)


def past(count, loss):
    return [Past(one, loss(one)) for one in (drawn(SPACE, 7, number) for number in range(count))]


def test_the_parameter_that_decides_is_the_most_important():
    found = importances(past(60, lambda one: abs(math.log10(one[RATE]) + 2) + one[UNITS] / 10_000))
    assert next(iter(found)) == RATE and found[RATE] > 0.5
    assert sum(found.values()) == pytest.approx(1)
    assert set(found) == set(SPACE.parameters)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_the_same_trials_have_the_same_importances():
    trials = past(30, lambda one: one[UNITS])
    assert importances(trials) == importances(trials)


def test_what_diverged_is_the_worst():
    def loss(one):
        return math.inf if one[RATE] > 0.001 else 1.0

    assert importances(past(60, loss))[RATE] > 0.5


def test_a_parameter_that_too_few_trials_have_has_none():
    without = [one for one in past(60, lambda one: one[RATE]) if DROP not in one.parameters]
    with_it = next(one for one in past(60, lambda one: one[RATE]) if DROP in one.parameters)
    found = importances([*without, with_it])
    assert found[DROP] is None and found[RATE] is not None
