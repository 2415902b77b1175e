"""Every operation of the OpenAPI document, with bodies drawn from its schemas, for keys of every scope."""

import random
from itertools import product

import pytest

from service.api.access.rules import Routes
from service.domain.access import INCLUDED, Scope
from tests.api.doors import client_for, client_with, make_key

ROWS = b"fat,salt,likes\n1,2,yes\n2,1,no\n3,3,yes\n"
OWN, OTHERS = "a-cheese", "b-wine"
#: Texts of one's own, in which another's name would be no news.
FREE = {"alias", "description", "note", "tags"}
#: What these answer ends with the job, or after a minute.
STREAMS = ("/events", "/frames")
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def world(app, storage, spec):
    """A network, a job and a data set of either name; the ids of the other one's."""
    admin, ids = client_for(app, storage, "admin"), {}
    for name in (OWN, OTHERS):
        network = admin.post("/networks", json=spec | {"name": name}).json["id"]
        body = {"network": name, "data": {"inputs": [[0.2, 0.9]], "targets": ["like"]}, "epochs": 2}
        job = admin.post("/train", json=body).json["id"]
        data = ROWS + name.encode() + b",1,yes\n"
        dataset = admin.post(f"/datasets?name={name}", data=data, content_type="text/csv").json["id"]
        ids[name] = {"network": network, "job": job, "dataset": dataset}
    return ids


class Drawn:
    """Values for schemas: right ones, mostly."""

    def __init__(self, document, seed):
        self.schemas, self.random = document["components"]["schemas"], random.Random(seed)

    def value(self, schema, depth=0):
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return self.value(self.random.choice(schema[several]), depth + 1)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kinds = schema.get("type", "string")
        kind = self.random.choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "object":
            properties = schema.get("properties", {}) if depth < 5 else {}
            return {
                name: "x" if name in FREE else self.value(each, depth + 1)
                for name, each in properties.items()
                if name in schema.get("required", ()) or self.random.random() < 0.3
            }
        if kind == "array":
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(self.random.randint(0, 2))]
        numbers = {"integer": self.random.choice([0, 1, 2, -1, 2**63]), "number": self.random.choice([0.5, -1, 1e300])}
        others = {"boolean": self.random.random() < 0.5, "null": None}
        return (numbers | others).get(kind, self.random.choice([OWN, OTHERS, "", "x", "text/csv"]))


def operations(document):
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method.upper(), methods[method]


def requests(document, ids, seed):
    """Path, method and arguments: each operation about what is one's own, another's, and nothing."""
    drawn = Drawn(document, seed)
    for (path, method, operation), name in product(operations(document), (OWN, OTHERS, "nothing")):
        named = {"network": name, "dataset": name, **ids.get(name, {}), "snapshot": "latest"}
        if drawn.random.random() < 0.5:
            named |= {"network": name, "dataset": name}
        filled = path
        for argument in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            filled = filled.replace(f"{{{argument}}}", named.get(argument, "nothing"))
        content = operation.get("requestBody", {}).get("content", {})
        body = drawn.value(content["application/json"]["schema"]) if "application/json" in content else None
        if isinstance(body, dict) and "network" in body:
            body["network"] = name
        yield filled, method, {} if body is None else {"json": body}


@pytest.mark.parametrize("networks", [None, ["a-*"]], ids=["all", "a-*"])
@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.ADMIN])
def test_no_request_is_answered_beyond_its_scope_and_none_fails_inside(app, storage, world, scope, networks):
    document = app.test_client().get("/openapi.json", headers=bearer(storage)).json
    client, routes = client_for(app, storage, scope, networks=networks), Routes(app.url_map)
    secrets = {OTHERS, *world[OTHERS].values()} if networks else set()
    asked = [each for each in requests(document, world, str(scope)) if not each[0].endswith(STREAMS)]
    assert len(asked) > 100
    for path, method, sent in asked:
        answer = client.open(path, method=method, **sent)
        needed = routes.scope(method, path)
        assert answer.status_code < 500, (method, path, sent, answer.data)
        if needed is not None and needed not in INCLUDED[scope]:
            assert answer.status_code == 403, (method, path)
        shown = {secret for secret in secrets if secret in str(answer.data) and secret not in f"{path} {sent}"}
        assert not shown, (method, path, sent, answer.data)
        if networks and method == "GET" and "{" not in path and OTHERS in path.split("/"):
            assert answer.status_code in (403, 404, 422), (method, path)


def test_what_is_anothers_is_still_there_after_all_that(app, storage, world):
    admin = client_with(app, make_key(storage, "admin")[1])
    document = admin.get("/openapi.json").json
    client = client_for(app, storage, "predict", "train", "manage", networks=["a-*"])
    before = [admin.get(path).json for path in (f"/networks/{OTHERS}", f"/datasets/{OTHERS}")]
    for path, method, sent in requests(document, world, "all"):
        if not path.endswith(STREAMS):
            client.open(path, method=method, **sent)
    assert [admin.get(path).json for path in (f"/networks/{OTHERS}", f"/datasets/{OTHERS}")] == before
    assert admin.get(f"/jobs/{world[OTHERS]['job']}").json["status"] == "queued"


def bearer(storage):
    return {"Authorization": f"Bearer {make_key(storage, 'read')[1]}"}
