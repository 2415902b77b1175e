"""A key that is limited to some names sees nothing else, wherever the reference to it stands."""

import threading

import pytest

from service.app import create_app
from tests.api.doors import client_for, make_key

DATA = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
TABLE = b"fat,salt,likes\n1,2,yes\n2,1,no\n3,3,yes\n"


@pytest.fixture
def world(app, storage, client, spec):
    """Of two owners each a network, a job and a data set, made by an admin; who owns what is told by the name."""
    admin, made = client_for(app, storage, "admin"), {}
    for name in ("churn-eu", "wine"):
        network = admin.post("/networks", json={**spec, "name": name}).json
        job = admin.post("/train", json={"network": name, "data": DATA, "epochs": 2}).json
        body = TABLE + name.encode() + b",1,yes\n"
        dataset = admin.post(f"/datasets?name={name}", data=body, content_type="text/csv").json
        snapshot = admin.get(f"/networks/{name}/snapshots").json["data"][0]
        made[name] = {"network": network["id"], "job": job["id"], "dataset": dataset["id"], "snapshot": snapshot["id"]}
    return made


@pytest.fixture
def churn(app, storage, world):
    """A client that may do everything, keys aside, to what is called churn-…"""
    return client_for(app, storage, "predict", "train", "manage", networks=["churn-*"])


def references(ids, name):
    """Every way to reach what belongs to a network: method, path and body."""
    table = f"/datasets/{name}"
    yield from (("GET", f"{table}{rest}", None) for rest in ("", "/preview", "/proposal?target=likes"))
    for ref in (name, ids["network"]):
        network = f"/networks/{ref}"
        for rest in (
            "",
            "/history",
            "/weights",
            "/export",
            "/snapshots",
            "/snapshots/latest",
            "/snapshots/latest/weights",
        ):
            yield "GET", network + rest, None
        yield "GET", f"{network}/snapshots/{ids['snapshot']}", None
        yield "POST", f"{network}/versions", {"snapshot": ids["snapshot"]}
        yield "PUT", f"{network}/aliases/champion", {"version": 1}
        yield "PUT", f"{network}/aliases/other", {"version": 1}
        for rest in (
            "/live",
            "/diff?from=1&to=live",
            "/versions",
            "/versions/1",
            "/aliases",
            "/aliases/champion",
            "/aliases/champion/moves",
        ):
            yield "GET", network + rest, None
        yield "POST", f"{network}/aliases/champion/rollback", None
        yield "DELETE", f"{network}/aliases/other", None
        yield "DELETE", f"{network}/versions/1", None
        yield "PATCH", network, {"description": "mine"}
        yield "PATCH", f"{network}/snapshots/latest", {"alias": "mine"}
        yield "POST", f"{network}/explain", {"inputs": [[1, 2]], "targets": [[1]]}
        yield "GET", f"/predict?network={ref}&x=1,2", None
        yield "POST", "/predict", {"network": ref, "inputs": [[1, 2]]}
        yield "POST", "/evaluate", {"network": ref, "data": DATA}
        yield "POST", "/train", {"network": ref, "data": DATA, "epochs": 1}
        yield "GET", f"/jobs?network={ref}", None
    job = ids["job"]
    for rest in ("", "/history", "/events", "/rows"):
        yield "GET", f"/jobs/{job}{rest}", None
    yield "GET", f"/history?jobs={job}", None
    yield "POST", f"/jobs/{job}/pause", None
    yield "POST", f"/jobs/{job}/resume", None
    yield "POST", f"/jobs/{job}/cancel", None
    yield "DELETE", f"/jobs/{job}", None
    yield "DELETE", f"/networks/{ids['network']}", None
    yield "DELETE", table, None


def test_what_is_ones_own_can_be_reached_in_every_way(churn, world):
    for method, path, body in references(world["churn-eu"], "churn-eu"):
        answer = churn.open(path, method=method, json=body)
        # The trainings that it has asked for still wait when the network is to be deleted.
        assert answer.status_code < 300 or answer.status_code == 409, (method, path, answer.text)


def test_what_is_not_ones_own_is_not_there_in_any_way(churn, world, count_rows):
    before = count_rows()
    for method, path, body in references(world["wine"], "wine"):
        answer = churn.open(path, method=method, json=body)
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/not_found"), (method, path, answer.text)
    assert count_rows() == before


def test_an_answer_about_anothers_is_the_one_about_nothing(churn, world):
    for path in ("/networks/{}", "/datasets/{}", "/predict?network={}&x=1,2"):
        hidden, missing = (churn.get(path.format(name)).json for name in ("wine", "none"))
        assert hidden == {**missing, "detail": missing["detail"].replace("none", "wine")}


def test_a_data_set_of_ones_own_does_not_open_anothers_network_nor_the_other_way_round(churn, world):
    refused = [
        ("/train", {"network": "churn-eu", "dataset": "wine", "inputs": ["fat", "salt"], "target": "likes"}),
        ("/networks", {"name": "churn-new", "from_dataset": "wine", "target": "likes"}),
        ("/evaluate", {"network": "churn-eu", "dataset": "wine"}),
    ]
    for path, body in refused:
        assert churn.post(path, json=body).status_code in (404, 422), path
    assert "likes" not in churn.post("/networks", json=refused[1][1]).text


def test_lists_and_comparisons_hold_ones_own_alone(churn, world):
    for path, name in (("/networks", "name"), ("/datasets", "name"), ("/jobs", "network")):
        assert {item[name] for item in churn.get(path).json["data"]} == {"churn-eu"}
    both = ",".join(ids["job"] for ids in world.values())
    for path in (f"/history?jobs={both}", f"/events?jobs={both}"):
        assert churn.get(path, headers={"Accept": "text/event-stream, application/json"}).status_code == 404


def test_names_beyond_ones_own_can_be_neither_made_nor_given(churn, world, spec):
    for answer in (
        churn.post("/networks", json={**spec, "name": "wine-2"}),
        churn.patch("/networks/churn-eu", json={"name": "wine-2"}),
        churn.patch("/datasets/churn-eu", json={"name": "wine-2"}),
        churn.post("/datasets?name=wine-2", data=TABLE, content_type="text/csv"),
        churn.post("/datasets", data=TABLE, content_type="text/csv"),
    ):
        assert (answer.status_code, answer.json["type"]) == (403, "/problems/forbidden"), answer.text
        assert "churn-*" in answer.json["detail"]
    assert churn.post("/networks", json={**spec, "name": "churn-us"}).status_code == 201


def test_the_same_bytes_are_matched_among_ones_own_alone(churn, world, count_rows):
    body = TABLE + b"wine,1,yes\n"
    first = churn.post("/datasets?name=churn-copy", data=body, content_type="text/csv")
    assert (first.status_code, first.json["name"]) == (201, "churn-copy")
    again = churn.post("/datasets?name=churn-again", data=body, content_type="text/csv")
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])


def test_the_same_idempotency_key_of_two_callers_is_two_keys(app, storage, churn, spec):
    other = client_for(app, storage, "train", networks=["churn-*"])
    headers = {"Idempotency-Key": "one"}
    assert churn.post("/networks", json={**spec, "name": "churn-a"}, headers=headers).status_code == 201
    answer = other.post("/networks", json={**spec, "name": "churn-a"}, headers=headers)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/already_exists")


def test_rights_are_checked_again_before_an_answer_is_given_again(app, storage, churn, spec):
    headers = {"Idempotency-Key": "one"}
    send = lambda: churn.post("/networks", json={**spec, "name": "churn-a"}, headers=headers)  # noqa: E731
    assert send().status_code == 201
    assert send().headers["Idempotency-Replayed"] == "true"
    admin = client_for(app, storage, "admin")
    assert admin.patch("/networks/churn-a", json={"name": "secret"}).status_code == 200
    assert send().status_code == 404


def test_what_one_caller_was_predicted_is_not_kept_for_another(app, storage, churn, world):
    admin = client_for(app, storage, "admin")
    for ref in ("wine", world["wine"]["network"]):
        path = f"/predict?network={ref}&x=1,2"
        for _ in range(2):
            assert admin.get(path).status_code == 200
            assert churn.get(path).status_code == 404


def test_an_open_event_stream_ends_when_its_key_does(backend, storage, spec):
    app = create_app(backend=backend)
    key, secret = make_key(storage, "train", networks=["cheese"])
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"}
    client = app.test_client()
    client.post("/networks", json=spec, headers=headers)
    job = client.post("/train", json={"network": "cheese", "data": DATA}, headers=headers).json["id"]
    storage.revoke_key(key.id, with_made=True)
    stream = client.get(f"/jobs/{job}/events", headers=headers, buffered=False)
    assert stream.status_code == 200
    read = []
    reader = threading.Thread(target=lambda: read.extend(stream.response))
    reader.start()
    reader.join(15)
    assert not reader.is_alive()
    assert b"submitted" in b"".join(read) and b"event: end" not in b"".join(read)
