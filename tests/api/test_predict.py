import json
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import sqlalchemy as sa

from service.api.http.context import CALLER
from service.app import create_app
from service.domain.access import ANYBODY
from service.domain.ids import new_id
from service.domain.snapshots import NewSnapshot
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.storage.sql.open import open_storage
from tests.api.given import import_biases, passing
from tests.api.runs import Run


def sigmoid(z):
    return 1 / (1 + np.exp(-np.asarray(z)))


def softmax(z):
    return (np.exp(z) / np.sum(np.exp(z))).tolist()


def asked(client, arguments):
    answer = client.get(f"/predict?{arguments}")
    assert answer.status_code == 200, answer.text
    return answer.json


def batch(client, **body):
    answer = client.post("/predict", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json


def by_hand(client, row):
    """The output of the cheese network, from the weights that the service shows."""
    first, second = client.get("/networks/cheese/weights").json["layers"]
    hidden = sigmoid(row @ np.array(first["weights"]) + first["biases"])
    return float(sigmoid(hidden @ np.array(second["weights"]) + second["biases"])[0])


def test_a_row_is_predicted_from_the_networks_weights(client, network):
    answer = asked(client, "network=cheese&x=0.2,0.9")

    output = by_hand(client, [0.2, 0.9])
    assert answer["outputs"][0] == [pytest.approx(output, abs=1e-15)]
    assert answer["network"] == "cheese"
    assert answer["snapshot"] == client.get("/networks/cheese/snapshots/latest").json["id"]
    assert answer["probabilities"] == [{"dislike": 1 - answer["outputs"][0][0], "like": answer["outputs"][0][0]}]
    assert (answer["classes"], answer["labels"]) == (([1], ["like"]) if output > 0.5 else ([0], ["dislike"]))


def test_every_way_to_ask_brings_the_same_answer(client, network):
    answer = asked(client, "network=cheese&x=0.2,0.9")
    assert asked(client, f"network={network['id']}&x=0.2%2C0.9") == answer
    assert asked(client, "network=cheese&salt=0.9&fat=0.2&snapshot=live") == answer
    assert batch(client, network="cheese", inputs=[[0.2, 0.9]]) == answer
    assert batch(client, network="cheese", inputs=[{"salt": 0.9, "fat": 0.2}], snapshot="initial") == answer


@pytest.mark.parametrize("text", ["20", "20.", "2e1", "2E+1", "2e%2B1", "+20", "%2B20.0", " 20", "200e-1", "0020"])
def test_a_number_may_be_written_as_people_and_programs_do(client, network, text):
    assert (
        asked(client, f"network=cheese&x={text},.5")["outputs"] == asked(client, "network=cheese&x=20,0.5")["outputs"]
    )
    assert asked(client, f"network=cheese&fat={text}&salt=.5") == asked(client, "network=cheese&fat=20&salt=0.5")


def test_a_feature_may_be_called_x(client):
    passing(client, "plane", inputs=["x", "y"])
    assert asked(client, "network=plane&x=1&y=2")["outputs"] == [[1, 2]]
    assert asked(client, "network=plane&x=1,2")["outputs"] == [[1, 2]]


def test_numbers_are_all_that_a_regression_gives(client):
    passing(client, "plain")
    assert batch(client, network="plain", inputs=[[1, 2, 3], [-1, 0.5, 0]]) == {
        "network": "plain",
        "snapshot": client.get("/networks/plain/snapshots/initial").json["id"],
        "version": None,
        "alias": None,
        "chosen_by": "initial",
        "outputs": [[1, 2, 3], [-1, 0.5, 0]],
    }


def test_a_single_input_may_stand_bare(client):
    passing(client, "line", inputs=1)
    assert batch(client, network="line", inputs=[1, [2]])["outputs"] == [[1], [2]]
    assert asked(client, "network=line&x=-3")["outputs"] == [[-3]]


def test_a_distribution_gives_classes_probabilities_and_the_best_of_them(client):
    passing(client, "flowers", activation="softmax", loss="cross_entropy")
    answer = batch(client, network="flowers", inputs=[[0, 2, 1], [1, 1, 0]], top_k=2)

    np.testing.assert_allclose(answer["outputs"], [softmax([0, 2, 1]), softmax([1, 1, 0])], rtol=1e-14)
    assert answer["classes"] == [1, 0]
    assert "labels" not in answer
    assert answer["probabilities"][0] == dict(zip("012", answer["outputs"][0], strict=True))
    first, second = answer["outputs"]
    assert answer["top_k"] == [
        [{"class": 1, "probability": first[1]}, {"class": 2, "probability": first[2]}],
        [{"class": 0, "probability": second[0]}, {"class": 1, "probability": second[1]}],
    ]


def test_the_best_classes_carry_their_labels(client, network):
    answer = asked(client, "network=cheese&x=0.2,0.9&top_k=2")
    output = answer["outputs"][0][0]
    candidates = [
        {"class": 1, "label": "like", "probability": output},
        {"class": 0, "label": "dislike", "probability": 1 - output},
    ]
    assert answer["top_k"] == [sorted(candidates, key=lambda one: -one["probability"])]


def test_outputs_that_are_each_a_yes_or_no_name_lists_of_classes(client):
    passing(client, "topics", activation="sigmoid", loss="binary_cross_entropy", labels=["art", "law", "war"])
    answer = batch(client, network="topics", inputs=[[1, -1, 1], [-1, -1, -1]])
    assert answer["classes"] == [[0, 2], []]
    assert answer["labels"] == [["art", "war"], []]
    assert answer["probabilities"][0] == dict(zip(("art", "law", "war"), answer["outputs"][0], strict=True))


def test_labels_on_outputs_that_are_no_probabilities_name_the_largest(client):
    passing(client, "scores", labels=["low", "middle", "high"])
    answer = batch(client, network="scores", inputs=[[5, 9, -7]])
    assert (answer["classes"], answer["labels"]) == ([1], ["middle"])
    assert "probabilities" not in answer


def test_a_sign_decides_where_targets_are_signs(client):
    passing(client, "margin", inputs=1, loss="hinge", labels=["no", "yes"])
    answer = batch(client, network="margin", inputs=[0.3, -0.3])
    assert (answer["classes"], answer["labels"]) == ([1, 0], ["yes", "no"])
    assert "probabilities" not in answer


def test_outputs_that_are_no_numbers_are_null_and_reported_by_kind(client):
    passing(client, "huge", weight=1e308, labels=["a", "b", "c"])
    answer = batch(client, network="huge", inputs=[[100, 1, 1], [0, 1, -100]])
    assert answer["outputs"] == [[None, 1e308, 1e308], [0, 1e308, None]]
    assert answer["nonfinite"] == {"outputs.0.0": "+inf", "outputs.1.2": "-inf"}
    assert (answer["classes"], answer["labels"]) == ([None, None], [None, None])


def test_a_row_without_a_number_names_no_class_and_no_probability(client):
    passing(client, "broken", activation="softmax", loss="cross_entropy", weight=1e308)
    answer = asked(client, "network=broken&x=100,0,100&top_k=1")
    assert answer["outputs"] == [[None, None, None]]
    assert set(answer["nonfinite"].values()) == {"nan"}
    assert answer["classes"] == answer["probabilities"] == answer["top_k"] == [None]


def test_any_snapshot_can_be_asked(client):
    passing(client, "plain")
    initial = client.get("/networks/plain/snapshots/initial").json["id"]
    first, second = import_biases(client, "plain", [1, 1, 1]), import_biases(client, "plain", [2, 2, 2])
    client.patch(f"/networks/plain/snapshots/{first}", json={"alias": "champion"})

    answers = {ref: asked(client, f"network=plain&x=0,0,0&snapshot={ref}") for ref in ("latest", "champion", initial)}
    assert {ref: answer["outputs"][0][0] for ref, answer in answers.items()} == {"latest": 2, "champion": 1, initial: 0}
    assert [answer["snapshot"] for answer in answers.values()] == [second, first, initial]
    first_weights = asked(client, "network=plain&x=0,0,0&snapshot=initial")
    assert first_weights == {**answers[initial], "chosen_by": "initial"}
    assert asked(client, "network=plain&x=0,0,0&snapshot=best") == answers["latest"]


def test_what_has_changed_is_seen_at_once(client):
    passing(client, "plain")
    arguments = "network=plain&x=0,0,0"
    assert asked(client, arguments)["outputs"] == [[0, 0, 0]]
    newest = import_biases(client, "plain", [1, 2, 3])
    assert asked(client, arguments)["outputs"] == [[1, 2, 3]]
    client.patch(f"/networks/plain/snapshots/{newest}", json={"alias": "champion"})
    assert asked(client, f"{arguments}&snapshot=champion")["snapshot"] == newest
    client.patch(f"/networks/plain/snapshots/{newest}", json={"alias": None})
    assert client.get(f"/predict?{arguments}&snapshot=champion").status_code == 404
    client.patch("/networks/plain/snapshots/initial", json={"alias": "production"})
    assert asked(client, arguments)["outputs"] == [[0, 0, 0]]
    client.patch("/networks/plain", json={"name": "renamed"})
    assert client.get(f"/predict?{arguments}").status_code == 404
    assert asked(client, "network=renamed&x=0,0,0")["network"] == "renamed"
    client.delete("/networks/renamed")
    assert client.get("/predict?network=renamed&x=0,0,0").status_code == 404


def snapshot_with(network_id, value, **fields):
    values = np.concatenate([np.eye(3), np.full((3, 1), value)], axis=1)
    return NewSnapshot(
        **{"id": new_id("snap"), "network_id": network_id, "job_id": None, "epoch": 0, "kind": "imported", **fields},
        dtype="float64",
        manifest=[],
        values=values.tobytes(),
    )


@pytest.fixture
def worker_storage(database_url):
    """The same database, opened once more as a worker's process does."""
    storage = open_storage(database_url)
    yield storage
    storage.close()


def test_what_another_process_commits_is_seen_at_once(client, worker_storage):
    network_id = passing(client, "plain")["id"]
    for value in range(5):
        kept = worker_storage.add_snapshot(snapshot_with(network_id, value))
        answer = asked(client, "network=plain&x=0,0,0")
        assert (answer["snapshot"], answer["outputs"]) == (kept.id, [[value] * 3])


def test_threads_predict_while_a_training_replaces_its_snapshots(app, client, worker_storage):
    network_id = passing(client, "plain")["id"]
    data = {"inputs": [[0, 0, 0]], "targets": [[1, 1, 1]]}
    job = client.post("/train", json={"network": "plain", "data": data}).json["id"]
    run = Run(worker_storage, job)
    values = {client.get("/networks/plain/snapshots/initial").json["id"]: 0}
    done = threading.Event()

    def predict(ref):
        own, arguments, answers = app.test_client(), f"network=plain&x=0,0,0&snapshot={ref}", []
        while not done.is_set():
            answers.append(asked(own, arguments))
        return [*answers, asked(own, arguments)]

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(predict, ref) for ref in ("latest", "best", "latest", "best")]
        for epoch in range(1, 40):
            best = snapshot_with(network_id, epoch, job_id=job, kind="best", epoch=epoch)
            values[best.id] = epoch
            worker_storage.add_snapshot(best, token=run.token)
        done.set()
        for answers in (future.result(timeout=60) for future in running):
            seen = [values[answer["snapshot"]] for answer in answers]
            assert [answer["outputs"] for answer in answers] == [[[value] * 3] for value in seen]
            assert seen == sorted(seen) and seen[-1] == 39


def test_nothing_is_queried_while_nothing_is_committed(client, network):
    asked(client, "network=cheese&x=0.2,0.9")
    statements = []

    def note(connection, cursor, statement, *others):
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        asked(client, "network=cheese&x=0.1,0.3")
        assert statements == []
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_nothing_is_stored(client, network, count_rows):
    before = count_rows()
    asked(client, "network=cheese&x=0.2,0.9")
    batch(client, network="cheese", inputs=[[0.2, 0.9]])
    assert count_rows() == before


@pytest.mark.parametrize("arguments", ["x=0.2,0.9", "fat=1&salt=2&top_k=1", "x=1e300,-1e300&snapshot=best"])
def test_the_short_way_and_the_view_give_the_same_bytes(app, client, network, arguments):
    path = f"/predict?network=cheese&{arguments}"
    known = {"X-Request-ID": "same-in-both"}
    short = client.get(path, headers=known)
    with app.test_request_context(path, environ_base={CALLER: ANYBODY}):
        full = app.full_dispatch_request()
    assert short.data == full.data
    assert short.headers["Content-Type"] == full.headers["Content-Type"]
    assert client.head(path, headers=known).headers == short.headers


def test_predictions_are_counted(client, network):
    asked(client, "network=cheese&x=0.2,0.9")
    batch(client, network="cheese", inputs=[[0.2, 0.9], [0.1, 0.1]])
    client.get("/predict?network=cheese")
    figures = client.get("/metrics").text
    assert "feedforward_predictions_total 3.0" in figures
    assert 'feedforward_requests_total{method="GET",route="/predict",status="200"} 1.0' in figures
    assert 'feedforward_requests_total{method="GET",route="/predict",status="422"} 1.0' in figures


BAD_QUERIES = [
    ("", "network"),
    ("x=1,2", "network"),
    ("network=cheese", "x"),
    ("network=cheese&x=", "x"),
    ("network=cheese&x=1", "x"),
    ("network=cheese&x=1,2,3", "x"),
    ("network=cheese&x=1,2,", "x"),
    ("network=cheese&x=1,", "x"),
    ("network=cheese&x=1;2", "x"),
    ("network=cheese&x=1,two", "x"),
    ("network=cheese&x=1,nan", "x"),
    ("network=cheese&x=1,inf", "x"),
    ("network=cheese&x=1,-Infinity", "x"),
    ("network=cheese&x=1,1e999", "x"),
    ("network=cheese&x=1,null", "x"),
    ("network=cheese&x=1,true", "x"),
    ("network=cheese&x=1,[2]", "x"),
    ("network=cheese&x=[1,2]", "x"),
    ('network=cheese&x=1,"2"', "x"),
    ("network=cheese&x=1,0x10", "x"),
    ("network=cheese&x=1,1_000", "x"),
    ("network=cheese&x=1,%D9%A3", "x"),
    ("network=cheese&x=1,2%00", "x"),
    ("network=cheese&x=1,2&x=1,2", "x"),
    ("network=cheese&network=cheese&x=1,2", "network"),
    ("network=cheese&x=1,2&salt=1", "x"),
    ("network=cheese&fat=1", "salt"),
    ("network=cheese&fat=1&salt=", "salt"),
    ("network=cheese&fat=1&salt=1,2", "salt"),
    ("network=cheese&fat=nan&salt=1", "fat"),
    ("network=cheese&fat=1&salt=1&salt=2", "salt"),
    ("network=cheese&fat=1&salt=1&pepper=2", "pepper"),
    ("network=cheese&x=1,2&limit=3", "limit"),
    ("network=cheese&x=1,2&top_k=", "top_k"),
    ("network=cheese&x=1,2&top_k=0", "top_k"),
    ("network=cheese&x=1,2&top_k=3", "top_k"),
    ("network=cheese&x=1,2&top_k=1.5", "top_k"),
    ("network=cheese&x=1,2&top_k=one", "top_k"),
]


@pytest.mark.parametrize(("arguments", "parameter"), BAD_QUERIES)
def test_a_bad_argument_is_named(rejected, network, arguments, parameter):
    rejected(422, "GET", f"/predict?{arguments}", parameter)


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ("network=chese&x=1,2", "network"),
        ("network=../networks&x=1,2", "network"),
        ("network=%00&x=1,2", "network"),
        ("network=&x=1,2", "network"),
        ("network=cheese&x=1,2&snapshot=champion", "snapshot"),
        ("network=cheese&x=1,2&snapshot=", "snapshot"),
        ("network=cheese&x=1,2&snapshot=../initial", "snapshot"),
    ],
)
def test_what_is_not_there_is_named(rejected, network, arguments, parameter):
    rejected(404, "GET", f"/predict?{arguments}", parameter)


def test_a_misspelt_feature_is_recognised(rejected, network):
    problem = rejected(422, "GET", "/predict?network=cheese&fatt=1&salt=2", "fatt", "fat")
    [issue] = [issue for issue in problem["errors"] if issue["parameter"] == "fatt"]
    assert 'did you mean "fat"?' in issue["detail"]
    assert all(name in issue["detail"] for name in ("network", "snapshot", "top_k", "x", "salt"))


def test_what_a_row_must_be_is_reported_with_the_features(rejected, network):
    [issue] = rejected(422, "GET", "/predict?network=cheese&x=1,2,3", "x")["errors"]
    assert issue["detail"] == "must be 2 numbers with commas between (fat, salt), or each by its name; got 3"


def test_names_are_rejected_where_features_have_none(client, rejected):
    passing(client, "plain")
    rejected(422, "GET", "/predict?network=plain&fat=1", "fat", "x")


def test_the_best_classes_are_rejected_where_there_are_none(client, rejected):
    passing(client, "plain")
    rejected(422, "GET", "/predict?network=plain&x=1,2,3&top_k=1", "top_k")
    rejected(422, "POST", "/predict", "#/top_k", json={"network": "plain", "inputs": [[1, 2, 3]], "top_k": 1})


def test_a_number_beyond_the_precision_of_the_network_is_named(client, rejected, spec):
    client.post("/networks", json={**spec, "dtype": "float32"})
    rejected(422, "GET", "/predict?network=cheese&x=1,1e300", "x")
    rejected(422, "GET", "/predict?network=cheese&fat=1&salt=1e300", "salt")
    body = {"network": "cheese", "inputs": [[0, 0], [1, 1e300]]}
    rejected(422, "POST", "/predict", "#/inputs/1/1", json=body)
    rejected(422, "POST", "/predict", "#/inputs/0/salt", json={**body, "inputs": [{"fat": 1, "salt": 1e300}]})


BAD_BODIES = [
    ({"network": None}, "#/network"),
    ({"network": 7}, "#/network"),
    ({"snapshot": None}, "#/snapshot"),
    ({"snapshot": 1}, "#/snapshot"),
    ({"input": [[1, 2]]}, "#/input"),
    ({"top_k": 0}, "#/top_k"),
    ({"top_k": 3}, "#/top_k"),
    ({"top_k": "1"}, "#/top_k"),
    ({"top_k": 1.5}, "#/top_k"),
    ({"inputs": []}, "#/inputs"),
    ({"inputs": None}, "#/inputs"),
    ({"inputs": "0.2,0.9"}, "#/inputs"),
    ({"inputs": {"fat": 1, "salt": 2}}, "#/inputs"),
    ({"inputs": [0.2, 0.9]}, "#/inputs/0"),
    ({"inputs": [[]]}, "#/inputs/0"),
    ({"inputs": [[1, 2], [1]]}, "#/inputs/1"),
    ({"inputs": [[1, 2, 3]]}, "#/inputs/0"),
    ({"inputs": [[1, "2"]]}, "#/inputs/0/1"),
    ({"inputs": [[1, None]]}, "#/inputs/0/1"),
    ({"inputs": [[1, True]]}, "#/inputs/0/1"),
    ({"inputs": [{"fat": 1}]}, "#/inputs/0/salt"),
    ({"inputs": [{"fat": 1, "sallt": 3}]}, "#/inputs/0/sallt"),
    ({"inputs": [{"fat": 1, "salt": "2"}]}, "#/inputs/0/salt"),
    ({"inputs": [{"fat": 1, "salt": 2}, [1, 2]]}, "#/inputs/0"),
]


@pytest.mark.parametrize(("fields", "place"), BAD_BODIES)
def test_a_bad_field_is_pointed_at(rejected, network, fields, place):
    rejected(422, "POST", "/predict", place, json={"network": "cheese", "inputs": [[1, 2]], **fields})


def test_everything_wrong_is_reported_at_once(rejected, network):
    body = {"network": "cheese", "inputs": [[1], ["a", 2]], "top_k": 9}
    rejected(422, "POST", "/predict", "#/inputs/0", "#/inputs/1/0", "#/top_k", json=body)
    rejected(422, "POST", "/predict", "#/network", "#/inputs", json={})
    rejected(422, "GET", "/predict?network=cheese&x=1,a&top_k=9", "x", "top_k")


def test_a_batch_that_asks_for_what_is_not_there_is_rejected(rejected, network):
    rejected(404, "POST", "/predict", "#/network", json={"network": "chese", "inputs": [[1, 2]]})
    rejected(404, "POST", "/predict", "#/snapshot", json={"network": "cheese", "inputs": [[1, 2]], "snapshot": "best1"})


@pytest.mark.parametrize("cell", ["NaN", "-Infinity", "1e999", "[" * 2000 + "]" * 2000])
def test_numbers_that_are_none_are_not_json(rejected, network, cell):
    body = f'{{"network": "cheese", "inputs": [[1, {cell}]]}}'
    rejected(400, "POST", "/predict", data=body, content_type="application/json")


def test_malformed_json_another_type_and_a_large_body_are_rejected(rejected, network):
    rejected(400, "POST", "/predict", data='{"network": ', content_type="application/json")
    rejected(415, "POST", "/predict", data=json.dumps({"network": "cheese"}), content_type="text/plain")
    rejected(413, "POST", "/predict", data=b" " * (2**20 + 1), content_type="application/json")
    rejected(422, "POST", "/predict?network=cheese", "network", json={"network": "cheese", "inputs": [[1, 2]]})
    rejected(405, "DELETE", "/predict")


def test_a_batch_has_bounds(storage, dispatcher, network):
    limits = Limits(max_predicted_rows=3, max_predicted_numbers=6)
    client = create_app(backend=Backend(storage, dispatcher, limits)).test_client()
    passing(client, "plain")
    assert client.post("/predict", json={"network": "cheese", "inputs": [[1, 2]] * 3}).status_code == 200
    for body in ({"network": "cheese", "inputs": [[1, 2]] * 4}, {"network": "plain", "inputs": [[1, 2, 3]] * 3}):
        answer = client.post("/predict", json=body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "#/inputs")


def test_a_damaged_snapshot_is_not_predicted_from(client, network, database_url):
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE snapshot_values SET buffer = zeroblob(length(buffer))"))
    engine.dispose()
    answer = client.get("/predict?network=cheese&x=1,2")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "Use another snapshot" in answer.json["detail"]


# -- the short way of a plain request ----------------------------------------------------------------------------------

LONG_WAY = {"content_type": "application/json; charset=utf-8"}  # only a plain application/json is answered before Flask


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": [[0.2, 0.9]]},
        {"inputs": [[0.2, 0.9], [1, 0], [1e300, -1e300]]},
        {"inputs": [{"fat": 0.2, "salt": 0.9}], "top_k": 2, "snapshot": "initial"},
        {"inputs": [[True, 0.9]]},
        {"inputs": [[0.2, 0.9]], "top_k": 9},
        {"inputs": [], "snapshot": "latest"},
        {"inputs": [[0.2, 0.9]], "snapshot": 7},
        {"inputs": [[0.2, 0.9]], "snapshot": "none"},
        {"inputs": [[0.2, 0.9]], "attributions": True},
        {"inputs": [[0.2, 0.9]], "input": 1},
        {"inputs": [[1]], "network": "none"},
        {"network": "cheese"},
        [],
    ],
)
def test_a_plain_request_is_answered_as_any_other(client, network, body):
    whole = {"network": "cheese", **body} if isinstance(body, dict) else body
    short = client.post("/predict", data=json.dumps(whole), content_type="application/json")
    long = client.post("/predict", data=json.dumps(whole), **LONG_WAY)
    assert (short.status_code, short.data) == (long.status_code, long.data)


@pytest.mark.parametrize("activation", ["sigmoid", "softmax", "linear"])
def test_outputs_have_the_shortest_digits_of_their_dtype(client, activation):
    passing(client, "small", activation=activation, dtype="float32", labels=["a", "b", "c"], loss="cross_entropy")
    answer = client.post("/predict", json={"network": "small", "inputs": [[0.1, 0.2, 0.7]]})
    assert answer.status_code == 200, answer.text
    [row] = answer.json["outputs"]
    assert row == [float(str(np.float32(number))) for number in row]
    if "probabilities" in answer.json:
        assert list(answer.json["probabilities"][0].values()) == row


def test_predictions_are_counted_whichever_way_they_took(client, network):
    body = json.dumps({"network": "cheese", "inputs": [[1, 2]] * 3})
    client.post("/predict", data=body, content_type="application/json")
    client.post("/predict", data=body, **LONG_WAY)
    shown = client.get("/metrics").text
    assert "feedforward_predictions_total 6.0" in shown
    assert 'feedforward_requests_total{method="POST",route="/predict",status="200"} 2.0' in shown
