"""The space of a search: what it reads, what it draws, and which parameters a trial has."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import qmc

from service.schema.validation import SpecError
from service.search.pointers import put
from service.search.samplers import sample
from service.search.sobol import MAX_DIMENSIONS, coordinate, sobol
from service.search.space import PARAMETERS, Float, Int, Values, read_space
from service.search.spec import Random, Sobol

A, B, C = "/training/a", "/training/b", "/network/c"


@given(low=st.floats(-1e6, 1e6), width=st.floats(1e-3, 1e6), share=st.floats(0, 1, exclude_max=True))
def test_a_float_lies_in_its_range(low, width, share):
    assert low <= Float(low=low, high=low + width).at(share) <= low + width


@given(low=st.integers(1, 1000), width=st.integers(1, 1000), share=st.floats(0, 1, exclude_max=True))
def test_an_int_lies_in_its_range_on_both_scales(low, width, share):
    for scale in ("linear", "log"):
        assert low <= Int(low=low, high=low + width, scale=scale).at(share) <= low + width


def test_a_log_scale_gives_equal_ratios_equal_shares():
    rate = Float(low=1e-4, high=1e-2, scale="log")
    assert rate.at(0.5) == pytest.approx(1e-3) and rate.at(0.0) == pytest.approx(1e-4)
    assert rate.grid() is None
    assert Float(low=1e-4, high=1e-2, scale="log", steps=3).grid() == pytest.approx([1e-4, 1e-3, 1e-2])


def test_every_value_of_an_int_and_of_a_list_is_drawn_as_often():
    shares = [step / 300 for step in range(300)]
    for parameter in (Int(low=1, high=3), Values(values=("a", "b", "c"))):
        drawn = [parameter.at(share) for share in shares]
        assert {value: drawn.count(value) for value in drawn} == dict.fromkeys(parameter.grid(), 100)
    assert list(Int(low=1, high=100, scale="log", steps=3).grid()) == [1, 10, 100]


def test_a_parameter_goes_behind_those_it_depends_on_and_is_left_out_without_them():
    space = read_space(
        {
            A: {"type": "float", "low": 0, "high": 1, "steps": 2, "when": {B: 2}},
            B: {"values": [1, 2], "when": {C: True}},
            C: {"values": [True, False]},
        }
    )
    assert list(space.parameters) == [C, B, A]
    assert space.active({A: 0.5, B: 2, C: True}) == {A: 0.5, B: 2, C: True}
    assert space.active({A: 0.5, B: 2, C: False}) == {C: False}
    assert list(space.grid()) == [
        {C: True, B: 1},
        {C: True, B: 2, A: 0},
        {C: True, B: 2, A: 1},
        {C: False},
    ]
    assert space.grid_size(2) == 3
    assert read_space(space.to_json()) == space


@pytest.mark.parametrize(
    ("parameters", "place"),
    [
        ({A: {"values": [1], "when": {A: 1}}}, (A, "when", A)),
        ({A: {"values": [1], "when": {B: 1}}}, (A, "when", B)),
        ({A: {"values": [1], "when": []}}, (A, "when")),
        ({A: {"values": [1], "when": {B: 2}}, B: {"values": [2], "when": {A: 1}}}, (A, "when")),
        ({A: {"values": []}}, (A, "values")),
        ({A: {"type": "int", "low": 1.5, "high": 3}}, (A, "low")),
        ({"/": {"values": [1]}}, ("/",)),
        ([], ()),
    ],
)
def test_a_wrong_space_is_rejected_where_it_is_wrong(parameters, place):
    with pytest.raises(SpecError) as error:
        read_space(parameters)
    assert place in [issue.path for issue in error.value.issues]


def test_true_is_not_one():
    assert Values(values=(True, 1)).allows(1) is None
    assert Values(values=(True,)).allows(1) is not None
    assert Int(low=0, high=1).allows(True) is not None and Float(low=0, high=1).allows(math.nan) is not None


def test_a_pointer_leads_through_lists_names_and_what_is_not_there_yet():
    bodies = {"network": {"layers": [{"type": "dense"}]}, "training": {"optimizer": "adam"}}
    put(bodies, "/network/layers/0/units", 3)
    put(bodies, "/training/optimizer/beta1", 0.5)
    put(bodies, "/training/early_stopping/patience", 4)
    put(bodies, "/network/layers/0", layer := {"type": "dropout"})
    assert bodies["training"] == {"optimizer": {"type": "adam", "beta1": 0.5}, "early_stopping": {"patience": 4}}
    assert bodies["network"]["layers"] == [layer] and bodies["network"]["layers"][0] is not layer
    for pointer in ("/network/layers/1/units", "/network/layers/x", "/network/layers/-1", "/network/layers/0/type/x/y"):
        bodies["network"]["layers"][0]["type"] = 3
        with pytest.raises(SpecError):
            put(bodies, pointer, 1)


def test_the_sobol_sequence_is_that_of_scipy():
    known = qmc.Sobol(d=MAX_DIMENSIONS, scramble=False, bits=32).random(64)
    ours = [[coordinate(number, one) / 2**32 for one in range(MAX_DIMENSIONS)] for number in range(64)]
    assert ours == known.tolist()


def test_a_shifted_sobol_sequence_still_fills_every_half_evenly():
    points = [sobol(number, 3, seed=5) for number in range(16)]
    assert all(sum(point[one] < 0.5 for point in points) == 8 for one in range(3))
    assert sobol(0, 3, seed=5) != sobol(0, 3, seed=6)


@pytest.mark.parametrize("sampler", [Random(seed=3), Sobol(seed=3)])
def test_a_trial_is_drawn_from_its_number_alone(sampler):
    space = read_space({A: {"type": "float", "low": 0, "high": 1}, B: {"values": [1, 2, 3]}})
    assert [sample(sampler, space, number) for number in (3, 1)] == [sample(sampler, space, one) for one in (3, 1)]
    assert len({sample(sampler, space, number)[A] for number in range(20)}) == 20


def test_every_kind_of_parameter_has_its_name():
    assert list(PARAMETERS) == ["float", "int", "values"]


def test_a_grid_is_asked_by_number_as_it_is_walked():
    given = {A: {"values": [1, 2]}, B: {"type": "float", "low": 0, "high": 1, "steps": 3}, C: {"values": ["x", "y"]}}
    conditional = {**given, B: {**given[B], "when": {A: 2}}}
    for parameters in (given, conditional):
        space = read_space(parameters)
        walked = list(space.grid())
        assert [space.grid_at(number) for number in range(len(walked) + 2)] == [*walked, None, None]
        assert [list(space.grid_at(number)) for number in range(len(walked))] == [list(one) for one in walked]
