"""What a network answers from: the accidents that a retraining was able to cause, and the words that choose weights."""

import pytest

from service.domain.jobs import JobError
from service.domain.status import Status
from tests.api.given import import_biases, passing
from tests.api.runs import Run, epoch
from tests.api.test_predict import snapshot_with

ROWS = {"inputs": [[1, 2, 3], [3, 2, 1]], "targets": [[1, 2, 3], [3, 2, 1]]}


@pytest.fixture
def train(client, storage):
    """Call it for a run of a new job on the network plain."""
    passing(client, "plain")

    def start(**body):
        answer = client.post("/train", json={"network": "plain", "data": ROWS, "epochs": 4, **body})
        assert answer.status_code == 202, answer.text
        return Run(storage, answer.json["id"])

    return start


def keep(run, kind, value, number=1):
    """Let the run store weights that answer with `value`."""
    found = snapshot_with(run.claim.network.id, value, job_id=run.job_id, kind=kind, epoch=number)
    return run.storage.add_snapshot(found, token=run.token).id


def asked(client, snapshot=None):
    """The value that the weights answer with, and what chose them, by both fast paths."""
    reference = {} if snapshot is None else {"snapshot": snapshot}
    got = client.get("/predict", query_string={"network": "plain", "x": "0,0,0", **reference})
    posted = client.post("/predict", json={"network": "plain", "inputs": [[0, 0, 0]], **reference})
    assert (got.status_code, got.json) == (200, posted.json)
    return got.json["outputs"][0][0], got.json["chosen_by"]


def succeed(run, value, **report):
    run.report(epoch(1), epoch(2), best_epoch=1, best_value=0.5, **report)
    best, last = keep(run, "best", value + 0.5), keep(run, "last", value, 2)
    run.end()
    return best, last


def test_a_retraining_changes_no_answer_before_it_has_succeeded(client, train):
    succeed(train(), 1)
    run = train()
    for number, kind in enumerate(("best", "periodic", "best", "last"), start=1):
        keep(run, kind, 2, number)
        assert asked(client) == (1, "job")
    run.end()
    assert asked(client) == (2, "job")


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED])
def test_a_retraining_that_was_cancelled_or_failed_changes_no_answer(client, train, status):
    succeed(train(), 1)
    run = train()
    keep(run, "best", 2, 3)
    keep(run, "last", 2, 4)
    run.end(status, error=JobError(code="timeout", message="too long") if status is Status.FAILED else None)
    assert asked(client) == (1, "job")
    assert asked(client, "latest") == (2, "latest")


def test_a_retraining_that_diverged_does_not_bring_the_first_weights_back(client, train):
    succeed(train(), 1)
    run = train(start_from="initial")
    run.end(Status.FAILED, error=JobError(code="diverged", message="not finite"))
    assert asked(client) == (1, "job")


def test_best_is_not_the_best_of_the_newest_job_alone(client, train):
    validation = {"validation": ROWS, "epochs": 2}
    for value, best in ((1, 0.3), (2, 0.1), (3, 0.2)):
        run = train(**validation)
        run.report(epoch(1), best_epoch=1, best_value=best)
        keep(run, "best", value)
        run.end()
    other = train(validation={**ROWS, "targets": [[0, 0, 0], [0, 0, 0]]})
    other.report(epoch(1), best_epoch=1, best_value=0.01)
    keep(other, "best", 9)
    other.end(Status.CANCELLED)
    answer = client.get("/predict?network=plain&x=0,0,0&snapshot=best").json
    assert (answer["outputs"][0][0], answer["chosen_by"]) == (2, "best")
    assert answer["best"] == {"monitored": "val_loss", "value": 0.1, "jobs": 3}


def test_first_weights_say_that_they_are_not_trained_and_given_or_imported_ones_do_not(client, spec):
    spec["name"] = "drawn"
    client.post("/networks", json=spec)
    answer = client.get("/predict?network=drawn&x=1,2").json
    assert (answer["chosen_by"], answer["trained"], len(answer["warnings"])) == ("initial", False, 1)
    passing(client, "plain")
    assert "trained" not in client.get("/predict?network=plain&x=0,0,0").json
    import_biases(client, "plain", [1, 1, 1])
    assert asked(client) == (1, "import")
    assert "trained" not in client.get("/predict?network=plain&x=0,0,0").json


def test_an_experiment_is_live_only_by_an_alias(client, train):
    _, last = succeed(train(experiment=True), 1)
    assert asked(client) == (0, "initial")
    client.patch(f"/networks/plain/snapshots/{last}", json={"alias": "production"})
    answer = client.get("/predict?network=plain&x=0,0,0").json
    assert (answer["outputs"][0][0], answer["chosen_by"]) == (1, "alias")
    assert (answer["version"], answer["alias"]) == (1, "production")


def test_a_running_job_is_asked_by_its_id(client, train):
    run = train()
    keep(run, "best", 5, 1)
    assert asked(client, run.job_id) == (5, "job")
    assert asked(client) == (0, "initial")


def test_an_evaluation_says_what_chose_its_weights(client, train):
    succeed(train(), 1)
    body = {"network": "plain", "data": ROWS}
    answer = client.post("/evaluate", json=body).json
    assert (answer["chosen_by"], answer["version"], answer["alias"]) == ("job", None, None)
    assert client.post("/evaluate", json={**body, "snapshot": "initial"}).json["chosen_by"] == "initial"


@pytest.mark.parametrize("alias", ["live", "7", "ver_1", "mdl_1", "pred_1", "srch_1", "key_1"])
def test_a_new_alias_is_no_word_number_or_id(client, train, rejected, alias):
    train()
    rejected(422, "PATCH", "/networks/plain/snapshots/initial", "#/alias", json={"alias": alias})


def test_an_alias_from_before_goes_on_whatever_it_is_called(client, train, storage):
    train()
    first = storage.find_snapshot(storage.get_network("plain").id, "initial")
    storage.set_snapshot_alias(first.id, "ver_mine")
    newest = import_biases(client, "plain", [2, 2, 2])
    assert client.patch(f"/networks/plain/snapshots/{newest}", json={"alias": "ver_mine"}).status_code == 200
    assert asked(client, "ver_mine") == (2, "alias")


def test_what_is_published_or_live_is_not_deleted(client, train):
    train()
    old, live = import_biases(client, "plain", [1, 1, 1]), import_biases(client, "plain", [2, 2, 2])
    assert client.delete(f"/networks/plain/snapshots/{live}").status_code == 409
    client.patch(f"/networks/plain/snapshots/{old}", json={"alias": "champion"})
    assert client.delete(f"/networks/plain/snapshots/{old}").status_code == 409
    assert client.delete("/networks/plain/snapshots/initial").status_code == 204
