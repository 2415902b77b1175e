"""Who created jobs, networks and data sets, by the caller's key or user."""

from ipaddress import ip_network

import pytest

from service.access.identities import Identities, Rights
from service.access.proxies import Proxies
from service.access.site import Site
from service.app import create_app
from service.domain.access import Scope
from tests.api.doors import client_with, make_key

TABLE = b"fat,salt,taste\n0.2,0.9,like\n0.1,0.1,dislike\n"
DATA = {"inputs": [[0.2, 0.9]], "targets": ["like"]}


def made_by(client, spec, name):
    """A network, a job and a data set of this client."""
    answers = [
        client.post("/networks", json={**spec, "name": name}),
        client.post("/train", json={"network": name, "data": DATA, "epochs": 1}),
        client.post(f"/datasets?name={name}", data=TABLE + name.encode() + b",1,like\n", content_type="text/csv"),
    ]
    assert [answer.status_code for answer in answers] == [201, 202, 201], [answer.text for answer in answers]
    return [answer.json for answer in answers]


def test_each_carries_the_name_and_the_id_of_its_key(app, storage, spec):
    key, secret = make_key(storage, "train", name="ci")
    client = client_with(app, secret)
    for kind, made in zip(("networks", "jobs", "datasets"), made_by(client, spec, "mine"), strict=True):
        listed = client.get(f"/{kind}").json["data"][0]
        for answer in (made, client.get(f"/{kind}/{made['id']}").json, listed):
            assert (answer["created_by"], answer["created_by_key"]) == ("ci", key.id)


def test_without_a_key_nobody_is_named(client, spec):
    assert {(made["created_by"], made["created_by_key"]) for made in made_by(client, spec, "mine")} == {(None, None)}


def test_a_browser_is_named_by_the_key_it_signed_in_with(app, storage, spec):
    key, secret = make_key(storage, "train", name="me")
    client = app.test_client()
    assert client.post("/session", json={"key": secret}).status_code == 200
    assert {made["created_by_key"] for made in made_by(client, spec, "mine")} == {key.id}


def test_a_user_of_a_proxy_is_named_without_a_key(backend, storage, spec):
    make_key(storage, "admin")
    identities = Identities(header="x-user", users={"ada": Rights(scopes=(Scope.TRAIN,), networks=None)})
    proxies = Proxies(networks=(ip_network("127.0.0.1"),), secret_headers=identities.headers)
    app = create_app(backend=backend, site=Site(proxies=proxies, identities=identities))
    client = app.test_client()
    client.environ_base["HTTP_X_USER"] = "ada"
    assert {(one["created_by"], one["created_by_key"]) for one in made_by(client, spec, "mine")} == {("ada", None)}


@pytest.mark.parametrize("kind", ["networks", "jobs", "datasets"])
def test_a_list_can_be_of_one_creator(app, storage, spec, kind):
    ada, secret = make_key(storage, "train", name="ada")
    first = client_with(app, secret)
    other = client_with(app, make_key(storage, "train", name="bob")[1])
    mine = dict(zip(("networks", "jobs", "datasets"), made_by(first, spec, "first"), strict=True))
    made_by(other, spec, "second")
    for who in ("ada", ada.id):
        assert [one["id"] for one in first.get(f"/{kind}?created_by={who}").json["data"]] == [mine[kind]["id"]]
    assert first.get(f"/{kind}?created_by=carol").json["data"] == []
    assert first.get(f"/{kind}?created_by=").status_code == 422
