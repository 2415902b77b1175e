"""Reports of trainings to a tracking server: all of it, once, whatever goes wrong in between."""

import math
import threading
from dataclasses import replace
from datetime import datetime

import pytest

from service.domain.reports import NewReport
from service.domain.status import RequestedState, Status
from service.errors import NotInstalled
from service.tracking.servers import Server
from service.worker.report_sender import ReportSender
from service.worker.settings import WorkerSettings
from tests.storage.makers import add_epochs, epoch, execute, stored_job
from tests.tracking_server import tracking_server

REPORT = NewReport(server="lab", experiment="cheeses")
FILES = {"MLmodel": b"flavors:", "model.onnx": b"\0" * 300_000}
METRICS = {"loss", "val_loss", "learning_rate", "gradient_norm", "seconds", "accuracy"}


def settings_for(there, **changes):
    return WorkerSettings(mlflow_servers=(Server("lab", there.url),), **changes)


@pytest.fixture
def due(database_url):
    """Call it to make what is waiting for its time due now."""
    return lambda: execute(database_url, "UPDATE reports SET due_at = 0 WHERE due_at IS NOT NULL")


def attempt(storage, settings, files_of=lambda job: FILES):
    sender = ReportSender(storage, settings, files_of=files_of, stopping=threading.Event())
    sender.look()
    sender.join(30)


def training(storage, *, report=REPORT, **changes):
    job = stored_job(storage, report=report, **changes)
    return storage.claim(job.id, owner="worker", lease_seconds=60).job


def epochs(first, last):
    metrics = {"accuracy": 0.5}
    return [epoch(number, loss=1 / number, val_loss=0.5, metrics=metrics) for number in range(first, last + 1)]


def reports_of(storage, job):
    return [event.data for event in storage.list_events(job.id) if event.kind == "report"]


def test_a_training_is_reported_while_it_runs_and_to_its_end(storage, due):
    with tracking_server() as there:
        settings = settings_for(there)
        job = stored_job(storage, report=REPORT)
        attempt(storage, settings)
        assert there.asked == []  # It does not train yet.
        job = storage.claim(job.id, owner="worker", lease_seconds=60).job
        add_epochs(storage, job, epochs(1, 400))
        attempt(storage, settings)
        assert there.steps("loss") == list(range(1, 401)) and there.run["info"]["status"] == "RUNNING"
        told = storage.get_report(job.id)
        assert (told.state, told.epoch, told.run_id, told.error) == ("reporting", 400, "run1", None)
        add_epochs(storage, job, epochs(401, 1000))
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        attempt(storage, settings)
    for key in METRICS:
        assert there.steps(key) == list(range(1, 1001))
    times = [metric["timestamp"] for metric in there.run["metrics"] if metric["key"] == "loss"]
    assert times == sorted(times) and times[0] - there.run["info"]["start_time"] == 1000 * epoch(1).seconds
    assert there.experiments == {"cheeses": "1"} and there.run["params"]["epochs"] == "10"
    assert there.run["tags"]["feedforward.job"] == job.id and there.run["tags"]["feedforward.status"] == "succeeded"
    assert there.run["info"]["status"] == "FINISHED" and there.run["info"]["end_time"] > 0
    assert there.files == {f"0/run1/artifacts/model/{name}": data for name, data in FILES.items()}
    [model] = there.run["models"]
    assert model["artifact_path"] == "model"
    created = datetime.strptime(f"{model['utc_time_created']} +0000", "%Y-%m-%d %H:%M:%S.%f %z")
    assert created.timestamp() == pytest.approx(storage.get_job(job.id).finished_at, abs=1e-5)
    told = storage.get_report(job.id)
    assert (told.state, told.epoch, told.model) == ("done", 1000, "uploaded")
    assert [data["ended"] for data in reports_of(storage, job)] == ["done"]
    assert storage.claim_report(lease_seconds=60) is None


@pytest.mark.parametrize("lost", ["runs/create", "runs/log-batch", "runs/update", "experiments/create"])
def test_what_is_in_doubt_is_asked_for_so_that_every_number_arrives_once(storage, due, lost):
    """The server has done what it was asked, and the answer is lost, once for each kind of request."""
    with tracking_server() as there:
        settings = settings_for(there)
        job = training(storage)
        add_epochs(storage, job, epochs(1, 700))
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        lose = [lost, lost, lost]

        def before_answer(path):
            if path in lose:
                lose.remove(path)
                raise ConnectionError

        there.before_answer = before_answer
        for _ in range(6):
            attempt(storage, settings)
            due()
    for key in METRICS:
        assert there.steps(key) == list(range(1, 701))
    assert len(there.runs) == 1 and storage.get_report(job.id).state == "done"
    errors = [data["error"] for data in reports_of(storage, job)]
    assert errors[-1] is None and len(errors) > 1


def test_an_attempt_that_died_is_followed_by_one_that_sends_the_rest(storage, due):
    with tracking_server() as there:
        settings = settings_for(there)
        job = training(storage)
        add_epochs(storage, job, epochs(1, 500))

        died = storage.claim_report(lease_seconds=0)
        died = storage.advance_report(died, lease_seconds=0, run_id="run1", artifact_uri="mlflow-artifacts:/0")
        there.runs_create({"tags": [{"key": "feedforward.job", "value": job.id}]})
        sent = [{"key": key, "value": 0.5, "timestamp": 1, "step": step} for step in (1, 2, 3) for key in METRICS]
        there.runs_log_batch({"run_id": "run1", "metrics": sent[:-2]})  # of which it never heard
        due()
        attempt(storage, settings)
    for key in METRICS:
        assert sorted(there.steps(key)) == list(range(1, 501))
    assert len(there.runs) == 1


def test_a_server_that_says_no_is_tried_again_until_the_attempts_are_used_up(storage, due):
    with tracking_server(token="right") as there:
        settings = settings_for(there, report_attempts=3)
        job = training(storage)
        for number in (1, 2, 3):
            attempt(storage, settings)
            told = storage.get_report(job.id)
            assert told.attempts == number
            assert told.error == "The answer was 401 (UNAUTHENTICATED: No: /api/2.0/mlflow/experiments/get-by-name)."
            due()
        assert told.state == "given_up"
        attempt(storage, settings)
    assert len(there.asked) == 3 and storage.get_job(job.id).status is Status.RUNNING


def test_attempts_that_never_end_are_counted_too(storage, due):
    """As where the model's files take so much memory that the worker is killed each time."""
    with tracking_server() as there:
        settings = settings_for(there, report_attempts=3)
        job = training(storage)
        attempt(storage, settings)
        for _ in range(3):
            due()
            assert storage.claim_report(lease_seconds=0) is not None
        asked = len(there.asked)
        due()
        attempt(storage, settings)
        assert len(there.asked) == asked
    told = storage.get_report(job.id)
    assert (told.state, told.error) == ("given_up", "The last attempt did not come to an end.")
    assert [data["ended"] for data in reports_of(storage, job)] == ["given_up"]


def test_a_token_comes_from_its_file_each_time(storage, due, tmp_path):
    file = tmp_path / "token"
    with tracking_server(token="right") as there:
        settings = WorkerSettings(mlflow_servers=(Server("lab", there.url, str(file)),))
        job = training(storage)
        attempt(storage, settings)
        assert storage.get_report(job.id).error == "The token of lab cannot be read on this worker."
        file.write_text("right\n")
        due()
        attempt(storage, settings)
        assert (storage.get_report(job.id).error, storage.get_report(job.id).attempts) == (None, 0)
        assert there.run["info"]["status"] == "RUNNING"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_url_of_a_users_is_never_a_private_address(storage, host):
    with tracking_server() as there:
        report = NewReport(server=f"http://{host}:{there.port}", experiment="x")
        job = training(storage, report=report)
        attempt(storage, settings_for(there, callback_private=True))
    told = storage.get_report(job.id)
    assert (told.state, there.asked) == ("given_up", [])
    assert "only servers that FEEDFORWARD_MLFLOW_SERVERS names may be" in told.error


def test_a_server_that_the_worker_does_not_know_is_an_error_of_the_report(storage):
    job = training(storage)
    attempt(storage, WorkerSettings())
    assert storage.get_report(job.id).error == "FEEDFORWARD_MLFLOW_SERVERS of this worker names no lab."


@pytest.mark.parametrize(
    ("options", "files_of", "words"),
    [
        (
            {"artifact_root": "s3://bucket"},
            lambda job: FILES,
            "not uploaded: the server keeps files in s3 and takes none",
        ),
        ({}, "missing", "not uploaded: pip install onnx"),
    ],
)
def test_a_model_that_cannot_be_uploaded_does_not_keep_the_rest_back(storage, options, files_of, words):
    def missing(job):
        raise NotInstalled("pip install onnx")

    with tracking_server(**options) as there:
        job = training(storage)
        storage.finish(job.id, job.token, Status.SUCCEEDED)
        attempt(storage, settings_for(there), missing if files_of == "missing" else files_of)
    told = storage.get_report(job.id)
    assert told.state == "done" and told.model.startswith(words)
    assert there.run["info"]["status"] == "FINISHED" and there.files == {}


@pytest.mark.parametrize(("status", "word"), [(Status.FAILED, "FAILED"), (Status.CANCELLED, "KILLED")])
def test_a_run_ends_as_its_job_does_and_without_a_model(storage, status, word):
    with tracking_server() as there:
        job = training(storage)
        add_epochs(storage, job, [epoch(1, loss=math.nan, val_loss=math.inf)])
        storage.finish(job.id, job.token, status)
        attempt(storage, settings_for(there))
    assert there.run["info"]["status"] == word and there.files == {}
    values = {metric["key"]: metric["value"] for metric in there.run["metrics"]}
    assert (values["loss"], values["val_loss"]) == ("NaN", "Infinity")


def test_a_job_that_never_trained_is_a_run_that_was_killed(storage):
    with tracking_server() as there:
        job = stored_job(storage, report=REPORT)
        storage.set_requested_state(job.id, RequestedState.CANCEL)
        attempt(storage, settings_for(there))
    assert there.run["info"]["status"] == "KILLED" and storage.get_report(job.id).state == "done"


def test_a_paused_job_asks_nothing_of_the_server(storage, due):
    with tracking_server() as there:
        settings = settings_for(there)
        job = training(storage)
        attempt(storage, settings)
        storage.set_requested_state(job.id, RequestedState.PAUSE)
        storage.release(job.id, job.token, crashed=False, max_crashes=3)
        due()
        attempt(storage, settings)
        asked = len(there.asked)
        due()
        attempt(storage, settings)
        assert len(there.asked) == asked
        storage.set_requested_state(job.id, RequestedState.RUN)
        storage.claim(job.id, owner="worker", lease_seconds=60)
        attempt(storage, settings)
        assert len(there.asked) > asked


def test_a_server_that_is_none_is_named_as_such(storage):
    with tracking_server() as there:
        there.experiments_get_by_name = lambda given: ["nothing"]
        job = training(storage)
        attempt(storage, replace(settings_for(there)))
        assert storage.get_report(job.id).error == "The answer is not that of a tracking server."
