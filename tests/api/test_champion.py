"""A challenger takes over an alias only if it is better on rows that neither model was trained on."""

import numpy as np
import pytest

from service.domain.paging import Page
from service.domain.versions import NewMove, NewVersion
from service.worker import contests
from tests.api.doors import client_for
from tests.api.played import play

ROWS = 1000
RULE = {"alias": "production", "if": {"metric": "val_loss"}}
ADAM = {"type": "adam", "learning_rate": 0.05}


def lines(rows):
    draw = np.random.default_rng(3)
    girth, noise = draw.normal(10, 3, 5000), draw.normal(0, 1, 5000)
    cells = ((girth[row], ("oak", "elm")[row % 2], girth[row] + noise[row] > 10) for row in rows)
    return "girth,kind,size,height\n" + "".join(
        f"{one:.4f},{kind},{'tall' if tall else 'low'},{one * 3:.3f}\n" for one, kind, tall in cells
    )


def uploaded(client, name, rows):
    answer = client.post(f"/datasets?name={name}", data=lines(rows), content_type="text/csv")
    assert answer.status_code == 201, answer.text


@pytest.fixture
def trees(client):
    uploaded(client, "trees", range(ROWS))
    body = {
        "name": "trees",
        "dataset": "trees",
        "inputs": ["girth", "kind"],
        "target": {"name": "size", "type": "category", "categories": ["low", "tall"]},
        "loss": "binary_cross_entropy",
        "layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}],
    }
    assert client.post("/networks", json=body).status_code == 201


@pytest.fixture
def challenge(client, storage):
    """Train with a rule; return the job and its promotion event."""

    def train(promote=RULE, **body):
        defaults = {"network": "trees", "dataset": "trees", "epochs": 5, "optimizer": ADAM}
        body = {**defaults, "validation": {"fraction": 0.25}, **body, "promote": promote}
        answer = client.post("/train", json=body)
        assert answer.status_code == 202, answer.text
        play(storage, answer.json["id"])
        events = client.get(f"/jobs/{answer.json['id']}/events?limit=1000").json["data"]
        assert [event["kind"] for event in events].count("promotion") == 1
        return answer.json, next(event["data"] for event in events if event["kind"] == "promotion")

    return train


def production(client, storage, network="trees"):
    return storage.get_alias(client.get(f"/networks/{network}").json["id"], "production")


def versions(client, storage):
    return storage.list_versions(client.get("/networks/trees").json["id"], Page())


def test_the_alias_moves_to_what_is_better_and_stays_at_what_is_not(client, trees, challenge, storage):
    first, event = challenge()
    assert (event["promoted"], event["old"], event["version"], event["reason"]) == (True, None, 1, None)
    assert client.get("/predict?network=trees&girth=9&kind=oak").json["version"] == 1

    worse, event = challenge(start_from="initial", optimizer={"type": "sgd", "learning_rate": 1e-6})
    assert (event["promoted"], event["old_version"], event["version"]) == (False, 1, None)
    assert event["new"] > event["old"] and "not better" in event["reason"]
    on = client.post("/evaluate", json={"job": worse["id"]}).json
    assert (event["rows"], event["new"]) == (on["rows"], pytest.approx(on["loss"], rel=1e-6))
    old = client.post("/evaluate", json={"job": first["id"]}).json["loss"]
    assert event["old"] == pytest.approx(old, rel=1e-6)
    assert production(client, storage).version == 1 and len(versions(client, storage)) == 1

    better, event = challenge(epochs=60)
    assert event["promoted"] and event["new"] < event["old"]
    alias = production(client, storage)
    assert (alias.version, alias.moved.number) == (2, 2)
    assert storage.get_version(alias.network_id, "2").job_id == better["id"]
    assert f"Promoted by {better['id']}" in alias.moved.note

    _, event = challenge(epochs=60, promote={**RULE, "if": {"metric": "val_loss", "better_by": 0.5}})
    assert (event["promoted"], event["reason"]) == (False, "It is not better by more than 0.5.")


def test_without_a_promotion_a_challenger_is_not_live(client, trees, challenge):
    challenge()
    challenge(start_from="initial", optimizer={"type": "sgd", "learning_rate": 1e-6})
    answer = client.get("/predict?network=trees&girth=9&kind=oak").json
    assert (answer["alias"], answer["version"]) == ("production", 1)


def test_other_rows_and_another_share_leave_the_rows_that_neither_has_seen(client, trees, challenge):
    challenge(validation={"fraction": 0.2})
    uploaded(client, "more", range(500, 2500))
    job, event = challenge(dataset="more", epochs=60, validation={"fraction": 0.4})
    counts = client.post("/evaluate", json={"job": job["id"]}).json["evaluated_on"]["counts"]
    assert 300 < event["rows"] < 500 < counts["validation"]  # a fifth of 2,000 rows: the others trained the first


def test_a_test_share_decides_if_there_is_one(client, trees, challenge):
    job, event = challenge(test={"fraction": 0.2})
    on = client.post("/evaluate", json={"job": job["id"]}).json
    assert (on["evaluated_on"]["rows"], on["rows"]) == ("test", event["rows"])
    assert event["new"] == pytest.approx(on["loss"], rel=1e-6)


def test_any_metric_of_the_training_decides(challenge, trees):
    accuracy = {"alias": "production", "if": {"metric": "val_accuracy", "better_by": 0.01}}
    challenge(promote=accuracy, metrics=["accuracy"], epochs=1, optimizer={"type": "sgd", "learning_rate": 1e-6})
    _, event = challenge(promote=accuracy, metrics=["accuracy"], epochs=60)
    assert event["promoted"] and event["new"] > event["old"] + 0.01


def test_too_few_rows_or_too_few_of_a_class_promote_nothing(client, trees, challenge, storage):
    _, event = challenge(validation={"fraction": 0.05})
    assert (event["promoted"], "100 are needed" in event["reason"], event["rows"] < 100) == (False, True, True)
    rare = lines(range(600)).splitlines(keepends=True)
    rare = [rare[0], *(line.replace("tall", "low") if at % 20 else line for at, line in enumerate(rare[1:]))]
    client.post("/datasets?name=rare", data="".join(rare), content_type="text/csv")
    _, event = challenge(dataset="rare", start_from="initial", validation={"fraction": 0.4})
    assert "of tall" in event["reason"] and "20 are needed" in event["reason"]
    assert versions(client, storage) == []


def test_models_are_only_compared_if_it_is_known_what_they_were_trained_on(client, trees, challenge, storage):
    drawn = {"fraction": 0.25, "method": "random"}
    challenge(validation=drawn)
    assert challenge(validation=drawn, epochs=60)[1]["promoted"]  # in the same way, of the same data set
    _, event = challenge(validation=drawn, seed=4)
    assert "It is not known which rows job" in event["reason"]
    _, event = challenge()
    assert "It is not known which rows job" in event["reason"]
    weights = client.get("/networks/trees/weights").json
    imported = client.post("/networks/trees/weights", json=weights)
    assert imported.status_code in (200, 201), imported.text
    _, event = challenge()
    assert "imported" in event["reason"]


def test_times_divide_for_good_too(client, storage):
    stamps = "".join(f"{row / 400:.4f},2026-01-01T{row // 60:02d}:{row % 60:02d}:00\n" for row in range(1200))
    for name, rows in (("early", 700), ("late", 1200)):
        text = "size,seen,y\n" + "".join(
            f"{line.split(',')[0]},{line.split(',')[1]},{float(line.split(',')[0]) * 2:.4f}\n"
            for line in stamps.splitlines()[:rows]
        )
        assert client.post(f"/datasets?name={name}", data=text, content_type="text/csv").status_code == 201
    layers = [{"type": "dense", "units": 1}]
    body = {"name": "line", "dataset": "early", "inputs": ["size"], "target": "y", "layers": layers}
    assert client.post("/networks", json=body).status_code == 201
    for name in ("early", "late"):
        body = {"network": "line", "dataset": name, "epochs": 2, "promote": RULE}
        answer = client.post("/train", json={**body, "validation": {"fraction": 0.25, "time": "seen"}})
        play(storage, answer.json["id"])
    events = client.get(f"/jobs/{answer.json['id']}/events").json["data"]
    (event,) = [event["data"] for event in events if event["kind"] == "promotion"]
    assert (event["rows"], event["old"] is not None) == (300, True)


def test_losses_of_numbers_are_compared_on_one_scale(client, trees, challenge, storage):
    body = {
        "name": "heights",
        "dataset": "trees",
        "inputs": ["girth", "kind"],
        "target": "height",
        "layers": [{"type": "dense", "units": 1}],
        "dtype": "float64",
    }
    assert client.post("/networks", json=body).status_code == 201
    uploaded(client, "more", range(500, 2500))
    challenge(network="heights", metrics=["rmse"])
    body = {"network": "heights", "dataset": "more", "start_from": "initial", "metrics": ["rmse"]}
    loss, rmse = (
        challenge(**body, promote={**RULE, "if": {"metric": metric, "better_by": 1e9}})[1]
        for metric in ("val_loss", "val_rmse")
    )
    assert loss["rows"] == rmse["rows"]
    assert loss["old"] / loss["new"] == pytest.approx((rmse["old"] / rmse["new"]) ** 2, rel=1e-6)


def test_who_moves_the_alias_meanwhile_is_not_overruled(client, trees, challenge, storage, monkeypatch):
    challenge(epochs=1, optimizer={"type": "sgd", "learning_rate": 1e-6})
    network = client.get("/networks/trees").json["id"]
    found = contests.contest_of

    def moved_meanwhile(*given):
        contest = found(*given)
        first = storage.choose_snapshot(network, "initial").snapshot
        version = storage.publish_version(NewVersion(network_id=network, snapshot_id=first.id)).number
        storage.move_alias(NewMove(owner_id=network, alias="production", network_id=network, version=version))
        return contest

    monkeypatch.setattr("tests.api.played.contest_of", moved_meanwhile)
    _, event = challenge(epochs=60)
    assert (event["promoted"], event["reason"]) == (False, "The alias was moved while the models were compared.")
    assert production(client, storage).version == 2


def test_the_alias_is_for_those_who_may_move_it(app, client, trees, storage):
    body = {"network": "trees", "dataset": "trees", "validation": {"fraction": 0.2}, "promote": RULE}
    answer = client_for(app, storage, "train").post("/train", json=body)
    assert (answer.status_code, "manage" in answer.json["detail"]) == (403, True)
    assert client_for(app, storage, "train", "manage").post("/train", json=body).status_code == 202


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"promote": {}}, "#/promote/alias"),
        ({"promote": {"alias": "latest"}}, "#/promote/alias"),
        ({"promote": {"alias": "7"}}, "#/promote/alias"),
        ({"promote": {**RULE, "when": {}}}, "#/promote/when"),
        ({"promote": {**RULE, "condition": {}}}, "#/promote/condition"),
        ({"promote": {**RULE, "if": {"metric": "val_accuracy"}}}, "#/promote/if/metric"),
        ({"promote": {**RULE, "if": {"metric": "loss"}}}, "#/promote/if/metric"),
        ({"promote": {**RULE, "if": {"better_by": -1}}}, "#/promote/if/better_by"),
        ({"promote": RULE, "validation": None}, "#/promote"),
        ({"promote": RULE, "snapshots": {"last": False}}, "#/promote"),
    ],
)
def test_a_rule_that_cannot_decide_is_rejected(rejected, trees, fields, path):
    body = {"network": "trees", "dataset": "trees", "validation": {"fraction": 0.2}, **fields}
    rejected(422, "POST", "/train", path, json=body)
