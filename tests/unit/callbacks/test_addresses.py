"""Callbacks reach the open internet and nothing else, in whatever clothes an address comes."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.callbacks.addresses import addresses_of, is_public, written_address
from service.callbacks.target import read_target

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # where most clouds hand out keys
    "168.63.129.16",  # Azure
    "100.100.100.200",  # Alibaba
    "192.0.0.192",  # Oracle
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",  # Amazon
    "fd20:ce::254",  # Google
    "ff02::1",
    "100::1",
]
PUBLIC = ["8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_of_the_open_internet_is_private(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_anybody_may_reach_is_public(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_wrapped(address):
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    if is_public(str(address)):
        assert address.is_global


@given(st.ip_addresses(v=6))
def test_no_address_is_public_that_python_calls_private(address):
    wrapped = address.ipv4_mapped or address in ipaddress.ip_network("64:ff9b::/96")
    assert wrapped or not is_public(str(address)) or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("[::ffff:10.0.0.1]", "::ffff:10.0.0.1"),
    ],
)
def test_an_address_is_known_however_it_is_written(host, address):
    target = read_target(f"http://{host}/")
    assert written_address(target) == address
    assert addresses_of(target) == [address]
    assert not is_public(address)


def test_a_name_is_not_an_address():
    assert written_address(read_target("http://example.org/")) is None
