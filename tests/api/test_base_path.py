"""Under a base path every address that the service names keeps it, and nothing else changes."""

import pytest

from service.access.site import Site
from service.app import create_app
from tests.api.doors import client_for


@pytest.fixture
def app(backend):
    return create_app(backend=backend, site=Site(base_path="/ff"))


@pytest.fixture
def client(app):
    return app.test_client()


def test_locations_and_links_keep_it(client, spec):
    made = client.post("/ff/networks", json=spec)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/ff/networks/{made.json['id']}"
    assert client.get(made.headers["Location"]).json["id"] == made.json["id"]
    body = {"network": spec["name"], "data": {"inputs": [[0.2, 0.9]], "targets": ["like"]}}
    job = client.post("/ff/train", json=body)
    assert job.headers["Location"].startswith("/ff/jobs/")
    assert {link.split("/")[1] for link in job.json["links"].values()} == {"ff"}
    assert client.get(job.json["links"]["events"].replace("/events", "")).status_code == 200


def test_the_description_says_where_the_operations_are(client, backend):
    assert client.get("/ff/openapi.json").json["servers"] == [{"url": "/ff"}]
    assert create_app(backend=backend).test_client().get("/openapi.json").json["servers"] == [{"url": "/"}]


def test_the_documentation_asks_for_its_files_by_relative_addresses(client):
    page = client.get("/ff/docs").text
    assert 'src="docs/swagger-ui-bundle.js"' in page and '"/' not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        with client.get(f"/ff/docs/{name}") as file:
            assert file.status_code == 200
    assert 'url: "openapi.json"' in client.get("/ff/docs/start.js").text


def test_the_page_is_there_with_a_slash(client):
    assert client.get("/ff/").mimetype == "text/html"
    bare = client.get("/ff")
    assert (bare.status_code, bare.headers["Location"]) == (308, "/ff/")


def test_probes_and_proxies_that_remove_it_may_leave_it_out(client):
    assert client.get("/healthz").status_code == client.get("/ff/healthz").status_code == 200
    assert client.get("/ffx/healthz").status_code == 404


def test_rights_and_routes_are_those_of_the_path_below_it(backend, storage, network):
    app = create_app(backend=backend, site=Site(base_path="/ff"))  # It has not asked yet whether a key is needed.
    reader = client_for(app, storage, "read")
    assert reader.get("/ff/networks").status_code == 200
    assert reader.get("/ff/keys").status_code == reader.post("/ff/train", json={}).status_code == 403
    assert app.test_client().get("/ff/networks").status_code == 401
    predict = client_for(app, storage, "predict")
    assert predict.get("/ff/predict?network=cheese&fat=1&salt=1").status_code == 200
    assert 'route="/predict"' in predict.get("/ff/metrics").text


def test_an_answer_is_given_again_to_a_key_of_some_networks(app, storage, spec):
    churn = client_for(app, storage, "train", networks=["churn-*"])
    sent = {"json": spec | {"name": "churn-eu"}, "headers": {"Idempotency-Key": "1"}}
    first, again = churn.post("/ff/networks", **sent), churn.post("/ff/networks", **sent)
    assert (first.status_code, again.status_code) == (201, 201) and first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
