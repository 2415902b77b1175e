"""A thread that repeats an action until it is stopped."""

import threading

from service.periodic import PeriodicThread


def test_the_action_is_repeated_and_done_once_more_at_the_stop():
    done, third = [], threading.Event()

    def act():
        done.append(threading.current_thread().name)
        if len(done) == 3:
            third.set()

    thread = PeriodicThread("flush", act, seconds=0.001)
    assert not thread.is_running
    thread.start()
    assert thread.is_running
    assert third.wait(10)
    thread.stop()
    assert not thread.is_running
    assert done[0] == "flush"
    assert done[-1] == threading.current_thread().name


def test_an_action_that_fails_is_logged_and_comes_again(caplog):
    calls, again = [], threading.Event()

    def act():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("no room")
        again.set()

    thread = PeriodicThread("flush", act, seconds=0.001)
    thread.start()
    assert again.wait(10)
    thread.stop()
    assert "flush failed and goes on" in caplog.text
