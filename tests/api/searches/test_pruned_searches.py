"""Searches whose trials stop at rungs: paused there, and resumed by the very job."""

import pytest

from service.operations.searches.driver import advance_due
from tests.api.searches.searched import BODY, counted, queued, run_search, run_trial

TRAINING = {**BODY["training"], "epochs": 8}
ASHA = {"type": "asha", "min_epochs": 1, "factor": 2}


@pytest.fixture
def pruned(search):
    def make(**fields):
        return search(**{"training": TRAINING, "pruner": ASHA, "limits": {"trials": 6, "parallel": 3}, **fields})

    return make


def comparable(found):
    return [(one["parameters"], one["status"], one["value"], one["rungs"]) for one in found]


def test_the_best_trials_train_on_and_the_others_are_pruned(client, pruned, backend, trials):
    made = pruned()
    run_search(backend)
    ended = client.get(f"/searches/{made['id']}").json
    assert ended["status"] == "succeeded" and ended["pruner"]["type"] == "asha"
    assert counted(ended)["pruned"] + counted(ended)["succeeded"] == 6
    found = trials(made)
    epochs = [trial["epoch"] for trial in found]
    assert set(epochs) <= {1, 2, 4, 8} and epochs.count(8) == counted(ended)["succeeded"] >= 1
    assert ended["spent"]["epochs"] == sum(epochs) < 48
    for trial in found:
        assert [rung["epoch"] for rung in trial["rungs"]] == [1, 2, 4, None][: len(trial["rungs"])]
        assert trial["value"] == trial["rungs"][-1]["value"]
        assert client.get(f"/jobs/{trial['job']}").json["status"] == (
            "cancelled" if trial["status"] == "pruned" else "succeeded"
        )
    assert client.delete(f"/searches/{made['id']}").status_code == 204


@pytest.mark.parametrize(
    "pruner", [ASHA, {**ASHA, "type": "hyperband"}, {"type": "median", "min_epochs": 2, "startup": 2}]
)
def test_any_order_of_the_trials_comes_to_the_same_rungs(pruned, backend, storage, trials, pruner):
    made = pruned(pruner=pruner, name="one")
    run_search(backend)
    other = pruned(pruner=pruner, name="two")
    run_search(backend, pick=-1)
    assert comparable(trials(made)) == comparable(trials(other))


def test_a_promoted_trial_is_the_very_job_and_equals_one_that_was_never_paused(
    client,
    pruned,
    search,
    backend,
    trials,
):
    """ray#44256, ray#32634, warprec#126."""
    made = pruned()
    run_search(backend)
    best = client.get(f"/searches/{made['id']}").json["best"]
    alone = search(training=TRAINING, points=[best["parameters"]], limits={"trials": 1})
    run_search(backend)
    [unbroken] = trials(alone)
    assert unbroken["value"] == best["value"]
    weights = [client.get(f"/networks/{one['network']}/weights?snapshot=best").json for one in (best, unbroken)]
    assert weights[0]["layers"] == weights[1]["layers"]
    history = [client.get(f"/jobs/{one['job']}/history").json["data"] for one in (best, unbroken)]
    assert [one["val_loss"] for one in history[0]] == [one["val_loss"] for one in history[1]]
    assert [one["epoch"] for one in history[0]] == list(range(1, 9))


def test_a_trial_that_is_cancelled_at_its_rung_does_not_stop_the_search(client, pruned, backend, storage, trials):
    made = pruned(limits={"trials": 4, "parallel": 1})
    advance_due(backend)
    first = queued(storage)[0]
    run_trial(storage, first)
    advance_due(backend)
    client.post(f"/jobs/{first}/cancel")
    run_search(backend)
    found = trials(made)
    assert found[0]["status"] in ("cancelled", "pruned")
    assert client.get(f"/searches/{made['id']}").json["status"] == "succeeded"


def test_cancelling_a_search_cancels_what_waits_at_a_rung_too(client, pruned, backend, storage, trials):
    made = pruned()
    advance_due(backend)
    run_trial(storage, queued(storage)[0])
    advance_due(backend)
    client.post(f"/searches/{made['id']}/cancel")
    advance_due(backend)
    assert client.get(f"/searches/{made['id']}").json["status"] == "cancelled"
    assert {trial["status"] for trial in trials(made)} == {"cancelled"}
    assert client.delete(f"/searches/{made['id']}").status_code == 204


def test_a_paused_search_leaves_what_waits_at_a_rung_there(client, pruned, backend, storage, trials):
    """ray#12389."""
    undisturbed = pruned(name="one")
    run_search(backend)
    made = pruned(name="two")
    for _ in range(6):
        advance_due(backend)
        run_trial(storage, queued(storage)[0])
        client.post("/searches/two/pause")
        advance_due(backend)
        assert client.get("/searches/two").json["status"] == "paused" and queued(storage) == []
        client.post("/searches/two/resume")
    run_search(backend)
    assert comparable(trials(made)) == comparable(trials(undisturbed))


def test_what_a_pruner_cannot_compare_is_rejected(rejected, cheeses):
    body = {**BODY, "training": TRAINING, "pruner": ASHA}
    epochs = {"/training/epochs": {"values": [4, 8]}}
    rejected(422, "POST", "/searches", "#/parameters/~1training~1epochs", json={**body, "parameters": epochs})
    rejected(
        422, "POST", "/searches", "#/pruner/min_epochs", json={**body, "pruner": {"type": "asha", "min_epochs": 8}}
    )
    rejected(422, "POST", "/searches", "#/pruner/factor", json={**body, "pruner": {"type": "asha", "factor": 1}})
    rejected(422, "POST", "/searches", "#/pruner", json={**body, "pruner": "bohb"})
