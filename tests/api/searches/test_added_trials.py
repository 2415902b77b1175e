"""Trials that are added to a search, and the sampler that learns from the trials before."""

import pytest

from service.domain.access import Scope
from service.operations.searches import optional
from service.operations.searches.driver import advance_due
from tests.api.doors import client_for
from tests.api.searches.searched import BODY, RATE, UNITS, counted, needs_optuna, queued, run_search


@pytest.fixture
def add(client):
    def send(made, **body):
        answer = client.post(f"/searches/{made['id']}/trials", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json

    return send


def test_points_are_added_after_the_end_whatever_the_limits_say(client, search, backend, trials, add):
    made = search(limits={"trials": 3, "parallel": 1, "target": 1e9})
    run_search(backend)
    before = trials(made)
    assert len(before) == 1
    added = add(made, points=[{RATE: 0.05}, {RATE: 0.02, UNITS: 3}])
    assert (added["status"], added["trials"], added["finished_at"]) == ("queued", 3, None)
    run_search(backend)
    found = trials(made)
    assert found[0] == before[0]
    assert [(one["status"], one["source"], one["parameters"][RATE]) for one in found[1:]] == [
        ("succeeded", "point", 0.05),
        ("succeeded", "point", 0.02),
    ]
    ended = client.get(f"/searches/{made['id']}").json
    assert ended["status"] == "succeeded"
    assert ended["best"]["value"] == min(one["value"] for one in found)


def test_a_count_lets_the_sampler_go_on_as_if_it_had_been_asked_for_at_once(search, backend, trials, add):
    made, whole = search(limits={"trials": 2}), search(limits={"trials": 4})
    run_search(backend)
    assert add(made, count=2)["trials"] == 4
    run_search(backend)
    assert [one["parameters"] for one in trials(made)] == [one["parameters"] for one in trials(whole)]


def test_points_are_added_to_a_pruned_search_after_its_end(client, search, backend, trials, add):
    training = {**BODY["training"], "epochs": 4}
    made = search(training=training, pruner={"type": "asha", "min_epochs": 1, "factor": 2}, limits={"trials": 4})
    run_search(backend)
    before = trials(made)
    add(made, points=[{RATE: 0.05}])
    run_search(backend)
    found = trials(made)
    assert found[:4] == before and len(found) == 5
    assert found[4]["status"] in ("succeeded", "pruned")
    assert client.get(f"/searches/{made['id']}").json["status"] == "succeeded"


def test_points_wait_behind_those_that_were_there_while_a_search_runs(search, backend, storage, trials, add):
    made = search(limits={"trials": 3, "parallel": 1}, points=[{RATE: 0.01}])
    advance_due(backend)
    add(made, points=[{RATE: 0.03}])
    run_search(backend)
    assert [one["source"] for one in trials(made)] == ["point", "point", "sampler", "sampler"]
    assert queued(storage) == []


def test_a_search_of_somebody_else_goes_on_with_the_rights_of_who_adds_to_it(app, client, search, backend, storage):
    search(name="tune", limits={"trials": 1})
    run_search(backend)
    other = client_for(app, storage, Scope.TRAIN, name="other")
    assert other.post("/searches/tune/trials", json={"count": 1}).json["created_by"] == "other"
    run_search(backend)
    assert counted(other.get("/searches/tune").json) == {"succeeded": 2}


def test_what_cannot_be_added_is_rejected(client, rejected, search, backend):
    made = search(name="tune")
    grid = search(name="grid", sampler="grid", parameters={RATE: {"values": [0.1]}}, limits={})
    path = f"/searches/{made['id']}/trials"
    rejected(422, "POST", path, "#/points", json={})
    rejected(422, "POST", path, "#/count", json={"count": 0})
    rejected(422, "POST", path, "#/points/0/~1training~1optimizer~1learning_rate", json={"points": [{RATE: 7}]})
    rejected(422, "POST", f"/searches/{grid['id']}/trials", "#/count", json={"count": 1})
    rejected(404, "POST", "/searches/missing/trials", json={"count": 1})
    client.post("/searches/tune/cancel")
    rejected(409, "POST", path, json={"count": 1})


def test_a_sampler_whose_package_is_missing_says_what_to_install(rejected, cheeses, monkeypatch):
    monkeypatch.setattr(optional, "find_spec", lambda name: None)
    problem = rejected(501, "POST", "/searches", json={**BODY, "sampler": "tpe"})
    assert "pip install 'optuna" in problem["detail"]


@needs_optuna
@pytest.mark.parametrize("pruner", ["none", {"type": "asha", "min_epochs": 1, "factor": 2}])
def test_tpe_proposes_the_same_for_any_order_of_the_trials(search, backend, trials, pruner):
    wanted = {
        "sampler": {"type": "tpe", "startup": 2, "seed": 3},
        "pruner": pruner,
        "limits": {"trials": 6, "parallel": 3},
    }
    one, other = search(name="one", **wanted), None
    run_search(backend)
    other = search(name="two", **wanted)
    run_search(backend, pick=-1)
    ours, theirs = ([(trial["parameters"], trial["value"]) for trial in trials(made)] for made in (one, other))
    assert ours == theirs and len({str(parameters) for parameters, _ in ours}) == 6
