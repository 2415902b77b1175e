"""Keys over HTTP: shown once, listed, rotated with an overlap, revoked with what they have made."""

import pytest
import sqlalchemy as sa

from tests.api.doors import client_for, client_with, make_key


@pytest.fixture
def admin(app, storage):
    return client_for(app, storage, "admin", name="root")


def make(client, status=201, **wanted):
    answer = client.post("/keys", json={"name": "ci", "scopes": ["predict"], **wanted})
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_key_is_shown_once_and_stored_as_a_digest(admin, database_url):
    made = make(admin, networks=["churn-*"], expires_in_seconds=3600)
    secret = made.pop("key")
    assert admin.get(f"/keys/{made['id']}").json == made
    assert made["hint"] == f"{secret[:7]}...{secret[-4:]}"
    assert (made["name"], made["scopes"], made["networks"]) == ("ci", ["predict"], ["churn-*"])
    assert admin.get("/keys").json["data"][0] == made
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM keys")).all()
    engine.dispose()
    assert secret not in str(rows) and secret[3:] not in str(rows)


def test_null_stands_for_the_default_of_what_is_optional(admin):
    made = make(admin, networks=None, expires_in_seconds=None)
    assert (made["networks"], made["expires_at"]) == (None, None)


def test_a_key_gives_what_it_was_made_for(app, admin, spec):
    secret = make(admin, scopes=["train"], networks=["churn-*"])["key"]
    client = client_with(app, secret)
    assert client.post("/networks", json={**spec, "name": "churn-eu"}).status_code == 201
    assert client.get("/predict?network=churn-eu&x=1,2").status_code == 403
    assert client.get("/keys").status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "two\nlines"),
        ("scopes", []),
        ("scopes", ["root"]),
        ("networks", []),
        ("networks", ["a b"]),
        ("networks", ["%"]),
        ("networks", ["a*"] * 51),
        ("expires_in_seconds", 0),
        ("expires_in_seconds", -1),
        ("expires_in_seconds", 10**12),
        ("expires_in_seconds", "soon"),
        ("expires_in_seconds", True),
    ],
)
def test_what_cannot_be_a_key_is_rejected_by_field(admin, field, value):
    problem = make(admin, 422, **{field: value})
    assert all(issue["pointer"].startswith(f"#/{field}") for issue in problem["errors"]), problem


def test_an_admin_key_has_every_network(admin):
    assert "admin has every network" in str(make(admin, 422, scopes=["admin"], networks=["a"]))


def test_a_key_made_by_a_key_ends_no_later_and_with_it(app, storage, admin):
    parent, secret = make_key(storage, "admin", expires_in_seconds=3600)
    client = client_with(app, secret)
    assert make(client, 422, expires_in_seconds=7200)["errors"][0]["pointer"] == "#/expires_in_seconds"
    child = make(client)
    assert child["created_by"] == parent.id
    assert child["expires_at"] == admin.get(f"/keys/{parent.id}").json["expires_at"]
    assert admin.delete(f"/keys/{parent.id}").status_code == 204
    assert client_with(app, child["key"]).get("/networks").status_code == 401


def test_a_revoked_key_may_leave_what_it_has_made(app, storage, admin):
    parent, secret = make_key(storage, "admin")
    child = make(client_with(app, secret))
    assert admin.delete(f"/keys/{parent.id}?keep_made=true").status_code == 204
    assert client_with(app, secret).get("/networks").status_code == 401
    assert client_with(app, child["key"]).get("/networks").status_code == 200


def test_a_rotation_lets_both_keys_in_for_a_while(app, admin):
    old = make(admin, networks=["churn-*"])
    fresh = admin.post(f"/keys/{old['id']}/rotate", json={"overlap_seconds": 600}).json
    assert (fresh["replaces"], fresh["scopes"], fresh["networks"]) == (old["id"], ["predict"], ["churn-*"])
    for secret in (old["key"], fresh["key"]):
        assert client_with(app, secret).get("/networks").status_code == 200
    last = admin.post(f"/keys/{fresh['id']}/rotate", json={}).json
    assert client_with(app, fresh["key"]).get("/networks").status_code == 401
    assert client_with(app, last["key"]).get("/networks").status_code == 200


def test_a_dead_or_unknown_key_cannot_be_rotated_and_none_is_revoked_in_vain(admin):
    key = make(admin)
    admin.delete(f"/keys/{key['id']}")
    assert admin.post(f"/keys/{key['id']}/rotate", json={}).status_code == 409
    assert admin.post("/keys/key_nothing/rotate", json={}).status_code == 404
    assert admin.delete("/keys/key_nothing").status_code == 404
    assert admin.delete(f"/keys/{key['id']}").status_code == 204


def test_a_secret_is_never_kept_for_an_idempotency_key(admin, count_rows):
    headers = {"Idempotency-Key": "once"}
    first, second = (admin.post("/keys", json={"name": "a", "scopes": ["read"]}, headers=headers) for _ in range(2))
    assert first.json["id"] != second.json["id"]
    assert count_rows()["idempotency_keys"] == 0
