import math

import pytest

from tests.api.given import import_biases, passing
from tests.api.runs import Run, epoch
from tests.api.test_predict import snapshot_with

DIFF = "/networks/plain/diff"
ROWS = {"inputs": [[1, 2, 3], [3, 2, 1]], "targets": [[1, 2, 3], [3, 2, 1]]}


@pytest.fixture
def trained(client, storage):
    """The ids of two trainings of the network plain, whose weights add 1 and 2 to what they should predict."""
    passing(client, "plain")
    ids = []
    for value, epochs in ((1, 5), (2, 7)):
        body = {"network": "plain", "data": ROWS, "validation": ROWS, "epochs": epochs, "metrics": ["mae"]}
        run = Run(storage, client.post("/train", json=body).json["id"])
        run.report(epoch(1, val_loss=float(value)), best_epoch=1, best_value=float(value))
        found = snapshot_with(run.claim.network.id, value, job_id=run.job_id, kind="last", epoch=epochs)
        storage.add_snapshot(found, token=run.token)
        run.end()
        assert client.post("/networks/plain/versions", json={"snapshot": run.job_id}).status_code == 201
        ids.append(run.job_id)
    return ids


def test_two_versions_differ_in_their_options_their_figures_and_their_weights(client, trained):
    answer = client.get(f"{DIFF}?from=1&to=2").json
    assert [answer[side]["version"] for side in ("from", "to")] == [1, 2]
    assert [answer[side]["job"] for side in ("from", "to")] == trained
    assert answer["spec"] == answer["preprocessing"] == answer["data"] == []
    assert {"path": "/training/epochs", "from": 5, "to": 7} in answer["options"]
    judged = answer["metrics"]
    assert (judged["evaluated_on"], judged["rows"], judged["job"]) == ("validation", 2, trained[1])
    assert (judged["from"]["metrics"], judged["to"]["metrics"]) == ({"mae": 1}, {"mae": 2})
    assert (judged["from"]["loss"], judged["to"]["loss"]) == (1, 4)
    weights, biases = answer["weights"]
    assert (weights["name"], weights["from_norm"], weights["change"]) == ("dense_1.weights", math.sqrt(3), 0)
    assert biases == {
        "name": "dense_1.biases",
        "from_shape": [3],
        "to_shape": [3],
        "from_norm": math.sqrt(3),
        "to_norm": math.sqrt(12),
        "change": math.sqrt(3),
        "relative": 1,
    }


def test_versions_of_two_networks_differ_in_their_spec(client, trained):
    passing(client, "wide", inputs=4, weight=2.0)
    answer = client.get(f"{DIFF}?from=live&to=initial&to_network=wide").json
    assert {"path": "/inputs", "from": 3, "to": 4} in answer["spec"]
    assert (answer["metrics"], "different networks" in answer["metrics_missing"]) == (None, True)
    assert (answer["weights"][0]["from_shape"], answer["weights"][0]["change"]) == ([3, 3], None)


def test_without_held_out_rows_the_answer_says_why_there_are_no_figures(client, trained):
    import_biases(client, "plain", [0, 0, 0])
    answer = client.get(f"{DIFF}?from=1&to=live").json
    assert (answer["metrics"], "no rows are held out" in answer["metrics_missing"]) == (None, True)
    client.delete(f"/jobs/{trained[1]}")
    assert client.get(f"{DIFF}?from=1&to=2").json["metrics"] is None


@pytest.mark.parametrize(
    ("query", "status", "place"),
    [("from=1", 422, "to"), ("from=9&to=1", 404, None), ("from=1&to=2&to_network=no", 404, None), ("x=1", 422, "x")],
)
def test_a_bad_request_names_the_argument(trained, rejected, query, status, place):
    rejected(status, "GET", f"{DIFF}?{query}", *([] if place is None else [place]))
