"""`report` of a training: what is taken, what is rejected, and how far it is."""

import pytest

from service.app import create_app
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.tracking.servers import read_servers
from tests.api.runs import Run, epoch

CHEESES = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}


def body(report):
    return {"network": "cheese", "data": CHEESES, "epochs": 3, "report": report}


@pytest.fixture
def client(storage, dispatcher):
    """Of a service whose operator has named two servers."""
    return create_app(backend=Backend(storage, dispatcher, Limits(mlflow_servers=("lab", "main")))).test_client()


def test_a_report_is_kept_and_the_job_says_how_far_it_is(client, network, storage):
    answer = client.post("/train", json=body({"mlflow": "lab", "experiment": "Käse 1"}))
    assert answer.status_code == 202, answer.text
    job = answer.json["id"]
    waiting = {"mlflow": "lab", "experiment": "Käse 1", "run_id": None, "state": "waiting", "epoch": 0}
    assert answer.json["report"] == {**waiting, "error": None, "model": None}
    assert answer.json["options"]["report"] == {"mlflow": "lab", "experiment": "Käse 1"}
    Run(storage, job).report(epoch(1))
    report = storage.advance_report(storage.claim_report(lease_seconds=60), lease_seconds=60, run_id="r", epoch=1)
    storage.settle_report(report, retry_seconds=60, error="There was no answer within 10 seconds.")
    told = client.get(f"/jobs/{job}").json["report"]
    assert (told["run_id"], told["state"], told["epoch"]) == ("r", "reporting", 1)
    assert told["error"] == "There was no answer within 10 seconds."
    events = client.get(f"/jobs/{job}/events").json["data"]
    assert events[-1]["kind"] == "report" and events[-1]["data"]["error"] == told["error"]
    assert "report" not in client.get("/jobs").json["data"][0]


def test_the_experiment_is_called_by_the_network(client, network):
    report = client.post("/train", json=body({"mlflow": "https://mlflow.example.org/base"})).json["report"]
    assert (report["mlflow"], report["experiment"]) == ("https://mlflow.example.org/base", "cheese")


@pytest.mark.parametrize("nothing", [{}, {"report": None}])
def test_a_training_needs_no_report(client, network, storage, nothing):
    answer = client.post("/train", json={**body(None), **nothing}).json
    assert answer["report"] is None and "report" not in answer["options"]
    Run(storage, answer["id"])
    assert storage.claim_report(lease_seconds=60) is None


def test_a_restart_is_reported_too(client, network, storage):
    first = client.post("/train", json=body({"mlflow": "lab"})).json["id"]
    Run(storage, first).report(epoch(1)).end()
    again = client.post(f"/jobs/{first}/restart").json
    assert again["report"]["state"] == "waiting" and again["report"]["experiment"] == "cheese"


@pytest.mark.parametrize(
    ("report", "pointer", "words"),
    [
        ("lab", "#/report", 'must be an object, such as {"mlflow": "lab"'),
        ({}, "#/report/mlflow", "is required: the name of a server, or its URL"),
        ({"mlflow": "lap"}, "#/report/mlflow", 'unknown server "lap"; did you mean "lab"? Known: lab, main; a URL'),
        ({"mlflow": 7}, "#/report/mlflow", "must be a text"),
        ({"mlflow": "lab", "run": "x"}, "#/report/run", "is not known; known are mlflow, experiment"),
        ({"mlflow": "lab", "experiment": ""}, "#/report/experiment", "must be a text"),
        ({"mlflow": "lab", "experiment": "a\0"}, "#/report/experiment", "must not hold a NUL character"),
        ({"mlflow": "http://127.0.0.1:5000"}, "#/report/mlflow", "unless the operator lists the server in"),
        ({"mlflow": "http://mlflow.internal/"}, "#/report/mlflow", "must not be a private address"),
        ({"mlflow": "http://[::ffff:10.0.0.1]/"}, "#/report/mlflow", "must not be a private address"),
        ({"mlflow": "ftp://example.org/"}, "#/report/mlflow", "must be an http or https URL"),
        ({"mlflow": "https://u:p@example.org/"}, "#/report/mlflow", "must not contain a user or password"),
        ({"mlflow": "https://example.org/?x=1"}, "#/report/mlflow", "must not have a query"),
    ],
)
def test_a_bad_report_is_rejected_by_name(rejected, network, report, pointer, words):
    problem = rejected(422, "POST", "/train", pointer, json=body(report))
    assert any(words in issue["detail"] for issue in problem["errors"]), problem


def test_even_where_callbacks_may_be_private_a_url_of_a_users_may_not(network, storage, dispatcher):
    allowing = create_app(backend=Backend(storage, dispatcher, Limits(private_callbacks=True))).test_client()
    assert allowing.post("/train", json=body({"mlflow": "http://10.0.0.1/"})).status_code == 422


def test_the_operator_names_servers_with_their_tokens():
    lab, main = read_servers("lab=http://mlflow:5000, main=https://mlflow.example.org/base /run/secrets/token")
    assert (lab.name, lab.url, lab.token_file) == ("lab", "http://mlflow:5000", None)
    assert (main.url, main.token_file) == ("https://mlflow.example.org/base", "/run/secrets/token")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://mlflow:5000", "must be servers such as lab=http://mlflow:5000"),
        ("lab=", "has no usable URL for lab, which must be an http or https URL"),
        ("lab=http://a@b/", "which must not contain a user or password"),
        ("lab=http://a,lab=http://b", "must name each server once, and lab occurs twice"),
        ("a b=http://a", "must be servers such as"),
    ],
)
def test_a_list_of_servers_that_cannot_be_read_says_why(text, words):
    with pytest.raises(ValueError, match=words):
        read_servers(text)
