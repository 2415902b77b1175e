"""The same training again: a new job from the first weights, which folds under the first."""

import pytest

from service.domain.status import Status
from tests.api.played import play
from tests.api.runs import Run, epoch


def restarted(client, job, body=None, status=202):
    answer = client.post(f"/jobs/{job}/restart", json=body) if body is not None else client.post(f"/jobs/{job}/restart")
    assert answer.status_code == status, answer.text
    return answer.json


def weights_of(client, job):
    return client.get(f"/networks/cheese/weights?snapshot={job}").json["layers"]


def test_a_restart_has_the_rows_options_and_pace_of_its_job_and_ends_with_its_bytes(client, submit, storage):
    job = submit(epochs=7, optimizer={"type": "adam", "learning_rate": 0.25}, epochs_per_second=1000, max_seconds=50)
    play(storage, job)
    other = submit(epochs=3)  # moves what `latest` means
    play(storage, other)
    made = restarted(client, job)
    first = client.get(f"/jobs/{job}").json

    assert made["id"] != job and (made["restart_of"], made["status"], made["epoch"]) == (job, "queued", 0)
    assert made["options"]["training"] == first["options"]["training"]
    assert made["options"]["start_from"] == "initial"
    for name in ("epochs", "epochs_per_second", "max_seconds", "rows", "origin", "monitored", "network"):
        assert made[name] == first[name], name
    assert (made["pause_at"], made["changes"]) == (None, [])
    play(storage, made["id"])
    assert weights_of(client, made["id"]) == weights_of(client, job) != weights_of(client, other)
    assert client.get(f"/jobs/{job}").json == first


def test_a_restart_can_change_options_and_stand_paused_at_its_beginning(client, submit):
    job = submit(pause_at=3)
    options = {"batch_size": "full", "epochs": 20, "optimizer": {"learning_rate": 0.5}, "metrics": ["accuracy"]}
    made = restarted(client, job, {"options": options, "pause_at": 0, "epochs_per_second": 4})
    training = made["options"]["training"]
    assert (made["status"], made["epochs"], made["epochs_per_second"]) == ("paused", 20, 4.0)
    assert (training["batch_size"], training["epochs"], training["optimizer"]["learning_rate"]) == ("full", 20, 0.5)
    assert training["optimizer"]["type"] == "adam"


def test_options_changed_on_the_way_are_those_of_a_restart(client, submit):
    job = submit(pause_at=0)
    client.post(f"/jobs/{job}/resume", json={"options": {"epochs": 44}})
    assert restarted(client, job)["epochs"] == 44


def test_restarts_fold_under_the_first_job(client, submit):
    first, alone = submit(), submit()
    second = restarted(client, first)["id"]
    third = restarted(client, second)["id"]

    def listed(query):
        return [job["id"] for job in client.get(f"/jobs?{query}").json["data"]]

    assert client.get(f"/jobs/{third}").json["restart_of"] == first
    assert listed("restarts=false") == [alone, first]
    assert listed(f"restart_of={first}") == listed(f"restart_of={second}") == [third, second]
    assert listed("restarts=true") == listed("") == [third, second, alone, first]


def test_the_oldest_restart_takes_the_place_of_a_deleted_first_job(client, submit, storage):
    first = submit()
    second, third = (restarted(client, first)["id"] for _ in range(2))
    Run(storage, first).end()
    assert client.delete(f"/jobs/{first}").status_code == 204
    assert client.get(f"/jobs/{second}").json["restart_of"] is None
    assert client.get(f"/jobs/{third}").json["restart_of"] == second


def test_a_restart_of_a_training_on_a_data_set_needs_that_data_set(client, storage, rejected):
    rows = "".join(f"{number % 17},{'AB'[number % 17 > 8]}\n" for number in range(60))
    path = "/datasets?name=birds"
    birds = client.post(path, data="mass,species\n" + rows, content_type="text/csv").json["id"]
    network = {"name": "birds", "from_dataset": birds, "target": "species"}
    assert client.post("/networks", json=network).status_code == 201
    body = {"network": "birds", "dataset": birds, "epochs": 3, "validation": {"fraction": 0.25}}
    job = client.post("/train", json=body).json["id"]
    play(storage, job)
    made = restarted(client, job)
    play(storage, made["id"])
    histories = [client.get(f"/jobs/{one}/history").json["data"] for one in (job, made["id"])]
    assert [[(row["loss"], row["val_loss"]) for row in rows] for rows in histories][0] == [
        (row["loss"], row["val_loss"]) for row in histories[1]
    ]
    assert client.delete(f"/datasets/{birds}").status_code == 204
    problem = rejected(409, "POST", f"/jobs/{job}/restart")
    assert "is gone" in problem["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"options": {"seed": 3}}, "#/options/seed"),
        ({"options": {"epoch": 3}}, "#/options/epoch"),
        ({"options": {"epochs": 10**8}}, "#/options/epochs"),
        ({"options": {"metrics": ["nothing"]}}, "#/options/metrics/0"),
        ({"options": []}, "#/options"),
        ({"pause_at": 11}, "#/pause_at"),
        ({"epochs_per_second": 0}, "#/epochs_per_second"),
        ({"until_epoch": 3}, "#/until_epoch"),
    ],
)
def test_a_restart_that_cannot_be_is_rejected(rejected, submit, body, pointer):
    rejected(422, "POST", f"/jobs/{submit()}/restart", pointer, json=body)


def test_a_restart_takes_a_place_in_the_queue(client, submit, rejected):
    jobs = [submit() for _ in range(5)]
    problem = rejected(429, "POST", f"/jobs/{jobs[0]}/restart")
    assert "5 jobs are queued already" in problem["detail"]
    rejected(404, "POST", "/jobs/job_missing/restart")


def test_a_restart_is_made_once_by_an_idempotency_key(client, submit):
    job = submit()
    ids = {client.post(f"/jobs/{job}/restart", headers={"Idempotency-Key": "again"}).json["id"] for _ in range(2)}
    assert len(ids) == 1


def test_a_waiting_job_says_which_jobs_run_meanwhile(client, submit, storage):
    running, waiting = submit(), submit()
    run = Run(storage, running).report(epoch(1))
    told = client.get(f"/jobs/{waiting}").json
    assert (told["queue_position"], told["running_jobs"]) == (1, [running])
    client.post(f"/jobs/{waiting}/pause")
    assert client.get(f"/jobs/{waiting}").json["running_jobs"] == []
    resumed = client.post(f"/jobs/{waiting}/resume", json={"until_epoch": 1}).json
    assert (resumed["queue_position"], resumed["running_jobs"]) == (1, [running])
    assert client.get(f"/jobs/{running}").json["running_jobs"] == []
    run.end(Status.SUCCEEDED)
    assert client.get(f"/jobs/{waiting}").json["running_jobs"] == []
