"""Work that shares the threads that bring it."""

import threading

from service.process.front.lane import Lane


def test_work_beyond_the_width_waits_for_a_thread_that_is_done() -> None:
    lane, gate, begun, ran = Lane(1), threading.Event(), threading.Event(), []

    def first() -> None:
        begun.set()
        gate.wait(30)
        ran.append((1, threading.current_thread().name))

    busy = threading.Thread(target=lane.run, args=(first,), name="busy")
    busy.start()
    assert begun.wait(30)
    lane.run(lambda: ran.append((2, threading.current_thread().name)))
    assert ran == []  # and this thread is free again
    gate.set()
    busy.join(30)
    assert ran == [(1, "busy"), (2, "busy")]


def test_every_piece_of_work_runs_once_whatever_the_threads() -> None:
    lane, ran = Lane(3), []
    threads = [threading.Thread(target=lambda: [lane.run(lambda: ran.append(1)) for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ran) == 1600
