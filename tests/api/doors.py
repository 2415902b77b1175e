"""Callers with keys of every kind, for the tests of who may do what."""

from service.access.keys import create_key
from service.domain.access import ANYBODY


def make_key(storage, *scopes, networks=None, expires_in_seconds=None, name="test"):
    """A key and its secret."""
    wanted = {"name": name, "scopes": scopes, "networks": networks, "expires_in_seconds": expires_in_seconds}
    return create_key(storage, ANYBODY, wanted)


def client_with(app, secret):
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def client_for(app, storage, *scopes, **wanted):
    """A client with a new key."""
    return client_with(app, make_key(storage, *scopes, **wanted)[1])


def addresses(app):
    """A method and a path for every route of the application, arguments filled in with what names nothing."""
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<path:{argument}>", "nothing").replace(f"<{argument}>", "nothing")
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            yield rule.rule, method, path
