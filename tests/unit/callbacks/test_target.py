"""URLs are taken apart in one way only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.callbacks.target import Target, read_target


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://example.org", Target("https", "example.org", 443, "/"), "example.org"),
        ("HTTP://Example.ORG:80/a/b?c=d&e", Target("http", "example.org", 80, "/a/b?c=d&e"), "example.org"),
        ("http://example.org:443/", Target("http", "example.org", 443, "/"), "example.org:443"),
        ("http://[2606:4700::1]:8080?q", Target("http", "2606:4700::1", 8080, "/?q"), "[2606:4700::1]:8080"),
        ("http://203.0.113.7/", Target("http", "203.0.113.7", 80, "/"), "203.0.113.7"),
    ],
)
def test_a_url_is_taken_apart(url, target, authority):
    assert read_target(url) == target
    assert target.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org",
        "http://",
        "http:///path",
        "http://user@example.org/",
        "http://user:password@example.org/",
        "http://example.org@10.0.0.1/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:x/",
        "http://example.org/#fragment",
        "http://example.org/a b",
        "http://example.org/\r\nX-Evil: yes",
        "http://exa\tmple.org/",
        "http://example.org\\@10.0.0.1/",
        "http://ex%61mple.org/",
        "http://exämple.org/",
        "http://example..org/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://" + "a" * 64 + ".org/",
        "http://example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_plain_url_is_rejected(url):
    with pytest.raises(ValueError, match="^must "):
        read_target(url)


@given(st.text() | st.text(alphabet="htp:/@[].%01a?#\\ ").map("http://{}".format))
def test_any_text_is_either_taken_apart_or_rejected(text):
    try:
        target = read_target(text)
    except ValueError as error:
        assert str(error).startswith("must ")
    else:
        assert (target.path + target.authority).isascii()
        assert not set(target.path + target.authority) & set(" \r\n\t@#\\") - set("@")
