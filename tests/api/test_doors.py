"""No route answers without a right: every route, method and mount is walked with keys that lack it."""

import time

import pytest

from service.access.secrets import new_secret
from service.access.site import Site
from service.api.access.rules import MAX_KEPT, MAX_KEPT_PATH, RULES, Routes, needed
from service.app import create_app
from service.domain.access import INCLUDED, Scope
from tests.api.doors import addresses, client_for, client_with, make_key

FILES = {"/", "/static/<name>", "/favicon.ico", "/healthz", "/readyz", "/problems/<code>"}
PROBES = {"/v2/health/live", "/v2/health/ready"}
PUBLIC = {(path, "GET") for path in FILES | PROBES} | {("/session", "POST")}


@pytest.fixture
def admin(app, storage):
    return client_for(app, storage, "admin")


def problem_of(answer):
    """Its type; other protocols than ours have the words of one instead."""
    if answer.request.path == "/mcp":
        return answer.json["error"]["data"]["type"]
    if answer.request.path.startswith("/api/2.0/mlflow"):
        codes = {"UNAUTHENTICATED": "unauthorized", "PERMISSION_DENIED": "forbidden"}
        return f"/problems/{codes[answer.json['error_code']]}"
    if not answer.request.path.startswith(("/v1/", "/v2")):
        return answer.json["type"]
    assert list(answer.json) == ["error"]
    return {401: "/problems/unauthorized", 403: "/problems/forbidden"}[answer.status_code]


def assert_unauthenticated(answer):
    assert answer.status_code == 401
    assert problem_of(answer) == "/problems/unauthorized"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="feedforward"'


def test_every_route_has_a_rule_and_every_rule_a_route(app):
    routes = {}
    for rule, method, _ in addresses(app):
        routes.setdefault(rule, set()).add(method)
    assert {rule: set(methods) for rule, methods in RULES.items()} == routes


def test_only_the_routes_of_everybody_are_public(app):
    public = {(rule, method) for rule, method, _ in addresses(app) if needed(rule, method) is None}
    assert public == PUBLIC


def test_routes_are_found_again_without_matching_but_only_so_many(app):
    routes = Routes(app.url_map)
    for number in range(MAX_KEPT + 10):
        assert routes.scope("GET", f"/networks/n{number}") is Scope.READ
        assert routes.scope("POST", f"/v2/models/n{number}/infer") is Scope.PREDICT
    assert routes.match("DELETE", f"/networks/{'n' * 1000}").rule == "/networks/<network>"
    assert 0 < len(routes._found) <= MAX_KEPT
    assert max(len(path) for _, path in routes._found) <= MAX_KEPT_PATH


def test_a_route_without_a_rule_is_for_admins_alone(app, storage):
    app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")
    assert client_for(app, storage, "read", "predict", "train", "manage").get("/forgotten").status_code == 403
    assert client_for(app, storage, "admin").get("/forgotten").text == "a secret"


def test_nothing_but_what_is_public_answers_without_a_key(app, client, admin):
    for rule, method, path in addresses(app):
        answer = client.open(path, method=method)
        if (rule, method) in PUBLIC:
            assert answer.status_code not in (401, 403), rule
        else:
            assert_unauthenticated(answer)
    for path in ("/nowhere", "/networks/", "/predict/", "/static/", "/docs/../metrics", "/%2e/metrics"):
        assert_unauthenticated(client.get(path))
    for method in ("OPTIONS", "HEAD", "PUT", "BREW"):
        assert client.open("/networks", method=method).status_code == 401


@pytest.mark.parametrize("kind", ["unknown", "mistyped", "revoked", "expired"])
def test_nothing_answers_to_a_key_that_is_none(app, storage, admin, monkeypatch, kind):
    key, secret = make_key(storage, "admin", expires_in_seconds=60 if kind == "expired" else None)
    if kind == "revoked":
        storage.revoke_key(key.id, with_made=True)
    if kind == "expired":
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 61)
    secret = {"unknown": new_secret(), "mistyped": secret[:-1] + chr(ord(secret[-1]) ^ 1)}.get(kind, secret)
    client = client_with(app, secret)
    for rule, method, path in addresses(app):
        if (rule, method) not in PUBLIC:
            assert_unauthenticated(client.open(path, method=method))


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_does_what_its_scope_includes_and_nothing_else(app, storage, scope):
    client = client_for(app, storage, scope)
    for rule, method, path in addresses(app):
        scope_needed = needed(rule, method)
        answer = client.open(path, method=method)
        if scope_needed is None or scope_needed in INCLUDED[scope]:
            assert answer.status_code not in (401, 403), (rule, method)
        else:
            assert (answer.status_code, problem_of(answer)) == (403, "/problems/forbidden"), (rule, method)
            assert f"scope {scope_needed};" in answer.text


def test_a_key_comes_by_either_header_and_never_by_the_query(app, storage, client):
    _, secret = make_key(storage, "read")
    assert client.get("/networks", headers={"Authorization": f"bearer {secret}"}).status_code == 200
    assert client.get("/networks", headers={"X-API-Key": secret}).status_code == 200
    for query in (f"?key={secret}", f"?api_key={secret}", f"?access_token={secret}"):
        assert_unauthenticated(client.get(f"/networks{query}"))


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "ff_' UNION SELECT 1", "\x00", "ff_" + "é" * 36, "Bearer", "%", "$(id)", "ff_" * 10_000]
)
def test_a_hostile_key_is_unauthorized_and_nothing_else(client, admin, text):
    for name, value in (("Authorization", f"Bearer {text}"), ("Authorization", text), ("X-API-Key", text)):
        answer = client.get("/networks", environ_overrides={f"HTTP_{name.upper().replace('-', '_')}": value})
        assert_unauthenticated(answer)
        assert "SELECT" not in answer.text


def test_it_is_open_while_no_key_was_ever_made(client):
    assert client.get("/networks").status_code == 200
    assert client.get("/keys").status_code == 200


def test_it_closes_at_once_where_the_first_key_is_made_and_stays_so_when_that_is_revoked(client):
    made = client.post("/keys", json={"name": "me", "scopes": ["admin"]}).json
    assert_unauthenticated(client.get("/networks"))
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert client.delete(f"/keys/{made['id']}", headers=headers).status_code == 204
    assert_unauthenticated(client.get("/networks", headers=headers))
    assert_unauthenticated(client.get("/networks"))


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"])
def test_a_proxy_on_the_same_machine_does_not_open_it_to_others(client, header):
    answer = client.get("/networks", headers={header: "something"})
    assert (answer.status_code, problem_of(answer)) == (403, "/problems/forbidden")
    assert "keys create" in answer.json["detail"]
    assert client.get("/readyz", headers={header: "something"}).json.keys() == {"ready"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5"])
def test_beyond_this_machine_it_is_never_open(backend, storage, host):
    app = create_app(backend=backend, site=Site(listens_on=host))
    assert app.test_client().get("/networks").status_code == 403
    make_key(storage, "read")
    storage.open_without_keys()
    assert app.test_client().get("/networks").status_code == 403


def test_readiness_shows_the_world_no_more_than_itself(app, storage, client, admin):
    assert client.get("/readyz").json.keys() == {"ready"}
    assert "checks" in client_for(app, storage, "read").get("/readyz").json


def test_the_fast_answer_needs_a_key_too(app, storage, backend, network):
    app = create_app(backend=backend)  # It has not asked yet whether a key is needed.
    path = "/predict?network=cheese&fat=1&salt=1"
    assert client_for(app, storage, "predict").get(path).status_code == 200
    assert client_for(app, storage, "predict", networks=["cheese"]).get(path).status_code == 200
    assert_unauthenticated(app.test_client().get(path))
    assert client_for(app, storage, "train").get(path).status_code == 403
    other = client_for(app, storage, "predict", networks=["wine-*"])
    for _ in range(2):
        assert other.get(path).status_code == 404
