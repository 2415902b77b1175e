"""Trials that begin at the same time are stored together, and each by itself where one of them cannot be."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from service.operations.searches import beginning
from service.operations.searches.driver import advance_due
from tests.api.conftest import LIMITS
from tests.api.searches.searched import UNITS, counted, queued, run_search, run_trial


@pytest.fixture
def commits():
    found = []

    def note(connection):
        found.append(connection)

    sa.event.listen(sa.Engine, "commit", note)
    yield found
    sa.event.remove(sa.Engine, "commit", note)


def test_many_trials_begin_in_one_transaction(search, backend, storage, commits):
    search(limits={"trials": 5, "parallel": 5})
    commits.clear()
    advance_due(backend)
    # One decides what begins, one makes it.
    assert len(queued(storage)) == 5 and len(commits) == 2


def test_trials_of_large_networks_begin_in_several_transactions(search, backend, storage, commits, monkeypatch):
    monkeypatch.setattr(beginning, "BYTES_TOGETHER", 1)
    search(limits={"trials": 4, "parallel": 4})
    commits.clear()
    advance_due(backend)
    assert len(queued(storage)) == 4 and len(commits) == 5


def test_where_the_queue_is_full_as_many_begin_as_there_is_room_for(client, search, backend, storage, trials):
    made = search(limits={"trials": 8, "parallel": 8})
    advance_due(backend)
    assert len(queued(storage)) == LIMITS.max_queued_jobs
    assert len(client.get(f"/networks?search={made['id']}").json["data"]) == LIMITS.max_queued_jobs
    run_trial(storage, queued(storage)[0])
    run_search(backend)
    assert counted(client.get(f"/searches/{made['id']}").json) == {"succeeded": 8}


def test_a_trial_that_cannot_begin_leaves_the_others_to_begin(client, search, backend, storage, trials):
    made = search(parameters={UNITS: {"values": [2, 400, 3]}}, sampler="grid", limits={"parallel": 3, "trials": 3})
    smaller = replace(backend, limits=replace(LIMITS, max_parameters=500))
    advance_due(smaller)
    found = [trial["status"] for trial in trials(made)]
    assert found.count("failed") == 1 and found.count("queued") == 2
