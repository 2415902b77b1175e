"""Trials measure how much each column matters only where that is asked for."""

import pytest

from service.jobs.job_run import run
from service.jobs.messages import Orders, ReportIntervals
from service.operations.searches.driver import advance_due
from service.worker.job_runner import assignment_of
from tests.api.searches.searched import BODY, RATE, queued
from tests.api.searches.stacks import claimed, run_claims


def ends_of(backend):
    """Of the first trial, alone and in a stack."""
    claims = claimed(backend.storage, queued(backend.storage))
    first = claims[0].job
    chunks = (backend.storage.read_chunk(one.id, 0) for one in claims[0].datasets.values())
    reports = []
    run(assignment_of(claims[0], ReportIntervals()), lambda: Orders.of(first), reports.append, chunks)
    return reports[-1].end, run_claims(backend.storage, claims)[first.id][-1].end


@pytest.mark.parametrize(("asked", "columns"), [(None, None), (False, None), (True, {"fat", "salt"})])
def test_a_trial_measures_it_only_if_its_search_asks_for_it(search, backend, asked, columns):
    parameters = {RATE: BODY["parameters"][RATE]}
    training = BODY["training"] | ({} if asked is None else {"importance": asked})
    search(parameters=parameters, training=training)
    advance_due(backend)
    for end in ends_of(backend):
        assert end.error is None
        assert (end.importance and {told["column"] for told in end.importance}) == columns


def test_the_options_of_a_trial_say_so(client, search, backend, trials):
    made = search()
    advance_due(backend)
    options = [client.get(f"/jobs/{trial['job']}").json["options"] for trial in trials(made)]
    assert [one["importance"] for one in options] == [False, False]


def test_a_training_of_ones_own_may_leave_it_out(client, search, backend, trials):
    made = search()
    advance_due(backend)
    [trial, _] = trials(made)
    told = client.get(f"/jobs/{trial['job']}").json["options"]
    wanted = {"network": trial["network"], "options": told}
    options = client.post("/train", json=wanted).json["options"]
    assert options["importance"] is False
    options = client.post("/train", json=wanted | {"importance": True}).json["options"]
    assert options.get("importance", True) is True
    answer = client.post("/train", json=wanted | {"importance": 1})
    assert answer.status_code == 422 and [error["pointer"] for error in answer.json["errors"]] == ["#/importance"]
