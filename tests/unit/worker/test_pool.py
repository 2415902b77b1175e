"""Threads of a worker that send what is due."""

import time

from service.worker.pool import join_all


class Busy:
    """Is at work for longer than anybody waits."""

    def __init__(self):
        self.waited = None

    def join(self, seconds):
        self.waited = seconds
        time.sleep(seconds)


def test_a_stopping_worker_waits_for_all_of_its_senders_no_longer_than_for_one():
    first, second = Busy(), Busy()
    join_all([first, second], 0.05)
    assert 0.04 < first.waited <= 0.05 and second.waited == 0
