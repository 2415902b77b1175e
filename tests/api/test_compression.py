"""gzip and ETags: what is sent smaller, and what is not sent again."""

import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, deflate"}


def test_a_large_answer_is_sent_in_gzip_to_those_who_accept_it(client):
    plain = client.get("/openapi.json")
    answer = client.get("/openapi.json", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 4
    assert gzip.decompress(answer.data) == plain.data


@pytest.mark.parametrize("accepted", [None, "identity", "br", "gzip;q=0", "*;q=0"])
def test_others_get_it_as_it_is(client, accepted):
    answer = client.get("/openapi.json", headers={"Accept-Encoding": accepted} if accepted else {})
    assert "Content-Encoding" not in answer.headers
    assert answer.json["openapi"] == "3.1.0"


def test_a_small_answer_is_not_worth_it(client):
    assert "Content-Encoding" not in client.get("/healthz", headers=GZIP).headers


def test_a_large_problem_is_sent_in_gzip_too(client):
    body = {"inputs": 1, "layers": [], **{f"unknown_{number}": 1 for number in range(100)}}
    answer = client.post("/networks", json=body, headers=GZIP)
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (422, "gzip")
    assert b'"/problems/invalid"' in gzip.decompress(answer.data)


def test_a_head_has_no_body_to_compress(client):
    answer = client.head("/openapi.json", headers=GZIP)
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/start.js", "/docs/swagger-ui.css", "/"])
@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_what_a_client_has_is_not_sent_again(client, path, headers):
    with client.get(path, headers=headers) as first:
        etag = first.headers["ETag"]
    with client.get(path, headers={**headers, "If-None-Match": etag}) as again:
        assert (again.status_code, again.data) == (304, b"")
    with client.get(path, headers={**headers, "If-None-Match": '"another"'}) as changed:
        assert changed.status_code == 200
