"""A model is a name that clients ask, whatever network answers behind it."""

import pytest

from tests.api.doors import client_for
from tests.api.given import passing

ALIAS = "/models/shop/aliases/production"


@pytest.fixture
def networks(client):
    """A narrow network and a wide one, each published."""
    for name, inputs, weight in (("narrow", ["fat"], 2.0), ("wide", ["fat", "salt"], 3.0)):
        passing(client, name, inputs=inputs, weight=weight)
        assert client.post(f"/networks/{name}/versions", json={"snapshot": "initial"}).status_code == 201


def move(client, network, version=1, **options):
    return client.put(ALIAS, json={"network": network, "version": version}, **options)


def asked(client, **row):
    """By both fast paths."""
    got = client.get("/predict", query_string={"_model": "shop", **row})
    posted = client.post("/predict", json={"model": "shop", "inputs": [row]})
    assert got.status_code == posted.status_code == 200, got.text
    assert got.json == posted.json
    return got.json


def test_a_model_answers_from_whatever_network_its_alias_points_at(client, networks):
    assert move(client, "narrow").status_code == 200
    answer = asked(client, fat=1)
    assert (answer["model"], answer["network"], answer["outputs"]) == ("shop", "narrow", [[2]])
    assert (answer["chosen_by"], answer["alias"], answer["version"]) == ("alias", "production", 1)
    move(client, "wide")
    answer = asked(client, fat=1, salt=2)
    assert (answer["network"], answer["outputs"]) == ("wide", [[3, 6]])
    assert client.post(f"{ALIAS}/rollback").json["network"] == "narrow"
    assert asked(client, fat=1)["network"] == "narrow"
    found = client.get(f"{ALIAS}/moves").json["data"]
    assert [one["action"] for one in found] == ["roll_back", "move", "move"]


def test_other_aliases_of_a_model_are_asked_as_snapshots(client, networks):
    move(client, "narrow")
    client.put("/models/shop/aliases/candidate", json={"network": "wide", "version": 1})
    answer = client.get("/predict?_model=shop&snapshot=candidate&fat=1&salt=1").json
    assert (answer["network"], answer["alias"]) == ("wide", "candidate")
    csv = client.post("/predict?model=shop&snapshot=candidate", data="fat,salt\n1,2\n", content_type="text/csv")
    assert csv.json["outputs"] == [[3, 6]]


def test_a_move_of_a_model_is_guarded_by_if_match(client, networks):
    etag = move(client, "narrow").headers["ETag"]
    assert move(client, "wide", headers={"If-Match": etag}).status_code == 200
    assert move(client, "narrow", headers={"If-Match": etag}).status_code == 412
    assert client.delete(ALIAS, headers={"If-Match": etag}).status_code == 412
    assert client.delete(ALIAS).status_code == 204
    assert client.get("/predict?_model=shop&fat=1").status_code == 404


def test_models_are_listed_read_and_deleted(client, networks):
    move(client, "narrow")
    client.put("/models/desk/aliases/production", json={"network": "wide", "version": 1})
    assert [model["name"] for model in client.get("/models").json["data"]] == ["desk", "shop"]
    shop = client.get("/models/shop").json
    assert client.get(f"/models/{shop['id']}").json == shop
    assert [alias["alias"] for alias in client.get("/models/shop/aliases").json["data"]] == ["production"]
    assert client.get(f"/predict?_model={shop['id']}&fat=1").json["model"] == "shop"
    assert client.delete("/models/shop").status_code == 204
    assert client.get("/models/shop").status_code == 404


def test_what_a_model_answers_from_is_not_deleted(client, networks):
    move(client, "narrow")
    answer = client.delete("/networks/narrow")
    assert (answer.status_code, "shop" in answer.json["detail"]) == (409, True)
    assert client.delete("/networks/narrow/versions/1").status_code == 409
    move(client, "wide")
    assert client.delete("/networks/narrow").status_code == 204


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"inputs": [[1]]}, "#/network"),
        ({"inputs": [[1]], "network": "narrow", "model": "shop"}, "#/model"),
        ({"inputs": [[1]], "model": 1}, "#/model"),
    ],
)
def test_a_request_names_a_network_or_a_model(networks, rejected, body, place):
    rejected(422, "POST", "/predict", place, json=body)


def test_what_is_not_there_is_not_found(client, networks, rejected):
    rejected(404, "PUT", ALIAS, "#/network", json={"network": "none", "version": 1})
    rejected(404, "PUT", ALIAS, "#/version", json={"network": "wide", "version": 2})
    rejected(422, "PUT", "/models/mdl_1/aliases/production", "#/model", json={"network": "wide", "version": 1})
    rejected(404, "GET", "/predict?_model=none&fat=1")
    move(client, "narrow")
    rejected(404, "POST", "/predict", "#/snapshot", json={"model": "shop", "snapshot": "other", "inputs": [[1]]})


def test_who_may_see_a_model_is_answered_and_may_not_point_it_at_what_is_hidden(client, app, storage, networks):
    move(client, "narrow")
    shop = client_for(app, storage, "predict", "manage", networks=["shop*"])
    other = client_for(app, storage, "predict", "manage", networks=["wide"])
    assert asked(shop, fat=1)["outputs"] == [[2]]
    assert move(shop, "wide").status_code == 404
    assert other.get("/predict?_model=shop&fat=1").status_code == other.get("/models/shop").status_code == 404
    assert move(other, "wide").status_code == 403
    assert [model["name"] for model in other.get("/models").json["data"]] == []
    fresh = other.put("/models/mine/aliases/production", json={"network": "wide", "version": 1})
    assert fresh.status_code == 403


def test_a_column_of_the_name_of_an_argument_is_asked_with_a_prefix(client):
    passing(client, "odd", inputs=["network", "_model", "top_k", "fat"])
    ask = "/predict?network=odd&c.network=1&c._model=2&c.top_k=3"
    assert client.get(f"{ask}&fat=4").json["outputs"] == client.get(f"{ask}&c.fat=4").json["outputs"] == [[1, 2, 3, 4]]
    assert client.get("/predict?network=odd&c.network=1&_model=2&c.top_k=3&fat=4").json["outputs"] == [[1, 2, 3, 4]]
    problem = client.get("/predict?network=odd&c.network=x&_model=2&c.top_k=3&fat=4").json
    assert [issue["parameter"] for issue in problem["errors"]] == ["c.network"]
    problem = client.get(f"{ask}&fat=4&c.fat=4").json
    assert [issue["parameter"] for issue in problem["errors"]] == ["c.fat"]


def test_a_column_that_begins_like_the_prefix_goes_first(client):
    passing(client, "odd", inputs=["c.fat", "fat", "c.snapshot", "snapshot"])
    answer = client.get("/predict?network=odd&c.fat=1&fat=2&c.c.snapshot=3&c.snapshot=4")
    assert answer.json["outputs"] == [[1, 2, 3, 4]]


def evaluated(client, status=200, **body):
    data = {"inputs": [[1.0], [2.0]], "targets": [[2.0], [4.0]]}
    answer = client.post("/evaluate", json={"data": data, **body})
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_model_is_evaluated_by_what_its_alias_points_at(client, networks):
    move(client, "narrow")
    client.put("/models/shop/aliases/candidate", json={"network": "wide", "version": 1})
    found = evaluated(client, model="shop")
    assert (found["model"], found["network"], found["alias"], found["version"]) == ("shop", "narrow", "production", 1)
    assert found["loss"] == 0
    by_network = evaluated(client, network="narrow", snapshot="1")
    assert {**found, "model": 0, "alias": 0, "chosen_by": 0} == {**by_network, "model": 0, "alias": 0, "chosen_by": 0}
    wide = {"inputs": [[1.0, 1.0]], "targets": [[3.0, 3.0]]}
    assert evaluated(client, model="shop", snapshot="candidate", data=wide)["network"] == "wide"


def test_an_evaluation_names_one_of_network_model_and_job(client, networks, rejected):
    move(client, "narrow")
    rejected(404, "POST", "/evaluate", "#/model", json={"model": "none", "data": {}})
    rejected(404, "POST", "/evaluate", "#/snapshot", json={"model": "shop", "snapshot": "other", "data": {}})
    problem = rejected(422, "POST", "/evaluate", "#/model", json={"model": 5, "data": {}})
    assert len(problem["errors"]) == 1
    for body, place in (
        ({"model": "shop", "network": "narrow"}, "#/model"),
        ({"model": "shop", "job": "job_1"}, "#/model"),
        ({"network": "narrow", "job": "job_1"}, "#/network"),
        ({}, "#/network"),
    ):
        rejected(422, "POST", "/evaluate", place, json=body)


def test_a_key_that_sees_the_model_alone_evaluates_it_and_submits_no_job_of_its_network(
    client, app, storage, networks, rejected
):
    move(client, "narrow")
    shop = client_for(app, storage, "predict", "train", networks=["shop*"])
    assert evaluated(shop, model="shop")["loss"] == 0
    assert shop.post("/datasets?name=shop-rows", data="fat\n1\n", content_type="text/csv").status_code == 201
    answer = shop.post("/predictions", json={"model": "shop", "dataset": "shop-rows"})
    assert (answer.status_code, "POST /predict" in answer.json["detail"]) == (403, True)
