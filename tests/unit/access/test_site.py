"""Host, Origin and Sec-Fetch-Site: who is the page that asks, and by which name does it ask?"""

import pytest

from service.access.site import Site
from service.errors import CrossSite, Misdirected

LOCAL = Site()
CHANGES = ("POST", "PUT", "PATCH", "DELETE", "BREW")


def check(site=LOCAL, method="GET", path="/networks", **headers):
    site.check(method, path, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST", "127.0.0.1:8000", "127.8.8.8", "[::1]:80"]
)
def test_a_loopback_name_is_always_known(host):
    for listens_on in ("127.0.0.1", "10.0.0.5", "0.0.0.0", "::"):
        check(Site(listens_on=listens_on), host=host)


@pytest.mark.parametrize(
    "host",
    ["evil.test", "evil.test:8000", "localhost.evil.test", "127.0.0.1.evil.test", "", "10.0.0.5", "0.0.0.0:8000", "::1"]
    + ["a@localhost", "localhost:80:80", "localhost:port", "localhost/", "localhost, evil.test", "localhost:99999"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", *CHANGES])
def test_any_other_name_is_misdirected(host, method):
    for site in (LOCAL, Site(listens_on="0.0.0.0"), Site(listens_on="::")):
        with pytest.raises(Misdirected):
            check(site, method, host=host)


def test_a_request_without_a_host_is_misdirected():
    with pytest.raises(Misdirected):
        check()


def test_the_one_listen_address_and_the_allowed_names_are_known():
    site = Site(listens_on="10.0.0.5", allowed_hosts=frozenset({"ff.example.org", "2001:db8::1"}))
    for host in ("10.0.0.5:8000", "FF.example.org", "[2001:db8::1]:8000"):
        check(site, host=host)
    with pytest.raises(Misdirected):
        check(site, host="example.org")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/v2/health/live"])
def test_a_probe_may_call_by_any_address(path):
    check(path=path, host="10.1.2.3:8000")


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost:9000"},
        {"origin": "http://localhost:8000.evil.test"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://localhost:8000", "sec_fetch_site": "cross-site"},
    ],
)
def test_a_change_that_a_foreign_page_asks_for_is_rejected_whatever_the_method(method, headers):
    with pytest.raises(CrossSite):
        check(method=method, host="localhost:8000", **headers)
    check(method="GET", host="localhost:8000", **headers)


@pytest.mark.parametrize("method", CHANGES)
@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("localhost", "http://localhost:80"),
        ("LOCALHOST:443", "https://localhost"),
        ("[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_the_own_page_may_change_things(method, host, origin):
    check(method=method, host=host, origin=origin, sec_fetch_site="same-origin")
    check(method=method, host=host)
    check(method=method, host=host, sec_fetch_site="none")


def test_a_page_of_a_configured_origin_may_change_things():
    site = Site(cors_origins=frozenset({"https://app.example.org"}))
    check(site, "DELETE", host="localhost", origin="https://app.example.org", sec_fetch_site="cross-site")
    with pytest.raises(CrossSite):
        check(site, "DELETE", host="localhost", origin="https://app.example.org.evil.test")


def test_only_loopback_counts_as_this_machine():
    assert LOCAL.is_loopback and Site(listens_on="localhost").is_loopback and Site(listens_on="::1").is_loopback
    for address in ("0.0.0.0", "::", "10.0.0.5", "example.org"):
        assert not Site(listens_on=address).is_loopback
