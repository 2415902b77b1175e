"""The service keeps to the protocol's own document, whatever schemathesis thinks of."""

from pathlib import Path

import pytest
import schemathesis
import yaml
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from tests.examples import examples

DOCUMENT = Path(__file__).parent / "open_inference.yaml"
CONFIG = {
    "seed": 2026,
    "headers": {"Accept-Encoding": "identity"},  # The client of the tests does not unpack gzip.
    "generation": {"deterministic": True, "max-examples": examples(8), "database": "none"},
    "phases": {"stateful": {"enabled": False}},
    # What a JSON schema cannot say, that a tensor fits its network and a model exists, is rejected with 400 or 404.
    "checks": {
        "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404"]},
        # The protocol is read without regard to the Content-Type, and unknown fields are ignored.
        "negative_data_rejection": {"expected-statuses": ["2xx", "400", "404", "413", "415"]},
        "ignored_auth": {"enabled": False},
    },
}


@pytest.fixture
def schema(app, iris):
    config = SchemathesisConfig.from_dict(CONFIG)
    found = schemathesis.openapi.from_dict(yaml.safe_load(DOCUMENT.read_text()), config=config)
    found.app = app

    @found.hook
    def map_path_parameters(context, path_parameters):
        """Most generated names name nothing; about half of them shall name what is there."""
        known = {"model": "iris", "version": "latest"}
        return {name: known[name] if len(value) % 2 else value for name, value in (path_parameters or {}).items()}

    return found


@pytest.mark.timeout(600)
def test_the_service_keeps_to_the_protocols_document(schema):
    tested, failures = set(), []
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            failures.append(f"{event.label}: {event.value}")
        if isinstance(event, ScenarioFinished):
            tested.add(event.recorder.label)
            failures += [
                f"{event.recorder.label}: {check.failure_info.failure}"
                for checks in event.recorder.checks.values()
                for check in checks
                if check.failure_info is not None
            ]
    paths = yaml.safe_load(DOCUMENT.read_text())["paths"]
    assert tested == {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert failures == []
