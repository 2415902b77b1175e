import pytest


def test_a_network_is_created_with_its_shapes_and_first_snapshot(client, spec):
    answer = client.post("/networks", json=spec)
    assert answer.status_code == 201
    made = answer.json
    assert made["id"].startswith("net_")
    assert answer.headers["Location"] == f"/networks/{made['id']}"
    assert made["parameter_count"] == 2 * 3 + 3 + 3 + 1
    assert (made["inputs"], made["features"], made["outputs"]) == (2, ["fat", "salt"], 1)
    assert [(shape["name"], shape["inputs"], shape["outputs"], shape["parameters"]) for shape in made["shapes"]] == [
        ("dense_1", 2, 3, 9),
        ("dense_2", 3, 1, 4),
    ]
    assert client.get("/networks/cheese/snapshots").json["data"][0]["kind"] == "initial"


def test_the_answer_spells_out_every_default(client):
    made = client.post("/networks", json={"name": "small", "inputs": 1, "layers": [{"type": "dense", "units": 1}]}).json
    assert made["dtype"] == "float32"
    assert made["layers"][0]["activation"] == "linear"
    assert (made["description"], made["tags"], made["features"], made["labels"]) == ("", {}, None, None)


def test_a_network_shows_what_it_takes_and_predicts(client, network):
    signature = client.get("/networks/cheese").json["signature"]
    [given] = signature["inputs"]
    assert (given["name"], given["type"], given["shape"], given["elements"]) == (
        "x",
        "number",
        [-1, 2],
        ["fat", "salt"],
    )
    label = next(spec for spec in signature["outputs"] if spec["name"] == "label")
    assert (label["type"], label["shape"], label["categories"]) == ("category", [-1], ["dislike", "like"])


def test_a_network_is_read_by_id_and_by_name(client, network):
    assert client.get("/networks/cheese").json == client.get(f"/networks/{network['id']}").json == network


def test_a_read_network_can_be_created_again_under_another_name(client, network, spec):
    copy = {key: network[key] for key in ("layers", "loss", "dtype", "seed", "labels")}
    made = client.post("/networks", json={**copy, "inputs": network["features"], "name": "copy"}).json
    same = ("layers", "loss", "dtype", "seed", "labels", "features", "shapes")
    assert {key: made[key] for key in same} == {key: network[key] for key in same}


def test_a_dry_run_describes_the_network_and_creates_nothing(client, spec, count_rows):
    before = count_rows()
    answer = client.post("/networks?dry_run=true", json=spec)
    assert answer.status_code == 200
    assert answer.json["parameter_count"] == 13
    assert set(answer.json["bytes"]) == {"weights", "training", "prediction"}
    assert isinstance(answer.json["warnings"], list)
    assert count_rows() == before


def test_a_dry_run_says_the_same_as_the_creation(client, spec):
    tried = client.post("/networks?dry_run=true", json=spec).json
    made = client.post("/networks", json=spec).json
    assert set(tried) - set(made) == {"bytes"}
    kept = {"id", "created_at", "updated_at", "created_by", "created_by_key", "answer_log", "search"}
    assert set(made) - set(tried) == kept
    assert all(tried[key] == made[key] for key in set(tried) & set(made))


def test_a_network_is_renamed_described_and_tagged(client, network):
    changes = {"name": "gouda", "description": "Likes and dislikes.", "tags": {"team": "dairy"}}
    changed = client.patch("/networks/cheese", json=changes).json
    assert {key: changed[key] for key in changes} == changes
    assert changed["updated_at"] >= network["updated_at"]
    assert client.get("/networks/gouda").json == changed
    assert client.get("/networks/cheese").status_code == 404


def test_what_a_change_does_not_name_stays(client, network):
    client.patch("/networks/cheese", json={"tags": {"a": "1"}})
    assert client.patch("/networks/cheese", json={"description": "new"}).json["tags"] == {"a": "1"}
    assert client.patch("/networks/cheese", json={"tags": {}}).json["tags"] == {}


def test_a_deleted_network_is_gone_with_its_snapshots(client, network, count_rows):
    assert client.delete("/networks/cheese").status_code == 204
    assert client.get("/networks/cheese").status_code == 404
    assert {table for table, rows in count_rows().items() if rows} == {"alembic_version"}


def names(client, query):
    answer = client.get(f"/networks?{query}")
    assert answer.status_code == 200, answer.text
    return [network["name"] for network in answer.json["data"]]


@pytest.fixture
def seven(client):
    for index in range(7):
        tags = {"parity": "even" if index % 2 == 0 else "odd", "url": "http://x:1"}
        body = {"name": f"n{index}", "inputs": 1, "layers": [{"type": "dense", "units": 1}], "tags": tags}
        assert client.post("/networks", json=body).status_code == 201


def test_networks_are_listed_page_by_page_newest_first(client, seven):
    seen, after = [], ""
    while True:
        answer = client.get(f"/networks?limit=3{after}").json
        seen += [network["name"] for network in answer["data"]]
        assert answer["first_id"] == answer["data"][0]["id"]
        if not answer["has_more"]:
            break
        after = f"&after={answer['last_id']}"
    assert seen == [f"n{index}" for index in reversed(range(7))]


def test_networks_are_listed_by_tag(client, seven):
    assert names(client, "tag=parity:odd") == ["n5", "n3", "n1"]
    assert names(client, "tag=parity:odd&tag=url:http://x:1&limit=1") == ["n5"]
    assert names(client, "tag=parity:odd&tag=url:other") == []


def test_a_limit_of_0_is_the_default_and_one_above_the_cap_is_the_cap(client, seven):
    assert len(names(client, "limit=0")) == len(names(client, "limit=123456789012345678901234567890")) == 7


def test_an_empty_list_says_so(client):
    empty = {"object": "list", "data": [], "has_more": False, "first_id": None, "last_id": None}
    assert client.get("/networks").json == empty


@pytest.mark.parametrize("name", ["a", "A-1_b.c", "-", "x" * 100, "network", "net-1"])
def test_a_name_may_be(client, spec, name):
    assert client.post("/networks", json={**spec, "name": name}).status_code == 201
    assert client.get(f"/networks/{name}").json["name"] == name


def test_a_tag_that_looks_like_the_storages_own_mark_is_read_back(client, spec):
    made = client.post("/networks", json={**spec, "tags": {"$float": "nan"}}).json
    assert made["tags"] == {"$float": "nan"}
    assert client.get("/networks").json["data"] == [made]
    assert names(client, "tag=$float:nan") == ["cheese"]
    assert names(client, "tag=$$float:nan") == []
