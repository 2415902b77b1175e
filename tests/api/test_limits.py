"""How much one key may ask for, and how many wrong keys one address may send."""

from dataclasses import replace

import pytest

from service.access.keys import create_key
from service.access.site import Site
from service.app import create_app
from service.domain.access import ANYBODY
from service.domain.key_limits import KeyLimits
from service.operations.backend import Backend
from service.operations.limits import Limits
from tests.api.doors import client_with

DATA = {"inputs": [[0.2, 0.9]], "targets": ["like"]}
RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
ASK = "/predict?network=cheese&fat=1&salt=2"


@pytest.fixture
def backend(storage, dispatcher):
    limits = KeyLimits(predict="3/hour", train="2/hour", uploads="1/hour")
    return Backend(storage, dispatcher, Limits(keys=limits, failed_keys="3/hour"))


@pytest.fixture
def keyed(app, storage, network):
    """Call it for a client with a new key; its `id` is the key's."""

    def make(*scopes, name="test", **limits):
        wanted = {"name": name, "scopes": scopes or ("admin",), "limits": limits}
        key, secret = create_key(storage, ANYBODY, wanted)
        client = client_with(app, secret)
        client.id = key.id
        return client

    return make


def test_a_prediction_too_many_is_rejected_and_says_when_to_come_again(keyed):
    client = keyed("predict")
    answers = [client.get(ASK) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [[answer.headers[name] for name in RATE_HEADERS[:2]] for answer in answers] == [
        ["3", "2"],
        ["3", "1"],
        ["3", "0"],
        ["3", "0"],
    ]
    last = answers[-1]
    assert (last.mimetype, last.json["type"]) == ("application/problem+json", "/problems/too_many_requests")
    assert 0 < int(last.headers["Retry-After"]) <= 7200
    assert int(last.headers["X-RateLimit-Reset"]) > 1_500_000_000
    assert last.headers["Retry-After"] in last.json["detail"]
    assert client.get(last.json["type"]).status_code == 200


def test_every_way_to_ask_a_network_counts_against_one_limit(keyed):
    client = keyed("predict")
    body = {"network": "cheese", "inputs": [[1, 2]]}
    assert client.post("/predict", json=body).headers["X-RateLimit-Remaining"] == "2"
    assert client.post("/predict?round=2", json=body).headers["X-RateLimit-Remaining"] == "1"
    assert client.post("/evaluate", json={}).headers["X-RateLimit-Remaining"] == "0"
    for method, path in (("GET", ASK), ("POST", "/explain"), ("POST", "/networks/cheese/explain"), ("HEAD", ASK)):
        assert client.open(path, method=method, json={}).status_code == 429


def test_kinds_are_counted_apart_and_reading_steering_and_deleting_are_not_counted(keyed, spec):
    client = keyed("admin")
    assert client.post("/datasets", data=b"a\n1\n").status_code == 201
    job = client.post("/train", json={"network": "cheese", "data": DATA, "epochs": 1})
    assert (job.status_code, job.headers["X-RateLimit-Remaining"]) == (202, "1")
    assert client.post("/networks", json={**spec, "name": "second"}).headers["X-RateLimit-Remaining"] == "0"
    assert client.post("/networks", json={**spec, "name": "third"}).status_code == 429
    assert client.post("/datasets", data=b"a\n2\n").status_code == 429
    reread = client.post("/datasets/nothing/reread")
    assert (reread.status_code, reread.json["type"]) == (429, "/problems/too_many_requests")
    assert client.get(ASK).status_code == 200
    for _ in range(5):
        assert RATE_HEADERS[0] not in client.get("/networks").headers
        assert client.post(f"/jobs/{job.json['id']}/cancel").status_code == 200
    assert client.delete("/networks/second").status_code == 204


def test_keys_are_counted_apart_and_a_browser_counts_as_its_key(app, storage, network):
    key, secret = create_key(storage, ANYBODY, {"name": "me", "scopes": ["predict"]})
    _, other = create_key(storage, ANYBODY, {"name": "other", "scopes": ["predict"]})
    browser = app.test_client()
    assert browser.post("/session", json={"key": secret}).status_code == 200
    assert browser.get(ASK).headers["X-RateLimit-Remaining"] == "2"
    assert client_with(app, secret).get(ASK).headers["X-RateLimit-Remaining"] == "1"
    assert client_with(app, other).get(ASK).headers["X-RateLimit-Remaining"] == "2"


def test_a_key_may_have_limits_of_its_own(keyed):
    client, free = keyed("predict", predict="1/hour"), keyed("predict", predict="0")
    assert [client.get(ASK).status_code for _ in range(2)] == [200, 429]
    answers = [free.get(ASK) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert RATE_HEADERS[0] not in answers[0].headers


def test_without_a_key_there_are_no_limits(client, network):
    answers = [client.get(ASK) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200} and RATE_HEADERS[0] not in answers[0].headers


def test_a_request_too_many_is_on_record(keyed):
    client, admin = keyed("predict", predict="1/hour", name="eager"), keyed("admin")
    for _ in range(2):
        client.get(ASK)
    [entry] = admin.get("/audit?status=429").json["data"]
    assert (entry["key_name"], entry["action"]) == ("eager", "predict")


def test_a_request_too_many_is_rejected_before_its_body_is_received(app, keyed):
    client = keyed("predict", predict="1/hour")
    client.get(ASK)
    headers = {"host": "localhost", "authorization": client.environ_base["HTTP_AUTHORIZATION"]}
    for _ in range(2):
        error = app.wsgi_app.admit("POST", "/predict", headers, "127.0.0.1")
        assert error.code == "too_many_requests"
    assert app.wsgi_app.admit("POST", "/networks", headers, "127.0.0.1").code == "forbidden"


# -- jobs and bytes ----------------------------------------------------------------------------------------------


def train(client):
    return client.post("/train", json={"network": "cheese", "data": DATA, "epochs": 1})


def test_a_key_has_no_more_jobs_waiting_than_it_may_and_others_are_not_kept_out(keyed):
    client, other = keyed("train", train="0", queued_jobs=2), keyed("train", train="0")
    answers = [train(client) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert (answers[-1].json["type"], answers[-1].headers["Retry-After"]) == ("/problems/too_many_jobs", "10")
    assert "2 jobs of your key" in answers[-1].json["detail"]
    assert train(other).status_code == 202
    assert client.post(f"/jobs/{answers[0].json['id']}/cancel").status_code == 200
    assert train(client).status_code == 202


def test_the_first_job_of_a_key_comes_before_the_second_of_another_one(keyed):
    many, one = keyed("train", train="0"), keyed("train", train="0")
    jobs = [train(many).json for _ in range(3)]
    new = train(one).json
    assert [job["queue_position"] for job in (*jobs, new)] == [1, 2, 3, 2]
    listed = {job["id"]: job["queue_position"] for job in one.get("/jobs").json["data"]}
    assert [listed[job["id"]] for job in (*jobs, new)] == [1, 3, 4, 2]


def test_a_job_knows_how_many_of_its_key_may_run(keyed, storage):
    limited, free = (train(keyed("train", **limits)).json["id"] for limits in ({"running_jobs": 2}, {}))
    assert (storage.get_job(limited).running_limit, storage.get_job(free).running_limit) == (2, None)


def test_a_key_stores_no_more_bytes_than_it_may_and_hears_what_to_delete(keyed, spec):
    client = keyed("admin", uploads="0", stored_bytes=100_000)
    table = b"a,b\n" + b"".join(b"%d,%d\n" % (number, number * 7919 % 10_007) for number in range(20_000))
    answer = client.post("/datasets?name=large", data=table, content_type="text/csv")
    assert (answer.status_code, answer.json["type"]) == (507, "/problems/quota_exceeded")
    small = client.post("/datasets?name=small", data=b"a,b\n1,2\n3,4\n", content_type="text/csv")
    assert small.status_code == 201, small.text
    large = {**spec, "name": "large", "layers": [{"type": "dense", "units": 20_000}, *spec["layers"]]}
    answer = client.post("/networks", json=large)
    assert answer.status_code == 507
    assert "of data sets" in answer.json["detail"] and "limit of 100,000" in answer.json["detail"]
    assert "created_by" in answer.json["detail"]
    other = keyed("admin")
    assert other.post("/networks", json=large).status_code == 201


def test_without_a_key_neither_jobs_nor_bytes_are_limited(client, network, backend):
    limits = replace(backend.limits, keys=KeyLimits(queued_jobs=1, stored_bytes=1))
    client = create_app(backend=Backend(backend.storage, backend.dispatcher, limits)).test_client()
    assert [train(client).status_code for _ in range(3)] == [202] * 3


# -- limits of new keys ------------------------------------------------------------------------------------------


def test_an_admin_gives_a_key_limits_and_reads_them_again(keyed):
    admin = keyed("admin")
    limits = {"predict": "1/hour", "uploads": "1/day", "queued_jobs": 3, "running_jobs": 0, "stored_bytes": 2**40}
    made = admin.post("/keys", json={"name": "ci", "scopes": ["predict"], "limits": limits})
    assert (made.status_code, made.json["limits"]) == (201, limits)
    assert admin.get(f"/keys/{made.json['id']}").json["limits"] == limits
    assert admin.get(f"/keys/{admin.id}").json["limits"] == {}
    fresh = admin.post(f"/keys/{made.json['id']}/rotate", json={})
    assert fresh.json["limits"] == limits


@pytest.mark.parametrize(
    ("limits", "place"),
    [
        ({"predict": "4/hour"}, "#/limits/predict"),
        ({"predict": "0"}, "#/limits/predict"),
        ({"uploads": "1/minute"}, "#/limits/uploads"),
        ({"predict": "many"}, "#/limits/predict"),
        ({"predict": 3}, "#/limits/predict"),
        ({"queued_jobs": 51}, "#/limits/queued_jobs"),
        ({"queued_jobs": 0}, "#/limits/queued_jobs"),
        ({"queued_jobs": -1}, "#/limits/queued_jobs"),
        ({"running_jobs": "2"}, "#/limits/running_jobs"),
        ({"stored_bytes": True}, "#/limits/stored_bytes"),
        ({"cheese": "3/hour"}, "#/limits/cheese"),
        ("3/hour", "#/limits"),
    ],
)
def test_a_key_made_by_a_key_has_no_higher_limits_and_a_wrong_limit_is_named(keyed, limits, place):
    admin = keyed("admin", queued_jobs=50)
    answer = admin.post("/keys", json={"name": "ci", "scopes": ["predict"], "limits": limits})
    assert (answer.status_code, [issue["pointer"] for issue in answer.json["errors"]]) == (422, [place])


def test_a_key_made_by_a_key_inherits_its_limits(keyed):
    strict, generous = keyed("admin", predict="1/hour"), keyed("admin", predict="0")
    body = {"name": "ci", "scopes": ["predict"]}
    assert strict.post("/keys", json=body).json["limits"] == {"predict": "1/hour"}
    more = generous.post("/keys", json={**body, "limits": {"predict": "1000/second"}})
    assert (more.status_code, more.json["limits"]) == (201, {"predict": "1000/second"})


# -- wrong keys --------------------------------------------------------------------------------------------------


def wrong(number):
    return f"Bearer ff_{number:036d}"


def test_an_address_that_sends_wrong_keys_gets_429_and_right_keys_still_work(app, keyed):
    client, guesser = keyed("read"), app.test_client()
    statuses = [guesser.get("/networks", headers={"Authorization": wrong(number)}).status_code for number in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert client.get("/networks").status_code == 200
    other = guesser.get("/networks", headers={"Authorization": wrong(9)}, environ_base={"REMOTE_ADDR": "127.0.0.2"})
    assert other.status_code == 401


def test_an_address_that_fails_to_sign_in_has_to_wait_with_any_key(app, storage, network):
    _, secret = create_key(storage, ANYBODY, {"name": "me", "scopes": ["admin"]})
    browser = app.test_client()
    bodies = [{"key": wrong(1)[7:]}, {"token": "nothing"}, {"key": "x"}, {"key": secret}]
    answers = [browser.post("/session", json=body) for body in bodies]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert "Set-Cookie" not in answers[-1].headers and int(answers[-1].headers["Retry-After"]) > 0
    signed_in = browser.post("/session", json={"key": secret}, environ_base={"REMOTE_ADDR": "::1"})
    assert signed_in.status_code == 200


def test_addresses_of_one_network_of_ipv6_are_counted_together(app, keyed):
    keyed("read")
    statuses = [
        app.test_client()
        .get("/networks", headers={"Authorization": wrong(number)}, environ_base={"REMOTE_ADDR": f"2001:db8::{number}"})
        .status_code
        for number in range(1, 5)
    ]
    assert statuses == [401, 401, 401, 429]


def test_a_browser_of_another_origin_may_read_the_limits(backend, storage, network):
    app = create_app(backend=backend, site=Site(cors_origins=frozenset({"https://app.example.org"})))
    _, secret = create_key(storage, ANYBODY, {"name": "web", "scopes": ["predict"]})
    answer = client_with(app, secret).get(ASK, headers={"Origin": "https://app.example.org"})
    assert set(RATE_HEADERS) <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))


def test_settings_of_zero_are_no_limits(storage, dispatcher, network):
    limits = replace(Limits(), keys=KeyLimits(predict="0", train="0", uploads="0"), failed_keys="0")
    app = create_app(backend=Backend(storage, dispatcher, limits))
    _, secret = create_key(storage, ANYBODY, {"name": "me", "scopes": ["predict"]})
    client = client_with(app, secret)
    assert {client.get(ASK).status_code for _ in range(5)} == {200}
    for number in range(5):
        assert app.test_client().get("/networks", headers={"Authorization": wrong(number)}).status_code == 401
