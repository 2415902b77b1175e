"""Only what a trusted proxy says of a request counts, and of that only what it has added itself."""

from ipaddress import ip_network

import pytest

from service.access.proxies import Proxies, Seen

PROXIES = Proxies(networks=(ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("fd00::/8")))


def seen(client, **headers):
    return PROXIES.seen({name.replace("_", "-"): value for name, value in headers.items()}, client, "http")


@pytest.mark.parametrize("client", ["10.1.2.3", "127.0.0.1", "fd00::1", "::ffff:10.1.2.3"])
def test_a_network_is_trusted_in_every_way_to_write_its_addresses(client):
    assert PROXIES.trusts(client)


@pytest.mark.parametrize("client", ["11.0.0.1", "127.0.0.2", "::1", "", "localhost", "10.0.0.0/8"])
def test_nobody_else_is_trusted(client):
    assert not PROXIES.trusts(client)
    forged = {"x_forwarded_for": "10.0.0.1", "x_forwarded_proto": "https", "x_forwarded_host": "evil.test"}
    assert seen(client, **forged) == Seen(client=client, scheme="http")


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),  # The client wrote the first itself.
        ("203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("203.0.113.7, unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
        (", ,", "10.0.0.1"),
        ("10.0.0.2," * 1000, "10.0.0.2"),
    ],
)
def test_the_client_is_the_last_address_that_no_proxy_has(chain, client):
    assert seen("10.0.0.1", x_forwarded_for=chain).client == client


@pytest.mark.parametrize(
    ("chain", "protos", "scheme"),
    [
        ("203.0.113.7", "https", "https"),
        ("203.0.113.7", "HTTPS", "https"),
        ("203.0.113.7", "https, http", "http"),  # The client wrote the first itself.
        ("203.0.113.7, 10.0.0.2", "https, http", "https"),
        ("203.0.113.7, 10.0.0.2", "https", "https"),
        ("203.0.113.7", "gopher", "http"),
        ("203.0.113.7", "", "http"),
    ],
)
def test_the_scheme_is_what_the_first_trusted_proxy_saw(chain, protos, scheme):
    assert seen("10.0.0.1", x_forwarded_for=chain, x_forwarded_proto=protos).scheme == scheme


def test_the_host_is_replaced_where_the_proxy_names_another():
    assert seen("10.0.0.1", x_forwarded_host="ff.example.org").changed["host"] == "ff.example.org"
    assert "host" not in seen("10.0.0.1").changed


def test_a_proxy_that_does_not_say_for_whom_it_asks_is_still_one():
    assert seen("10.0.0.1").changed["x-forwarded-for"] == "10.0.0.1"
