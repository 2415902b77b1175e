import threading
import time

import numpy as np
import pytest
import sqlalchemy as sa

from service.domain.paging import Page
from service.domain.status import Status
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.jobs.encoded_rows import decode
from service.operations.limits import Limits
from tests.api.runs import Run, epoch

TABLE = [(0.2, 0.9, "like"), (0.1, 0.1, "dislike"), (0.2, 0.4, "dislike"), (0.2, 0.5, "dislike"), (0.4, 0.5, "like")]
DATA = {"inputs": [[fat, salt] for fat, salt, _ in TABLE], "targets": [label for *_, label in TABLE]}


@pytest.fixture
def train(client, network):
    """Send a training that must be accepted."""

    def send(headers=None, **body):
        answer = client.post("/train", json={"network": "cheese", "data": DATA, **body}, headers=headers)
        assert answer.status_code == 202, answer.text
        return answer

    return send


@pytest.fixture
def rows_of(storage):
    """The rows that a worker would get: (training, validation)."""

    def read(answer):
        claim = storage.claim(answer.json["id"], owner="test", lease_seconds=60)
        return decode(Network(NetworkSpec.from_json(claim.network.spec)), claim.data)

    return read


def softmax(spec, **changes):
    layers = [{"type": "dense", "units": 3, "activation": "softmax"}]
    return {**spec, "name": "flowers", "labels": None, "loss": "cross_entropy", "layers": layers, **changes}


def test_a_training_is_queued_with_every_default_spelled_out(client, train, dispatcher):
    answer = train(epochs=7, optimizer={"type": "sgd", "learning_rate": 0.5}, batch_size="full")
    job = answer.json

    assert answer.headers["Location"] == f"/jobs/{job['id']}"
    assert client.get(answer.headers["Location"]).json == job
    assert (job["network"], job["status"], job["epoch"], job["epochs"]) == ("cheese", "queued", 0, 7)
    assert (job["queue_position"], job["rows"], job["progress"], job["eta_seconds"]) == (1, 5, 0, None)
    training = job["options"]["training"]
    assert (training["optimizer"]["type"], training["optimizer"]["learning_rate"]) == ("sgd", 0.5)
    assert (training["batch_size"], training["shuffle"]) == ("full", True)
    assert job["options"]["snapshots"] == {"best": True, "last": True, "every": None, "keep": 200}
    assert dispatcher.depth() == 1


def test_labels_become_numbers_in_the_precision_of_the_network(train, rows_of):
    training, validation = rows_of(train())

    assert training.inputs.tolist() == DATA["inputs"]
    assert training.targets.tolist() == [[1], [0], [0], [0], [1]]
    assert (training.inputs.dtype, training.sample_weights, validation) == ("float64", None, None)


def test_rows_may_be_objects_by_feature_and_targets_numbers(train, rows_of):
    inputs = [{"salt": 0.9, "fat": 0.2}, {"fat": 0.1, "salt": 0.3}]
    training, _ = rows_of(train(data={"inputs": inputs, "targets": [0.25, 1], "sample_weights": [1, 2.5]}))

    assert training.inputs.tolist() == [[0.2, 0.9], [0.1, 0.3]]
    assert training.targets.tolist() == [[0.25], [1]]
    assert training.sample_weights.tolist() == [1, 2.5]


@pytest.mark.parametrize(
    ("labels", "targets"),
    [(None, [2, 0]), (["a", "b", "c"], ["c", "a"]), (["a", "b", "c"], [2, 0]), (None, [[0, 0, 1], [1, 0, 0]])],
)
def test_classes_are_given_by_index_by_label_or_one_hot(client, spec, train, rows_of, labels, targets):
    client.post("/networks", json=softmax(spec, labels=labels))
    training, _ = rows_of(train(network="flowers", data={"inputs": [[1, 2], [3, 4]], "targets": targets}))

    assert training.targets.tolist() == [[0, 0, 1], [1, 0, 0]]


def test_a_share_of_the_rows_is_held_out_by_the_seed(train, rows_of):
    data = {"inputs": [[n, 0] for n in range(40)], "targets": ["like", "dislike", "dislike", "dislike"] * 10}
    body = {"data": data, "validation": {"fraction": 0.2, "stratified": True}, "seed": 3}
    answer = train(**body)
    (training, validation), again, other = (
        rows_of(answer),
        rows_of(train(**body)),
        rows_of(train(**{**body, "seed": 4})),
    )

    assert (len(training), len(validation), validation.targets.sum()) == (32, 8, 2)
    assert sorted([*training.inputs[:, 0], *validation.inputs[:, 0]]) == list(range(40))
    assert validation.inputs.tolist() == again[1].inputs.tolist() != other[1].inputs.tolist()
    assert answer.json["options"]["validation"] == {
        "fraction": 0.2,
        "stratified": True,
        "group": None,
        "time": None,
        "method": "random",
        "rows": 8,
    }
    assert (answer.json["rows"], answer.json["monitored"]) == (32, "val_loss")


def test_test_rows_are_set_apart_and_never_trained_on(client, train, rows_of):
    data = {"inputs": [[n, 0] for n in range(40)], "targets": ["like", "dislike"] * 20}
    job = train(data=data, validation={"fraction": 0.25, "method": "hash"}, test={"fraction": 0.25}).json
    training, validation = rows_of(client.get(f"/jobs/{job['id']}"))
    shown = client.get(f"/jobs/{job['id']}/rows").json
    assert shown["rows"] + shown["validation_rows"] + shown["test_rows"] == 40
    assert (shown["test_rows"], shown["rows"]) == (job["options"]["test"]["rows"], job["rows"])
    tested = [row["inputs"][0] for row in shown["data"] if row["part"] == "test"]
    assert sorted([*training.inputs[:, 0], *validation.inputs[:, 0], *tested]) == list(range(40))


def test_validation_rows_may_be_given(train, rows_of):
    answer = train(validation={"inputs": [[0.3, 0.8]], "targets": ["like"]})
    training, validation = rows_of(answer)

    assert (len(training), validation.targets.tolist()) == (5, [[1]])
    assert answer.json["options"]["validation"] == {"rows": 1}


def test_class_weights_multiply_the_weights_of_the_training_rows(train, rows_of):
    balanced, _ = rows_of(train(class_weights="balanced"))
    given, _ = rows_of(train(class_weights={"like": 3}, data={**DATA, "sample_weights": [1, 1, 1, 1, 2]}))

    np.testing.assert_allclose(balanced.sample_weights, [1.25, 5 / 6, 5 / 6, 5 / 6, 1.25])
    assert given.sample_weights.tolist() == [3, 1, 1, 1, 6]


def test_a_training_starts_from_the_snapshot_asked_for(client, train):
    newest = client.post(
        "/networks/cheese/snapshots", json={"layers": client.get("/networks/cheese/weights").json["layers"]}
    ).json["id"]
    client.patch(f"/networks/cheese/snapshots/{newest}", json={"alias": "champion"})
    starts = {ref: train(start_from=ref).json["options"] for ref in ("latest", "initial", "champion", newest)}

    assert {ref: options["start_from"] for ref, options in starts.items()} == {ref: ref for ref in starts}
    assert starts["latest"]["start_snapshot"] == starts["champion"]["start_snapshot"] == newest
    assert starts["initial"]["start_snapshot"] != newest
    assert train().json["options"]["start_snapshot"] == newest


def test_a_full_queue_takes_no_more_until_a_job_starts(client, train, rejected, storage):
    jobs = [train().json["id"] for _ in range(5)]
    body = {"network": "cheese", "data": DATA}
    rejected(429, "POST", "/train", json=body)
    assert int(client.post("/train", json=body).headers["Retry-After"]) > 0

    Run(storage, jobs[0])
    train()


def test_nothing_new_is_trained_on_a_network_that_is_being_deleted(network, rejected, database_url):
    # As a delete leaves it when it is broken off between two of its batches.
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE networks SET deleting = true"))
    engine.dispose()

    rejected(409, "POST", "/train", json={"network": "cheese", "data": DATA})


def test_the_same_key_twice_makes_one_job_and_brings_the_same_answer(train, count_rows, dispatcher):
    key = {"Idempotency-Key": "once"}
    first, rows = train(headers=key), count_rows()
    again = train(headers=key)

    assert again.data == first.data
    assert again.headers["Location"] == first.headers["Location"]
    assert count_rows() == rows
    assert dispatcher.depth() == 1


def test_two_racing_requests_with_one_key_make_one_job(app, network, count_rows, dispatcher):
    answers, start = [], threading.Barrier(4)

    def send():
        start.wait()
        body, headers = {"network": "cheese", "data": DATA}, {"Idempotency-Key": "race"}
        answers.append(app.test_client().post("/train", json=body, headers=headers))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}
    assert count_rows()["jobs"] == 1
    assert dispatcher.depth() == 1


def test_who_prefers_to_wait_gets_the_ended_job(client, network, storage):
    def finish():
        deadline = time.monotonic() + 20
        while storage.count_jobs([Status.QUEUED]) == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        (job,) = storage.list_jobs(Page(limit=2))
        Run(storage, job.id).report(epoch(1), best_epoch=1, best_value=1.0).end()

    worker = threading.Thread(target=finish)
    worker.start()
    answer = client.post("/train", json={"network": "cheese", "data": DATA, "epochs": 1}, headers={"Prefer": "wait=2"})
    worker.join()

    assert (answer.status_code, answer.headers["Preference-Applied"]) == (200, "wait=2")
    assert (answer.json["status"], answer.json["epoch"], answer.json["best_epoch"]) == ("succeeded", 1, 1)
    assert answer.headers["Location"] == f"/jobs/{answer.json['id']}"


def test_a_wait_is_granted_up_to_a_limit_and_then_answered_as_accepted(train):
    answer = train(headers={"Prefer": "respond-async, wait=3600"})

    assert answer.headers["Preference-Applied"] == "wait=2"
    assert answer.json["status"] == "queued"


def test_a_wait_that_no_thread_can_be_spared_for_is_not_granted(backend, app, train):
    for _ in range(Limits().max_streams):
        app.extensions["feedforward.streams"].open()

    assert "Preference-Applied" not in train(headers={"Prefer": "wait=2"}).headers


@pytest.mark.parametrize("prefer", ["wait", "wait=", "wait=-1", "wait=soon", "await=2", "return=minimal"])
def test_a_preference_that_is_none_is_passed_over(train, prefer):
    assert "Preference-Applied" not in train(headers={"Prefer": prefer}).headers
