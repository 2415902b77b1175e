"""A browser signs in with a key or a link, gets a cookie that no script can read, and is out when its key is."""

import time

import pytest

from service.access.sessions import new_token
from service.domain.access import IDLE_SECONDS
from tests.api.doors import client_for, client_with, make_key

HTTPS = {"Host": "localhost", "Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def key(storage):
    """A key and its secret."""
    return make_key(storage, "train", networks=["churn-*"], name="me")


def sign_in(client, status=200, *, headers=None, **body):
    answer = client.post("/session", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    return answer


def test_while_no_key_was_made_everybody_here_is_informed(client):
    told = client.get("/session").json
    assert (told["needs_key"], told["key"], told["session"]) == (False, None, None)
    assert told["scopes"] == ["read", "predict", "train", "manage", "admin"]


def test_a_key_signs_in_and_the_cookie_does_what_the_key_may(client, key):
    made, secret = key
    assert client.get("/session").status_code == 401
    answer = sign_in(client, key=secret)
    told = {"needs_key": True, "key": made.id, "name": "me", "scopes": ["read", "train"], "networks": ["churn-*"]}
    assert answer.json == {**told, "session": answer.json["session"]} == client.get("/session").json
    assert client.get("/networks").status_code == 200
    assert client.get("/keys").status_code == 403
    assert secret not in answer.headers["Set-Cookie"]


def test_the_cookie_is_for_this_site_and_no_script(client, key):
    local = sign_in(client, key=key[1], headers={"Host": "localhost:8123"}).headers["Set-Cookie"]
    assert local.startswith("ff-8123=") and "Secure" not in local
    safe = sign_in(client, key=key[1], headers=HTTPS).headers["Set-Cookie"]
    assert safe.startswith("__Host-ff=") and "Secure" in safe
    for cookie in (local, safe):
        assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; ")) and "Domain" not in cookie


def test_no_cookie_goes_in_the_clear_beyond_this_machine(backend, key):
    from service.access.site import Site
    from service.app import create_app

    site = Site(listens_on="0.0.0.0", allowed_hosts=frozenset({"ff.example.org"}))
    client = create_app(backend=backend, site=site).test_client()
    plain = {"Host": "ff.example.org", "Origin": "http://ff.example.org"}
    assert "HTTPS" in sign_in(client, 403, key=key[1], headers=plain).json["detail"]
    sign_in(client, key=key[1], headers={"Host": "ff.example.org", "Origin": "https://ff.example.org"})


def test_a_local_cookie_counts_at_its_own_port_and_on_loopback_alone(app, key):
    client = app.test_client(use_cookies=False)
    cookie = sign_in(client, key=key[1], headers={"Host": "localhost:8123"}).headers["Set-Cookie"].partition(";")[0]
    assert client.get("/networks", headers={"Host": "localhost:8123", "Cookie": cookie}).status_code == 200
    assert client.get("/networks", headers={"Host": "localhost:8124", "Cookie": cookie}).status_code == 401


def test_a_foreign_page_cannot_ride_on_the_cookie(client, key, storage):
    sign_in(client, key=key[1])
    for headers in ({"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.delete("/session", headers=headers).status_code == 403
        assert sign_in(client, 403, key=key[1], headers=headers)
    assert client.get("/session").status_code == 200


def test_signing_out_ends_the_session_at_once(client, key):
    cookie = sign_in(client, key=key[1]).headers["Set-Cookie"].partition(";")[0]
    assert client.delete("/session").status_code == 204
    assert client.get("/session").status_code == 401
    assert client.get("/session", headers={"Cookie": cookie}).status_code == 401


def test_a_session_dies_with_its_key(client, app, storage, key):
    sign_in(client, key=key[1])
    assert client_for(app, storage, "admin").delete(f"/keys/{key[0].id}").status_code == 204
    assert client.get("/session").status_code == 401


@pytest.mark.parametrize("later", [IDLE_SECONDS + 60, 7 * 24 * 3600 + 60])
def test_a_session_ends_when_it_is_idle_or_old(client, key, monkeypatch, later):
    sign_in(client, key=key[1])
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + later)
    assert client.get("/session").status_code == 401


def test_admins_list_and_end_sessions(app, client, storage, key):
    sign_in(client, key=key[1])
    admin = client_for(app, storage, "admin")
    [session] = admin.get("/sessions").json["data"]
    assert session["key_id"] == key[0].id and "digest" not in session
    assert admin.delete(f"/sessions/{session['id']}").status_code == 204
    assert admin.delete(f"/sessions/{session['id']}").status_code == 404
    assert client.get("/session").status_code == 401


def test_a_link_signs_in_once_with_every_right(app, storage, key):
    token, first, second = new_token(storage), app.test_client(), app.test_client()
    assert sign_in(first, token=token).json["scopes"][-1] == "admin"
    assert first.get("/keys").status_code == 200
    assert "used already" in sign_in(second, 401, token=token).json["detail"]
    assert second.get("/session").status_code == 401


@pytest.mark.parametrize("body", [{}, {"key": "ff_x", "token": "x"}, {"key": 1}, {"password": "x"}])
def test_a_body_that_signs_nobody_in_is_rejected(client, key, body):
    assert sign_in(client, 422, **body).json["type"] == "/problems/invalid"


@pytest.mark.parametrize("text", ["", "x", "ff_" + "0" * 36, "' OR 1=1 --", "é" * 43])
def test_what_is_no_key_signs_nobody_in(client, key, text):
    sign_in(client, 401, key=text)
    sign_in(client, 401, token=text)
    for cookie in (f"ff-80={text}", f"__Host-ff={text}", text):
        answer = client.get("/session", environ_overrides={"HTTP_COOKIE": cookie.encode().decode("latin-1")})
        assert answer.status_code == 401


def test_a_key_goes_before_a_cookie(app, storage, client, key):
    sign_in(client, key=key[1])
    _, other = make_key(storage, "read", name="other")
    answer = client.get("/session", headers={"Authorization": f"Bearer {other}"})
    assert (answer.json["name"], answer.json["session"]) == ("other", None)
    assert client_with(app, other).delete("/session").status_code == 204
