"""What the service answers to pages of other sites, and to its own name as others spell it."""

import io

import pytest

from service.access.site import Site
from service.app import create_app

EVIL = {"Origin": "http://evil.test", "Sec-Fetch-Site": "cross-site"}
APP = "https://app.example.org"


def test_a_foreign_page_cannot_upload_a_form(client, rejected):
    form = {"file": (io.BytesIO(b"a,b\n1,2\n"), "t.csv")}
    problem = rejected(403, "POST", "/datasets", data=form, content_type="multipart/form-data", headers=EVIL)
    assert problem["type"] == "/problems/cross_site"


def test_a_foreign_page_cannot_upload_plain_text(client, rejected):
    rejected(403, "POST", "/datasets", data="a,b\n1,2\n", content_type="text/plain", headers=EVIL)


@pytest.mark.parametrize("action", ["cancel", "pause", "resume"])
def test_a_foreign_page_cannot_act_on_a_job(client, submit, action):
    job = submit()
    assert client.post(f"/jobs/{job}/{action}", headers=EVIL).status_code == 403
    assert client.get(f"/jobs/{job}").json["status"] == "queued"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_foreign_page_cannot_change_or_delete_a_network(client, network, method):
    assert client.open("/networks/cheese", method=method, headers=EVIL, json={}).status_code == 403
    assert client.get("/networks/cheese").json == network


@pytest.mark.parametrize(
    "path", ["/networks", "/", "/docs", "/openapi.json", "/metrics", "/static/index.html", "/nowhere"]
)
def test_a_name_that_an_attacker_points_here_learns_nothing(client, path):
    answer = client.get(path, headers={"Host": "evil.test:8000"})
    assert (answer.status_code, answer.json["type"]) == (421, "/problems/misdirected_request")
    assert "FEEDFORWARD_ALLOWED_HOSTS" in answer.json["detail"]


def test_the_fast_answer_is_not_faster_than_the_check(client, network):
    path = "/predict?network=cheese&fat=1&salt=1"
    assert client.get(path).status_code == 200
    assert client.get(path, headers={"Host": "evil.test"}).status_code == 421


def test_a_probe_needs_no_name(client):
    assert client.get("/healthz", headers={"Host": "10.1.2.3"}).status_code == 200


def test_no_origin_may_read_unless_it_is_configured(client):
    for headers in (EVIL, {**EVIL, "Access-Control-Request-Method": "POST"}):
        for method in ("GET", "OPTIONS"):
            answer = client.open("/networks", method=method, headers=headers)
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.fixture
def shared(backend):
    """A client of a service that pages of one other origin may call."""
    return create_app(backend=backend, site=Site(cors_origins=frozenset({APP}))).test_client()


def test_a_configured_origin_passes_its_preflight_and_reads_answers_and_problems(shared):
    asked = {"Origin": APP, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = shared.options("/networks", headers=asked)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (204, APP)
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for path in ("/networks", "/nothing"):
        answer = shared.get(path, headers={"Origin": APP})
        assert answer.headers["Access-Control-Allow-Origin"] == APP
        assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in shared.get("/networks", headers={"Origin": f"{APP}.evil.test"}).headers
