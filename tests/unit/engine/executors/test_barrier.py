"""Threads of native programs wait for each other, and none waits for one that failed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from threading import BrokenBarrierError

import numpy as np
import pytest

from service.engine.executors.barrier import SharedBarrier
from service.engine.executors.native.program import NativeExecutor
from service.engine.tape import Recorder
from tests.unit.engine.executors.comparing import why_not

pytestmark = [
    pytest.mark.skipif(bool(why_not()), reason=f"no native executor: {why_not()}"),
    pytest.mark.timeout(60),
]


def program(barrier, *, rounds, function=None):
    """A thread's part: in each round it adds 1 to its own number, waits, adds up all numbers, and waits."""
    tape = Recorder(rows=1, dtype="float64")
    own, total, one = tape.new(1), tape.new(1), tape.constant(1)
    own[:], total[:] = 0, 0

    def finish(others):
        for _ in range(rounds):
            if function is not None:
                tape.call(function)
            tape.call(np.add, own, one, own)
            tape.call(barrier.wait)
            for other in others:
                tape.call(np.add, total, other, total)
            tape.call(barrier.wait)
        return NativeExecutor().prepare(tape.calls)

    return own, total, finish


@pytest.mark.parametrize("parties", [1, 2, 3, 5])
def test_nobody_passes_before_all_have_come(parties):
    barrier = SharedBarrier(parties)
    parts = [program(barrier, rounds=300) for _ in range(parties)]
    programs = [finish([own for own, _, _ in parts]) for _, _, finish in parts]
    with ThreadPoolExecutor(parties) as threads:
        list(threads.map(lambda one: one.run(0, one.length), programs))
    assert {total.item() for _, total, _ in parts} == {parties * 300 * 301 / 2}
    assert not any(one.left for one in programs)


def test_late_ones_are_waited_for_without_the_interpreter_lock():
    barrier = SharedBarrier(2)
    (a, _, finish_a), (b, _, finish_b) = (
        program(barrier, rounds=5),
        program(barrier, rounds=5, function=lambda: time.sleep(0.02)),
    )
    programs = [finish_a([b]), finish_b([a])]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda one: one.run(0, one.length), programs))
    assert (a.item(), b.item()) == (5, 5)


@pytest.mark.parametrize("asleep", [True, False])
def test_those_that_wait_leave_when_it_breaks(asleep):
    barrier = SharedBarrier(2)
    _, _, finish = program(barrier, rounds=1)
    one, errors = finish([]), []

    def wait():
        try:
            one.run(0, one.length)
        except BrokenBarrierError as error:
            errors.append(error)

    thread = threading.Thread(target=wait)
    if asleep:
        thread.start()
        while barrier.state[SharedBarrier.ARRIVED] == 0:
            time.sleep(0.001)
    barrier.abort()
    if not asleep:
        thread.start()
    thread.join()
    assert len(errors) == 1
