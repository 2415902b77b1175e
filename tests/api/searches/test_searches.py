"""Searches: made, moved on, steered, published and deleted; trials are trained in this process."""

import math

import pytest

from service.domain.jobs import JobError
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.operations.searches.driver import advance_due
from tests.api.doors import client_for, client_with, make_key
from tests.api.runs import Run
from tests.api.searches.searched import BODY, RATE, UNITS, counted, queued, run_search, run_trial
from tests.storage.makers import at_once


def test_a_search_trains_its_trials_and_names_the_best(client, search, backend, trials):
    """A search as a resource, over HTTP: optuna#725."""
    made = search(name="tune")
    assert (made["status"], made["trials"], made["best"], counted(made)) == ("queued", 5, None, {})
    assert made["sampler"] == {"type": "random", "seed": 0}
    advance_due(backend)
    assert counted(client.get("/searches/tune").json) == {"queued": 2}
    run_search(backend)
    ended = client.get("/searches/tune").json
    assert (ended["status"], counted(ended), ended["eta_seconds"]) == ("succeeded", {"succeeded": 5}, None)
    found = trials(made)
    assert [trial["trial"] for trial in found] == [1, 2, 3, 4, 5]
    best = min(found, key=lambda trial: trial["value"])
    assert ended["best"] == {name: best[name] for name in ("trial", "job", "network", "value", "parameters")}
    assert ended["spent"]["epochs"] == 15 and ended["spent"]["seconds"] > 0
    assert all(0.001 <= trial["parameters"][RATE] <= 0.1 and 2 <= trial["parameters"][UNITS] <= 6 for trial in found)
    assert ended["finished_at"] >= ended["started_at"] >= ended["created_at"]


def test_a_trial_is_an_ordinary_job_of_a_network_that_its_search_owns(client, search, backend, trials):
    made = search(name="tune")
    run_search(backend)
    [first, *_] = trials(made)
    job = client.get(f"/jobs/{first['job']}").json
    assert (job["search"], job["trial"], job["network"], job["origin"]) == (made["id"], 1, "tune:1", "search")
    assert job["options"]["training"]["optimizer"]["learning_rate"] == first["parameters"][RATE]
    assert job["best_value"] == first["value"]
    network = client.get("/networks/tune:1").json
    assert (network["id"], network["search"]) == (first["network"], made["id"])
    assert network["layers"][0]["units"] == first["parameters"][UNITS]
    assert client.get("/networks").json["data"] == []
    assert len(client.get("/networks?search=tune").json["data"]) == 5
    assert len(client.get("/jobs?trials_of=tune").json["data"]) == 5
    assert len(client.get(f"/jobs/{first['job']}/history").json["data"]) == 3


def test_every_trial_is_a_run_of_one_experiment_where_they_are_reported(client, search, backend, trials):
    report = {"mlflow": "https://mlflow.example.org"}
    made = search(name="tune", training={**BODY["training"], "report": report})
    advance_due(backend)
    found = [client.get(f"/jobs/{trial['job']}").json["report"] for trial in trials(made)]
    assert [one["experiment"] for one in found] == ["tune", "tune"]
    assert {one["mlflow"] for one in found} == {report["mlflow"]}


def test_trials_never_change_what_anybody_predicts_from(client, search, backend, trials):
    made = search()
    run_search(backend)
    network = trials(made)[0]["network"]
    assert client.get(f"/networks/{network}/live").json["chosen_by"] == "initial"


@pytest.mark.parametrize("pick", [0, 1])
@pytest.mark.parametrize("parallel", [1, 3])
def test_the_same_search_comes_of_any_order_in_which_trials_end(search, backend, trials, pick, parallel):
    made = [search(limits={"trials": 6, "parallel": parallel, "patience": 2}, name=name) for name in ("one", "two")]
    run_search(backend, pick=pick)
    one, two = ([(trial["parameters"], trial["value"]) for trial in trials(search)] for search in made)
    assert one == two and len(one) >= 3


@pytest.mark.parametrize("sampler", [{"type": "random", "seed": 1}, {"type": "sobol", "seed": 1}, "grid"])
def test_each_sampler_proposes_different_trials(search, backend, trials, sampler):
    parameters = {RATE: {"values": [0.1, 0.01]}, UNITS: {"type": "int", "low": 2, "high": 3}}
    space = parameters if sampler == "grid" else BODY["parameters"]
    made = search(sampler=sampler, parameters=space, limits={"trials": None if sampler == "grid" else 4})
    run_search(backend)
    found = [tuple(trial["parameters"].values()) for trial in trials(made)]
    assert len(set(found)) == len(found) == 4
    if sampler == "grid":
        assert found == [(0.1, 2), (0.1, 3), (0.01, 2), (0.01, 3)]


def test_points_of_ones_own_go_first_and_what_they_leave_open_is_drawn(search, backend, trials):
    made = search(points=[{RATE: 0.05, UNITS: 4}, {RATE: 0.02}])
    run_search(backend)
    found = trials(made)
    assert [trial["source"] for trial in found] == ["point", "point", "sampler", "sampler", "sampler"]
    assert found[0]["parameters"] == {RATE: 0.05, UNITS: 4}
    assert found[1]["parameters"][RATE] == 0.02 and 2 <= found[1]["parameters"][UNITS] <= 6


def test_a_parameter_is_there_only_where_its_condition_holds(search, backend, trials):
    layer, drop = "/network/layers/0", "/network/layers/0/drop_rate"
    layers = [{"type": "dropout", "drop_rate": 0.1}, {"type": "batch_norm"}]
    made = search(
        parameters={
            drop: {"type": "float", "low": 0.1, "high": 0.5, "steps": 2, "when": {layer: layers[0]}},
            layer: {"values": layers},
        },
        sampler="grid",
        limits={},
    )
    run_search(backend)
    assert [trial["parameters"].get(drop) for trial in trials(made)] == [0.1, 0.5, None]


def test_all_trials_hold_out_the_same_rows_whatever_their_seed(client, search, backend, trials):
    made = search(parameters={"/network/seed": {"values": [1, 2]}}, sampler="grid", limits={})
    run_search(backend)
    found = trials(made)
    assert found[0]["value"] != found[1]["value"]
    jobs = [client.get(f"/jobs/{trial['job']}").json for trial in found]
    assert [job["options"]["split_seed"] for job in jobs] == [0, 0]


def test_a_diverged_trial_is_the_worst_and_no_failure(client, search, backend, trials):
    """optuna PR#6092."""
    made = search(
        parameters={RATE: {"values": [1e30, 0.01]}},
        training={**BODY["training"], "optimizer": {"type": "sgd", "learning_rate": 0.1}},
        network={
            **BODY["network"],
            "layers": [{"type": "dense", "units": 4, "activation": "relu"}] * 2 + [BODY["network"]["layers"][1]],
        },
        sampler="grid",
        limits={"failures": 1},
    )
    run_search(backend)
    first, second = trials(made)
    assert (first["status"], first["value"]) == ("diverged", None) and first["message"]
    ended = client.get(f"/searches/{made['id']}").json
    assert (ended["status"], ended["best"]["trial"]) == ("succeeded", second["trial"])


def test_a_search_of_diverged_trials_alone_says_that_none_has_succeeded(client, search, backend, storage):
    made = search(limits={"trials": 1})
    advance_due(backend)
    Run(storage, queued(storage)[0]).end(Status.FAILED, error=JobError(code="diverged", message="NaN"))
    advance_due(backend)
    ended = client.get(f"/searches/{made['id']}").json
    assert (ended["status"], ended["error"]["code"], ended["best"]) == ("failed", "no_trial", None)


def test_failed_trials_end_a_search_at_its_limit(client, search, backend, storage):
    made = search(limits={"trials": 10, "failures": 2, "parallel": 1})
    for _ in range(2):
        advance_due(backend)
        Run(storage, queued(storage)[0]).end(Status.FAILED, error=JobError(code="crashed", message="Killed."))
    advance_due(backend)
    ended = client.get(f"/searches/{made['id']}").json
    assert (ended["status"], ended["error"]["code"], counted(ended)) == ("failed", "failures", {"failed": 2})


@pytest.mark.parametrize(
    ("limits", "trials_made"),
    [({"target": 1e9}, 1), ({"seconds": 1e-9}, 1), ({"patience": 1}, None)],
    ids=["target", "seconds", "patience"],
)
def test_a_search_ends_early_by_its_limits(client, search, backend, limits, trials_made):
    made = search(limits={"trials": 30, "parallel": 1, **limits})
    run_search(backend)
    ended = client.get(f"/searches/{made['id']}").json
    assert ended["status"] == "succeeded"
    begun = sum(ended["counts"].values())
    assert begun == trials_made if trials_made else 2 <= begun < 30


def test_a_trial_whose_job_was_deleted_or_cancelled_does_not_stop_the_search(client, search, backend, storage, trials):
    made = search(limits={"trials": 3, "parallel": 2})
    advance_due(backend)
    first, second = queued(storage)
    client.post(f"/jobs/{first}/cancel")
    client.post(f"/jobs/{second}/cancel")
    client.delete(f"/jobs/{second}")
    run_search(backend)
    assert [trial["status"] for trial in trials(made)] == ["cancelled", "cancelled", "succeeded"]
    assert client.get(f"/searches/{made['id']}").json["best"]["trial"] == 3


def test_a_paused_search_goes_on_to_the_same_end(client, search, backend, storage, trials):
    undisturbed, disturbed = search(name="one"), search(name="two")
    advance_due(backend)
    assert client.post("/searches/two/pause").json["status"] == "pausing"
    advance_due(backend)
    paused = client.get("/searches/two").json
    assert (paused["status"], counted(paused)) == ("paused", {"paused": 2})
    run_search(backend)
    assert client.get("/searches/one").json["status"] == "succeeded"
    assert counted(client.get("/searches/two").json) == {"paused": 2}
    assert client.post("/searches/two/resume").json["status"] == "queued"
    run_search(backend)
    one, two = ([(trial["parameters"], trial["value"]) for trial in trials(made)] for made in (undisturbed, disturbed))
    assert one == two and len(two) == 5


def test_a_search_pauses_once_its_running_trials_have(client, search, backend, storage):
    search(name="tune")
    advance_due(backend)
    run = Run(storage, queued(storage)[0])
    client.post("/searches/tune/pause")
    advance_due(backend)
    assert client.get("/searches/tune").json["status"] == "pausing"
    run.end(Status.PAUSED)
    advance_due(backend)
    assert client.get("/searches/tune").json["status"] == "paused"


def test_a_cancelled_search_cancels_its_trials(client, rejected, search, backend, storage, trials):
    """optuna-dashboard#486."""
    made = search(name="tune")
    advance_due(backend)
    run = Run(storage, queued(storage)[0])
    assert client.post("/searches/tune/cancel").json["status"] == "cancelling"
    advance_due(backend)
    assert client.get("/searches/tune").json["status"] == "cancelling"
    rejected(409, "DELETE", "/searches/tune")
    run.end(Status.CANCELLED)
    advance_due(backend)
    assert client.get("/searches/tune").json["status"] == "cancelled"
    assert {trial["status"] for trial in trials(made)} == {"cancelled"}
    rejected(409, "POST", "/searches/tune/resume")
    assert client.post("/searches/tune/cancel").status_code == 200


def test_a_full_queue_is_waited_for(search, backend, storage, submit):
    made = search()
    for _ in range(5):
        submit()
    advance_due(backend)
    assert queued(storage) == []
    for job in storage.list_jobs(Page(limit=5)):
        storage.set_requested_state(job.id, RequestedState.CANCEL)
    advance_due(backend)
    assert len(queued(storage)) == 2
    assert [trial.number for trial in storage.list_trials(made["id"])] == [1, 2]


def test_a_search_is_deleted_with_its_networks_and_jobs(client, search, backend, count_rows):
    before = count_rows()
    search(name="tune")
    run_search(backend)
    assert client.delete("/searches/tune").status_code == 204
    assert client.get("/searches/tune").status_code == 404
    after = count_rows()
    kept = {name for name in after if after[name] != before[name]}
    assert kept <= {"totals"}


def test_a_search_is_deleted_without_its_networks_and_jobs(client, search, backend, trials, rejected):
    made = search(name="tune", limits={"trials": 2})
    run_search(backend)
    kept = trials(made)
    rejected(422, "DELETE", "/searches/tune?keep_jobs=yes", "keep_jobs")
    assert client.delete("/searches/tune?keep_jobs=true").status_code == 204
    assert client.get("/searches/tune").status_code == 404
    for trial in kept:
        job = client.get(f"/jobs/{trial['job']}").json
        assert job["network"].startswith(f"tune-{trial['trial']}-") and job["search"] is None
    assert {network["id"] for network in client.get("/networks").json["data"]} == {trial["network"] for trial in kept}
    assert client.get(f"/networks/{kept[0]['network']}/live").json["chosen_by"] == "initial"
    search(name="tune", limits={"trials": 2})
    run_search(backend)
    assert counted(client.get("/searches/tune").json) == {"succeeded": 2}


def test_the_best_trial_is_made_live_under_a_name_and_outlives_its_search(client, search, backend, rejected):
    search(name="tune")
    rejected(409, "POST", "/searches/tune/publish", json={"network": "cheese"})
    run_search(backend)
    best = client.get("/searches/tune").json["best"]
    answer = client.post("/searches/tune/publish", json={"network": "cheese", "model": "shop"})
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert (made["trial"], made["network"], made["version"], made["alias"]) == (
        best["trial"],
        "cheese",
        1,
        "production",
    )
    snapshot = client.get("/networks/cheese/snapshots/live").json
    assert snapshot["kind"] == "best" and snapshot["val_loss"] == best["value"]
    assert [network["name"] for network in client.get("/networks").json["data"]] == ["cheese"]
    assert client.delete("/searches/tune").status_code == 204
    asked = client.get("/predict?network=cheese&fat=0.2&salt=0.9").json
    assert asked["labels"][0] in ("like", "dislike")
    assert client.get("/models/shop/aliases/production").json["network"] == "cheese"
    job = client.get(f"/jobs/{best['job']}").json
    assert (job["search"], job["trial"]) == (None, None)


def test_a_published_trial_keeps_its_name(client, search, backend, rejected, network):
    search(name="tune")
    run_search(backend)
    rejected(409, "POST", "/searches/tune/publish", json={"network": "cheese", "trial": 1})
    rejected(404, "POST", "/searches/tune/publish", json={"network": "other", "trial": 9})
    rejected(422, "POST", "/searches/tune/publish", "#/network", json={"network": "a b"})
    assert client.post("/searches/tune/publish", json={"network": "other", "trial": 1}).status_code == 201
    rejected(409, "POST", "/searches/tune/publish", json={"network": "third", "trial": 1})
    again = client.post("/searches/tune/publish", json={"network": "other", "trial": 1, "alias": "staging"})
    assert again.status_code == 409  # its weights are a version already


P = "#/parameters/~1training~1optimizer~1learning_rate"


S = "#/parameters/~1training~1schedule~1rate"
REJECTED = [
    ({"parameters": {}}, ["#/parameters"]),
    ({"parameters": {"learning_rate": {"values": [1]}}}, ["#/parameters/learning_rate"]),
    ({"parameters": {"/training/learning_rate": {"values": [1]}}}, ["#/parameters/~1training~1learning_rate"]),
    (
        {"parameters": {"/training/validation/fraction": {"values": [0.1]}}},
        ["#/parameters/~1training~1validation~1fraction"],
    ),
    ({"parameters": {RATE: {"type": "float", "low": 0, "high": 1, "scale": "log"}}}, [f"{P}/low"]),
    ({"parameters": {RATE: {"type": "float", "low": 2, "high": 1}}}, [f"{P}/high"]),
    ({"parameters": {RATE: {"type": "float", "low": -1, "high": 0.1}}}, [f"{P}/low"]),
    ({"parameters": {RATE: {"type": "real", "low": 0}}}, [f"{P}/type"]),
    ({"parameters": {RATE: {"values": [0.1, 0.1]}}}, [f"{P}/values/1"]),
    ({"parameters": {RATE: {"values": [0.1, "fast"]}}}, [f"{P}/values/1"]),
    ({"parameters": {RATE: {"values": [0.1], "when": {UNITS: 3}}}}, [f"{P}/when/~1network~1layers~10~1units"]),
    ({"parameters": {"/network/layers/7/units": {"values": [3]}}}, ["#/parameters/~1network~1layers~17~1units"]),
    (
        {"parameters": {"/training/batch_size": {"values": [0, 32]}}},
        ["#/parameters/~1training~1batch_size/values/0"],
    ),
    ({"sampler": "grid"}, [f"{P}/steps"]),
    ({"sampler": "annealing"}, ["#/sampler"]),
    ({"objective": {"metric": "val_accuracy"}}, ["#/objective/metric"]),
    ({"objective": {"goal": "best"}}, ["#/objective/goal"]),
    ({"limits": {"trials": 0}}, ["#/limits/trials"]),
    ({"limits": {"trials": 1}, "points": [{RATE: 0.01}, {RATE: 0.02}]}, ["#/limits/trials"]),
    ({"points": [{RATE: 7}]}, ["#/points/0/~1training~1optimizer~1learning_rate"]),
    ({"points": [{"/network/seed": 7}]}, ["#/points/0/~1network~1seed"]),
    ({"training": {**BODY["training"], "promote": {"alias": "production"}}}, ["#/training/promote"]),
    ({"training": {**BODY["training"], "epoch": 3}}, ["#/training/epoch"]),
    ({"training": {**BODY["training"], "epochs": 0}}, ["#/training/epochs"]),
    ({"training": {"epochs": 3}}, ["#/objective/metric"]),
    (
        {"parameters": {"/training/schedule/rate": {"values": [1]}}},
        ["#/parameters/~1training~1schedule~1rate/values/0"],
    ),
    ({"network": {**BODY["network"], "name": "own"}}, ["#/network/name"]),
    ({"network": {**BODY["network"], "target": "taste"}}, ["#/network/target"]),
    ({"name": "a b"}, ["#/name"]),
    ({"trails": 3}, ["#/trails"]),
]


def test_what_could_not_train_is_rejected_with_its_pointer_before_anything_starts(rejected, cheeses):
    for change, places in REJECTED:
        rejected(422, "POST", "/searches", *places, json={**BODY, **change})


def test_a_missing_data_set_is_named(rejected, cheeses):
    training = {**BODY["training"], "dataset": "missing"}
    problem = rejected(404, "POST", "/searches", json={**BODY, "training": training})
    assert "#/training/dataset" in str(problem)


def test_a_proposed_network_can_be_searched(client, search, backend, trials):
    made = search(network={"from_dataset": "cheeses", "target": "label"}, limits={"trials": 1})
    assert made["network"]["layers"][0]["type"] == "dense" and "name" not in made["network"]
    run_search(backend)
    assert [trial["status"] for trial in trials(made)] == ["succeeded"]


def test_searches_are_listed_newest_first(client, search):
    made = [search()["id"] for _ in range(3)]
    first = client.get("/searches?limit=2").json
    assert [one["id"] for one in first["data"]] == made[:0:-1] and first["has_more"]
    assert [one["id"] for one in client.get(f"/searches?after={first['last_id']}").json["data"]] == made[:1]


def test_a_maximised_metric_is_read_from_the_last_epoch_or_the_best(client, search, backend, trials):
    training = {**BODY["training"], "metrics": ["accuracy"]}
    made = search(objective={"metric": "val_accuracy"}, training=training)
    stopped = search(objective={"metric": "val_accuracy"}, training={**training, "early_stopping": {"patience": 5}})
    run_search(backend)
    for one in (made, stopped):
        found, answer = trials(one), client.get(f"/searches/{one['id']}").json
        assert answer["objective"] == {"metric": "val_accuracy", "goal": "maximize"}
        best = answer["best"]
        assert best["value"] == max(trial["value"] for trial in found)
        history = client.get(f"/jobs/{best['job']}/history").json["data"]
        values = [epoch["metrics"]["val_accuracy"] for epoch in history]
        assert best["value"] == (values[-1] if one is made else max(values))
    assert math.isfinite(best["value"])


def test_one_trial_run_by_two_workers_at_once_is_begun_once(search, backend, storage):
    made = search()
    outcomes = at_once(lambda number: advance_due(backend), 4)
    assert outcomes == [None] * 4
    assert len(queued(storage)) == 2
    assert len(storage.list_steps(made["id"])) == 2
    run_trial(storage, queued(storage)[0])


def test_a_parameter_inside_of_a_field_that_was_left_out_changes_its_default(search):
    made = search(training={"epochs": 3, "validation": {"fraction": 0.3}})
    assert (made["training"]["optimizer"]["type"], made["training"]["optimizer"]["learning_rate"]) == ("adam", 0.001)


def test_a_restricted_key_sees_its_searches_and_their_networks_alone(app, client, backend, storage, search):
    search(name="other")
    churn = client_for(app, storage, "train", "manage", networks=["churn-*", "cheeses"])
    alone = client_for(app, storage, "train", networks=["churn-eu", "cheeses"])
    assert churn.post("/searches", json=BODY).status_code == 403
    refused = alone.post("/searches", json={**BODY, "name": "churn-eu"})
    assert refused.status_code == 403 and "churn-eu:1" in refused.json["detail"]
    assert churn.post("/searches", json={**BODY, "name": "churn-eu"}).status_code == 201
    run_search(backend)
    assert [one["name"] for one in churn.get("/searches").json["data"]] == ["churn-eu"]
    assert churn.get("/searches/churn-eu").json["status"] == "succeeded"
    assert churn.get("/networks/churn-eu:1").status_code == 200
    for method, path in (("GET", ""), ("GET", "/trials"), ("POST", "/cancel"), ("DELETE", "")):
        assert churn.open(f"/searches/other{path}", method=method).status_code == 404
    assert churn.post("/searches/other/publish", json={"network": "churn-us"}).status_code == 404
    assert churn.get("/networks/other:1").status_code == 404
    assert churn.post("/searches/churn-eu/publish", json={"network": "churn-us"}).status_code == 201


def test_a_search_whose_key_is_revoked_is_cancelled_and_says_why(app, client, backend, storage, cheeses):
    key, secret = make_key(storage, "train")
    mine = client_with(app, secret)
    assert mine.post("/searches", json={**BODY, "name": "tune"}).status_code == 201
    advance_due(backend)
    storage.revoke_key(key.id, with_made=False)
    run_search(backend)
    admin = client_for(app, storage, "admin")
    ended = admin.get("/searches/tune").json
    assert (ended["status"], ended["error"]["code"]) == ("failed", "forbidden")
    assert "was revoked" in ended["error"]["message"]
