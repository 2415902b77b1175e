"""Searches are moved on beside the slots: at once for a trial that has stopped, and now and then anyway."""

import threading

import pytest

from service.errors import StorageUnavailable
from service.worker.search_thread import SearchThread
from service.worker.searching import Searching


@pytest.fixture
def running():
    """Start a thread that does this, and stop it at the end."""
    stopping, threads = threading.Event(), []

    def start(look, go_on, seconds):
        thread = SearchThread(Searching(look, go_on), seconds=seconds, stopping=stopping)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    stopping.set()
    for thread in threads:
        thread.join()


def test_a_trial_that_has_stopped_moves_its_search_on_at_once(running):
    looked, moved = threading.Event(), []
    has_moved = threading.Event()

    def go_on(search_id):
        moved.append(search_id)
        has_moved.set()

    thread = running(looked.set, go_on, 3600.0)
    assert looked.wait(60)
    thread.wake("srch_1")
    assert has_moved.wait(60) and moved == ["srch_1"]


def test_trials_that_stop_together_move_their_search_on_once(running):
    moved, all_moved, may_look = [], threading.Event(), threading.Event()

    def go_on(search_id):
        moved.append(search_id)
        if search_id == "srch_2":
            all_moved.set()

    thread = running(lambda: may_look.wait(60), go_on, 3600.0)
    for search_id in ("srch_1", "srch_1", "srch_2"):
        thread.wake(search_id)
    may_look.set()
    assert all_moved.wait(60) and moved == ["srch_1", "srch_2"]


@pytest.mark.parametrize("error", [StorageUnavailable("away"), RuntimeError("a bug")])
def test_what_fails_is_left_to_the_next_look(running, error):
    looks, looked_again = [], threading.Event()

    def look():
        looks.append(1)
        if len(looks) > 1:
            looked_again.set()
        raise error

    def go_on(search_id):
        raise error

    thread = running(look, go_on, 0.01)
    thread.wake("srch_1")
    assert looked_again.wait(60)
