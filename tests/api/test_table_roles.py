"""What a proposal says of columns that are no data, of leaks, and of classes; in the proposal and on the network."""

import random

import pytest

DRAW = random.Random(3)
KINDS = ("red", "green", "blue")


def upload(client, header, rows, name="table"):
    text = "\n".join(",".join(map(str, row)) for row in (header, *rows)) + "\n"
    answer = client.post(f"/datasets?name={name}", data=text.encode(), content_type="text/csv")
    assert answer.status_code == 201, answer.text
    return answer.json


def proposal(client, target, dataset="table"):
    answer = client.get(f"/datasets/{dataset}/proposal", query_string={"target": target})
    assert answer.status_code == 200, answer.text
    return answer.json


def inputs(found):
    return [column["name"] for column in found["network"]["inputs"]]


def about(found, *words):
    return [warning for warning in found["warnings"] if all(word in warning for word in words)]


@pytest.fixture
def rows():
    """length, kind, class a or b, price."""
    found = []
    for _ in range(60):
        length = DRAW.randint(100, 999) / 100
        found.append((length, DRAW.choice(KINDS), DRAW.choice("ab"), round(3 * length + DRAW.random(), 2)))
    return found


def test_a_copy_is_left_out_and_a_column_that_predicts_the_target_is_asked_about(client, rows):
    upload(client, ("length", "kind", "again", "cents", "price"), [(a, k, a, int(100 * p), p) for a, k, _, p in rows])
    found = proposal(client, "price")
    assert inputs(found) == ["length", "kind", "cents"]
    assert about(found, '"again" is the same as "length" in every row, and is left out')
    assert about(found, '"cents" alone explains', "of the variance", 'known only once "price" is')
    assert not about(found, '"kind"')
    network = client.post("/networks", json={"name": "n", "from_dataset": "table", "target": "price"}).json
    assert set(found["warnings"]) <= set(network["warnings"])
    assert client.get("/networks/n").json == network


def test_the_code_of_a_class_is_asked_about_and_its_copy_left_out(client, rows):
    upload(client, ("length", "code", "copy", "cls"), [(a, "ab".index(c), c, c) for a, _, c, _ in rows])
    found = proposal(client, "cls")
    assert inputs(found) == ["length", "code"]
    assert about(found, '"code" alone explains 100.00% of the classes of "cls"')
    assert about(found, '"copy" is the same as the target')


@pytest.mark.parametrize(
    ("values", "categories"),
    [
        ((-1, 1), ["-1", "1"]),
        ((10, 20, 30), ["10", "20", "30"]),
        ((0, 1, 2), ["0", "1", "2"]),
        ((1, 2, 4, 5), ["1", "2", "4", "5"]),
    ],
)
def test_few_whole_numbers_are_classes_and_the_answer_says_so(client, rows, values, categories):
    upload(client, ("length", "kind", "cls"), [(a, k, DRAW.choice(values)) for a, k, _, _ in rows])
    found = proposal(client, "cls")
    assert found["network"]["target"] == {"name": "cls", "type": "category", "categories": categories}
    assert about(found, f'"cls" holds {", ".join(categories)}, and is treated as classes')


def test_few_numbers_that_are_no_classes_are_asked_about(client, rows):
    upload(client, ("length", "y"), [(a, DRAW.choice((0.5, 1.5, 2.25))) for a, _, _, _ in rows])
    found = proposal(client, "y")
    assert found["network"]["target"]["type"] == "number"
    assert about(found, '"y" holds 3 different numbers, and is treated as a number')


def test_a_rare_class_is_named_is_the_yes_and_gets_its_metrics(client, rows):
    classes = ["fraud" if place % 30 == 0 else "ok" for place in range(60)]
    upload(client, ("length", "cls"), [(row[0], cls) for row, cls in zip(rows, classes, strict=True)])
    found = proposal(client, "cls")
    assert found["network"]["target"]["categories"] == ["ok", "fraud"]
    assert about(found, '"fraud" is rare, 2 of 60 rows', "class_weights")
    assert about(found, "classes of fewer than 5 rows", '"fraud" (2)')
    assert {"recall", "f1", "roc_auc"} <= set(found["train"]["metrics"])
    assert client.post("/networks", json={**found["network"], "name": "n"}).status_code == 201
    data = [{"length": 5, "cls": cls} for cls in ("ok", "fraud", "ok")]
    judged = client.post("/evaluate", json={"network": "n", "data": data, "metrics": ["recall"]}).json
    assert judged["positive"] == "fraud"
    [fraud] = [report for report in judged["classes"] if report["label"] == "fraud"]
    assert judged["metrics"]["recall"] == fraud["recall"]


@pytest.mark.parametrize("words", [("no", "yes"), ("No", "Yes"), ("NO", "YES")])
def test_yes_and_no_are_answered_as_they_are_written(client, rows, words):
    upload(client, ("length", "ok"), [(a, DRAW.choice(words)) for a, _, _, _ in rows])
    found = proposal(client, "ok")
    assert client.post("/networks", json={**found["network"], "name": "n"}).status_code == 201
    answer = client.post("/predict", json={"network": "n", "inputs": [{"length": 5}]}).json
    assert answer["predictions"][0]["ok"] in words
    assert list(answer["probabilities"][0]) == list(words)


def test_true_and_false_stay_so(client, rows):
    upload(client, ("length", "ok"), [(a, DRAW.choice(("true", "false"))) for a, _, _, _ in rows])
    assert proposal(client, "ok")["network"]["target"] == {"name": "ok", "type": "boolean"}


def test_every_warning_of_the_dry_run_stands_on_the_network(client):
    layers = [{"type": "dense", "units": 1, "activation": "softmax"}]
    body = {"name": "n", "inputs": 2, "loss": "binary_cross_entropy", "layers": layers}
    tried = client.post("/networks?dry_run=true", json=body).json
    made = client.post("/networks", json=body).json
    assert made["warnings"] == tried["warnings"] == client.get("/networks/n").json["warnings"]
    assert any("softmax" in warning for warning in made["warnings"])


def test_classes_that_the_network_does_not_know_are_named(client, rejected, rows):
    upload(client, ("kind", "y"), [(k, DRAW.choice("uv")) for _, k, _, _ in rows])
    client.post("/networks", json={"name": "n", "from_dataset": "table", "target": "y"})
    upload(client, ("kind", "y"), [(k, "uvw"[place % 3]) for place, (_, k, _, _) in enumerate(rows)], "later")
    problem = rejected(422, "POST", "/evaluate", "#/dataset", json={"network": "n", "dataset": "later"})
    detail = problem["errors"][0]["detail"]
    assert detail == '"y" holds "w" in 20 rows, which the network does not know; it predicts u, v'
