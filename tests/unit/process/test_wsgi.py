"""A header has one name in the environment, which no other header can take."""

from types import SimpleNamespace

from service.process.front.wsgi import environ_of

SCOPE = SimpleNamespace(
    server="127.0.0.1:8000",
    client="127.0.0.1:4711",
    http_version="1.1",
    method="GET",
    path="/",
    query_string="",
    scheme="https",
    authority="localhost",
)


def test_a_header_with_an_underscore_is_not_taken_for_the_one_with_a_hyphen():
    environ = environ_of(SCOPE, {"x_forwarded_for": "10.0.0.1", "x-forwarded-proto": "https"}, None)
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert (environ["HTTP_X_FORWARDED_PROTO"], environ["wsgi.url_scheme"]) == ("https", "https")
