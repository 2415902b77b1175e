import pytest

from service.domain.jobs import JobError
from service.domain.status import Status
from tests.api.runs import Run, epoch


def ids(answer):
    return [job["id"] for job in answer.json["data"]]


def test_jobs_are_listed_newest_first_and_page_by_page(client, submit):
    jobs = [submit() for _ in range(5)][::-1]
    first = client.get("/jobs?limit=2")
    second = client.get(f"/jobs?limit=2&after={first.json['last_id']}")
    third = client.get(f"/jobs?limit=2&after={second.json['last_id']}")

    assert [ids(first), ids(second), ids(third)] == [jobs[:2], jobs[2:4], jobs[4:]]
    assert [page.json["has_more"] for page in (first, second, third)] == [True, True, False]


def test_jobs_are_found_by_network_and_by_status(client, spec, submit, storage):
    client.post("/networks", json={**spec, "name": "other"})
    queued, running, ended, foreign = submit(), submit(), submit(), submit(network="other")
    Run(storage, running)
    Run(storage, ended).end()

    assert set(ids(client.get("/jobs?network=cheese"))) == {queued, running, ended}
    assert ids(client.get("/jobs?network=other")) == [foreign]
    assert set(ids(client.get("/jobs?status=running&status=succeeded"))) == {running, ended}
    assert ids(client.get("/jobs?status=queued&network=cheese")) == [queued]


def test_a_running_job_reports_how_far_it_is_and_how_long_it_still_takes(client, submit, storage):
    job = submit(validation={"fraction": 0.5})
    Run(storage, job).report(epoch(1), epoch(2, val_loss=0.5), best_epoch=2, best_value=0.5)
    told = client.get(f"/jobs/{job}").json

    assert (told["status"], told["epoch"], told["progress"], told["seconds"]) == ("running", 2, 0.2, 0.5)
    assert told["eta_seconds"] == pytest.approx(2.0)
    assert (told["monitored"], told["best_epoch"], told["best_value"]) == ("val_loss", 2, 0.5)
    assert told["queue_position"] is None and told["started_at"].endswith("Z") and told["finished_at"] is None


def test_waiting_jobs_know_their_place_in_the_queue(client, submit):
    jobs = [submit() for _ in range(3)]

    assert [client.get(f"/jobs/{job}").json["queue_position"] for job in jobs] == [1, 2, 3]
    client.post(f"/jobs/{jobs[0]}/cancel")
    assert [client.get(f"/jobs/{job}").json["queue_position"] for job in jobs] == [None, 1, 2]


def test_the_monitored_number_is_the_one_that_stops_early(client, submit):
    job = submit(metrics=["accuracy"], early_stopping={"monitor": "accuracy"})
    assert client.get(f"/jobs/{job}").json["monitored"] == "accuracy"


def test_a_failed_job_says_why(client, submit, storage):
    job = submit()
    run = Run(storage, job).report(epoch(1, loss=float("inf")), best_epoch=1, best_value=float("inf"))
    run.end(Status.FAILED, error=JobError(code="diverged", message="The loss is not finite since epoch 2, step 1."))
    told = client.get(f"/jobs/{job}").json

    assert told["error"] == {"code": "diverged", "message": "The loss is not finite since epoch 2, step 1."}
    assert (told["status"], told["best_value"], told["nonfinite"]) == ("failed", None, {"best_value": "+inf"})
    assert (told["eta_seconds"], told["stopped_early"]) == (None, False)
    assert told["finished_at"] >= told["started_at"] >= told["created_at"]


def test_a_waiting_job_is_paused_resumed_and_cancelled_at_once(client, submit, dispatcher):
    job = submit()
    states = [client.post(f"/jobs/{job}/{verb}").json["status"] for verb in ("pause", "pause", "resume", "cancel")]

    assert states == ["paused", "paused", "queued", "cancelled"]
    assert dispatcher.depth() == 2  # as it was submitted, and as it was resumed


def test_a_running_job_shows_the_requested_state_until_its_worker_obeys(client, submit, storage):
    job = submit()
    run = Run(storage, job)
    states = [client.post(f"/jobs/{job}/{verb}").json["status"] for verb in ("pause", "resume", "pause", "cancel")]
    run.end(Status.CANCELLED)

    assert states == ["pausing", "running", "pausing", "cancelling"]
    assert client.get(f"/jobs/{job}").json["status"] == "cancelled"


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_nothing_can_be_requested_of_an_ended_job(submit, storage, rejected, verb):
    job = submit()
    Run(storage, job).end()

    rejected(409, "POST", f"/jobs/{job}/{verb}")


def test_an_ended_job_is_deleted_and_a_running_one_is_not(client, submit, storage, rejected):
    job = submit()
    run = Run(storage, job).report(epoch(1))
    rejected(409, "DELETE", f"/jobs/{job}")
    run.end()

    assert client.delete(f"/jobs/{job}").status_code == 204
    assert client.get(f"/jobs/{job}").status_code == 404
    assert client.get("/networks/cheese/history").json["data"] == []


@pytest.mark.parametrize("path", ["", "/history", "/events"])
def test_a_job_that_is_not_there_is_not_found(rejected, network, path):
    rejected(404, "GET", f"/jobs/job_0{path}")


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_nothing_can_be_requested_of_a_job_that_is_not_there(rejected, verb):
    rejected(404, "POST", f"/jobs/job_0/{verb}")


@pytest.mark.parametrize(
    ("query", "argument"),
    [("status=done", "status"), ("limit=-1", "limit"), ("limit=x", "limit"), ("state=queued", "state")],
)
def test_a_bad_query_is_rejected(rejected, query, argument):
    rejected(422, "GET", f"/jobs?{query}", argument)


def test_jobs_of_a_network_that_is_not_there_are_not_found(rejected):
    rejected(404, "GET", "/jobs?network=nothing")
    rejected(404, "GET", "/jobs?after=job_0")
    rejected(422, "GET", "/jobs/job_0?verbose=1", "verbose")


def test_a_list_shows_of_each_job_what_it_shows_itself(client, submit):
    job = submit(epochs=3)
    shown = client.get(f"/jobs/{job}").json
    assert client.get("/jobs").json["data"] == [
        {
            name: value
            for name, value in shown.items()
            if name not in ("importance", "findings", "changes", "running_jobs", "folds", "average", "report")
        }
    ]


def test_a_list_shows_of_each_network_what_it_shows_itself(client, network):
    assert client.get("/networks").json["data"] == [client.get("/networks/cheese").json]


def test_jobs_are_named_tagged_found_sorted_and_counted(client, submit):
    slow, fast = (submit(optimizer={"type": "adam", "learning_rate": rate}) for rate in (0.001, 0.1))
    assert client.get(f"/jobs/{slow}").json["tags"] == {}
    named = client.patch(f"/jobs/{slow}", json={"name": "The slow one", "note": "why not", "tags": {"team": "blue"}})
    assert (named.json["name"], named.json["note"], named.json["tags"]) == ("The slow one", "why not", {"team": "blue"})
    assert client.patch(f"/jobs/{slow}", json={"note": None}).json["note"] is None

    assert ids(client.get("/jobs?search=team:blue SLOW")) == [slow]
    assert ids(client.get("/jobs?sort=optimizer.learning_rate")) == [fast, slow]
    assert ids(client.get("/jobs?sort=optimizer.learning_rate&order=asc")) == [slow, fast]
    assert client.get("/jobs/summary").json == {"total": 2, "statuses": {"queued": 2}}
    assert client.get("/jobs/summary?search=blue").json["total"] == 1


def test_the_best_of_a_network_is_marked_where_that_is_asked_for(client, submit, storage):
    worse, best = submit(), submit()
    for job, value in ((worse, 0.5), (best, 0.2)):
        Run(storage, job).report(epoch(1, loss=value), best_epoch=1, best_value=value)
    marks = {job["id"]: job["is_best"] for job in client.get("/jobs?best=true").json["data"]}
    assert marks == {worse: False, best: True}
    assert {job["is_best"] for job in client.get("/jobs").json["data"]} == {None}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"name": "x" * 201}, "#/name"), ({"tags": {"a:b": "c"}}, "#/tags/a:b"), ({"note": 5}, "#/note")],
)
def test_a_name_or_tag_that_cannot_be_is_rejected(client, submit, body, pointer):
    answer = client.patch(f"/jobs/{submit()}", json=body)
    assert answer.status_code == 422 and answer.json["errors"][0]["pointer"] == pointer


def test_an_order_is_a_column_or_a_path(client):
    answer = client.get("/jobs?sort=options)")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "sort")
