"""What GET gives, POST takes: an answer makes another one like it, and what was ignored is told."""

import json
from pathlib import Path

import pytest

from tests.api.runs import Run, epoch

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi.json").read_text())
DEMO = Path(__file__).parents[2] / "service/demo/penguins.csv"
#: What belongs to one resource alone, whatever it says.
OWN = {"id", "name", "network_id", "created_at", "updated_at", "next_run_at", "hint", "key"}
#: Paths that are read by GET and written by POST, and the test that sends what the former gives.
COPIED = {
    "/networks": "test_a_network_is_copied_from_its_answer",
    "/datasets": "test_a_data_set_is_copied_from_its_file_and_options",
    "/schedules": "test_a_schedule_is_copied_from_its_answer",
    "/searches": "test_a_search_is_copied_from_its_answer",
    "/searches/{search}/trials": "test_trials_are_repeated_from_their_parameters",
    "/keys": "test_a_key_is_copied_from_its_answer",
    "/networks/{network}/versions": "test_a_version_is_published_again_from_its_answer",
    "/networks/{network}/weights": "test_weights_are_copied_from_their_answer",
    "/networks/{network}/snapshots": "test_weights_are_copied_from_their_answer",
}
SEARCH = {
    "name": "tune",
    "network": {"from_dataset": "penguins", "target": "species"},
    "training": {"validation": {"fraction": 0.2}},
    "parameters": {"/training/batch_size": {"values": [16, 32]}},
    "limits": {"trials": 2},
}
#: Paths whose GET and POST are about different things.
UNLIKE = {
    "/predict": "a question and an answer in either",
    "/session": "what signs in is a secret that no answer shows",
}


@pytest.fixture
def penguins(client):
    answer = client.post("/datasets?name=penguins", data=DEMO.read_bytes(), content_type="text/csv")
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def copied(client):
    """Send an answer to a path, with changes; it must be made, and be like the first one in all that is not its own."""

    def copy(path, answer, *different, **changes):
        made = client.post(path, json={**answer, **changes})
        assert made.status_code == 201, made.text
        got = client.get(made.headers["Location"]).json
        unlike = {name for name in got if got[name] != answer[name]}
        assert unlike <= {*OWN, *changes, *different}, {name: (answer[name], got[name]) for name in unlike}
        return got, set(made.headers.get("Ignored-Fields", "").split(", ")) - {""}

    return copy


def test_every_resource_that_is_read_and_written_is_copied_here():
    both = {path for path, item in DOCUMENT["paths"].items() if {"get", "post"} <= item.keys()}
    assert both == set(COPIED) | set(UNLIKE)
    assert set(COPIED.values()) <= set(globals())


def ignorable(path, method="post"):
    """The fields of a body that the document says are only read."""
    operation = DOCUMENT["paths"][path][method]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    body = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {name for name, field in body["properties"].items() if field.get("readOnly")}


def test_a_network_is_copied_from_its_answer(client, network, copied):
    answer = client.get("/networks/cheese").json
    _, ignored = copied("/networks", answer, name="other")
    assert ignored == ignorable("/networks") & set(answer)
    assert ignored >= {"id", "created_at", "created_by", "shapes", "signature", "parameter_count", "answer_log"}


def test_what_post_gives_and_a_dry_run_gives_is_taken_too(client, network, copied):
    dry = client.post("/networks?dry_run=true", json={**network, "name": "other"})
    assert dry.status_code == 200, dry.text
    assert "id" in dry.headers["Ignored-Fields"]
    made = client.post("/networks", json=dry.json)
    assert made.status_code == 201, made.text
    assert "bytes" in made.headers["Ignored-Fields"]
    assert made.json["layers"] == network["layers"]


@pytest.mark.parametrize(
    "target",
    ["species", "body_mass_g", {"name": "sex", "type": "category"}, ["bill_length_mm", "body_mass_g"]],
    ids=str,
)
def test_a_table_network_is_copied_with_its_columns(client, penguins, copied, target):
    spec = {"name": "birds", "from_dataset": "penguins", "target": target, "tags": {"of": "birds"}}
    answer = client.post("/networks", json=spec).json
    # What looked doubtful in the data set, nobody has looked at for the copy.
    got, _ = copied("/networks", answer, "warnings", name="other")
    assert got["table"] == answer["table"]


def test_embeddings_are_copied_with_their_layer(client, copied):
    words = [f"w{index}" for index in range(40)]
    inputs = [{"name": "word", "type": "category", "categories": words, "encode": "embedding"}]
    layers = [{"type": "dense", "units": 1, "activation": "linear"}]
    made = client.post(
        "/networks",
        json={"name": "words", "inputs": inputs, "target": {"name": "y", "type": "number"}, "layers": layers},
    )
    assert made.status_code == 201, made.text
    got, _ = copied("/networks", made.json, name="other")
    assert [layer["type"] for layer in got["layers"]] == ["embedding", "dense"]


def test_an_ensemble_is_copied_with_its_recipes(client, penguins, copied, rejected):
    members = [{"count": 2}, {"count": 1, "encode": "piecewise"}]
    spec = {"name": "birds", "from_dataset": "penguins", "target": "species", "members": members}
    spec["layers"] = [{"type": "dense", "units": 3, "activation": "softmax"}]
    made = client.post("/networks", json=spec)
    assert made.status_code == 201, made.text
    got, _ = copied("/networks", made.json, "warnings", name="other")
    assert (got["members"], got["recipes"]) == (3, made.json["recipes"])
    rejected(422, "POST", "/networks", "#/recipes", json={**made.json, "name": "third", "members": 4})
    rejected(422, "POST", "/networks", "#/recipes", json={**made.json, "name": "third", "recipes": 3})


def test_weights_that_a_copy_cannot_have_are_told(client, spec, copied):
    layer = {"type": "dense", "units": 1, "weights": [[1.0], [2.0]], "biases": [0.5]}
    answer = client.post("/networks", json={**spec, "layers": [layer], "labels": None}).json
    assert answer["explicit_weights"]
    got, _ = copied("/networks", answer, "warnings", "explicit_weights", name="other")
    assert any("POST /networks/{network}/snapshots" in warning for warning in got["warnings"])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"features": ["fat"]}, "#/features"),
        ({"features": "fat"}, "#/features"),
        ({"features": ["fat", "fat"]}, "#/inputs/1"),
        ({"features": ["salt", "fat"], "inputs": ["fat", "salt"]}, "#/features"),
        ({"inputs": 3}, "#/features"),
        ({"table": {}}, "#/table/inputs"),
        ({"nonsense": 1}, "#/nonsense"),
    ],
    ids=str,
)
def test_a_copy_that_contradicts_itself_is_rejected(client, rejected, network, changes, pointer):
    answer = client.get("/networks/cheese").json
    rejected(422, "POST", "/networks", pointer, json={**answer, "name": "other", **changes})


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"inputs": 1}, "#/inputs"),
        ({"labels": ["a", "b"]}, "#/labels"),
        ({"features": ["a"]}, "#/features"),
        ({"target": "sex"}, "#/target"),
        ({"dataset": "penguins"}, "#/dataset"),
    ],
    ids=str,
)
def test_a_copy_of_a_table_that_contradicts_itself_is_rejected(client, rejected, penguins, changes, pointer):
    spec = {"name": "birds", "from_dataset": "penguins", "target": "species"}
    answer = client.post("/networks", json=spec).json
    rejected(422, "POST", "/networks", pointer, json={**answer, "name": "other", **changes})


def test_a_repeated_request_is_told_what_was_ignored_again(client, network):
    answer = {**client.get("/networks/cheese").json, "name": "other"}
    first, again = (client.post("/networks", json=answer, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Ignored-Fields"] == again.headers["Ignored-Fields"]


def test_a_data_set_is_copied_from_its_file_and_options(client, penguins):
    listed = client.get("/datasets/penguins").json
    for path, options in (("rows?format=csv&limit=1000", listed["options"]), ("table.parquet", {})):
        file = client.get(f"/datasets/penguins/{path}")
        assert file.status_code == 200, file.text
        query = {name: json.dumps(value).strip('"') for name, value in options.items()}
        media_type = file.mimetype
        made = client.post(
            "/datasets", data=file.data, query_string={**query, "name": "other"}, content_type=media_type
        )
        assert made.status_code == 201, made.text
        types = [[(column["name"], column["type"]) for column in one["columns"]] for one in (made.json, listed)]
        assert (made.json["rows"], types[0]) == (listed["rows"], types[1])
        client.delete("/datasets/other")


def test_a_schedule_is_copied_from_its_answer(client, network, penguins, copied):
    train = {"network": "cheese", "dataset": "penguins", "inputs": ["year", "bill_depth_mm"], "target": "sex"}
    spec = {"name": "birds", "inputs": ["year"], "dataset": "penguins", "target": "species"}
    layers = [{"type": "dense", "units": 3, "activation": "softmax"}]
    assert client.post("/networks", json={**spec, "layers": layers, "loss": "cross_entropy"}).status_code == 201
    train = {"network": "birds", "dataset": "penguins", "epochs": 3}
    body = {"name": "nightly", "cron": "0 3 * * *", "timezone": "Europe/Zurich", "train": train}
    assert client.post("/schedules", json=body).status_code == 201
    answer = client.get("/schedules/nightly").json
    _, ignored = copied("/schedules", answer, name="other")
    assert ignored == ignorable("/schedules")
    client.patch("/schedules/nightly", json={"paused": True})
    paused, _ = copied("/schedules", client.get("/schedules/nightly").json, name="third")
    assert (paused["state"], paused["next_run_at"]) == ("paused", None)


def test_a_schedule_of_another_network_than_its_training_is_rejected(rejected, client, network, penguins):
    spec = {"name": "birds", "from_dataset": "penguins", "target": "species"}
    assert client.post("/networks", json=spec).status_code == 201
    train = {"network": "birds", "dataset": "penguins"}
    body = {"cron": "0 3 * * *", "train": train, "network": "cheese"}
    rejected(422, "POST", "/schedules", "#/network", json=body)
    rejected(422, "POST", "/schedules", "#/state", json={**body, "network": "birds", "state": "asleep"})


def test_a_search_is_copied_from_its_answer(client, penguins, copied):
    made = client.post("/searches", json=SEARCH)
    assert made.status_code == 201, made.text
    answer = client.get("/searches/tune").json
    _, ignored = copied("/searches", answer, name="other")
    assert ignored == ignorable("/searches")


def test_trials_are_repeated_from_their_parameters(client, penguins):
    first = client.post("/searches", json=SEARCH).json
    point = {"/training/batch_size": 16}
    assert client.post("/searches/tune/trials", json={"points": [point]}).status_code == 200
    trial = client.get("/searches/tune/trials").json["data"][-1]
    again = client.post("/searches/tune/trials", json={"points": [trial["parameters"]]})
    assert (again.status_code, again.json["trials"]) == (200, first["trials"] + 2)


def test_a_key_is_copied_from_its_answer(app, storage, copied):
    from tests.api.doors import client_for

    admin = client_for(app, storage, "admin", name="root")
    wanted = {"name": "ci", "scopes": ["predict"], "networks": ["churn-*"], "expires_in_seconds": 3600}
    made = admin.post("/keys", json={**wanted, "limits": {"predict": "5/second"}}).json
    answer = admin.get(f"/keys/{made['id']}").json
    again = admin.post("/keys", json=answer)
    assert again.status_code == 201, again.text
    same = ("name", "scopes", "networks", "expires_at", "limits")
    assert [again.json[name] for name in same] == [answer[name] for name in same]
    assert set(again.headers["Ignored-Fields"].split(", ")) == ignorable("/keys") - {"key"}
    for expires_at, seconds in (("2001-01-01T00:00:00Z", None), ("soon", None), (answer["expires_at"], 5)):
        bad = {**answer, "expires_at": expires_at, "expires_in_seconds": seconds}
        problem = admin.post("/keys", json=bad)
        assert (problem.status_code, problem.json["errors"][0]["pointer"]) == (422, "#/expires_at")


def test_a_version_is_published_again_from_its_answer(client, network):
    made = client.post("/networks/cheese/versions", json={"snapshot": "initial", "note": "as drawn"}).json
    answer = client.get("/networks/cheese/versions/1").json
    assert client.delete("/networks/cheese/versions/1").status_code == 204
    again = client.post("/networks/cheese/versions", json=answer)
    assert again.status_code == 201, again.text
    assert (again.json["snapshot"], again.json["note"]) == (made["snapshot"], made["note"])
    assert set(again.headers["Ignored-Fields"].split(", ")) == set(answer) - {"snapshot", "note"}


def test_an_alias_is_put_again_from_its_answer(client, network):
    client.post("/networks/cheese/versions", json={"snapshot": "initial"})
    for path, body in (
        ("/networks/cheese/aliases/production", {"version": 1, "note": "first"}),
        ("/models/shop/aliases/production", {"network": "cheese", "version": 1}),
    ):
        assert client.put(path, json=body).status_code == 200
        answer = client.get(path).json
        again = client.put(path, json=answer)
        assert again.status_code == 200, again.text
        assert again.json["version"] == 1
        assert set(again.headers["Ignored-Fields"].split(", ")) == set(answer) - {"network", "version", "note"} | (
            {"network"} if path.startswith("/networks") else set()
        )


def test_weights_are_copied_from_their_answer(client, network):
    answer = client.get("/networks/cheese/weights").json
    for path in ("weights", "snapshots"):
        made = client.post(f"/networks/cheese/{path}", json=answer)
        assert made.status_code == 201, made.text
        assert client.get(f"/networks/cheese/snapshots/{made.json['id']}/weights").json["layers"] == answer["layers"]


class TestOptions:
    """The options of a job train in the same way."""

    def job(self, client, storage, **body):
        answer = client.post("/train", json=body)
        assert answer.status_code == 202, answer.text
        return answer

    def again(self, client, storage, first, **changes):
        Run(storage, first.json["id"]).report(epoch(1)).end()
        options = client.get(f"/jobs/{first.json['id']}").json["options"]
        made = client.post("/train", json={"network": first.json["network"], "options": options, **changes})
        assert made.status_code == 202, made.text
        assert set(made.headers["Ignored-Fields"].split(", ")) == {
            f"options.{name}" for name in ("start_snapshot", "split_seed", "split", "positive")
        }
        return options, made.json["options"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"epochs": 3, "optimizer": {"type": "sgd", "learning_rate": 0.5}},
            {"validation": {"fraction": 0.2, "stratified": True}, "test": {"fraction": 0.1}, "calibrate": True},
            {"validation": {"fraction": 0.2, "group": "year"}, "sample_weight": "year"},
            {"test": {"fraction": 0.3, "method": "random"}, "class_weights": "balanced"},
            {"validation": {"dataset": "penguins"}, "class_weights": {"Adelie": 2}},
            {
                "validation": {"fraction": 0.2},
                "threshold": {"metric": "recall", "positive": "Adelie", "min_precision": 0.9},
            },
            {"folds": {"count": 3, "stratified": True}},
        ],
        ids=str,
    )
    def test_of_a_data_set(self, client, storage, penguins, fields):
        spec = {"name": "birds", "from_dataset": "penguins", "target": "species"}
        assert client.post("/networks", json=spec).status_code == 201
        first = self.job(client, storage, network="birds", dataset="penguins", **fields)
        before, after = self.again(client, storage, first)
        assert after == before

    def test_of_columns_of_plain_numbers(self, client, storage, penguins):
        layers = [{"type": "dense", "units": 1, "activation": "linear"}]
        client.post("/networks", json={"name": "mass", "inputs": 1, "layers": layers})
        client.post("/datasets?name=numbers", data=b"a,b\n1,2\n2,4\n3,6\n", content_type="text/csv")
        first = self.job(client, storage, network="mass", dataset="numbers", inputs=["a"], target="b")
        before, after = self.again(client, storage, first)
        assert after == before

    def test_of_rows_that_are_sent_again(self, client, storage, network, submit):
        rows = {"inputs": [[0.2, 0.9], [0.1, 0.1]] * 10, "targets": ["like", "dislike"] * 10}
        first = self.job(client, storage, network="cheese", data=rows, validation={"fraction": 0.3}, epochs=4)
        before, after = self.again(client, storage, first, data=rows, epochs=5)
        assert after == {**before, "training": {**before["training"], "epochs": 5}}

    def test_without_the_rows_they_need_are_rejected(self, client, storage, network, submit, rejected):
        rows = {"inputs": [[0.2, 0.9], [0.1, 0.1]], "targets": ["like", "dislike"]}
        options = client.get(f"/jobs/{submit(validation=rows)}").json["options"]
        body = {"network": "cheese", "options": options}
        rejected(422, "POST", "/train", "#/validation", json={**body, "data": rows})
        rejected(422, "POST", "/train", "#/data", json={**body, "validation": {"fraction": 0.5}})
        rejected(422, "POST", "/train", "#/options/training", json={**body, "options": {}})
        rejected(422, "POST", "/train", "#/options", json={**body, "options": 3})
        rejected(422, "POST", "/train", json={**body, "options": {**options, "validation": 3}})

    def test_in_a_schedule_follow_the_name_of_the_data_set(self, client, storage, penguins):
        spec = {"name": "birds", "from_dataset": "penguins", "target": "species"}
        client.post("/networks", json=spec)
        job = self.job(client, storage, network="birds", dataset="penguins", epochs=3).json
        train = {"network": "birds", "options": job["options"]}
        made = client.post("/schedules", json={"cron": "0 3 * * *", "train": train})
        assert made.status_code == 201, made.text
        assert (made.json["train"]["dataset"], made.json["train"]["epochs"]) == ("penguins", 3)
