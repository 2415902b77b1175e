"""Trials of folds and repeats: worth their mean, with a spread, and trained once more to be published."""

import statistics

import pytest

from service.domain.status import RequestedState
from tests.api.doors import client_for
from tests.api.searches.searched import BODY, RATE, UNITS, counted, queued, run_search, run_trial

TRAINING = {name: value for name, value in BODY["training"].items() if name != "validation"}
SEED = "/training/seed"


@pytest.fixture
def folded(search):
    def make(**fields):
        return search(**{"training": TRAINING, "folds": {"count": 3, "stratified": True}, **fields})

    return make


def job_of(client, trial):
    return client.get(f"/jobs/{trial['job']}").json


def last_fits(client, trial):
    return client.get(f"/jobs/{trial['job']}/history?from_epoch=3&fields=fits").json["data"][-1]["fits"]


def test_a_trial_of_folds_is_worth_their_mean_and_has_a_spread(client, folded, backend, trials):
    made = folded(name="tune", limits={"trials": 2})
    assert made["training"]["folds"]["count"] == 3
    run_search(backend)
    for trial in trials(made):
        losses = [fit["best_value"] for fit in last_fits(client, trial)]
        assert len(losses) == 3
        assert trial["value"] == pytest.approx(statistics.fmean(losses))
        assert trial["spread"] == pytest.approx(statistics.stdev(losses))


def test_a_repeated_trial_trains_from_other_seeds_and_is_worth_their_mean(client, search, backend, trials):
    once, made = search(name="once", limits={"trials": 1}), search(name="tune", repeats=3, limits={"trials": 1})
    assert (once["repeats"], made["repeats"]) == (1, 3)
    run_search(backend)
    [single], [trial] = trials(once), trials(made)
    losses = [fit["best_value"] for fit in last_fits(client, trial)]
    assert len(set(losses)) == 3 and losses[0] == single["value"]
    assert trial["value"] == pytest.approx(statistics.fmean(losses))
    assert (trial["spread"], single["spread"]) == (pytest.approx(statistics.stdev(losses)), None)
    assert job_of(client, trial)["folds"]["repeats"] == 3
    assert len(client.get(f"/networks/{trial['network']}/snapshots").json["data"]) == 1  # the initial one


def test_folds_are_repeated_together(client, folded, backend, trials):
    made = folded(repeats=2, limits={"trials": 1})
    run_search(backend)
    [trial] = trials(made)
    measured = job_of(client, trial)["folds"]
    assert (measured["count"], measured["repeats"]) == (6, 2)
    assert measured["rows"][:3] == measured["rows"][3:]
    assert measured["numbers"]["val_loss"]["folds"][0] != measured["numbers"]["val_loss"]["folds"][3]


def test_a_repeated_trial_stops_at_rungs_and_goes_on_to_the_same_end(search, backend, trials):
    pruner = {"type": "asha", "min_epochs": 1, "factor": 2}
    whole, pruned = search(name="one", repeats=2), search(name="two", repeats=2, pruner=pruner)
    run_search(backend)
    found = {trial["trial"]: trial for trial in trials(whole)}
    ended = [trial for trial in trials(pruned) if trial["status"] == "succeeded"]
    assert ended and all(trial["value"] == found[trial["trial"]]["value"] for trial in ended)
    stopped = next(trial for trial in trials(pruned) if trial["status"] == "pruned")
    assert stopped["spread"] is not None and len(stopped["rungs"]) == 1


def test_a_trial_of_which_one_fit_diverges_has_diverged(client, folded, backend, trials):
    made = folded(
        parameters={RATE: {"values": [1e30, 0.01]}},
        training={**TRAINING, "optimizer": {"type": "sgd", "learning_rate": 0.1}},
        network={
            **BODY["network"],
            "layers": [{"type": "dense", "units": 4, "activation": "relu"}] * 2 + [BODY["network"]["layers"][1]],
        },
        sampler="grid",
        limits={},
    )
    run_search(backend)
    first, second = trials(made)
    assert (first["status"], first["value"]) == ("diverged", None)
    assert client.get(f"/searches/{made['id']}").json["best"]["trial"] == second["trial"]


def test_the_winner_of_folds_is_trained_once_on_all_rows_and_then_published(
    client, folded, backend, storage, rejected, trials
):
    folded(name="tune", limits={"trials": 2})
    run_search(backend)
    best = client.get("/searches/tune").json["best"]
    asked = {"network": "cheese"}
    made = client.post("/searches/tune/publish", json=asked).json
    assert (made["network"], made["version"], made["alias"]) == ("cheese", None, None)
    job = client.get(f"/jobs/{made['job']}").json
    assert (job["network"], job["status"], job["trial"], job["rows"]) == ("cheese", "queued", best["trial"], 64)
    assert (job["options"]["folds"], job["options"]["validation"], job["epochs"]) == (None, None, 3)
    problem = rejected(409, "POST", "/searches/tune/publish", json=asked)
    assert made["job"] in problem["detail"]
    run_trial(storage, made["job"])
    assert client.get("/networks/cheese/live").json["chosen_by"] == "job"
    again = client.post("/searches/tune/publish", json=asked).json
    assert (again["version"], again["alias"], again["job"]) == (1, "production", None)
    assert client.get("/networks/cheese/live").json["chosen_by"] == "alias"
    assert client.get("/predict?network=cheese&fat=0.2&salt=0.9").json["labels"][0] in ("like", "dislike")
    assert client.get("/searches/tune").json["status"] == "succeeded"


def test_folds_that_stop_early_say_for_how_long_all_rows_are_trained(client, folded, backend, trials):
    training = {
        **TRAINING,
        "epochs": 40,
        "early_stopping": {"patience": 1},
        "optimizer": {"type": "adam", "learning_rate": 0.5},
    }
    folded(name="tune", training=training, parameters={UNITS: {"values": [3]}}, sampler="grid", limits={})
    run_search(backend)
    [trial] = client.get("/searches/tune/trials").json["data"]
    history = client.get(f"/jobs/{trial['job']}/history?fields=fits").json["data"]
    best = [fit["best_epoch"] for fit in history[-1]["fits"]]
    made = client.post("/searches/tune/publish", json={"network": "cheese"}).json
    job = client.get(f"/jobs/{made['job']}").json
    assert job["epochs"] == round(statistics.fmean(best)) < 40
    assert job["options"]["training"]["early_stopping"] is None


def test_the_winner_of_repeats_is_trained_once_as_its_first_repeat(client, search, backend, storage, trials):
    search(name="tune", repeats=2, limits={"trials": 1})
    run_search(backend)
    [trial] = client.get("/searches/tune/trials").json["data"]
    made = client.post("/searches/tune/publish", json={"network": "cheese"}).json
    run_trial(storage, made["job"])
    first = last_fits(client, trial)[0]
    assert client.get(f"/jobs/{made['job']}").json["best_value"] == first["best_value"]
    assert client.post("/searches/tune/publish", json={"network": "cheese"}).json["version"] == 1


def test_a_training_that_failed_is_queued_again(client, folded, backend, storage):
    folded(name="tune", limits={"trials": 1})
    run_search(backend)
    first = client.post("/searches/tune/publish", json={"network": "cheese"}).json["job"]
    storage.set_requested_state(first, RequestedState.CANCEL)
    second = client.post("/searches/tune/publish", json={"network": "cheese"}).json["job"]
    assert second not in (None, first) and queued(storage) == [second]


def test_a_key_that_may_not_train_publishes_no_trial_without_weights(app, client, folded, backend, storage):
    folded(name="tune", limits={"trials": 1})
    run_search(backend)
    manager = client_for(app, storage, "manage")
    assert manager.post("/searches/tune/publish", json={"network": "cheese"}).status_code == 403
    assert client.get("/networks/cheese").status_code == 404


def test_what_cannot_be_repeated_or_folded_is_rejected(rejected, cheeses):
    body = {**BODY, "training": TRAINING}
    rejected(422, "POST", "/searches", "#/repeats", json={**BODY, "repeats": 0})
    rejected(422, "POST", "/searches", "#/repeats", json={**body, "objective": {"metric": "loss"}, "repeats": 2})
    rejected(422, "POST", "/searches", "#/folds/count", json={**body, "folds": 1})
    rejected(422, "POST", "/searches", "#/folds", json={**body, "folds": 3, "training": {**TRAINING, "folds": 3}})
    rejected(422, "POST", "/searches", "#/training/validation", json={**BODY, "folds": 3})
    rejected(422, "POST", "/searches", "#/folds/group", json={**body, "folds": {"count": 3, "group": "shop"}})
    seeds = {SEED: {"values": [1, 2]}}
    rejected(422, "POST", "/searches", "#/parameters/~1training~1seed", json={**body, "folds": 3, "parameters": seeds})
    random = {**TRAINING, "validation": {"fraction": 0.3, "method": "random"}}
    rejected(
        422,
        "POST",
        "/searches",
        "#/parameters/~1training~1seed",
        json={**BODY, "training": random, "parameters": seeds},
    )
    ensemble = {**BODY, "network": {**BODY["network"], "members": 2}, "repeats": 2}
    rejected(422, "POST", "/searches", "#/repeats", json=ensemble)


def test_folds_whose_rows_no_seed_draws_may_be_searched_by_seed(search, backend):
    made = search(
        training=TRAINING,
        folds={"count": 2, "method": "hash"},
        parameters={SEED: {"values": [1, 2]}},
        sampler="grid",
        limits={},
    )
    run_search(backend)
    assert made["training"]["folds"]["method"] == "hash"


def test_a_proposed_search_takes_folds_for_its_validation_rows(client, cheeses, backend):
    made = client.post("/searches", json={"dataset": "cheeses", "target": "label", "folds": 2, "limits": {"trials": 1}})
    assert made.status_code == 201, made.text
    assert made.json["training"]["folds"]["count"] == 2 and "validation" not in made.json["training"]
    assert counted(client.get(f"/searches/{made.json['id']}").json) == {"waiting": 1}
