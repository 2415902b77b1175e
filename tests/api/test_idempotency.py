import threading

import pytest

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
QUOTED = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}


def test_the_same_request_twice_creates_once_and_brings_the_first_answer(client, spec, count_rows):
    first = client.post("/networks", json=spec, headers=KEY)
    rows = count_rows()
    again = client.post("/networks", json=spec, headers=KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert count_rows() == rows


def test_a_key_is_the_same_quoted_and_bare(client, spec):
    first = client.post("/networks", json=spec, headers=QUOTED)
    assert client.post("/networks", json=spec, headers=KEY).data == first.data


def test_a_key_used_for_another_request_is_rejected(client, rejected, spec):
    client.post("/networks", json=spec, headers=KEY)
    problem = rejected(422, "POST", "/networks", json={**spec, "name": "other"}, headers=KEY)
    assert problem["type"] == "/problems/key_reused"


def test_a_key_used_with_other_arguments_is_rejected(client, rejected, network):
    layers = client.get("/networks/cheese/weights").json["layers"]
    path, body = "/networks/cheese/snapshots", {"layers": layers}
    assert client.post(f"{path}?alias=one", json=body, headers=KEY).status_code == 201
    assert rejected(422, "POST", f"{path}?alias=two", json=body, headers=KEY)["type"] == "/problems/key_reused"


def test_keys_of_different_routes_do_not_meet(client, spec):
    client.post("/networks", json=spec, headers=KEY)
    layers = client.get("/networks/cheese/weights").json["layers"]
    assert client.post("/networks/cheese/snapshots", json={"layers": layers}, headers=KEY).status_code == 201


def test_a_rejected_request_may_be_corrected_under_the_same_key(client, rejected, spec):
    rejected(422, "POST", "/networks", json={**spec, "inputs": 0}, headers=KEY)
    assert client.post("/networks", json=spec, headers=KEY).status_code == 201
    rejected(409, "POST", "/networks", json=spec, headers={"Idempotency-Key": "another"})


@pytest.mark.parametrize("key", ["", '""', "a b", "x" * 256, 'a"b', "ü"])
def test_a_key_that_is_none_is_rejected(rejected, spec, key):
    rejected(400, "POST", "/networks", json=spec, headers={"Idempotency-Key": key})


def test_two_racing_requests_make_one_network(app, spec, count_rows):
    answers = []
    start = threading.Barrier(4)

    def send():
        start.wait()
        answers.append(app.test_client().post("/networks", json=spec, headers=KEY))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert count_rows()["networks"] == 1
