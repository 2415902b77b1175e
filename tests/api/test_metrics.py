"""`GET /metrics`, and the files in deploy/ that use its names."""

import json
import logging
import multiprocessing
import os
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from service.api.metrics import forget_dead
from service.domain.callbacks import NewCallback
from service.domain.jobs import JobError
from service.domain.monitoring import Look, NewWatch
from service.domain.status import Status
from service.errors import StorageUnavailable
from tests.api.runs import Run
from tests.storage.makers import claimed, stored_job

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\bfeedforward_\w+")
STREAM = {"Accept": "text/event-stream"}


def families(client):
    return {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}


def value(client, name, **labels):
    found = [
        sample.value
        for family in families(client).values()
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def expressions():
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield f"alert {rule['alert']}", rule["expr"]
    for panel in json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]:
        for target in panel.get("targets", ()):
            yield f"panel {panel['title']}", target["expr"]


def test_ended_jobs_are_a_histogram_of_training_times(client, storage):
    for seconds in (0.5, 40.0):
        job = claimed(storage)
        storage.finish(job.id, job.token, Status.SUCCEEDED, seconds=seconds)
    assert value(client, "feedforward_job_seconds_bucket", status="succeeded", le="1.0") == 1
    assert value(client, "feedforward_job_seconds_bucket", status="succeeded", le="60.0") == 2
    assert value(client, "feedforward_job_seconds_bucket", status="succeeded", le="+Inf") == 2
    assert value(client, "feedforward_job_seconds_sum", status="succeeded") == 40.5
    assert value(client, "feedforward_job_seconds_count", status="failed") == 0


def test_failures_are_counted_by_code(client, storage):
    for code in ("diverged", "diverged", "timeout"):
        job = claimed(storage)
        storage.finish(job.id, job.token, Status.FAILED, error=JobError(code=code, message=""))
    assert value(client, "feedforward_job_failures_total", code="diverged") == 2
    assert value(client, "feedforward_job_failures_total", code="timeout") == 1


def test_callbacks_are_counted_and_those_due_are_shown(client, storage):
    job = claimed(storage, callback=NewCallback(url="https://example.org/", secret=None))
    storage.finish(job.id, job.token, Status.SUCCEEDED)
    assert value(client, "feedforward_callbacks_due") == 1
    attempt = storage.claim_callback(lease_seconds=60).attempt
    storage.settle_callback(job.id, attempt, {"delivered": True}, retry_seconds=None)
    assert value(client, "feedforward_callbacks_due") == 0
    assert value(client, "feedforward_callbacks_total", outcome="delivered") == 1
    assert value(client, "feedforward_callbacks_total", outcome="given_up") == 0


def test_warnings_of_drift_are_counted(client, storage, network):
    assert value(client, "feedforward_drift_warnings_total") == 0
    storage.set_answer_log(network["id"], {"share": 1.0}, NewWatch(every_seconds=60.0))
    [watch] = storage.due_watches(limit=1)
    warning = Look(status="drifted", drifted={"snap_1": ["inputs/fat"]}, events=[("drift", {"rows": 300})])
    assert storage.end_look(storage.begin_look(watch, lease_seconds=60), warning)
    assert value(client, "feedforward_drift_warnings_total") == 1


def test_a_waiting_job_gives_the_queue_an_age(client, storage):
    assert value(client, "feedforward_queue_age_seconds") == 0
    stored_job(storage)
    assert value(client, "feedforward_queue_age_seconds") > 0


def test_open_streams_are_counted_while_they_are_open(client, submit):
    answer = client.get(f"/jobs/{submit()}/events", headers=STREAM, buffered=False)
    assert value(client, "feedforward_open_streams") == 1
    answer.close()
    assert value(client, "feedforward_open_streams") == 0


def test_a_wait_that_the_client_asked_for_is_not_time_to_answer(app, client, network, caplog):
    app.wsgi_app._log_answers = True
    caplog.set_level(logging.INFO, "feedforward.access")
    data = {"inputs": [[0.2, 0.9]], "targets": ["like"]}
    answer = client.post("/train", json={"network": "cheese", "data": data}, headers={"Prefer": "wait=1"})
    assert answer.headers["Preference-Applied"] == "wait=1"
    logged = next(record.seconds for record in caplog.records if record.route == "/train")
    counted = value(client, "feedforward_request_seconds_sum", route="/train", method="POST")
    assert logged - counted >= 0.99


def test_figures_of_a_database_that_does_not_answer_are_left_out(client, storage, monkeypatch):
    def unavailable():
        raise StorageUnavailable

    monkeypatch.setattr(storage, "figures", unavailable)
    found = families(client)
    assert "feedforward_jobs" not in found and "feedforward_queue_age_seconds" not in found
    assert "feedforward_build_info" in found


def test_streams_of_a_web_process_that_was_killed_are_forgotten(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=print)
    process.start()
    process.join()
    dead, alive = tmp_path / f"gauge_livesum_{process.pid}.db", tmp_path / f"gauge_livesum_{os.getpid()}.db"
    for path in (dead, alive):
        path.touch()
    forget_dead(tmp_path)
    assert not dead.exists() and alive.exists()


@pytest.fixture
def shown(client, submit, storage):
    """Every name that /metrics has shown, once there is something of each kind."""
    client.get("/predict?network=cheese&fat=1&salt=1")
    tensor = {"name": "x", "shape": [1, 2], "datatype": "FP64", "data": [1, 1]}
    assert client.post("/v2/models/cheese/infer", json={"inputs": [tensor]}).status_code == 200
    Run(storage, submit()).end()
    job = claimed(storage)
    storage.finish(job.id, job.token, Status.FAILED, error=JobError(code="diverged", message=""))
    return {sample.name for family in families(client).values() for sample in family.samples}


def test_alerts_and_dashboard_use_only_metrics_that_exist(shown):
    used = {(where, name) for where, expression in expressions() for name in NAME.findall(expression)}
    assert len({where for where, _ in used}) > 10
    assert not [(where, name) for where, name in sorted(used) if name not in shown]


def test_every_metric_is_on_the_dashboard_or_in_an_alert(client):
    used = {name for _, expression in expressions() for name in NAME.findall(expression)}
    shown = {name for name in families(client) if name.startswith("feedforward_") and not name.endswith("_created")}
    assert not [name for name in sorted(shown) if not any(one.startswith(name) for one in used)]


def test_panels_of_the_dashboard_do_not_overlap():
    taken = set()
    for panel in json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert at["x"] + at["w"] <= 24 and not cells & taken, panel["title"]
        taken |= cells
