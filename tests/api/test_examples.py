"""Every operation has examples in the document, and the service answers as they say."""

import json
import os
from importlib.util import find_spec

import pytest
from jsonschema import Draft202012Validator

from service.api.document.examples import FOLDER, recorded
from service.app import create_app
from service.domain.key_limits import NO_LIMITS
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.doors import client_for
from tests.api.examples.player import Player, PlayingDispatcher
from tests.api.examples.story import STORY

RECORDS = bool(os.environ.get("FEEDFORWARD_RECORD_EXAMPLES"))
#: Needs a database that cannot be reached.
UNPLAYED = {"GET /readyz (getReadiness) 503 application/json"}
HOW = (
    "Add or change a Step in tests/api/examples/story.py, then: "
    "FEEDFORWARD_RECORD_EXAMPLES=1 ./run test tests/api/test_examples.py"
)


@pytest.fixture
def player(storage, tmp_path, monkeypatch):
    for module in ("frame_stream", "event_stream"):
        monkeypatch.setattr(f"service.api.jobs.{module}.LIFE_SECONDS", 0.3)
    dispatcher = PlayingDispatcher(f"sqlite:///{tmp_path / 'queue.db'}")
    dispatcher.storage = storage
    limits = Limits(max_wait_seconds=2, keys=NO_LIMITS, failed_keys="0", max_queued_jobs=100)
    backend = Backend(storage, dispatcher, limits)
    app = create_app(backend=backend)
    storage.heartbeat_worker("worker-1", slots=1)
    client = client_for(app, storage, "admin", name="me")
    yield Player(client, backend, client.get("/openapi.json").json)
    dispatcher.close()


def test_the_service_answers_as_the_examples_say(player):
    for step in STORY:
        if step.needs is None or find_spec(step.needs):
            player.play(step)
    if RECORDS:
        for path in FOLDER.glob("*.json"):
            path.unlink()
        for operation, cases in player.cases.items():
            text = json.dumps(cases, indent=1, ensure_ascii=False)
            (FOLDER / f"{operation}.json").write_text(f"{text}\n")
    for operation, cases in player.cases.items():
        assert like(cases, recorded(operation)), f"{operation} answers otherwise than its examples say. {HOW}"


def like(found, expected):
    """Equal: numbers as nearly as other machines compute them, and texts of several lines by how they begin."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(like(found[key], expected[key]) for key in found)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(like, found, expected))
    if isinstance(found, float):
        return found == pytest.approx(expected, rel=0.05, abs=1e-3)
    if isinstance(found, str) and isinstance(expected, str) and ("\n" in found or len(found) > 300):
        return found[:3] == expected[:3]
    return found == expected


def test_every_operation_body_and_answer_has_an_example_that_fits_its_schema(client):
    document = client.get("/openapi.json").json
    missing, wrong = [], []
    for place, content in contents(document):
        examples = [one["value"] for one in content.get("examples", {}).values()]
        examples += [content["example"]] if "example" in content else []
        if not examples and not is_binary(content["schema"]) and place not in UNPLAYED:
            missing.append(place)
        schema = {**content["schema"], "components": document["components"]}
        wrong += [
            f"{place}: {error.message[:300]}"
            for one in examples
            for error in Draft202012Validator(schema).iter_errors(one)
        ]
    assert not wrong, "\n".join(wrong)
    assert not missing, f"These have no example: {'; '.join(missing)}. {HOW}"


def contents(document):
    """Each media type of each body and answer, and the place to name."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            place = f"{method.upper()} {path} ({operation['operationId']})"
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"{place} request {media_type}", content
            for status, answer in operation["responses"].items():
                for media_type, content in answer.get("content", {}).items():
                    yield f"{place} {status} {media_type}", content
    for name, answer in document["components"]["responses"].items():
        for media_type, content in answer["content"].items():
            yield f"{name} {media_type}", content


def is_binary(schema):
    """Whether a body is a file, or a form with one."""
    return schema.get("format") == "binary" or any(map(is_binary, schema.get("properties", {}).values()))


def test_every_operation_is_played(client):
    played = {step.operation for step in STORY if not step.hidden}
    operations = {
        operation["operationId"]
        for item in client.get("/openapi.json").json["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert operations == played, f"Not played, or gone: {', '.join(sorted(operations ^ played))}. {HOW}"
