"""A user whom an authenticating proxy names has the rights of a file, and nobody else can be named."""

from ipaddress import ip_network

import pytest

from service.access.identities import read_identities
from service.access.proxies import Proxies
from service.access.site import Site
from service.app import create_app
from service.errors import Invalid
from tests.api.doors import client_with, make_key

PROXY, STRANGER = "10.0.0.1", "10.9.9.9"
FILE = """
[users."ada@example.org"]
scopes = ["admin"]

[users.bob]
scopes = ["train"]
networks = ["churn-*"]

[groups.analysts]
scopes = ["predict"]
networks = ["churn-*"]

[groups.guests]
scopes = ["read"]
"""


@pytest.fixture
def app(backend, tmp_path):
    file = tmp_path / "identities.toml"
    file.write_text(FILE)
    identities = read_identities(file, "X-Auth-User", "X-Auth-Groups")
    proxies = Proxies(networks=(ip_network(PROXY),), secret_headers=identities.headers)
    return create_app(backend=backend, site=Site(proxies=proxies, identities=identities))


def client_from(app, address, user=None, groups=None):
    client = app.test_client()
    named = {"REMOTE_ADDR": address, "HTTP_X_AUTH_USER": user, "HTTP_X_AUTH_GROUPS": groups}
    client.environ_base.update({name: value for name, value in named.items() if value is not None})
    return client


def rights(client):
    told = client.get("/session").json
    return told["name"], told["scopes"], told["networks"]


def test_a_user_has_their_own_rights_or_else_those_of_their_first_group_in_the_file(app):
    every = ["read", "predict", "train", "manage", "admin"]
    assert rights(client_from(app, PROXY, "ada@example.org")) == ("ada@example.org", every, None)
    assert rights(client_from(app, PROXY, "bob", "analysts")) == ("bob", ["read", "train"], ["churn-*"])
    assert rights(client_from(app, PROXY, "eve", "guests, analysts")) == ("eve", ["read", "predict"], ["churn-*"])
    assert rights(client_from(app, PROXY, "eve", "others,guests")) == ("eve", ["read"], None)


def test_a_users_rights_are_checked_as_a_keys_are(app, spec):
    bob = client_from(app, PROXY, "bob")
    assert bob.post("/networks", json=spec | {"name": "wine"}).status_code == 403
    assert bob.post("/networks", json=spec | {"name": "churn-eu"}).status_code == 201
    assert bob.get("/keys").status_code == 403
    assert client_from(app, PROXY, "eve", "guests").post("/networks", json=spec).status_code == 403


@pytest.mark.parametrize(("user", "groups"), [("eve", None), ("eve", "nobody"), ("BOB", None), ("bob,ada", None)])
def test_a_user_without_rights_is_forbidden(app, user, groups):
    answer = client_from(app, PROXY, user, groups).get("/networks")
    assert answer.status_code == 403 and "identity file" in answer.json["detail"]


def test_only_a_trusted_proxy_names_a_user(app, storage):
    make_key(storage, "read")
    assert client_from(app, STRANGER, "ada@example.org", "guests").get("/networks").status_code == 401
    assert client_from(app, "127.0.0.1", "ada@example.org", "guests").get("/networks").status_code == 401
    assert client_from(app, PROXY, "ada@example.org").get("/networks").status_code == 200


def test_a_stranger_is_not_named_before_a_body_is_received_either(app, storage):
    make_key(storage, "read")
    headers = {"host": "localhost", "x-auth-user": "ada@example.org"}
    assert app.wsgi_app.admit("POST", "/networks", headers, PROXY) is None
    assert app.wsgi_app.admit("POST", "/networks", headers, STRANGER).code == "unauthorized"


def test_a_proxy_that_names_nobody_opens_nothing(app, storage):
    assert client_from(app, PROXY).get("/networks").status_code == 403
    assert client_from(app, PROXY, "").get("/networks").status_code == 403
    make_key(storage, "read")
    assert client_from(app, PROXY).get("/keys").status_code in (401, 403)


def test_a_key_goes_before_a_user(app, storage):
    _, secret = make_key(storage, "read", name="ci")
    client = client_with(app, secret)
    client.environ_base.update({"REMOTE_ADDR": PROXY, "HTTP_X_AUTH_USER": "ada@example.org"})
    assert rights(client) == ("ci", ["read"], None)


def test_a_foreign_page_cannot_ride_on_what_the_proxy_adds(app, spec):
    ada = client_from(app, PROXY, "ada@example.org")
    assert ada.post("/networks", json=spec, headers={"Origin": "https://evil.test"}).status_code == 403


def test_the_idempotency_keys_of_two_users_are_two(app, spec):
    headers = {"Idempotency-Key": "1"}
    first = client_from(app, PROXY, "ada@example.org").post("/networks", json=spec, headers=headers)
    other = client_from(app, PROXY, "bob").post("/networks", json=spec | {"name": "churn"}, headers=headers)
    assert (first.status_code, other.status_code) == (201, 403)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[users", "is not TOML"),
        ("[people.bob]\nscopes = ['read']", "people"),
        ("users = 3", "users"),
        ("[users]\nbob = 'admin'", "bob"),
        ("[users.bob]", "scopes"),
        ("[users.bob]\nscopes = 'admin'", "scopes"),
        ("[users.bob]\nscopes = ['root']", "scopes"),
        ("[users.bob]\nscopes = ['read']\nrole = 'x'", "role"),
        ("[users.bob]\nscopes = ['read']\nnetworks = ['a b']", "networks"),
        ("[groups.g]\nscopes = ['admin']\nnetworks = ['a']", "networks"),
    ],
)
def test_a_file_that_cannot_be_used_is_rejected_with_what_is_wrong(tmp_path, text, said):
    file = tmp_path / "identities.toml"
    file.write_text(text)
    with pytest.raises(Invalid) as caught:
        read_identities(file, "X-Auth-User", None)
    assert said in f"{caught.value} {caught.value.fields}"


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(Invalid, match="cannot be read"):
        read_identities(tmp_path / "nothing", "X-Auth-User", None)


def test_a_tool_asks_in_the_name_of_the_user_whom_the_proxy_names(app):
    call = {"name": "list", "arguments": {"what": "networks"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    assert client_from(app, PROXY, "bob").post("/mcp", json=body).json["result"]["isError"] is False
    call |= {"name": "predict", "arguments": {"network": "churn-1", "inputs": [[1]]}}
    rejected = client_from(app, PROXY, "bob").post("/mcp", json=body).json["result"]
    assert rejected["isError"] and "scope predict" in rejected["content"][0]["text"]
