import pytest

SNAPSHOTS = "/networks/cheese/snapshots"


@pytest.fixture
def second(client, network):
    """A second snapshot of the network: its own weights, imported."""
    weights = client.get("/networks/cheese/weights").json
    answer = client.post(SNAPSHOTS, json={"layers": weights["layers"]})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_snapshots_are_listed_newest_first(client, network, second):
    listed = client.get(SNAPSHOTS).json
    assert [snapshot["kind"] for snapshot in listed["data"]] == ["imported", "initial"]
    assert client.get(f"{SNAPSHOTS}?limit=1").json["has_more"]
    assert client.get(f"{SNAPSHOTS}?limit=1&after={second['id']}").json["data"] == listed["data"][1:]


def test_a_snapshot_reports_where_it_comes_from_and_what_was_measured(client, network):
    initial = client.get(f"{SNAPSHOTS}/initial").json
    assert initial["network"] == network["id"]
    assert (initial["job"], initial["epoch"], initial["kind"], initial["alias"]) == (None, 0, "initial", None)
    assert (initial["loss"], initial["metrics"], initial["nonfinite"]) == (None, {}, {})
    assert (initial["dtype"], initial["size_bytes"]) == ("float64", 13 * 8)


def test_latest_is_the_newest_and_best_falls_back_to_it(client, second):
    assert client.get(f"{SNAPSHOTS}/latest").json == client.get(f"{SNAPSHOTS}/best").json == second


def test_a_snapshot_is_found_by_its_alias_until_it_moves_on(client, second):
    assert client.patch(f"{SNAPSHOTS}/initial", json={"alias": "champion"}).json["kind"] == "initial"
    assert client.get(f"{SNAPSHOTS}/champion").json["kind"] == "initial"
    client.patch(f"{SNAPSHOTS}/latest", json={"alias": "champion"})
    assert client.get(f"{SNAPSHOTS}/champion").json["id"] == second["id"]
    assert client.get(f"{SNAPSHOTS}/initial").json["alias"] is None
    client.patch(f"{SNAPSHOTS}/champion", json={"alias": None})
    assert client.get(f"{SNAPSHOTS}/champion").status_code == 404


def test_a_snapshot_is_deleted_but_never_the_last_one(client, rejected, second):
    assert client.delete(f"{SNAPSHOTS}/initial").status_code == 204
    assert client.get(f"{SNAPSHOTS}/initial").status_code == 404
    rejected(409, "DELETE", f"{SNAPSHOTS}/{second['id']}")


@pytest.mark.parametrize("alias", ["latest", "best", "initial", "a b", "", "snap_1", "net_1", "..", "x\0"])
def test_an_alias_that_means_something_else_is_rejected(rejected, network, alias):
    rejected(422, "PATCH", f"{SNAPSHOTS}/latest", "#/alias", json={"alias": alias})


@pytest.mark.parametrize("body", [{}, {"alias": 3}])
def test_a_bad_change_is_rejected(rejected, network, body):
    rejected(422, "PATCH", f"{SNAPSHOTS}/latest", "#/alias", json=body)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [f"{SNAPSHOTS}/snap_0", "/networks/nobody/snapshots/latest"])
def test_a_missing_snapshot_is_not_found(rejected, network, method, path):
    rejected(404, method, path, **({"json": {"alias": "a"}} if method == "PATCH" else {}))


def test_a_snapshot_of_another_network_is_not_found(client, rejected, network):
    client.post("/networks", json={"name": "other", "inputs": 1, "layers": [{"type": "dense", "units": 1}]})
    theirs = client.get("/networks/other/snapshots/latest").json["id"]
    rejected(404, "GET", f"{SNAPSHOTS}/{theirs}")
