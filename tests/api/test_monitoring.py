"""The log of answers, feedback and live metrics over HTTP."""

import numpy as np
import pytest
from sklearn import metrics

from service.operations.monitoring import answer_log as logs
from tests.api.birds import fitted_network

ROW = {"mass": 4000, "bill": 42, "island": "Dream"}
PRICE = {"name": "price", "type": "number"}


@pytest.fixture
def switch_on(client):
    """Call it to switch a network's log on."""

    def switch(network, **settings):
        answer = client.patch(f"/networks/{network}", json={"answer_log": settings})
        assert answer.status_code == 200, answer.text
        return answer.json["answer_log"]

    return switch


@pytest.fixture
def prices(client, storage):
    """Predicts a number in the user's units: the price of a bird by its mass."""
    return fitted_network(client, storage, "prices", PRICE, 1, weights=[[0.5], [0], [0], [0]])


def ask(client, network, rows, **fields):
    answer = client.post("/predict", json={"network": network, "inputs": rows, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json


def feed(client, *items):
    return client.post("/feedback", json={"items": list(items)})


def kept(client, network, **query):
    return client.get(f"/networks/{network}/answers", query_string=query).json["data"]


def test_nothing_is_kept_until_the_log_is_switched_on(client, birds, count_rows):
    assert client.get("/networks/birds").json["answer_log"] is None
    assert "id" not in ask(client, "birds", [ROW])
    assert kept(client, "birds") == []
    assert count_rows()["answers"] == 0


DEFAULTS = {"share": 1.0, "max_rows": 100_000, "psi": 0.2, "ks": None, "min_rows": 200, "watch": None}


def test_settings_are_answered_with_their_defaults_and_null_switches_off(client, birds, switch_on):
    assert switch_on("birds") == DEFAULTS
    assert switch_on("birds", share=0.5, max_rows=10)["share"] == 0.5
    assert client.patch("/networks/birds", json={"answer_log": None}).json["answer_log"] is None
    assert "id" not in ask(client, "birds", [ROW])


def test_wrong_settings_are_named_with_all_other_faults(rejected, birds):
    body = {"answer_log": {"share": 0, "max_rows": 0, "psi": "much", "size": 3}, "name": "a b"}
    places = ["#/answer_log/share", "#/answer_log/max_rows", "#/answer_log/psi", "#/answer_log/size", "#/name"]
    rejected(422, "PATCH", "/networks/birds", *places, json=body)


def test_the_answer_of_a_query_is_kept_with_its_row(client, birds, switch_on):
    switch_on("birds")
    answer = client.get("/predict", query_string={"network": "birds", "mass": "4000", "island": "Dream"}).json
    [row] = kept(client, "birds")
    assert answer["id"].startswith("pred_")
    assert (row["id"], row["row"], row["snapshot"]) == (answer["id"], 0, answer["snapshot"])
    assert row["inputs"] == {"mass": 4000, "bill": None, "island": "Dream"}
    assert row["outputs"] == answer["outputs"][0]
    assert row["prediction"] == answer["labels"][0]
    assert (row["actual"], row["actual_at"]) == (None, None)


def test_the_rows_of_a_batch_are_kept_under_one_id_in_the_networks_words(client, birds, switch_on):
    switch_on("birds")
    rows = [ROW, {**ROW, "island": " Biscoe"}, {**ROW, "island": "Atlantis", "note": "ignored"}]
    answer = ask(client, "birds", rows)
    found = kept(client, "birds")
    assert [(row["id"], row["row"]) for row in found] == [(answer["id"], place) for place in (2, 1, 0)]
    assert [row["inputs"]["island"] for row in found] == ["Atlantis", "Biscoe", "Dream"]


def test_csv_and_its_answer_carry_the_id_in_a_header(client, birds, switch_on):
    switch_on("birds")
    answer = client.post(
        "/predict?network=birds",
        data="mass,bill,island\n4000,,Dream\n",
        headers={"Content-Type": "text/csv", "Accept": "text/csv"},
    )
    [row] = kept(client, "birds")
    assert (row["id"], row["inputs"]["bill"]) == (answer.headers["X-Prediction-ID"], None)


def test_a_network_of_plain_numbers_keeps_its_inputs_by_name(client, network, switch_on):
    switch_on("cheese")
    ask(client, "cheese", [[0.25, 0.5]])
    client.get("/predict?network=cheese&fat=0.75&salt=1")
    assert [row["inputs"] for row in kept(client, "cheese")] == [{"fat": 0.75, "salt": 1}, {"fat": 0.25, "salt": 0.5}]


def test_a_share_of_the_requests_is_kept(client, birds, switch_on):
    switch_on("birds", share=0.3)
    ids = ["id" in ask(client, "birds", [ROW]) for _ in range(200)]
    assert 30 < sum(ids) < 90
    assert len(kept(client, "birds", limit=100)) == sum(ids)


def test_the_newest_rows_are_kept(client, birds, switch_on):
    switch_on("birds", max_rows=2)
    ask(client, "birds", [{**ROW, "mass": mass} for mass in (1, 2, 3)])
    assert [row["inputs"]["mass"] for row in kept(client, "birds")] == [3, 2]


def test_a_full_buffer_drops_answers_and_counts_them(client, backend, birds, switch_on, monkeypatch):
    switch_on("birds")
    monkeypatch.setattr(logs, "MAX_ROWS", 1)
    assert "id" not in ask(client, "birds", [ROW, ROW])
    assert 'feedforward_answers_dropped_total{reason="full"} 2.0' in client.get("/metrics").text


def test_beyond_the_quota_answers_are_dropped_and_counted(client, backend, birds, switch_on, monkeypatch):
    switch_on("birds")
    monkeypatch.setattr(backend.quotas["answers"], "_limit", 1)
    ask(client, "birds", [ROW])
    assert kept(client, "birds") == []
    assert 'feedforward_answers_dropped_total{reason="quota"} 1.0' in client.get("/metrics").text


def test_a_thread_writes_behind_the_answers(client, backend, birds, switch_on):
    switch_on("birds")
    backend.answer_log.start()
    ids = {ask(client, "birds", [ROW])["id"] for _ in range(5)}
    backend.answer_log.stop()
    assert {row["id"] for row in kept(client, "birds")} == ids
    assert "feedforward_answers_kept_total 5.0" in client.get("/metrics").text


def test_deleted_answers_are_gone(client, birds, switch_on):
    switch_on("birds")
    first = ask(client, "birds", [ROW])["id"]
    assert client.delete("/networks/birds/answers").status_code == 204
    assert kept(client, "birds") == []
    assert feed(client, {"id": first, "actual": "Adelie"}).json["stored"] == 0


def test_feedback_is_kept_in_the_users_words_and_the_last_counts(client, birds, switch_on):
    switch_on("birds")
    first = ask(client, "birds", [ROW, ROW])["id"]
    items = [{"id": first, "row": 1, "actual": "Adelie"}, {"id": first, "row": 1, "actual": "Gentoo"}]
    assert feed(client, *items).json == {"stored": 1, "unknown": []}
    assert feed(client, items[1]).json["stored"] == 1
    assert [row["actual"] for row in kept(client, "birds")] == [["Gentoo"], None]


def test_unknown_ids_and_rows_are_listed_and_the_others_stored(client, birds, switch_on):
    switch_on("birds")
    first = ask(client, "birds", [ROW])["id"]
    items = [{"id": "pred_0", "actual": "x"}, {"id": first, "actual": "Adelie"}, {"id": first, "row": 7, "actual": 1}]
    assert feed(client, *items).json == {
        "stored": 1,
        "unknown": [{"item": 0, "id": "pred_0", "row": 0}, {"item": 2, "id": first, "row": 7}],
    }


@pytest.mark.parametrize("actual", ["Dodo", 3, None, True, ["Adelie"], {"species": "Dodo"}, {"kind": "Adelie"}])
def test_what_is_no_class_is_rejected(client, rejected, birds, switch_on, actual):
    switch_on("birds")
    first = ask(client, "birds", [ROW])["id"]
    problem = rejected(422, "POST", "/feedback", json={"items": [{"id": first, "actual": actual}]})
    assert problem["errors"][0]["pointer"].startswith("#/items/0/actual")


@pytest.mark.parametrize("actual", ["much", None, True, [1.5, 2.5]])
def test_what_is_no_number_is_rejected(client, rejected, prices, switch_on, actual):
    switch_on("prices")
    first = ask(client, "prices", [ROW])["id"]
    rejected(422, "POST", "/feedback", "#/items/0/actual", json={"items": [{"id": first, "actual": actual}]})


def test_feedback_has_items_of_known_fields(rejected):
    rejected(422, "POST", "/feedback", "#/items", json={"items": []})
    rejected(422, "POST", "/feedback", "#/items/0/id", "#/items/0/row", json={"items": [{"row": -1, "actual": 1}]})


def test_live_metrics_of_numbers_are_scikit_learns(client, prices, switch_on):
    switch_on("prices")
    answer = ask(client, "prices", [{**ROW, "mass": mass} for mass in (3000, 3500, 4000, 5000)])
    truth = [1.0, 2.5, 2.0, 7.0]
    feed(client, *({"id": answer["id"], "row": row, "actual": value} for row, value in enumerate(truth)))
    ask(client, "prices", [ROW])
    found = client.get("/networks/prices/monitoring").json
    outputs = np.array(answer["outputs"])[:, 0]
    [group] = found["snapshots"]
    assert (group["rows"], group["judged"]) == (5, 4)
    assert (found["stored"]["rows"], found["stored"]["judged"], found["truncated"]) == (5, 4, False)
    assert group["metrics"] == {
        "mae": pytest.approx(metrics.mean_absolute_error(truth, outputs)),
        "rmse": pytest.approx(metrics.root_mean_squared_error(truth, outputs)),
        "r2": pytest.approx(metrics.r2_score(truth, outputs)),
    }


def test_live_metrics_of_classes_are_scikit_learns(client, birds, switch_on):
    switch_on("birds")
    rows = [{"mass": mass, "bill": bill, "island": "Dream"} for mass, bill in ((3000, 40), (5000, 44), (4000, 41))]
    answer = ask(client, "birds", [*rows, *rows])
    truth = ["Adelie", "Gentoo", "Chinstrap", "Chinstrap", "Adelie", "Gentoo"]
    feed(client, *({"id": answer["id"], "row": row, "actual": value} for row, value in enumerate(truth)))
    [group] = client.get("/networks/birds/monitoring").json["snapshots"]
    names = ["Adelie", "Gentoo", "Chinstrap"]
    codes, outputs = [names.index(word) for word in truth], np.array(answer["outputs"])
    assert group["metrics"] == {
        "accuracy": pytest.approx(metrics.accuracy_score(truth, answer["labels"])),
        "log_loss": pytest.approx(metrics.log_loss(codes, outputs)),
        "roc_auc": pytest.approx(metrics.roc_auc_score(codes, outputs, multi_class="ovr")),
    }


def test_live_metrics_of_plain_numbers_take_labels(client, network, switch_on):
    switch_on("cheese")
    answer = ask(client, "cheese", [[0.25, 0.5], [0.5, 0.25]])
    feed(client, *({"id": answer["id"], "row": row, "actual": "like"} for row in range(2)))
    [group] = client.get("/networks/cheese/monitoring").json["snapshots"]
    assert group["metrics"]["accuracy"] == np.mean([label == "like" for label in answer["labels"]])
    assert group["metrics"]["roc_auc"] is None


def test_metrics_are_by_snapshot_and_stretch_of_time(client, birds, switch_on):
    switch_on("birds")
    ask(client, "birds", [ROW])
    ask(client, "birds", [ROW, ROW], snapshot="initial")
    found = client.get("/networks/birds/monitoring?every=3600&window=600").json
    assert [group["rows"] for group in found["snapshots"]] == [2, 1]
    assert sum(group["rows"] for group in found["windows"]) == 3
    assert all(group["since"] < group["until"] and group["metrics"] == {} for group in found["windows"])
    assert client.get("/networks/birds/monitoring?since=2020-01-01T00:00:00Z&window=60").json["rows"] == 0


def test_a_query_of_monitoring_is_checked(rejected, birds):
    rejected(422, "GET", "/networks/birds/monitoring?window=0&since=now&every=x", "window", "since", "every")
    rejected(404, "GET", "/networks/nobody/monitoring")


def test_a_page_of_answers_goes_on_where_the_last_one_ended(client, birds, switch_on):
    switch_on("birds")
    ask(client, "birds", [{**ROW, "mass": mass} for mass in range(1, 6)])
    first = client.get("/networks/birds/answers?limit=2").json
    second = client.get("/networks/birds/answers", query_string={"limit": 2, "after": first["last_id"]}).json
    assert first["has_more"]
    assert [row["inputs"]["mass"] for row in first["data"] + second["data"]] == [5, 4, 3, 2]
    assert client.get("/networks/birds/answers?after=x").status_code == 404
