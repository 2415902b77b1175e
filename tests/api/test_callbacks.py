"""`callback` of a training: what is taken, what is refused before anything is stored, and what never shows again."""

import pytest

from service.app import create_app
from service.domain.status import Status
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.runs import Run

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DATA = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}


def body(**fields):
    return {"network": "cheese", "data": DATA, "epochs": 10, **fields}


def with_limits(storage, dispatcher, **limits):
    return create_app(backend=Backend(storage, dispatcher, Limits(**limits))).test_client()


def test_a_callback_is_kept_until_the_job_has_ended_and_its_secret_never_shows(client, network, storage):
    answer = client.post("/train", json=body(callback="https://example.org/hook?for=me", callback_secret=SECRET))
    assert answer.status_code == 202
    job = answer.json["id"]
    Run(storage, job).end(Status.SUCCEEDED)
    due = storage.claim_callback(lease_seconds=60)
    assert (due.about.id, due.url, due.secret) == (job, "https://example.org/hook?for=me", SECRET)
    for path in (f"/jobs/{job}", "/jobs", f"/jobs/{job}/events", "/networks/cheese"):
        text = client.get(path).text
        assert SECRET not in text and "example.org" not in text


@pytest.mark.parametrize("empty", [{}, {"callback": None}, {"callback": None, "callback_secret": None}])
def test_a_job_needs_no_callback(client, network, storage, empty):
    job = client.post("/train", json=body(**empty)).json["id"]
    Run(storage, job).end()
    assert storage.claim_callback(lease_seconds=60) is None


def test_a_service_with_a_secret_asks_for_none(network, storage, dispatcher, client):
    rejected = client.post("/train", json=body(callback="https://example.org/"))
    assert rejected.status_code == 422
    assert rejected.json["errors"] == [
        {
            "pointer": "#/callback_secret",
            "detail": "is required: this service has no FEEDFORWARD_CALLBACK_SECRET to sign with",
        }
    ]
    signing = with_limits(storage, dispatcher, signed_callbacks=True)
    assert signing.post("/train", json=body(callback="https://example.org/")).status_code == 202


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1:8000/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.0.1/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://printer.local/",
        "http://metadata.google.internal/computeMetadata/v1/",
    ],
)
def test_private_addresses_are_rejected_unless_the_service_allows_them(
    url, network, storage, dispatcher, client, rejected
):
    problem = rejected(422, "POST", "/train", "#/callback", json=body(callback=url, callback_secret=SECRET))
    assert "FEEDFORWARD_CALLBACK_PRIVATE" in problem["errors"][0]["detail"]
    open_minded = with_limits(storage, dispatcher, private_callbacks=True)
    assert open_minded.post("/train", json=body(callback=url, callback_secret=SECRET)).status_code == 202


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"callback": "ftp://example.org/", "callback_secret": SECRET}, "#/callback"),
        ({"callback": "https://user:word@example.org/", "callback_secret": SECRET}, "#/callback"),
        ({"callback": "https://example.org/\r\nX: y", "callback_secret": SECRET}, "#/callback"),
        ({"callback": "", "callback_secret": SECRET}, "#/callback"),
        ({"callback": {"url": "https://example.org/"}, "callback_secret": SECRET}, "#/callback"),
        ({"callback": "https://example.org/", "callback_secret": "secret"}, "#/callback_secret"),
        ({"callback": "https://example.org/", "callback_secret": 7}, "#/callback_secret"),
        ({"callback_secret": SECRET}, "#/callback_secret"),
    ],
)
def test_what_cannot_be_called_is_rejected_with_its_place(network, rejected, fields, place):
    problem = rejected(422, "POST", "/train", place, json=body(**fields) | {"epochs": 0})
    assert {"#/epochs", place} <= {error["pointer"] for error in problem["errors"]}
    assert "secret" not in {error["detail"] for error in problem["errors"]}


def test_the_documentation_says_what_will_be_sent(client):
    operation = client.get("/openapi.json").json["paths"]["/train"]["post"]
    sent = operation["callbacks"]["jobEnded"]["{$request.body#/callback}"]["post"]
    headers = {parameter["name"] for parameter in sent["parameters"]}
    assert headers == {"webhook-id", "webhook-timestamp", "webhook-signature"}
