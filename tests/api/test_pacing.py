"""How far a job runs, how fast, and what may change while it is paused."""

import pytest

from service.domain.jobs import Pace
from service.domain.status import Status
from service.engine.executors import choice
from service.jobs.job_run import run
from service.jobs.messages import Orders, ReportIntervals
from service.storage.sql.exact_json import decode, encode
from service.worker.job_runner import assignment_of
from tests.api.runs import Run, epoch


def paused_at(storage, job_id, number):
    """The job, claimed, trained up to an epoch and paused there."""
    run = Run(storage, job_id)
    run.report(*map(epoch, range(1, number + 1)))
    return storage.finish(job_id, run.token, Status.PAUSED, paused_at=number)


def events(client, job_id, *kinds):
    return [event for event in client.get(f"/jobs/{job_id}/events").json["data"] if event["kind"] in kinds]


def test_a_job_pauses_itself_and_runs_on_as_far_as_it_is_told(client, submit, storage):
    job = submit(pause_at=3, epochs_per_second=2.5)
    shown = client.get(f"/jobs/{job}").json
    assert (shown["status"], shown["pause_at"], shown["epochs_per_second"]) == ("queued", 3, 2.5)

    assert paused_at(storage, job, 3).status is Status.PAUSED
    assert client.get(f"/jobs/{job}").json["status"] == "paused"
    assert events(client, job, "paused")[0]["data"] == {"status": "paused", "pause_at": 3}

    resumed = client.post(f"/jobs/{job}/resume", json={"until_epoch": 4}).json
    assert (resumed["status"], resumed["pause_at"], resumed["epochs_per_second"]) == ("queued", 4, 2.5)
    assert resumed["queue_position"] == 1
    paused_at(storage, job, 4)
    resumed = client.post(f"/jobs/{job}/resume", json={"epochs_per_second": None}).json
    assert (resumed["pause_at"], resumed["epochs_per_second"]) == (None, None)
    told = [event["data"] for event in events(client, job, "resumed")]
    assert told[0] == {"status": "queued", "pause_at": 4, "epochs_per_second": 2.5}


def test_a_job_that_is_to_pause_at_0_is_paused_before_its_first_epoch(client, submit, dispatcher):
    job = submit(pause_at=0)
    shown = client.get(f"/jobs/{job}").json
    assert (shown["status"], shown["epoch"], shown["queue_position"]) == ("paused", 0, None)
    assert dispatcher.depth() == 0
    assert client.post(f"/jobs/{job}/resume", json={"until_epoch": 1}).json["status"] == "queued"
    assert dispatcher.depth() == 1


def test_a_running_job_takes_another_pace_without_a_stop(client, submit, storage):
    job = submit(pause_at=3)
    run = Run(storage, job).report(epoch(1))
    told = client.post(f"/jobs/{job}/resume", json={"until_epoch": 8, "epochs_per_second": 4}).json
    assert (told["status"], told["pause_at"], told["epochs_per_second"]) == ("running", 8, 4.0)
    assert events(client, job, "pace_changed")[0]["data"] == {"pause_at": 8, "epochs_per_second": 4.0}
    # Its child had stopped at 3 before it heard of that: the job goes on by itself.
    assert storage.finish(job, run.token, Status.PAUSED, paused_at=3).status is Status.QUEUED


def test_a_job_that_has_paused_itself_follows_a_cancellation_that_came_first(client, submit, storage):
    job = submit(pause_at=2)
    run = Run(storage, job).report(epoch(1), epoch(2))
    client.post(f"/jobs/{job}/cancel")
    assert storage.finish(job, run.token, Status.PAUSED, paused_at=2).status is Status.CANCELLED


def test_the_time_left_in_slow_motion_is_that_of_its_pace(client, submit, storage):
    job = submit(epochs_per_second=0.5)
    Run(storage, job).report(epoch(1), epoch(2))
    assert client.get(f"/jobs/{job}").json["eta_seconds"] == 16.0


def test_waiting_for_a_job_that_pauses_itself_ends_with_the_pause(client, network, storage):
    body = {"network": "cheese", "data": {"inputs": [[0, 1]], "targets": ["like"]}, "pause_at": 0}
    answer = client.post("/train", json=body, headers={"Prefer": "wait=600"})
    assert (answer.status_code, answer.json["status"]) == (202, "paused")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"pause_at": -1}, "#/pause_at"),
        ({"pause_at": 11}, "#/pause_at"),
        ({"pause_at": True}, "#/pause_at"),
        ({"pause_at": 2.5}, "#/pause_at"),
        ({"epochs_per_second": 0}, "#/epochs_per_second"),
        ({"epochs_per_second": 1e9}, "#/epochs_per_second"),
        ({"epochs_per_second": "fast"}, "#/epochs_per_second"),
    ],
)
def test_a_pace_that_cannot_be_is_rejected_on_submission(rejected, network, body, pointer):
    data = {"inputs": [[0, 1]], "targets": ["like"]}
    rejected(422, "POST", "/train", pointer, json={"network": "cheese", "data": data, "epochs": 10, **body})


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({"until_epoch": 3}, "#/until_epoch", "must be more than 3"),
        ({"until_epoch": 11}, "#/until_epoch", "at most 10"),
        ({"until_epoch": "4"}, "#/until_epoch", "whole number"),
        ({"epochs_per_second": -1}, "#/epochs_per_second", "0.01"),
        ({"until": 4}, "#/until", "until_epoch"),
        ({"options": 3}, "#/options", "an object"),
        ({"options": {"epochs": 3}}, "#/options/epochs", "more than 3"),
        ({"options": {"epochs": 10**9}}, "#/options/epochs", "at most 1000"),
        ({"options": {"optimizer": "adam"}}, "#/options/optimizer/type", "must stay momentum"),
        ({"options": {"optimizer": {"momentum": 2}}}, "#/options/optimizer/momentum", ""),
        ({"options": {"optimizer": {"beta1": 0.5}}}, "#/options/optimizer/beta1", "momentum"),
        ({"options": {"batch_size": 1}}, "#/options/batch_size", "batches of one size"),
        ({"options": {"seed": 1}}, "#/options/seed", "drawn already"),
        ({"options": {"metrics": ["accuracy"]}}, "#/options/metrics", "history"),
        ({"options": {"learning_rate": 1}}, "#/options/learning_rate", "a field of optimizer"),
        ({"options": {"early_stopping": {}}}, "#/options/early_stopping/restore_best", "must be false"),
        ({"options": {"early_stopping": {"monitor": "val_loss"}}}, "#/options/early_stopping/monitor", "loss"),
        ({"options": {"schedule": "plateau"}}, "#/options/schedule/monitor", "no validation rows"),
    ],
)
def test_what_cannot_be_on_resuming_is_rejected_with_the_reason(
    client, submit, storage, rejected, body, pointer, message
):
    job = submit(optimizer="momentum")
    run = Run(storage, job)
    run.report(epoch(1), epoch(2), epoch(3))
    client.post(f"/jobs/{job}/pause")
    run.end(Status.PAUSED)
    problem = rejected(422, "POST", f"/jobs/{job}/resume", pointer, json=body)
    assert any(message in issue["detail"] for issue in problem["errors"]), problem
    assert client.get(f"/jobs/{job}").json["status"] == "paused"


def test_options_change_only_while_the_job_is_paused(submit, storage, rejected):
    job = submit()
    for _ in range(2):
        problem = rejected(409, "POST", f"/jobs/{job}/resume", json={"options": {"epochs": 20}})
        assert "pause it first" in problem["detail"]
        if storage.get_job(job).status is Status.QUEUED:
            Run(storage, job)


def test_a_change_is_on_record_with_the_epoch_it_holds_from(client, submit):
    job = submit(pause_at=0, optimizer={"type": "adam", "learning_rate": 0.5}, schedule="cosine")
    before = client.get(f"/jobs/{job}").json["options"]["training"]
    body = {"options": {"epochs": 40, "optimizer": {"learning_rate": 0.1}, "schedule": "constant", "clipping": None}}
    told = client.post(f"/jobs/{job}/resume", json=body).json

    assert (told["epochs"], told["options"]["training"]["optimizer"]["learning_rate"]) == (40, 0.1)
    [change] = told["changes"]
    assert change == events(client, job, "options_changed")[0]["data"]
    assert change["from_epoch"] == 1
    assert set(change["options"]) == {"epochs", "optimizer", "schedule"}
    assert change["options"]["epochs"] == {"before": 10, "after": 40}
    assert change["options"]["optimizer"]["before"] == before["optimizer"]
    client.post(f"/jobs/{job}/pause")
    again = client.post(f"/jobs/{job}/resume", json={"options": {"epochs": 40}}).json
    assert len(again["changes"]) == 1  # nothing was another


def test_a_request_without_a_body_resumes_as_before(client, submit):
    job = submit(pause_at=0)
    for kwargs in ({}, {"json": {}}, {"data": "", "content_type": "application/json"}):
        assert client.post(f"/jobs/{job}/resume", **kwargs).json["status"] == "queued"
        client.post(f"/jobs/{job}/pause")


@pytest.fixture(autouse=True)
def executor_as_before():
    yield
    choice.choose("auto")


TRAININGS = {
    "sgd": {"optimizer": "sgd", "batch_size": 2},
    "adam": {"optimizer": "adam", "batch_size": 2, "clipping": {"type": "norm", "limit": 1.0}},
    "one step": {"optimizer": "momentum", "batch_size": "full"},
    "plateau": {"schedule": {"type": "plateau", "monitor": "loss", "patience": 1}, "early_stopping": {"patience": 30}},
}


@pytest.mark.parametrize("executor", ["python", "native"])
@pytest.mark.parametrize("training", TRAININGS.values(), ids=TRAININGS)
def test_a_run_in_pieces_of_one_epoch_gives_the_same_bytes_as_one_in_one_go(
    client, submit, storage, training, executor
):
    choice.choose(executor)
    whole, pieces = submit(**training), submit(**training, pause_at=1)
    in_one_go = played(storage, whole)
    for number in range(2, 11):
        last = played(storage, pieces)
        assert (storage.get_job(pieces).status, storage.get_job(pieces).epoch) == (Status.PAUSED, number - 1)
        assert client.post(f"/jobs/{pieces}/resume", json={"until_epoch": number}).status_code == 200
    last = played(storage, pieces)

    assert storage.get_job(pieces).status is Status.SUCCEEDED
    assert last["last"] == in_one_go["last"]
    assert numbers(storage, pieces) == numbers(storage, whole)


def numbers(storage, job_id):
    return [one._replace(seconds=0, job_id="") for one in storage.history([job_id])]


def played(storage, job_id):
    """Play the worker for one run: its weights by kind, and everything on record."""
    claim = storage.claim(job_id, owner="test", lease_seconds=60)
    token, reports, weights = claim.job.token, [], {}
    assignment = assignment_of(claim, ReportIntervals())
    if claim.checkpoint is not None:
        assert decode(encode(claim.checkpoint.meta)) == claim.checkpoint.meta
    run(assignment, lambda: Orders.of(claim.job), reports.append)
    for report in reports:
        if report.epochs:
            best = {"best_epoch": report.best_epoch, "best_value": report.best_value}
            storage.add_epochs(job_id, token, report.epochs, seconds=report.seconds, **best)
        weights |= {snapshot.kind: snapshot.values for snapshot in report.snapshots}
        if report.checkpoint:
            storage.save_checkpoint(report.checkpoint)
    end = reports[-1].end
    assert end.error is None, end.error
    status = Status.SUCCEEDED if end.paused_at is None else Status.PAUSED
    storage.finish(job_id, token, status, paused_at=end.paused_at)
    return weights


def test_a_changed_learning_rate_holds_from_the_epoch_on_record(client, submit, storage):
    job = submit(pause_at=4, optimizer={"type": "adam", "learning_rate": 0.5})
    played(storage, job)
    client.post(f"/jobs/{job}/resume", json={"options": {"optimizer": {"learning_rate": 0.125}, "epochs": 8}})
    played(storage, job)
    assert [one.learning_rate for one in storage.history([job])] == [0.5] * 4 + [0.125] * 4
    assert storage.get_job(job).changes[0]["from_epoch"] == 5
    assert storage.get_job(job).status is Status.SUCCEEDED


def test_a_run_whose_pause_was_lost_with_its_worker_pauses_again_without_an_epoch(client, submit, storage):
    """The worker may die between the checkpoint at the pause and the report that pauses the job."""
    job = submit(pause_at=4)
    claim = storage.claim(job, owner="test", lease_seconds=60)
    reports = []
    intervals = ReportIntervals(checkpoint_seconds=0)
    run(assignment_of(claim, intervals), lambda: Orders.of(claim.job), reports.append)
    checkpoint = [report.checkpoint for report in reports if report.checkpoint][-1]
    assert (checkpoint.epoch, reports[-1].checkpoint) == (4, None)
    storage.save_checkpoint(checkpoint)
    storage.release(job, claim.job.token, crashed=True, max_crashes=3)
    again = storage.claim(job, owner="test", lease_seconds=60)
    reports = []
    run(assignment_of(again, ReportIntervals()), lambda: Orders.of(again.job), reports.append)
    assert [(report.epochs, report.end.paused_at) for report in reports if report.end] == [((), 4)]


def test_the_storage_leaves_options_of_a_job_that_is_not_paused(storage, submit):
    job = submit()
    resumed = storage.resume_job(job, Pace(pause_at=2))
    assert (resumed.status, resumed.pause_at) == (Status.QUEUED, 2)
