"""Numbers below the smallest normal one are zero in a training, in each of its threads, and nowhere else."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from service.engine import subnormals
from service.engine.executors.choice import choose
from service.engine.subnormals import FLUSHES, FlushedSubnormals
from tests.unit.engine.factories import a_network, a_trainer, dense, some_rows

can = pytest.mark.skipif(not FLUSHES, reason="this machine keeps subnormal numbers")
TINY = np.full(40, 1e-38, np.float32)


def kept():
    return bool((TINY * np.float32(0.1) > 0).all())


@can
def test_subnormals_are_zero_within_the_context_alone():
    assert kept()
    with FlushedSubnormals():
        assert not kept()
        with FlushedSubnormals():
            assert not kept()
        assert not kept()
    assert kept()


@can
def test_an_error_ends_it():
    with pytest.raises(KeyError), FlushedSubnormals():
        raise KeyError
    assert kept()


@can
def test_it_holds_for_the_thread_that_entered_it():
    with ThreadPoolExecutor(1) as other:
        assert other.submit(kept).result()
        with FlushedSubnormals():
            assert other.submit(kept).result()


@can
def test_it_keeps_the_error_flags_of_numpy():
    with np.errstate(over="raise"), FlushedSubnormals(), pytest.raises(FloatingPointError):
        np.full(4, 3e38, np.float32) * np.float32(10)


def test_where_the_machine_cannot_it_does_nothing(monkeypatch):
    monkeypatch.setattr(subnormals, "_thread", None)
    with FlushedSubnormals():
        assert kept()


def test_an_unknown_machine_keeps_them(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "pdp11")
    assert subnormals._of_this_machine() is None


@can
@pytest.mark.parametrize("executor", ["python", "auto"])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_training_keeps_none(executor, threads):
    """Weights of 1e-19 have gradients as small, whose squares Adam averages."""
    network = a_network(dense(6, "tanh"), dense(3, "softmax"), inputs=4, dtype="float32", loss="cross_entropy")
    choose(executor)
    try:
        values = network.initial_values() * np.float32(1e-19)
        settings = {"epochs": 1, "batch_size": "full", "optimizer": "adam", "threads": threads}
        trainer = a_trainer(network, some_rows(network, 40), values=values, **settings)
        list(trainer.epochs())
    finally:
        choose("auto")
    arrays = trainer.state().arrays
    assert arrays["slot.second_moment"].any()
    for array in arrays.values():
        assert not ((array != 0) & (np.abs(array) < np.finfo(np.float32).tiny)).any()
    assert kept()
