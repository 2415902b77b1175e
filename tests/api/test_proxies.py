"""Behind a proxy: whose headers count, and what they change."""

from ipaddress import ip_network

import pytest

from service.access.proxies import Proxies
from service.access.site import Site
from service.app import create_app
from tests.api.doors import client_with, make_key

PROXY, STRANGER = "10.0.0.1", "10.9.9.9"
FORWARDED = {
    "Host": "backend",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "ff.example.org",
}


@pytest.fixture
def key(storage):
    return make_key(storage, "train", name="me")[1]


@pytest.fixture
def app(backend):
    networks = (ip_network(PROXY),)
    site = Site(proxies=Proxies(networks=networks), allowed_hosts=frozenset({"ff.example.org"}))
    return create_app(backend=backend, site=site, log_answers=True)


def client_from(app, address, secret=None):
    client = app.test_client() if secret is None else client_with(app, secret)
    client.environ_base["REMOTE_ADDR"] = address
    return client


def test_the_host_check_is_of_the_name_that_the_proxy_was_called_by(app, key):
    assert client_from(app, PROXY, key).get("/networks", headers=FORWARDED).status_code == 200
    foreign = FORWARDED | {"X-Forwarded-Host": "evil.test"}
    assert client_from(app, PROXY, key).get("/networks", headers=foreign).status_code == 421
    assert client_from(app, STRANGER, key).get("/networks", headers=FORWARDED).status_code == 421


def test_a_forged_host_of_a_stranger_counts_nothing(app, key):
    headers = FORWARDED | {"Host": "localhost", "X-Forwarded-Host": "evil.test"}
    assert client_from(app, STRANGER, key).get("/networks", headers=headers).status_code == 200


def test_the_cookie_is_that_of_https_where_the_proxy_has_taken_tls_away(app, key):
    answer = client_from(app, PROXY).post("/session", json={"key": key}, headers=FORWARDED)
    assert answer.status_code == 200 and answer.headers["Set-Cookie"].startswith("__Host-ff=")
    plain = FORWARDED | {"X-Forwarded-Proto": "http"}
    assert client_from(app, PROXY).post("/session", json={"key": key}, headers=plain).status_code == 403


def test_a_stranger_who_says_https_gets_no_cookie_for_it(app, key):
    headers = FORWARDED | {"Host": "ff.example.org"}
    assert client_from(app, STRANGER).post("/session", json={"key": key}, headers=headers).status_code == 403


def test_the_log_names_the_client_and_not_the_proxy(app, key, caplog):
    caplog.set_level("INFO", "feedforward.access")
    client_from(app, PROXY, key).get("/networks", headers=FORWARDED)
    client_from(app, STRANGER, key).get("/networks", headers=FORWARDED | {"Host": "localhost"})
    assert [record.client for record in caplog.records] == ["203.0.113.7", STRANGER]


@pytest.mark.parametrize("address", [PROXY, STRANGER])
@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "Via"])
def test_through_a_proxy_nothing_is_open_without_a_key(app, address, name):
    assert client_from(app, address).get("/networks", headers={name: "https"}).status_code == 403


def test_a_trusted_proxy_that_adds_no_header_opens_nothing_either(app):
    assert client_from(app, PROXY).get("/networks").status_code == 403
    assert client_from(app, "127.0.0.1").get("/networks").status_code == 200


def test_a_body_is_let_in_by_the_same_headers(app, key):
    admit = app.wsgi_app.admit
    headers = {name.lower(): value for name, value in FORWARDED.items()} | {"authorization": f"Bearer {key}"}
    assert admit("POST", "/networks", headers, PROXY) is None
    assert admit("POST", "/networks", headers, STRANGER).code == "misdirected_request"
