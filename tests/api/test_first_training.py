"""A network and its first training in one request: both or nothing."""

from dataclasses import replace

import pytest

from service.app import create_app
from tests.api.conftest import CHEESES
from tests.api.played import play


def test_a_network_is_created_and_trained_in_one_request(client, spec, storage):
    answer = client.post("/networks", json={**spec, "train": {"data": CHEESES, "epochs": 3}})
    assert answer.status_code == 201, answer.text
    job = client.get(f"/jobs/{answer.json['job']}").json
    assert (job["network"], job["status"], job["epochs"], job["queue_position"]) == ("cheese", "queued", 3, 1)
    play(storage, job["id"])
    assert client.get("/predict?network=cheese&x=0.2,0.9").json["chosen_by"] == "job"


def test_a_network_without_a_training_has_no_job(client, spec):
    assert client.post("/networks", json={**spec, "train": None}).json == client.get("/networks/cheese").json


def test_a_full_queue_leaves_no_network_behind(client, submit, rejected, spec):
    for _ in range(5):
        submit()
    body = {**spec, "name": "second", "train": {"data": CHEESES}}
    problem = rejected(429, "POST", "/networks", json=body)
    assert "5 jobs are queued already" in problem["detail"]
    assert client.get("/networks/second").status_code == 404


@pytest.mark.parametrize(
    ("train", "pointer"),
    [
        ({"data": {"inputs": [[1]], "targets": ["like"]}}, "#/train/data/inputs/0"),
        ({"data": CHEESES, "epochs": 0}, "#/train/epochs"),
        ({"data": CHEESES, "network": "other"}, "#/train/network"),
        ({}, "#/train/data"),
        (3, "#/train"),
    ],
)
def test_a_training_that_cannot_be_leaves_no_network_behind(rejected, network, spec, train, pointer):
    rejected(422, "POST", "/networks", pointer, json={**spec, "name": "second", "train": train})


def test_a_data_set_that_is_not_there_is_named(rejected, network, spec):
    rejected(404, "POST", "/networks", "#/train/dataset", json={**spec, "name": "second", "train": {"dataset": "no"}})


def test_a_dry_run_trains_nothing(rejected, network, spec):
    body = {**spec, "name": "second", "train": {"data": CHEESES}}
    rejected(422, "POST", "/networks?dry_run=true", "#/train", json=body)


def test_both_are_made_once_by_an_idempotency_key(client, spec):
    body = {**spec, "train": {"data": CHEESES}}
    answers = [client.post("/networks", json=body, headers={"Idempotency-Key": "both"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json["job"] == answers[1].json["job"]
    assert len(client.get("/jobs").json["data"]) == 1


def test_one_queued_job_is_not_called_jobs(submit, backend):
    submit()
    full = create_app(backend=replace(backend, limits=replace(backend.limits, max_queued_jobs=1))).test_client()
    answer = full.post("/train", json={"network": "cheese", "data": CHEESES})
    assert answer.status_code == 429
    assert answer.json["detail"].startswith("1 job is queued already. ")
