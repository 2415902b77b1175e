"""What every answer has in common, and the routes about the service itself."""

import re

from prometheus_client.parser import text_string_to_metric_families

from service.app import create_app
from service.domain.status import Status
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.storage.sql.open import open_storage


def test_every_answer_carries_the_standard_headers(client, network):
    for path in ("/networks", "/networks/cheese", "/nothing", "/healthz"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'self'; ")
        assert headers["Cache-Control"] == "no-store"


def test_no_answer_can_be_framed_or_embedded_or_led_elsewhere(client, network):
    client.get("/predict?network=cheese&fat=1&salt=1")
    for path in ("/", "/docs", "/networks", "/nothing", "/problems/invalid", "/predict?network=cheese&fat=1&salt=1"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        for directive in ("frame-ancestors", "base-uri", "form-action", "object-src"):
            assert policy.count(f"{directive} 'none'") == 1, path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_process_says_that_it_is_alive(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_a_missing_worker_is_reported_while_the_service_is_ready(client, storage):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["ready"]
    assert answer.json["checks"]["database"] == answer.json["checks"]["schema"] == "ok"
    assert "No worker" in answer.json["checks"]["worker"]
    storage.heartbeat_worker("worker-1", slots=1)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json["checks"].values()) == {"ok"}


def test_a_database_without_tables_is_not_ready(tmp_path, dispatcher):
    storage = open_storage(f"sqlite:///{tmp_path / 'empty.db'}")
    answer = create_app(backend=Backend(storage, dispatcher)).test_client().get("/readyz")
    storage.close()
    assert answer.status_code == 503
    assert "upgrade-db" in answer.json["checks"]["schema"]


def test_a_database_that_cannot_be_reached_is_said_without_its_words(dispatcher):
    storage = open_storage("postgresql://nobody@127.0.0.1:9/nothing")
    client = create_app(backend=Backend(storage, dispatcher)).test_client()
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["ready"]) == (503, False)
    answer = client.get("/networks")
    storage.close()
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/storage_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert "127.0.0.1" not in answer.text + ready.text


def test_an_issue_inside_is_a_problem_without_a_traceback(backend):
    app = create_app(backend=backend)

    @app.get("/broken")
    def broken():
        raise RuntimeError("a secret")

    answer = app.test_client().get("/broken")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.json["type"] == "/problems/internal_server_error"
    assert "secret" not in answer.text


def figures(client):
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {
        (sample.name, *(sample.labels.get(label) for label in ("route", "method", "status"))): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_count_requests_by_route_template(client, network):
    for name in ("cheese", network["id"], "nobody"):
        client.get(f"/networks/{name}")
    client.get("/nowhere/at/all")
    found = figures(client)
    assert found["feedforward_requests_total", "/networks/<network>", "GET", "200"] == 2
    assert found["feedforward_requests_total", "/networks/<network>", "GET", "404"] == 1
    assert found["feedforward_requests_total", "none", "any", "404"] == 1
    assert found["feedforward_request_seconds_count", "/networks/<network>", "GET", None] == 3


def test_metrics_count_jobs_as_the_database_does(client):
    found = figures(client)
    jobs = {status: value for (name, *_, status), value in found.items() if name == "feedforward_jobs"}
    assert jobs == dict.fromkeys(map(str, Status), 0)


def test_the_documentation_page_asks_nothing_of_anybody_else(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    sources = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(sources) >= 4
    for source in sources:
        assert not source.startswith("/") and ":" not in source
        assert client.get(f"/{source}", buffered=True).status_code == 200
    assert "<script>" not in page.text


def test_a_larger_body_is_taken_where_the_limit_is_larger(storage, dispatcher, spec):
    app = create_app(backend=Backend(storage, dispatcher, Limits(max_body_bytes=2**22)))
    padded = b" " * 2**21
    answer = app.test_client().post("/networks", data=padded + b"{}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
