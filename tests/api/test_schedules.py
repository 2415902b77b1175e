"""Schedules: made, read, changed, run when due, and stopped when their key may no longer train."""

import pytest

from service.domain.access import ANYBODY
from service.domain.paging import Page
from service.domain.status import RequestedState, Status
from service.operations.backend import Backend
from service.operations.schedules.runs import run_due
from tests.api.runs import Run
from tests.storage.makers import at_once, execute

CSV = b"fat,salt,label\n0.2,0.9,like\n0.1,0.3,dislike\n0.2,0.4,dislike\n"


@pytest.fixture
def upload(client):
    """Send rows as the next revision of a name."""

    def send(rows=0, name="cheeses"):
        query = {"name": name, "revision": "true"}
        data = CSV + b"0.5,0.5,like\n" * rows
        answer = client.post("/datasets", data=data, query_string=query, content_type="text/csv")
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    return send


@pytest.fixture
def cheeses(upload, network):
    return upload()


TRAIN = {"network": "cheese", "dataset": "cheeses", "target": "label", "epochs": 3}


@pytest.fixture
def schedule(client, cheeses):
    """Make a schedule that must be accepted."""

    def make(train=None, **fields):
        body = {"cron": "0 3 * * *", "train": TRAIN | (train or {}), **fields}
        answer = client.post("/schedules", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json

    return make


@pytest.fixture
def run(client, backend, database_url):
    """Let schedules be due, and have them run as a worker does."""

    def make_due(*, days=0):
        execute(database_url, f"UPDATE schedules SET next_at = {1 + 86_400 * days} WHERE next_at IS NOT NULL")
        run_due(backend)

    return make_due


def jobs(client):
    return client.get("/jobs").json["data"]


def test_a_schedule_is_made_read_and_listed(client, schedule):
    made = schedule(name="nightly", cron="30 2 * * 1-5", timezone="Europe/Zurich")
    assert client.get("/schedules/nightly").json == client.get(f"/schedules/{made['id']}").json == made
    assert (made["network"], made["state"], made["train"]) == ("cheese", "active", TRAIN)
    assert (made["if_changed"], made["stopped"], made["last_run_at"], made["last_job"]) == (True, None, None, None)
    assert made["next_run_at"][14:] == "30:00.000000Z"
    other = schedule()
    assert [one["id"] for one in client.get("/schedules").json["data"]] == [other["id"], made["id"]]
    assert len(client.get("/schedules?network=cheese&limit=1").json["data"]) == 1


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"cron": "0 3 * *"}, ["#/cron"]),
        ({"cron": None}, ["#/cron"]),
        ({"cron": "0 3 * * *", "timezone": "Mars"}, ["#/timezone"]),
        ({"name": "sched_1"}, ["#/name"]),
        ({"name": "a b"}, ["#/name"]),
        ({"if_changed": "yes"}, ["#/if_changed"]),
        ({"train": 3}, ["#/train"]),
        ({"train": {"epochs": 3}}, ["#/train/network"]),
        ({"train": {**TRAIN, "epoch": 3}}, ["#/train/epoch"]),
        ({"train": {**TRAIN, "epochs": 0}}, ["#/train/epochs"]),
        ({"train": {**TRAIN, "target": "fat", "inputs": ["fat"]}}, ["#/train/inputs"]),
        ({"train": {"network": "cheese"}}, ["#/train/dataset"]),
        ({"train": {"network": "cheese", "data": {"inputs": [], "targets": []}}}, ["#/train/data", "#/train/dataset"]),
        ({"train": {**TRAIN, "dataset": "cheeses@1"}}, ["#/train/dataset"]),
        ({"train": {**TRAIN, "callback": "http://a.b", "callback_secret": "whsec_AAAA"}}, ["#/train/callback_secret"]),
        ({"train": {**TRAIN, "validation": {"fraction": 2}}}, ["#/train/validation/fraction"]),
        ({"days": 3}, ["#/days"]),
    ],
)
def test_what_could_not_train_is_rejected_at_once(rejected, cheeses, change, places):
    rejected(422, "POST", "/schedules", *places, json={"cron": "0 3 * * *", "train": TRAIN, **change})


@pytest.mark.parametrize("field", ["network", "dataset"])
def test_what_is_not_there_is_named(rejected, cheeses, field):
    body = {"cron": "0 3 * * *", "train": {**TRAIN, field: "missing"}}
    problem = rejected(404, "POST", "/schedules", json=body)
    assert f"#/train/{field}" in str(problem)


def test_a_name_is_given_once(client, rejected, schedule):
    schedule(name="nightly")
    rejected(409, "POST", "/schedules", json={"name": "nightly", "cron": "0 3 * * *", "train": TRAIN})
    other = schedule(name="other")
    rejected(409, "PATCH", f"/schedules/{other['id']}", json={"name": "nightly"})


def test_a_due_schedule_trains_on_the_newest_revision(client, schedule, run, upload):
    made = schedule()
    newest = upload(2)
    run()
    [job] = jobs(client)
    assert job["options"]["dataset"] == {"id": newest["id"], "name": "cheeses", "revision": 2}
    assert (job["epochs"], job["status"], job["origin"]) == (3, "queued", "schedule")
    after = client.get(f"/schedules/{made['id']}").json
    assert (after["last_outcome"], after["last_error"]) == ("submitted", None)
    assert after["last_job"] == {"id": job["id"], "status": "queued", "error": None}
    assert after["next_run_at"] > after["last_run_at"]


def test_times_missed_while_nothing_ran_are_run_once(client, schedule, run, backend):
    schedule(cron="* * * * *", if_changed=False)
    run(days=0)
    run_due(backend)
    assert len(jobs(client)) == 1


def test_each_due_time_makes_one_job_whatever_the_number_of_workers(client, schedule, backend, database_url):
    for _ in range(3):
        schedule(if_changed=False)
    execute(database_url, "UPDATE schedules SET next_at = 1")
    outcomes = at_once(lambda number: run_due(backend), 6)
    assert outcomes == [None] * 6
    assert len(jobs(client)) == 3


def end(storage, client, status=Status.SUCCEEDED, **kwargs):
    Run(storage, jobs(client)[0]["id"]).end(status, **kwargs)


def outcome(client):
    return client.get("/schedules").json["data"][0]["last_outcome"]


def test_a_run_waits_for_newer_rows_unless_the_last_job_failed(client, schedule, run, upload, storage):
    schedule()
    run()
    run()
    assert (outcome(client), len(jobs(client))) == ("busy", 1)
    end(storage, client)
    run()
    assert (outcome(client), len(jobs(client))) == ("unchanged", 1)
    upload(1)
    run()
    assert (outcome(client), len(jobs(client))) == ("submitted", 2)
    end(storage, client, Status.FAILED)
    assert client.get("/schedules").json["data"][0]["last_job"]["status"] == "failed"
    run()
    assert (outcome(client), len(jobs(client))) == ("submitted", 3)


def test_validation_rows_that_are_newer_are_a_change_too(client, schedule, run, upload, storage):
    upload(5, "held")
    schedule({"validation": {"dataset": "held"}})
    run()
    end(storage, client)
    run()
    assert outcome(client) == "unchanged"
    upload(6, "held")
    run()
    assert outcome(client) == "submitted"


def test_a_run_may_train_whether_rows_are_newer_or_not(client, schedule, run, storage):
    schedule(if_changed=False)
    for count in (1, 2):
        run()
        end(storage, client)
        assert (outcome(client), len(jobs(client))) == ("submitted", count)


def test_a_run_that_fails_says_why_and_comes_again(client, schedule, run, upload):
    made = schedule()
    client.delete("/datasets/cheeses")
    run()
    after = client.get(f"/schedules/{made['id']}").json
    assert (after["state"], after["last_outcome"], after["last_job"]) == ("active", "failed", None)
    assert "cheeses" in after["last_error"] and after["next_run_at"] > after["last_run_at"]
    assert jobs(client) == []
    upload(1)
    run()
    assert client.get(f"/schedules/{made['id']}").json["last_error"] is None
    assert len(jobs(client)) == 1


def test_a_broken_schedule_keeps_no_other_one_from_running(client, schedule, backend, spec, database_url):
    client.post("/networks", json={**spec, "name": "broken"})
    broken = schedule({"network": "broken"})
    execute(database_url, "UPDATE networks SET spec = '{\"layers\": [{}]}' WHERE name = 'broken'")
    schedule()
    execute(database_url, "UPDATE schedules SET next_at = 1")
    run_due(Backend(backend.storage, backend.dispatcher))
    assert len(jobs(client)) == 1
    assert "internal error" in client.get(f"/schedules/{broken['id']}").json["last_error"]


def test_a_time_zone_that_the_machine_does_not_know_stops_a_schedule(client, schedule, run, database_url):
    made = schedule()
    execute(database_url, "UPDATE schedules SET timezone = 'Mars/Base'")
    run()
    after = client.get(f"/schedules/{made['id']}").json
    assert (after["state"], after["next_run_at"]) == ("stopped", None) and "Mars/Base" in after["stopped"]


def test_a_full_queue_leaves_a_run_due(client, schedule, run, backend, storage):
    made = schedule(if_changed=False)
    for _ in range(backend.limits.max_queued_jobs):
        assert client.post("/train", json=TRAIN).status_code == 202
    run()
    assert client.get(f"/schedules/{made['id']}").json["last_outcome"] == "waiting"
    storage.set_requested_state(jobs(client)[0]["id"], RequestedState.CANCEL)
    run_due(backend)
    assert client.get(f"/schedules/{made['id']}").json["last_outcome"] == "submitted"


def test_a_paused_schedule_is_not_due_until_it_is_resumed(client, schedule, run):
    made = schedule(name="nightly")
    paused = client.patch("/schedules/nightly", json={"paused": True}).json
    assert (paused["state"], paused["next_run_at"]) == ("paused", None)
    changed = client.patch("/schedules/nightly", json={"cron": "0 4 * * *"}).json
    assert (changed["state"], changed["next_run_at"]) == ("paused", None)
    run()
    assert jobs(client) == []
    resumed = client.patch("/schedules/nightly", json={"paused": False, "name": "daily"}).json
    assert (resumed["state"], resumed["name"], resumed["next_run_at"][11:13]) == ("active", "daily", "04")
    assert client.patch("/schedules/daily", json={"paused": False}).json["next_run_at"] == resumed["next_run_at"]
    moved = client.patch(f"/schedules/{made['id']}", json={"timezone": "Asia/Tokyo"}).json
    assert moved["next_run_at"][11:13] == "19"


@pytest.mark.parametrize(
    ("body", "place"), [({"cron": "x"}, "#/cron"), ({"paused": 1}, "#/paused"), ({"train": {}}, "#/train")]
)
def test_a_bad_change_is_rejected(rejected, schedule, body, place):
    made = schedule()
    rejected(422, "PATCH", f"/schedules/{made['id']}", place, json=body)


def test_a_schedule_runs_now_whatever_has_changed(client, rejected, schedule, storage):
    made = schedule(name="nightly")
    for count in (1, 2):
        answer = client.post("/schedules/nightly/run")
        assert answer.status_code == 202, answer.text
        assert answer.headers["Location"] == f"/jobs/{answer.json['id']}"
        assert (answer.json["origin"], len(jobs(client))) == ("schedule", count)
    after = client.get("/schedules/nightly").json
    assert (after["last_job"]["id"], after["next_run_at"]) == (answer.json["id"], made["next_run_at"])
    client.delete("/networks/cheese")
    storage.set_requested_state(jobs(client)[0]["id"], RequestedState.CANCEL)
    client.delete("/schedules/nightly")
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/run")):
        rejected(404, method, f"/schedules/nightly{path}", **({"json": {}} if method == "PATCH" else {}))
    assert len(jobs(client)) == 2


def test_a_schedule_is_made_once_for_one_key(client, cheeses):
    body, headers = {"cron": "0 3 * * *", "train": TRAIN}, {"Idempotency-Key": "once"}
    first, again = (client.post("/schedules", json=body, headers=headers) for _ in range(2))
    assert first.json == again.json and len(client.get("/schedules").json["data"]) == 1


def keyed(client, scopes, networks=None, headers=None):
    body = {"name": "ci", "scopes": scopes, **({"networks": networks} if networks else {})}
    made = client.post("/keys", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return made.json["id"], {"Authorization": f"Bearer {made.json['key']}"}


@pytest.fixture
def admin(client, cheeses):
    return keyed(client, ["admin"])[1]


def made_by(client, headers, train=TRAIN):
    answer = client.post("/schedules", json={"cron": "0 3 * * *", "train": train}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_jobs_have_the_rights_of_the_key_and_a_revoked_one_stops_the_schedule(client, admin, run):
    key, headers = keyed(client, ["train"], headers=admin)
    made = made_by(client, headers)
    run()
    [job] = client.get("/jobs", headers=admin).json["data"]
    assert (job["created_by"], job["created_by_key"]) == ("ci", key)
    client.post(f"/jobs/{job['id']}/cancel", headers=admin)
    assert client.delete(f"/keys/{key}", headers=admin).status_code == 204
    run()
    after = client.get(f"/schedules/{made['id']}", headers=admin).json
    assert (after["state"], after["next_run_at"], after["last_outcome"]) == ("stopped", None, "failed")
    assert "was revoked" in after["stopped"]
    run()
    assert len(client.get("/jobs", headers=admin).json["data"]) == 1
    still = client.patch(f"/schedules/{made['id']}", json={"cron": "0 5 * * *"}, headers=admin).json
    assert (still["state"], still["next_run_at"]) == ("stopped", None)
    resumed = client.patch(f"/schedules/{made['id']}", json={"paused": False}, headers=admin).json
    assert (resumed["state"], resumed["created_by_key"] == key, resumed["stopped"]) == ("active", False, None)
    run()
    assert len(client.get("/jobs", headers=admin).json["data"]) == 2


def test_a_rotated_key_takes_its_schedules_along(client, admin, run):
    key, headers = keyed(client, ["train"], headers=admin)
    made = made_by(client, headers)
    new = client.post(f"/keys/{key}/rotate", json={}, headers=admin).json["id"]
    run()
    after = client.get(f"/schedules/{made['id']}", headers=admin).json
    assert (after["last_outcome"], after["created_by_key"]) == ("submitted", new)


def test_a_key_has_schedules_of_networks_and_data_sets_that_it_sees(client, admin, run, upload, storage):
    _, headers = keyed(client, ["train"], ["chee*"], headers=admin)
    made = made_by(client, headers)
    _, other = keyed(client, ["train"], ["birds*"], headers=admin)
    assert client.get("/schedules", headers=other).json["data"] == []
    for method, path in (("get", ""), ("delete", ""), ("post", "/run")):
        answer = getattr(client, method)(f"/schedules/{made['id']}{path}", headers=other)
        assert answer.status_code == 404
    body = {"cron": "0 3 * * *", "train": TRAIN}
    assert client.post("/schedules", json=body, headers=other).status_code == 404
    dataset = client.patch("/datasets/cheeses", json={"name": "secret"}, headers=admin)
    assert dataset.status_code == 200
    assert client.post("/schedules", json=body, headers=headers).status_code == 404
    execute_train(storage, made, {"dataset": "secret"})
    run()
    after = client.get(f"/schedules/{made['id']}", headers=admin).json
    assert (after["state"], after["last_outcome"]) == ("active", "failed") and "secret" in after["last_error"]


def execute_train(storage, made, change):
    schedule = storage.get_schedule(made["id"])
    storage.update_schedule(schedule.id, {"train": {**schedule.train, **change}})


def test_a_renamed_network_that_the_key_does_not_see_stops_the_schedule(client, admin, run):
    _, headers = keyed(client, ["train"], ["chee*"], headers=admin)
    made = made_by(client, headers)
    client.patch("/networks/cheese", json={"name": "hidden"}, headers=admin)
    run()
    after = client.get(f"/schedules/{made['id']}", headers=admin).json
    assert (after["state"], after["network"]) == ("stopped", "hidden")
    assert "may not train hidden" in after["stopped"]


@pytest.mark.parametrize("scope", ["read", "predict", "manage"])
def test_a_key_that_may_not_train_makes_and_changes_no_schedule(client, admin, scope):
    made = made_by(client, admin)
    _, headers = keyed(client, [scope], headers=admin)
    assert client.get(f"/schedules/{made['id']}", headers=headers).status_code == 200
    body = {"cron": "0 3 * * *", "train": TRAIN}
    for answer in (
        client.post("/schedules", json=body, headers=headers),
        client.patch(f"/schedules/{made['id']}", json={"paused": True}, headers=headers),
        client.post(f"/schedules/{made['id']}/run", headers=headers),
        client.delete(f"/schedules/{made['id']}", headers=headers),
    ):
        assert answer.status_code == 403


def test_what_a_schedule_trains_is_not_live_by_itself(client, schedule, run, storage):
    live = client.get("/predict?network=cheese&x=1,2").json
    schedule()
    run()
    assert client.get("/predict?network=cheese&x=1,2").json["snapshot"] == live["snapshot"]
    assert storage.list_jobs(Page())[0].origin == "schedule"


def test_the_backend_of_a_worker_has_every_right(backend):
    assert backend.caller is ANYBODY
