import pytest

from service.domain.ids import new_id
from service.domain.snapshots import NewSnapshot
from tests.api.doors import client_for
from tests.api.given import import_biases, passing
from tests.api.runs import Run

NETWORK = "/networks/plain"
ALIAS = f"{NETWORK}/aliases/production"


@pytest.fixture
def versions(client):
    """Three versions of a network, which answer with 1, 2 and 3."""
    passing(client, "plain")
    for value in (1, 2, 3):
        answer = client.post(f"{NETWORK}/versions", json={"snapshot": import_biases(client, "plain", [value] * 3)})
        assert answer.status_code == 201, answer.text
    return NETWORK


def value(client, **arguments):
    answer = client.get("/predict", query_string={"network": "plain", "x": "0,0,0", **arguments})
    assert answer.status_code == 200, answer.text
    return answer.json["outputs"][0][0]


def move(client, version, **options):
    return client.put(ALIAS, json={"version": version}, **options)


def test_a_version_says_what_it_is_made_of(client, network):
    first = client.get("/networks/cheese/snapshots/initial").json["id"]
    answer = client.post("/networks/cheese/versions", json={"snapshot": "initial", "note": "as drawn"})
    assert (answer.status_code, answer.location) == (201, "/networks/cheese/versions/1")
    made = answer.json
    assert (made["version"], made["snapshot"], made["note"]) == (1, first, "as drawn")
    assert (made["job"], made["training"], made["data"], made["aliases"]) == (None, None, None, [])
    assert client.get(answer.location).json == client.get(f"/networks/cheese/versions/{made['id']}").json == made


def test_a_version_keeps_what_is_known_of_its_job(client, storage, network, submit):
    run = Run(storage, submit(epochs=7))
    like = storage.find_snapshot(network["id"], "initial")
    values = storage.read_snapshot_values(like.id)
    new = NewSnapshot(
        id=new_id("snap"),
        network_id=network["id"],
        job_id=run.job_id,
        epoch=7,
        kind="last",
        dtype=like.dtype,
        manifest=like.manifest,
        values=values,
        loss=float("nan"),
        metrics={"accuracy": 0.5},
    )
    storage.add_snapshot(new, token=run.token)
    run.end()
    made = client.post("/networks/cheese/versions", json={"snapshot": "live"}).json
    client.delete(f"/jobs/{run.job_id}")
    again = client.get("/networks/cheese/versions/1").json
    assert again == made
    assert (again["job"], again["epoch"], again["kind"]) == (run.job_id, 7, "last")
    assert (again["training"]["options"]["training"]["epochs"], again["data"]["rows"]) == (7, 2)
    assert (again["loss"], again["nonfinite"], again["metrics"]) == (None, {"loss": "nan"}, {"accuracy": 0.5})
    assert again["code_version"]


def test_versions_are_listed_newest_first(client, versions):
    first = client.get(f"{NETWORK}/versions?limit=2").json
    assert [version["version"] for version in first["data"]] == [3, 2]
    second = client.get(f"{NETWORK}/versions?limit=2&after={first['last_id']}").json
    assert ([version["version"] for version in second["data"]], second["has_more"]) == ([1], False)


def test_a_snapshot_is_published_once(client, versions, rejected):
    problem = rejected(409, "POST", f"{NETWORK}/versions", json={"snapshot": "2"})
    assert "version 2 already" in problem["detail"]


def test_the_alias_production_decides_what_answers_and_a_roll_back_undoes_it(client, versions):
    assert value(client) == 3
    assert [move(client, version).status_code for version in (1, 2)] == [200, 200]
    assert value(client) == 2
    live = client.get(f"{NETWORK}/live").json
    assert (live["version"], live["alias"], live["chosen_by"], live["snapshot"]["version"]) == (
        2,
        "production",
        "alias",
        2,
    )
    back = client.post(f"{ALIAS}/rollback").json
    assert (back["version"], back["move"], value(client)) == (1, 3, 1)
    assert client.post(f"{ALIAS}/rollback").status_code == 409
    assert client.delete(ALIAS).status_code == 204
    assert (value(client), client.get(f"{NETWORK}/live").json["chosen_by"]) == (3, "import")
    found = client.get(f"{ALIAS}/moves").json["data"]
    assert [(one["action"], one["version"]) for one in found] == [
        ("remove", None),
        ("roll_back", 1),
        ("move", 2),
        ("move", 1),
    ]


def test_a_move_with_if_match_is_rejected_if_somebody_else_has_moved(client, versions):
    etag = move(client, 1).headers["ETag"]
    assert client.get(ALIAS).headers["ETag"] == etag
    assert move(client, 2, headers={"If-Match": etag}).status_code == 200
    stale = {"If-Match": etag}
    for answer in (
        move(client, 3, headers=stale),
        client.post(f"{ALIAS}/rollback", headers=stale),
        client.delete(ALIAS, headers=stale),
    ):
        assert (answer.status_code, answer.json["type"]) == (412, "/problems/precondition_failed")
    assert client.get(ALIAS).json["version"] == 2
    assert move(client, 3, headers={"If-Match": f"W/{etag}"}).status_code == 412
    assert move(client, 3, headers={"If-Match": "2"}).status_code == 400
    assert move(client, 3, headers={"If-Match": f'"0", {client.get(ALIAS).headers["ETag"]}'}).status_code == 200
    assert move(client, 3, headers={"If-Match": "*"}).status_code == 200
    assert client.put(f"{NETWORK}/aliases/other", json={"version": 1}, headers={"If-Match": "*"}).status_code == 412


def test_moves_say_who_and_why(client, app, storage, versions):
    anna = client_for(app, storage, "manage", name="anna")
    anna.put(ALIAS, json={"version": 1, "note": "judged on June"})
    [found] = anna.get(f"{ALIAS}/moves").json["data"]
    assert (found["created_by"], found["note"]) == ("anna", "judged on June")
    alias, live = anna.get(ALIAS).json, anna.get(f"{NETWORK}/live").json
    assert (alias["moved_by"], live["moved_by"], live["note"]) == ("anna", "anna", "judged on June")
    assert alias["moved_at"] == live["since"] == found["created_at"]
    assert anna.post(f"{NETWORK}/versions", json={"snapshot": "initial"}).json["created_by"] == "anna"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "#/version"),
        ({"version": "2"}, "#/version"),
        ({"version": 0}, "#/version"),
        ({"version": 2**31}, "#/version"),
        ({"version": 1, "x": 1}, "#/x"),
    ],
)
def test_a_bad_move_names_the_field(versions, rejected, body, place):
    rejected(422, "PUT", ALIAS, place, json=body)


def test_what_is_not_there_is_not_found(versions, rejected):
    rejected(404, "PUT", ALIAS, "#/version", json={"version": 9})
    rejected(404, "POST", f"{NETWORK}/versions", "#/snapshot", json={"snapshot": "nothing"})
    for method, path in (
        ("GET", ALIAS),
        ("DELETE", ALIAS),
        ("GET", f"{ALIAS}/moves"),
        ("POST", f"{ALIAS}/rollback"),
        ("GET", f"{NETWORK}/versions/9"),
        ("DELETE", f"{NETWORK}/versions/9"),
        ("GET", "/networks/nobody/live"),
        ("GET", "/networks/nobody/aliases"),
    ):
        rejected(404, method, path)


@pytest.mark.parametrize("alias", ["live", "7", "ver_1"])
def test_a_new_alias_is_no_word_number_or_id(versions, rejected, alias):
    rejected(422, "PUT", f"{NETWORK}/aliases/{alias}", "#/alias", json={"version": 1})


def test_a_version_is_deleted_once_nothing_points_at_it(client, versions):
    move(client, 1)
    assert client.delete(f"{NETWORK}/versions/1").status_code == 409
    move(client, 2)
    assert client.delete(f"{NETWORK}/versions/1").status_code == 204
    answer = client.post(f"{ALIAS}/rollback")
    assert (answer.status_code, "Version 1" in answer.json["detail"]) == (409, True)
    assert (
        client.delete(f"{NETWORK}/snapshots/{client.get(f'{NETWORK}/snapshots').json['data'][2]['id']}").status_code
        == 204
    )


def test_publishing_and_rolling_back_twice_with_one_key_happens_once(client, versions):
    key = {"Idempotency-Key": "once"}
    answers = [client.post(f"{NETWORK}/versions", json={"snapshot": "initial"}, headers=key) for _ in range(2)]
    assert [answer.json["version"] for answer in answers] == [4, 4]
    for version in (1, 2, 3):
        move(client, version)
    answers = [client.post(f"{ALIAS}/rollback", headers={"Idempotency-Key": "back"}) for _ in range(2)]
    assert [answer.json["version"] for answer in answers] == [2, 2]
