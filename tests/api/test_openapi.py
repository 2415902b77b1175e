"""The OpenAPI document is valid, and the service keeps to it whatever schemathesis thinks of."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from click.testing import CliRunner
from flask import Response
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from service.access.keys import create_key
from service.api.docs import api
from service.api.document.finish import SHAPED, finished
from service.api.http.json_provider import encode
from service.app import create_app
from service.cli.openapi import openapi
from service.domain.access import ANYBODY
from service.domain.key_limits import NO_LIMITS
from service.engine.activations.table import ACTIVATIONS
from service.engine.layers.table import LAYERS
from service.engine.losses.table import LOSSES
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.runs import Run, epoch
from tests.examples import examples

DOCUMENT = Path(__file__).parents[2] / "openapi.json"
LIMITS = Limits(
    max_parameters=250_000,
    max_queued_jobs=10_000,
    max_wait_seconds=0,
    keys=NO_LIMITS,
    failed_keys="0",
    worker_silence_seconds=3600,
)
#: The client of the tests does not unpack gzip.
CONFIG = {
    "headers": {"Accept-Encoding": "identity"},
    # No generated key or token is known.
    "operations": [
        {
            "include-name": "POST /session",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "422"]}},
        },
        {  # GET, PATCH and DELETE lead to a network that is called `import`.
            "include-name": "POST /networks/import",
            "checks": {"allow_header_conformance": {"enabled": False}},
        },
        {  # PATCH and DELETE lead to a job that is called `summary`.
            "include-name": "GET /jobs/summary",
            "checks": {"allow_header_conformance": {"enabled": False}},
        },
        {  # A range may begin behind the end of the file.
            "include-path-regex": "table.parquet",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "304", "404", "416"]}},
        },
        {  # A pattern of headers is not followed: `If-Match: 0` is no ETag.
            "include-path-regex": "/aliases/",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "409", "412", "422"]}},
        },
    ],
    "seed": 2026,
    "generation": {
        "deterministic": True,
        "max-examples": examples(2),
        "database": "none",
        "with-security-parameters": False,
    },
    # What a JSON schema cannot say (that weights fit a layer, that a name is free) is rejected with 409, 412 or 422.
    "phases": {"stateful": {"enabled": False}},
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "406", "409", "412", "422", "429"]},
        # It cannot ask a WSGI application so; another test walks every route without a key.
        "ignored_auth": {"enabled": False},
    },
}


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_route_of_the_service_is_documented_but_pages_and_files(app, document):
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    documentation = {"/docs", "/docs/start.js", "/docs/{name}", "/openapi.json", "/problems/{code}"}
    pages = {"/", "/static/{name}", "/favicon.ico", "/metrics", *documentation}
    foreign = {
        route for route in routes if route.startswith(("/v1/", "/v2", "/mcp", "/api/2.0/mlflow/"))
    }  # They have documents of their own.
    assert routes - pages - foreign == set(document["paths"])


def operations(document):
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def test_every_operation_is_explained_and_answers_errors_as_problems(document):
    for name, operation in operations(document).items():
        assert operation["summary"], f"{name} has no summary"
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/DEFAULT_ERROR"}
    for response in document["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_every_operation_has_an_id_of_its_own_written_as_a_verb_and_a_noun(document):
    ids = {name: operation.get("operationId") for name, operation in operations(document).items()}
    assert [name for name, given in ids.items() if not re.fullmatch("[a-z]+([A-Z][a-z]+)*", given or "")] == []
    assert [given for given, count in Counter(ids.values()).items() if count > 1] == []


def test_every_operation_belongs_to_one_of_the_listed_topics_and_every_topic_has_operations(document):
    used = {tag for operation in operations(document).values() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in document["tags"]}
    assert all(len(operation["tags"]) == 1 for operation in operations(document).values())


def test_the_committed_document_is_the_one_the_service_answers_with(document):
    assert json.loads(DOCUMENT.read_text()) == document, "run: ./run openapi > openapi.json"


def test_the_command_prints_the_committed_document_whatever_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
    monkeypatch.setenv("FEEDFORWARD_DATA_DIR", str(tmp_path / "missing"))
    printed = CliRunner().invoke(openapi).output
    assert printed == DOCUMENT.read_text(), "run: ./run openapi > openapi.json"
    assert list(tmp_path.iterdir()) == []


def test_the_types_of_the_page_are_of_the_committed_document():
    types = DOCUMENT.parent / "frontend" / "src" / "api" / "schema.ts"
    digest = hashlib.sha256(DOCUMENT.read_bytes()).hexdigest()
    assert types.read_text().endswith(f"// sha256 of openapi.json: {digest}\n"), "run: .ci/page"


def test_whatever_is_made_is_documented_with_its_place(document):
    made = [
        (path, operation["responses"][status])
        for path, operations in document["paths"].items()
        for operation in operations.values()
        if "responses" in operation
        for status in ("201", "202")
        if status in operation["responses"]
    ]
    assert {path for path, _ in made} >= {"/networks", "/train", "/datasets", "/networks/{network}/snapshots"}
    assert all("Location" in response["headers"] for _, response in made)


@pytest.mark.parametrize("table", [LAYERS, ACTIVATIONS, LOSSES], ids=lambda table: table.kind)
def test_the_names_a_spec_may_use_are_those_of_the_engines_tables(document, table):
    schemas = document["components"]["schemas"]
    documented = set()
    for choice in schemas[f"{table.kind.capitalize()}Spec"]["oneOf"]:
        documented.add(schemas[choice["$ref"].rpartition("/")[2]]["properties"]["type"]["const"])
    assert documented == set(table)


def without_stream_schemas(document):
    """The fuzzer holds each message of a stream to the schema, which is that of the text as a whole."""
    for operation in operations(document).values():
        content = operation["responses"].get("200", {}).get("content", {})
        content.get("text/event-stream", {}).pop("schema", None)
    return document


class Inhabited:
    """The service with a network and an ended job in it, made again whenever a request has deleted or renamed them."""

    def __init__(self, app, storage, spec, key_id, key):
        self.key_id = key_id
        self.app, self.client, self.storage, self.spec = app, app.test_client(), storage, spec
        self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        self.names = {"network": "cheese", "snapshot": "latest"}
        self.may_have_changed = True
        with app.app_context():
            # Answers are open to further fields for clients; here, a field that is not documented is a failure.
            self.closed = without_stream_schemas(finished(api().document(), SHAPED))

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/openapi.json":
            return Response(encode(self.closed))(environ, start_response)
        if self.may_have_changed:
            self.settle()
        self.may_have_changed = environ["REQUEST_METHOD"] in ("PATCH", "DELETE")
        return self.app(environ, start_response)

    def settle(self):
        if self.client.get("/networks/cheese").status_code == 404:
            assert self.client.post("/networks", json=self.spec).status_code == 201
        if self.client.get(f"/jobs/{self.names.get('job')}").status_code == 404:
            data = {"inputs": [[0, 1], [1, 0]], "targets": ["like", "dislike"]}
            body = {"network": "cheese", "epochs": 3, "data": data}
            self.names["job"] = self.names["jobs"] = self.client.post("/train", json=body).json["id"]
            Run(self.storage, self.names["job"]).report(epoch(1), epoch(2), epoch(3, loss=float("nan"))).end()

    def give(self, values):
        """Most generated names name nothing; about half of them shall name what is there."""
        if not isinstance(values, dict):
            return values
        # The fuzzer learns ids from answers; its own key must not be revoked or rotated.
        values = {name: "key_nothing" if value == self.key_id else value for name, value in values.items()}
        return {
            key: self.names[key] if key in self.names and len(str(value)) % 2 else value
            for key, value in values.items()
        }


@pytest.fixture
def fuzzed(storage, dispatcher, spec):
    app = create_app(backend=Backend(storage, dispatcher, LIMITS))
    storage.heartbeat_worker("worker-1", slots=1)
    made, key = create_key(storage, ANYBODY, {"name": "fuzzer", "scopes": ["admin"]})
    inhabited, headers = (
        Inhabited(app, storage, spec, made.id, key),
        {**CONFIG["headers"], "Authorization": f"Bearer {key}"},
    )
    config = SchemathesisConfig.from_dict({**CONFIG, "headers": headers})
    schema = schemathesis.openapi.from_wsgi("/openapi.json", inhabited, config=config, headers=headers)

    @schema.hook
    def map_path_parameters(context, path_parameters):
        return inhabited.give(path_parameters)

    @schema.hook
    def map_query(context, query):
        return inhabited.give(query)

    @schema.hook
    def map_body(context, body):
        return inhabited.give(body)

    return schema


@pytest.mark.timeout(900)
def test_the_service_keeps_to_its_document(fuzzed):
    tested, failures = set(), []
    for event in from_schema(fuzzed).execute():
        if isinstance(event, NonFatalError):
            failures.append(f"{event.label}: {event.value}")
        if isinstance(event, ScenarioFinished):
            tested.add(event.recorder.label)
            failures += [
                f"{event.recorder.label} ({event.phase.value}): {failure_of(check)}\n"
                f"{event.recorder.cases[case_id].value.as_curl_command()}"
                for case_id, checks in event.recorder.checks.items()
                for check in checks
                if check.failure_info
            ]
    assert not failures, "\n\n".join(failures)
    assert tested == {operation.ok().label for operation in fuzzed.get_all_operations()}


def failure_of(check):
    failure = check.failure_info.failure
    return f"{failure.title}: {failure.message}"
