"""The audit: who changed what, who was rejected, and nothing that is secret."""

import json

import pytest
import sqlalchemy as sa

from tests.api.doors import client_for, client_with, make_key


@pytest.fixture
def admin(app, storage):
    return client_for(app, storage, "admin", name="root")


def entries(admin, **query):
    answer = admin.get("/audit", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json["data"]


def test_a_change_is_on_record_with_who_did_what_to_what(app, storage, admin, spec):
    key, secret = make_key(storage, "train", "manage", name="ci")
    client = client_with(app, secret)
    made = client.post("/networks", json=spec, headers={"X-Request-ID": "mine-1"})
    client.delete("/networks/cheese")
    deleted, created = entries(admin)
    assert created | {"id": 0, "created_at": 0} == {
        "id": 0,
        "created_at": 0,
        "key_id": key.id,
        "key_name": "ci",
        "action": "createNetwork",
        "object": made.headers["Location"].strip("/"),
        "address": "127.0.0.1",
        "request_id": "mine-1",
        "status": 201,
    }
    assert (deleted["action"], deleted["object"], deleted["status"]) == ("deleteNetwork", "networks/cheese", 204)


def test_without_any_key_changes_are_on_record_too(client, network, submit):
    job = submit()
    trained, created = entries(client)
    assert (created["key_id"], created["key_name"], created["action"]) == (None, None, "createNetwork")
    assert (trained["action"], trained["object"]) == ("trainNetwork", f"jobs/{job}")


def test_reading_predicting_and_requests_that_fail_change_nothing(client, network, spec):
    before = entries(client)
    client.get("/networks")
    assert client.get("/predict?network=cheese&fat=1&salt=2").status_code == 200
    body = {"network": "cheese", "inputs": [[1, 2]]}
    assert client.post("/predict", json=body).status_code == 200
    assert client.post("/predict?round=2", json=body).status_code < 500
    assert client.post("/networks", json=spec).status_code == 409
    assert client.post("/networks", json={}).status_code == 422
    assert client.delete("/networks/nothing").status_code == 404
    assert entries(client) == before


@pytest.mark.parametrize(
    ("status", "method", "path", "headers", "action"),
    [
        (401, "GET", "/networks/cheese", {"Authorization": "Bearer nonsense"}, "getNetwork"),
        (403, "DELETE", "/networks/cheese", {}, "deleteNetwork"),
        (403, "DELETE", "/networks/cheese", {"Origin": "https://evil.example"}, "deleteNetwork"),
        (421, "DELETE", "/networks/cheese", {"Host": "evil.example"}, "deleteNetwork"),
        (404, "HEAD", "/networks/cheese", {}, "getNetwork"),
    ],
)
def test_a_rejected_request_is_on_record(app, storage, admin, spec, status, method, path, headers, action):
    admin.post("/networks", json=spec)
    key, secret = make_key(storage, "read", networks=["churn-*"], name="narrow")
    answer = client_with(app, secret).open(path, method=method, headers=headers)
    assert answer.status_code == status
    [entry] = entries(admin, status=status)
    assert (entry["action"], entry["object"]) == (action, "networks/cheese")
    assert entry["key_name"] == (None if status == 401 else "narrow")


def test_a_network_that_is_named_in_a_body_and_hidden_is_on_record_by_its_name_alone(app, storage, admin, spec):
    admin.post("/networks", json=spec)
    client = client_for(app, storage, "train", networks=["churn-*"])
    data = {"inputs": [[0.125, 0.375]], "targets": ["like"]}
    assert client.post("/train", json={"network": "cheese", "data": data, "epochs": 1}).status_code == 404
    [entry] = entries(admin, status=404)
    assert (entry["object"], entry["key_name"]) == ("networks/cheese", "test")
    assert client.post("/train", json={"network": "nothing", "data": data, "epochs": 1}).status_code == 404
    assert entries(admin, status=404) == [entry]


def test_a_full_queue_is_on_record(client, network, submit):
    for _ in range(5):
        submit()
    data = {"inputs": [[0.2, 0.9]], "targets": ["like"]}
    assert client.post("/train", json={"network": "cheese", "data": data, "epochs": 1}).status_code == 429
    assert entries(client, status=429)[0]["object"] is None


def test_no_secret_and_no_body_is_in_the_table(app, storage, admin, spec, database_url):
    secret = admin.post("/keys", json={"name": "ci", "scopes": ["read"]}).json["key"]
    client = client_with(app, secret)
    client.get(f"/networks/{secret}", headers={"X-Request-ID": secret})
    client.delete(f"/networks/{secret}", headers={"X-Request-ID": secret})
    client.post("/networks", json={**spec, "description": "a-word-of-the-body"})
    admin.post("/networks", json={**spec, "description": "a-word-of-the-body"})
    client.get(f"/networks?key={secret}", headers={"Authorization": f"Bearer {secret}x"})
    app.test_client().post("/session", json={"key": secret})
    app.test_client().post("/session", json={"key": secret[:-1] + "x"})
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        text = str(connection.execute(sa.text("SELECT * FROM audit")).all())
    engine.dispose()
    assert text.count("aud_") >= 6 and "createKey" in text and "signIn" in text
    assert secret[3:20] not in text and "a-word-of-the-body" not in text


def test_a_sign_in_is_on_record_with_its_key_and_so_is_a_failed_one(app, storage, admin):
    _, secret = make_key(storage, "read", name="me")
    browser = app.test_client()
    assert browser.post("/session", json={"key": secret}).status_code == 200
    assert browser.post("/session", json={"key": "ff_wrong"}).status_code == 401
    failed, signed_in = entries(admin, action="signIn")
    assert (signed_in["key_name"], signed_in["status"]) == ("me", 200)
    assert failed["status"] == 401


def test_the_audit_is_paged_filtered_and_comes_as_lines(admin, spec):
    for name in ("a", "b", "c"):
        admin.post("/networks", json={**spec, "name": name})
    first = admin.get("/audit?limit=2").json
    rest = admin.get(f"/audit?limit=2&after={first['last_id']}").json
    assert (first["has_more"], rest["has_more"], len(rest["data"])) == (True, False, 1)
    listed = first["data"] + rest["data"]
    lines = admin.get("/audit", headers={"Accept": "application/x-ndjson"}).text.splitlines()
    assert [json.loads(line) for line in lines] == listed
    assert len(admin.get("/audit?format=ndjson&limit=2").text.splitlines()) == 2
    at = listed[1]["created_at"]
    assert entries(admin, **{"from": at}) == listed[:2]
    assert entries(admin, to=at) == listed[2:]
    assert entries(admin, object=listed[0]["object"], key="root") == listed[:1]
    assert entries(admin, key="nobody") == []
    assert admin.get("/audit?after=nothing").status_code == 404
    assert admin.get("/audit?after=nothing&format=ndjson").status_code == 404


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-11-21", "status=42", "status=x", "word=1"])
def test_a_filter_that_means_nothing_is_rejected(admin, query):
    problem = admin.get(f"/audit?{query}").json
    assert problem["errors"][0]["parameter"] == query.partition("=")[0]


def test_only_an_admin_reads_the_audit(app, storage):
    assert client_for(app, storage, "read", "train", "manage").get("/audit").status_code == 403
