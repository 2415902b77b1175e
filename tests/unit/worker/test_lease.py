import time
from itertools import repeat

import pytest

from service.errors import LeaseLost, NotFound, StorageUnavailable
from service.worker import lease as lease_module
from service.worker.lease import Lease
from service.worker.settings import WorkerSettings


@pytest.fixture
def lease(storage, monkeypatch):
    """A lease of which 30 seconds have gone already."""
    monkeypatch.setattr(lease_module, "RETRY_SECONDS", 0.01)

    def make(*, seconds):
        settings = WorkerSettings(lease_seconds=seconds)
        return Lease(storage, "job_1", 1, settings, taken_at=time.monotonic() - 30)

    return make


def failing(times, error):
    attempts = repeat(error, times)

    def action():
        if failure := next(attempts, None):
            raise failure
        return "done"

    return action


def test_a_write_is_tried_again_while_the_database_is_away(lease):
    assert lease(seconds=60).insist(failing(3, StorageUnavailable())) == "done"


def test_the_lease_is_given_up_before_it_ends(lease):
    almost_over = lease(seconds=34)  # and 5 seconds before its end a run has to stop
    attempts = []

    def action():
        attempts.append(1)
        raise StorageUnavailable

    with pytest.raises(LeaseLost, match="away"):
        almost_over.insist(action)
    assert len(attempts) == 1


def test_a_deleted_job_is_nobodys(lease):
    with pytest.raises(LeaseLost, match="deleted"):
        lease(seconds=60).insist(failing(1, NotFound()))


def test_a_lease_that_is_lost_is_not_asked_for_again(lease):
    with pytest.raises(LeaseLost):
        lease(seconds=60).insist(failing(1, LeaseLost()))


def test_a_request_for_a_job_that_is_not_held_is_a_lost_lease(lease):
    with pytest.raises(LeaseLost):
        lease(seconds=60).news()
