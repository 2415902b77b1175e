"""MLflow's tracking API, read-only; tests/clients/test_mlflow.py asks it with MLflow's own client."""

import math

import pytest

from service.errors import BodyTooSlow
from service.tracking.runs import params_of
from tests.api.doors import client_for
from tests.api.runs import Run, epoch

PREFIX = "/api/2.0/mlflow"


@pytest.fixture
def ask(client):
    """Call it for what a path answers: by GET with arguments, by POST with a body."""

    def send(path, status=200, body=None, **arguments):
        if body is None:
            answer = client.get(f"{PREFIX}/{path}", query_string=arguments)
        else:
            answer = client.post(f"{PREFIX}/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json

    return send


def test_a_network_is_an_experiment(client, network, ask):
    client.patch("/networks/cheese", json={"description": "about cheese", "tags": {"team": "dairy"}})
    found = ask("experiments/get-by-name", experiment_name="cheese")["experiment"]
    assert (found["experiment_id"], found["name"], found["lifecycle_stage"]) == (network["id"], "cheese", "active")
    assert found["tags"] == [
        {"key": "team", "value": "dairy"},
        {"key": "mlflow.note.content", "value": "about cheese"},
    ]
    assert ask("experiments/get", experiment_id=network["id"])["experiment"] == found
    assert ask("experiments/search", body={"filter": "name = 'cheese'", "view_type": "ALL"}) == {"experiments": [found]}
    assert ask("experiments/search", body={"filter": "name = 'wine'"}) == {"experiments": []}
    assert ask("experiments/search", body={"view_type": "DELETED_ONLY"}) == {"experiments": []}
    missing = ask("experiments/get-by-name", 404, experiment_name="wine")
    assert missing == {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "There is no network wine."}


def test_experiments_come_page_by_page(client, spec, ask):
    for name in ("one", "two", "three"):
        client.post("/networks", json=spec | {"name": name})
    first = ask("experiments/search", body={"max_results": 2, "order_by": ["creation_time DESC"]})
    assert [one["name"] for one in first["experiments"]] == ["three", "two"]
    last = ask("experiments/search", body={"max_results": 2, "page_token": first["next_page_token"]})
    assert [one["name"] for one in last["experiments"]] == ["one"] and "next_page_token" not in last


def test_a_training_is_a_run(ask, submit, storage, network):
    job = submit(epochs=3, batch_size=1)
    assert ask("runs/get", run_id=job)["run"]["info"]["status"] == "SCHEDULED"
    played = Run(storage, job)
    played.report(epoch(1, val_loss=0.5, metrics={"accuracy": 0.75}), epoch(2, loss=math.nan, val_loss=math.inf))
    run = ask("runs/get", run_uuid=job)["run"]
    info, data = run["info"], run["data"]
    assert (info["run_id"], info["experiment_id"], info["status"]) == (job, network["id"], "RUNNING")
    assert info["run_name"] == f"cheese {job[-6:]}" and "end_time" not in info
    metrics = {one["key"]: (one["value"], one["step"]) for one in data["metrics"]}
    assert metrics == {
        "loss": ("NaN", 2),
        "val_loss": ("Infinity", 2),
        "learning_rate": (0.01, 2),
        "gradient_norm": (0.5, 2),
        "seconds": (0.25, 2),
    }
    params = {one["key"]: one["value"] for one in data["params"]}
    assert params == params_of(storage.get_job(job))
    assert (params["epochs"], params["batch_size"], params["optimizer.type"]) == ("3", "1", "adam")
    assert {"key": "feedforward.network", "value": "cheese"} in data["tags"]
    played.end()
    info = ask("runs/get", run_id=job)["run"]["info"]
    assert info["status"] == "FINISHED" and info["end_time"] >= info["start_time"]


def test_the_history_of_a_metric_has_times_and_pages(ask, submit, storage):
    job = submit(epochs=5)
    accuracies = {2: {"accuracy": 0.5}, 5: {"accuracy": 0.75}}
    Run(storage, job).report(*(epoch(number, metrics=accuracies.get(number)) for number in range(1, 6)))
    start = ask("runs/get", run_id=job)["run"]["info"]["start_time"]
    first = ask("metrics/get-history", run_id=job, metric_key="loss", max_results=2)
    assert [(one["step"], one["value"], one["timestamp"] - start) for one in first["metrics"]] == [
        (1, 1.0, 250),
        (2, 0.5, 500),
    ]
    next_page = {"max_results": 25000, "page_token": first["next_page_token"]}
    rest = ask("metrics/get-history", run_id=job, metric_key="loss", **next_page)
    assert [(one["step"], one["timestamp"] - start) for one in rest["metrics"]] == [(3, 750), (4, 1000), (5, 1250)]
    found = ask("metrics/get-history", run_uuid=job, metric_key="accuracy")["metrics"]
    assert [(one["step"], one["value"]) for one in found] == [(2, 0.5), (5, 0.75)]
    assert ask("metrics/get-history", run_id=job, metric_key="nothing") == {"metrics": []}


def test_runs_are_found_by_a_filter_in_an_order_page_by_page(client, ask, submit, storage, network, spec):
    other = client.post("/networks", json=spec | {"name": "other"}).json
    jobs = [submit(epochs=number) for number in (1, 2, 3)]
    for job, loss in zip(jobs, (0.5, 0.1, 0.3), strict=True):
        Run(storage, job).report(epoch(1, loss=loss)).end()
    both = {"experiment_ids": [network["id"], other["id"], "net_unknown"]}

    def found(**body):
        answer = ask("runs/search", body={**both, **body})
        return [jobs.index(run["info"]["run_id"]) for run in answer["runs"]], answer.get("next_page_token")

    assert found() == ([2, 1, 0], None)
    assert found(filter="metrics.loss < 0.4 and attributes.status = 'FINISHED'") == ([2, 1], None)
    assert found(filter="params.epochs = '2'", experiment_ids=[network["id"]]) == ([1], None)
    assert found(filter="params.epochs = '2'", experiment_ids=[other["id"]]) == ([], None)
    page, token = found(max_results=2)
    assert page == [2, 1] and found(max_results=2, page_token=token) == ([0], None)
    page, token = found(max_results=2, order_by=["metrics.loss ASC"])
    assert page == [1, 2] and found(max_results=2, order_by=["metrics.loss ASC"], page_token=token) == ([0], None)
    assert found(run_view_type="DELETED_ONLY") == ([], None)
    assert ask("runs/search", body={"experiment_ids": []}) == {"runs": []}


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("runs/search", {"filter": "metrics.loss LIKE 'x'"}, "filter: the operator LIKE is not supported"),
        ("runs/search", {"filter": 3}, "filter: must be a text"),
        ("runs/search", {"order_by": ["dataset.x"]}, "order_by: dataset. is not supported"),
        ("runs/search", {"order_by": ["metrics.loss"], "page_token": "x"}, "page_token: must be one"),
        ("runs/search", {"experiment_ids": [1]}, "experiment_ids.0: must be a text"),
        ("runs/search", {"experiment_ids": ["x"] * 101}, "experiment_ids: must be at most 100, got 101"),
        ("runs/search", {"max_results": 0}, "max_results: must be from 1, got 0"),
        ("runs/search", {"run_view_type": "SOME"}, "run_view_type: must be ACTIVE_ONLY"),
        ("experiments/search", {"filter": "name LIKE 'x'"}, "filter: must be name = '…' or left out"),
        ("experiments/search", {"order_by": ["name ASC"]}, "order_by: must be creation_time DESC or left out"),
        ("experiments/search", {"page_token": "a\0b"}, "page_token: must not hold a NUL character"),
        ("runs/search", [], "The body must be a JSON object."),
    ],
)
def test_a_bad_search_is_rejected_by_name(ask, path, body, words):
    answer = ask(path, 400, body)
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE" and answer["message"].startswith(words)


@pytest.mark.parametrize(
    ("path", "arguments", "words"),
    [
        ("runs/get", {}, "run_id: is required."),
        ("metrics/get-history", {"run_id": "{job}"}, "metric_key: is required."),
        ("metrics/get-history", {"run_id": "{job}", "metric_key": "loss", "max_results": "x"}, "max_results: must be"),
        ("metrics/get-history", {"run_id": "{job}", "metric_key": "loss", "page_token": "7"}, "page_token: must be"),
        ("experiments/get", {"experiment_id": "a\0"}, "experiment_id: must not hold a NUL"),
    ],
)
def test_a_bad_argument_is_rejected_by_name(ask, submit, path, arguments, words):
    job = submit()
    answer = ask(path, 400, **{name: value.format(job=job) for name, value in arguments.items()})
    assert answer["error_code"] == "INVALID_PARAMETER_VALUE" and answer["message"].startswith(words)


def test_what_only_writes_has_no_endpoint(client):
    for path in ("/api/2.0/mlflow/runs/create", "/api/3.0/mlflow/traces/search", "/api/2.0/mlflow/runs/get"):
        answer = client.post(path, json={})
        assert answer.status_code in (404, 405) and answer.json["error_code"] == "ENDPOINT_NOT_FOUND"
    assert "only reads here" in client.post("/api/2.0/mlflow/runs/log-batch").json["message"]


def test_a_prediction_is_no_run(ask, client, birds, storage):
    table = "mass,bill,island\n3000,40,Dream\n"
    client.post("/datasets?name=rows", data=table, content_type="text/csv")
    job = client.post("/predictions", json={"network": "birds", "dataset": "rows"}).json["id"]
    assert ask("runs/get", 404, run_id=job)["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    network = client.get("/networks/birds").json["id"]
    assert ask("runs/search", body={"experiment_ids": [network]}) == {"runs": []}


def test_a_key_sees_the_networks_that_are_its_own(app, client, spec, submit, storage, network):
    job = submit()
    Run(storage, job).report(epoch(1))
    other = client.post("/networks", json=spec | {"name": "other"}).json
    limited = client_for(app, storage, "read", networks=["oth*"])
    answers = {
        "get": limited.get(f"{PREFIX}/runs/get?run_id={job}"),
        "history": limited.get(f"{PREFIX}/metrics/get-history?run_id={job}&metric_key=loss"),
        "experiment": limited.get(f"{PREFIX}/experiments/get?experiment_id={network['id']}"),
    }
    assert [(answer.status_code, answer.json["error_code"]) for answer in answers.values()] == [
        (404, "RESOURCE_DOES_NOT_EXIST")
    ] * 3
    ids = [network["id"], other["id"]]
    assert limited.post(f"{PREFIX}/runs/search", json={"experiment_ids": ids}).json == {"runs": []}
    found = limited.post(f"{PREFIX}/experiments/search", json={}).json["experiments"]
    assert [one["name"] for one in found] == ["other"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Host": "evil.example"}, 421, "BAD_REQUEST"),
        ({"Authorization": "Bearer ff_wrong"}, 401, "UNAUTHENTICATED"),
        ({"Origin": "https://evil.example"}, 403, "PERMISSION_DENIED"),
    ],
)
def test_errors_before_the_view_are_in_its_words_too(client, headers, status, code):
    answer = client.post(f"{PREFIX}/runs/search", json={}, headers=headers)
    assert (answer.status_code, answer.json["error_code"]) == (status, code)
    assert answer.mimetype == "application/json"


def test_a_body_that_does_not_come_is_an_error_in_its_words(app):
    middleware = app.wsgi_app
    started = []
    environ = {"PATH_INFO": f"{PREFIX}/runs/search", "REQUEST_METHOD": "POST", "QUERY_STRING": "", "SCRIPT_NAME": ""}
    environ |= {"HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http"}
    body = middleware.reject(BodyTooSlow())(environ, lambda status, headers, *_: started.append(status))
    assert started[0].startswith("408") and b'"error_code":"DEADLINE_EXCEEDED"' in b"".join(body)
