"""The whole service but its worker: Flask's test client, a really migrated SQLite database, a real queue."""

import json
from collections import Counter

import pytest
import sqlalchemy as sa
from werkzeug.routing import Rule

from service.app import create_app
from service.domain.key_limits import NO_LIMITS
from service.operations.backend import Backend
from service.operations.limits import Limits
from service.queues.huey import HueyDispatcher
from tests.api.birds import SPECIES, fitted_network
from tests.ingest_server import IngestServer

LIMITS = Limits(
    max_body_bytes=2**20,
    max_parameters=250_000,
    max_epochs=1000,
    max_queued_jobs=5,
    max_wait_seconds=2,
    keys=NO_LIMITS,
    failed_keys="0",
)
CHEESES = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}


@pytest.fixture(scope="session", autouse=True)
def compiled_routes():
    """Compile the functions that build URLs for the first application only: they take most of the time to make one."""
    compiled, compile_builder = {}, Rule._compile_builder

    def compile_once(rule, append_unknown=True):
        key = (*rule._trace, *(rule.defaults or {}).items(), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session")
def ingest_server():
    server = IngestServer()
    yield server
    server.close()


@pytest.fixture(scope="module", autouse=True)
def forked_ingest(ingest_server):
    """Uploads are read by processes that need not load pyarrow first; tests/unit/data/tables/test_ingest.py starts
    them as the service does, perhaps in the same process as these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.data.tables.ingest.run_process", ingest_server.run_process)
        yield


@pytest.fixture
def dispatcher(tmp_path):
    dispatcher = HueyDispatcher(f"sqlite:///{tmp_path / 'queue.db'}")
    yield dispatcher
    dispatcher.close()


@pytest.fixture
def backend(storage, dispatcher):
    return Backend(storage, dispatcher, LIMITS)


@pytest.fixture
def app(backend):
    app = create_app(backend=backend)
    app.testing = True
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def count_rows(database_url):
    """Call it for the number of rows of every table but the audit, where rejected requests are on record."""
    engine = sa.create_engine(database_url)

    def count():
        with engine.connect() as connection:
            tables = set(sa.inspect(connection).get_table_names()) - {"audit"}
            return Counter({name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) for name in tables})

    yield count
    engine.dispose()


@pytest.fixture
def rejected(client, count_rows):
    """Send a bad request: it must be answered with a problem, leave no row behind, and name each given place."""

    def send(status, method, path, *places, **kwargs):
        before = count_rows()
        if "json" in kwargs:  # by the standard library, which also writes what the service's own JSON would not
            kwargs |= {"data": json.dumps(kwargs.pop("json")), "content_type": "application/json"}
        answer = client.open(path, method=method, **kwargs)
        assert answer.status_code == status, answer.text
        assert answer.mimetype == "application/problem+json"
        problem = answer.json
        assert problem["status"] == status
        assert client.get(problem["type"]).status_code == 200
        found = {issue.get("pointer", issue.get("parameter")) for issue in problem.get("errors", ())}
        assert found >= set(places), problem
        assert count_rows() == before
        return problem

    return send


@pytest.fixture
def spec():
    """A small network as a request asks for it."""
    return {
        "name": "cheese",
        "inputs": ["fat", "salt"],
        "labels": ["dislike", "like"],
        "dtype": "float64",
        "seed": 7,
        "loss": "half_squared_error",
        "layers": [
            {"type": "dense", "units": 3, "activation": "sigmoid"},
            {"type": "dense", "units": 1, "activation": "sigmoid"},
        ],
    }


@pytest.fixture
def network(client, spec):
    """That network, created."""
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def submit(client, network):
    """Call it for the id of a new job on that network, with wishes of one's own."""

    def send(**body):
        answer = client.post("/train", json={"network": "cheese", "data": CHEESES, "epochs": 10, **body})
        assert answer.status_code == 202, answer.text
        return answer.json["id"]

    return send


@pytest.fixture
def birds(client, storage):
    """Adelie by its mass, Gentoo by its bill, Chinstrap by being of Dream; each after its standardisation."""
    weights = [[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]]
    return fitted_network(client, storage, "birds", SPECIES, 3, weights=weights, activation="softmax")
