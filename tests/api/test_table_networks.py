"""Networks that speak the names and words of a table."""

import pytest

from tests.api.tables import store_table

LAYERS = [{"type": "dense", "units": 3, "activation": "softmax"}]
MASS = {"name": "mass", "type": "number"}
BILL = {"name": "bill", "type": "number"}
SPECIES = {"name": "species", "type": "category", "categories": ["Adelie", "Chinstrap", "Gentoo"]}


@pytest.fixture
def penguins(storage):
    return store_table(storage)


def made(client, **body):
    answer = client.post("/networks", json={"name": "birds", **body})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_columns_may_be_given_in_full_without_any_data_set(client):
    island = {"name": "island", "type": "category", "categories": ["Biscoe", "Dream"], "impute": "own"}
    network = made(client, inputs=[BILL | {"log": True}, island], target=SPECIES, layers=LAYERS)
    assert (network["inputs"], network["outputs"], network["features"]) == (4, 3, ["bill", "island"])
    assert (network["labels"], network["loss"]["type"]) == (["Adelie", "Chinstrap", "Gentoo"], "cross_entropy")
    table = network["table"]
    assert table["inputs"][0] == BILL | {
        "scale": "standard",
        "impute": "mean",
        "indicator": False,
        "log": True,
        "clip": None,
        "required": False,
    }
    assert table["target"] == SPECIES
    assert client.get("/networks/birds").json["table"] == table


def test_types_and_categories_come_from_a_data_set(client, penguins):
    network = made(client, inputs=["island", "year", "sex"], target="species", dataset="penguins", layers=LAYERS)
    island, year, sex = network["table"]["inputs"]
    assert (island["type"], island["categories"]) == ("category", ["Biscoe", "Dream", "Torgersen"])
    assert (island["impute"], island["required"]) == ("most_frequent", True)
    assert (year["type"], year["impute"], year["required"]) == ("number", "mean", True)
    assert (sex["categories"], sex["impute"], sex["required"]) == (["female", "male"], "most_frequent", False)
    assert network["labels"] == ["Adelie", "Chinstrap", "Gentoo"]


def test_the_signature_has_each_column_and_the_target(client, penguins):
    body = {"name": "p", "inputs": ["island", "bill_length_mm"], "target": "species", "dataset": "penguins"}
    made = client.post("/networks", json={**body, "layers": [{"type": "dense", "units": 3, "activation": "softmax"}]})
    assert made.status_code == 201, made.text
    listed = client.get("/networks").json["data"][0]["signature"]
    assert listed == made.json["signature"] == client.get("/networks/p").json["signature"]
    islands, bills = listed["inputs"]
    assert (islands["name"], islands["type"], islands["categories"]) == (
        "island",
        "category",
        ["Biscoe", "Dream", "Torgersen"],
    )
    assert (bills["name"], bills["dtype"], bills["shape"], bills["categories"]) == (
        "bill_length_mm",
        "float64",
        [-1, 1],
        None,
    )
    species, probabilities = listed["outputs"]
    assert (species["name"], species["shape"]) == ("species", [-1])
    assert probabilities["elements"] == species["categories"] == ["Adelie", "Chinstrap", "Gentoo"]


def test_columns_are_left_out_for_their_length_and_not_for_their_name(client, storage):
    strange = {
        name: {"type": "number", "distinct": 9, "min": 0, "max": 5.5} for name in ("top_k", "n" * 201, "size", "price")
    }
    essay = {"type": "category", "distinct": 2, "words": ["short", "l" + 1000 * "o" + "ng"]}
    store_table(storage, "strange", {**strange, "essay": essay})
    network = made(client, inputs="auto", target="price", dataset="strange", layers=[{"type": "dense", "units": 1}])
    assert network["features"] == ["top_k", "size"]
    assert ["left out" in warning for warning in network["warnings"]] == [True, True, False]


def test_several_numbers_are_numbers_though_one_looks_like_classes(client, penguins):
    network = made(
        client,
        inputs=["sex"],
        target=["year", "body_mass_g"],
        dataset="penguins",
        layers=[{"type": "dense", "units": 2}],
    )
    assert [column["type"] for column in network["table"]["target"]] == ["number", "number"]


def test_a_time_is_no_target(rejected, client, storage):
    store_table(storage, "days", {"day": {"type": "time", "distinct": 9}, "n": {"type": "number", "distinct": 9}})
    body = {"name": "birds", "inputs": ["n"], "target": "day", "dataset": "days", "layers": LAYERS}
    problem = rejected(422, "POST", "/networks", "#/target", json=body)
    assert [issue["pointer"] for issue in problem["errors"]] == ["#/target"]
    assert "days until" in problem["errors"][0]["detail"]


def test_auto_takes_every_column_of_use_and_says_what_it_leaves_out(client, penguins):
    network = made(client, inputs="auto", target="species", dataset=penguins.id, layers=LAYERS)
    assert network["features"] == ["island", "bill_length_mm", "body_mass_g", "sex", "year", "tagged", "nest"]
    assert [warning.split(",")[0] for warning in network["warnings"]] == [
        '"id" looks like an id: it has another value in (nearly) every row',
        '"note" has no value in any row',
        '"study" has the same value in every row',
    ]


def test_a_name_and_labels_are_enough_for_a_target_without_a_data_set(client):
    network = made(client, inputs=[BILL], target="species", labels=["a", "b", "c"], layers=LAYERS)
    assert network["table"]["target"] == {
        "name": "species",
        "type": "category",
        "categories": ["a", "b", "c"],
    }


def test_a_category_that_is_learned_has_a_layer_of_its_own_in_front(client):
    island = {"name": "island", "type": "category", "categories": ["a", "b"], "encode": "embedding", "size": 5}
    network = made(client, inputs=[BILL, island], target=SPECIES, layers=LAYERS)
    assert network["inputs"] == 2
    assert [shape["type"] for shape in network["shapes"]] == ["embedding", "dense"]
    assert network["layers"][0]["columns"] == [{"index": 1, "categories": 2, "size": 5}]
    assert network["shapes"][1]["inputs"] == 6


def test_from_a_data_set_alone_everything_is_proposed(client, penguins):
    network = made(client, from_dataset="penguins", target="species")
    assert network["layers"][-1] == {**network["layers"][-1], "units": 3, "activation": "softmax"}
    assert network["loss"]["type"] == "cross_entropy"
    assert any("looks like an id" in warning for warning in network["warnings"])


def test_what_is_given_beside_from_dataset_is_taken_as_given(client, penguins):
    network = made(client, from_dataset="penguins", target="species", inputs=["sex"], layers=LAYERS, dtype="float64")
    assert (network["inputs"], network["dtype"], len(network["layers"])) == (2, "float64", 1)


@pytest.mark.parametrize(
    ("target", "units", "activation", "loss"),
    [
        ("species", 3, "softmax", "cross_entropy"),
        ("sex", 1, "sigmoid", "binary_cross_entropy"),
        ("tagged", 1, "sigmoid", "binary_cross_entropy"),
        ("year", 3, "softmax", "cross_entropy"),
        ("body_mass_g", 1, "linear", "mean_squared_error"),
        (["tagged", "nest"], 2, "sigmoid", "binary_cross_entropy"),
        (["bill_length_mm", "body_mass_g"], 2, "linear", "mean_squared_error"),
    ],
)
def test_a_proposal_suits_the_target_and_can_be_sent_as_it_is(client, penguins, target, units, activation, loss):
    answer = client.get("/datasets/penguins/proposal", query_string={"target": target})
    assert answer.status_code == 200, answer.text
    network, train = answer.json["network"], answer.json["train"]
    last = network["layers"][-1]
    assert (last["type"], last["units"], last["activation"]) == ("dense", units, activation)
    assert (network["loss"], train["network"], train["dataset"]) == (loss, network["name"], "penguins")
    created = client.post("/networks", json=network)
    assert created.status_code == 201, created.text
    assert not {target} & set(created.json["features"]) if isinstance(target, str) else True
    assert client.post("/networks?dry_run=true", json=network | {"name": "again"}).status_code == 200


def test_few_whole_numbers_are_taken_for_classes_unless_a_number_is_asked_for(client, penguins):
    warnings = client.get("/datasets/penguins/proposal?target=year").json["warnings"]
    assert warnings[-1].startswith('"year" holds 2007, 2008, 2009, and is treated as classes')
    network = made(client, from_dataset="penguins", target={"name": "year", "type": "number"})
    assert (network["labels"], network["outputs"]) == (None, 1)


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"inputs": ["bill_lenght_mm"], "dataset": "penguins"}, "#/inputs/0", 'did you mean "bill_length_mm"?'),
        ({"inputs": ["species"], "dataset": "penguins"}, "#/target/name", 'must not be among the inputs: "species"'),
        ({"inputs": ["sex", "sex"], "dataset": "penguins"}, "#/inputs/1/name", "occurs twice"),
        ({"inputs": [BILL], "target": "specie", "dataset": "penguins"}, "#/target", 'did you mean "species"?'),
        ({"inputs": "auto"}, "#/inputs", "needs a dataset"),
        ({"inputs": [BILL], "target": None, "dataset": None}, "#/target", "is required"),
        ({"inputs": [{"name": "island", "type": "category"}]}, "#/inputs/0/categories", "is required"),
        ({"inputs": [BILL], "target": {"name": "s", "type": "category"}}, "#/target/categories", "is required"),
        ({"inputs": [BILL | {"scale": "standrad"}]}, "#/inputs/0/scale", 'did you mean "standard"?'),
        ({"inputs": [BILL], "layers": [{"type": "dense", "units": 2}]}, "#/layers/0/units", "must end in 3 units"),
        ({"inputs": [BILL], "target": MASS, "loss": "cross_entropy"}, "#/loss", "for numbers"),
        ({"inputs": [BILL], "labels": ["a", "b", "c"]}, "#/labels", "follow from the target"),
        ({"inputs": [BILL], "target": "id", "dataset": "penguins"}, "#/inputs/0/name", "unknown column"),
        ({"inputs": ["sex"], "target": "id", "dataset": "penguins"}, "#/target", "too many to be classes"),
        ({"inputs": ["sex"], "target": "study", "dataset": "penguins"}, "#/target", "there is only one class"),
        ({"inputs": ["sex"], "target": "note", "dataset": "penguins"}, "#/target", "has no value in any row"),
        ({"inputs": [{"name": "sex", "type": "number"}], "dataset": "penguins"}, "#/inputs/0/type", "and no number"),
        (
            {"inputs": [BILL], "target": {"name": "sex", "type": "number"}, "dataset": "penguins"},
            "#/target/type",
            '"sex" is a category column of penguins',
        ),
        ({"from_dataset": "penguins", "dataset": "penguins", "inputs": "auto"}, "#/dataset", "with from_dataset"),
        ({"inputs": [BILL], "layers": []}, "#/layers", "must have at least 1 item"),
        ({"layers": LAYERS}, "#/inputs", "is required"),
    ],
)  # fmt: skip
def test_a_request_that_makes_no_sense_is_rejected_at_its_place(rejected, penguins, body, pointer, words):
    asked = {"name": "birds", "target": SPECIES, "layers": LAYERS, **body}
    if body.get("dataset"):
        asked["target"] = body.get("target", "species")
    problem = rejected(422, "POST", "/networks", pointer, json=asked)
    assert any(words in issue["detail"] for issue in problem["errors"] if issue["pointer"] == pointer), problem


def test_an_issue_in_a_layer_is_reported_where_the_user_wrote_it(rejected):
    island = {"name": "island", "type": "category", "categories": ["a", "b"], "encode": "embedding"}
    layers = [{"type": "dense", "units": 0}, *LAYERS]
    rejected(
        422,
        "POST",
        "/networks",
        "#/layers/0/units",
        json={"name": "n", "inputs": [island], "target": SPECIES, "layers": layers},
    )


def test_a_data_set_that_is_not_there_is_named(rejected):
    body = {"name": "birds", "from_dataset": "nowhere", "target": "species"}
    rejected(404, "POST", "/networks", "#/from_dataset", json=body)
    rejected(404, "GET", "/datasets/nowhere/proposal?target=species")


@pytest.mark.parametrize("target", ["", "nothing"])
def test_a_proposal_for_no_column_says_which_there_are(rejected, penguins, target):
    problem = rejected(422, "GET", f"/datasets/penguins/proposal?target={target}")
    assert "known: species, island" in problem["errors"][0]["detail"]


def test_a_table_of_one_row_is_rejected(rejected, storage):
    store_table(storage, "single", {"x": {"type": "number"}, "y": {"type": "number", "distinct": 1}}, rows=1)
    problem = rejected(422, "GET", "/datasets/single/proposal?target=y")
    assert "two are the least" in problem["errors"][0]["detail"]
