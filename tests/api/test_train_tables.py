"""`POST /train` on data sets and on rows in the user's words: what is queued, and what is refused before."""

from typing import Any

import pytest

from service.jobs import encoded_frames
from tests.api.tables import store_table

ROWS = 344
NUMBERS = {
    "fat": {"type": "number", "distinct": 40, "min": 0, "max": 1},
    "salt": {"type": "number", "distinct": 40, "min": 0, "max": 1},
    "label": {"type": "category", "distinct": 2, "words": ["like", "dislike"], "missing": 4},
    "score": {"type": "number", "distinct": 9, "min": -1, "max": 1},
    "weight": {"type": "number", "distinct": 3, "min": 0, "max": 2},
    "gaps": {"type": "number", "distinct": 3, "min": 0, "max": 2, "missing": 3},
    "huge": {"type": "number", "distinct": 3, "min": 0, "max": 2, "infinite": 2},
    "word": {"type": "category", "distinct": 9, "words": list("abcdefghi")},
    "one": {"type": "category", "distinct": 1, "words": ["like"]},
    "none": {"type": "category", "distinct": 0, "words": [], "missing": ROWS},
    "day": {"type": "time", "distinct": 30},
}


@pytest.fixture
def cheese(storage, network):
    """A network of plain numbers with names and labels, and a data set with more columns than it needs."""
    return store_table(storage, "cheeses", NUMBERS, ROWS)


@pytest.fixture
def penguins(client, storage):
    """A network that speaks the names of a data set."""
    stored = store_table(storage)
    payload = {
        "name": "birds",
        "dataset": "penguins",
        "inputs": ["bill_length_mm", "island"],
        "target": "species",
        "layers": [{"type": "dense", "units": 3, "activation": "softmax"}],
        "loss": "cross_entropy",
    }
    answer = client.post("/networks", json=payload)
    assert answer.status_code == 201, answer.text
    return stored


@pytest.fixture
def claimed(client, storage):
    """Send a training that must be accepted; return the job, and what a worker would get."""

    def send(**payload):
        answer = client.post("/train", json=payload)
        assert answer.status_code == 202, answer.text
        return answer.json, storage.claim(answer.json["id"], owner="test", lease_seconds=60)

    return send


def test_a_network_that_speaks_names_needs_nothing_but_the_data_set(claimed, penguins):
    job, claim = claimed(network="birds", dataset="penguins", class_weights="balanced")
    assert claim.datasets == {"training": penguins}
    assert claim.data == b""
    assert job["rows"] == ROWS
    assert job["options"]["dataset"] == {"id": penguins.id, "name": "penguins", "revision": 1}
    assert job["options"]["class_weights"] == {"balanced": True}


def test_a_network_of_numbers_takes_the_columns_called_like_its_features(claimed, cheese):
    job, claim = claimed(network="cheese", dataset=cheese.id, target="label")
    assert job["options"]["columns"] == {"inputs": ["fat", "salt"], "targets": ["label"]}
    assert job["rows"] == ROWS - 4
    job, _ = claimed(network="cheese", dataset="cheeses", inputs=["weight", "fat"], target=["score"])
    assert job["options"]["columns"] == {"inputs": ["weight", "fat"], "targets": ["score"]}


@pytest.mark.parametrize(
    ("share", "method"),
    [
        ({"fraction": 0.2}, "hash"),
        ({"fraction": 0.2, "stratified": True}, "random"),
        ({"fraction": 0.2, "group": "word"}, "hash"),
        ({"fraction": 0.2, "time": "day"}, None),
        ({"fraction": 0.2, "method": "random"}, "random"),
    ],
)
def test_a_share_of_the_data_set_validates(claimed, cheese, share, method):
    job, _ = claimed(network="cheese", dataset="cheeses", target="label", validation=share, sample_weight="weight")
    assert job["options"]["validation"] == {
        "stratified": False,
        "group": None,
        "time": None,
        **share,
        "method": method,
    }
    assert job["options"]["sample_weight"] == "weight"
    assert job["monitored"] == "val_loss"


def test_a_test_share_is_drawn_as_the_validation_is(claimed, cheese):
    payload = {"network": "cheese", "dataset": "cheeses", "target": "label"}
    job, _ = claimed(**payload, validation={"fraction": 0.2, "group": "word"}, test={"fraction": 0.1})
    assert job["options"]["test"] == {**job["options"]["validation"], "fraction": 0.1}
    job, _ = claimed(**payload, test={"fraction": 0.1, "stratified": True})
    assert (job["options"]["validation"], job["options"]["test"]["method"]) == (None, "random")


def test_another_data_set_validates(client, claimed, cheese, storage, rejected):
    other = store_table(storage, "others", NUMBERS, 10)
    payload = {"network": "cheese", "dataset": "cheeses", "target": "score", "validation": {"dataset": "others"}}
    job, claim = claimed(**payload)
    assert {role: one.id for role, one in claim.datasets.items()} == {"training": cheese.id, "validation": other.id}
    assert job["options"]["validation"] == {"dataset": {"id": other.id, "name": "others", "revision": 1}, "rows": 10}
    rejected(409, "DELETE", "/datasets/others")
    store_table(storage, "poor", {"fat": NUMBERS["fat"]}, 10)
    rejected(422, "POST", "/train", "#/validation/dataset", json={**payload, "validation": {"dataset": "poor"}})
    problem = rejected(404, "POST", "/train", json={**payload, "validation": {"dataset": "nobody"}})
    assert problem["errors"][0]["pointer"] == "#/validation/dataset"


@pytest.mark.parametrize(
    ("fields", "place", "help"),
    [
        ({"target": None}, "#/target", "is required"),
        ({"target": "lable"}, "#/target", 'did you mean "label"'),
        ({"target": "fat"}, "#/target", "must not be among the inputs"),
        ({"target": ["label", "score"]}, "#/target", "1 columns"),
        ({"target": "huge"}, "#/target", "is infinite in 2 rows"),
        ({"target": "word"}, "#/target", 'holds "a", "b", "c", "d", "e" and 4 more, which the network does not know'),
        ({"target": "one"}, "#/target", "with one class"),
        ({"target": "none"}, "#/target", "has no row in which none is known"),
        ({"target": "day"}, "#/target", "day (time)"),
        ({"inputs": ["fat"]}, "#/inputs", "must name 2 columns"),
        ({"inputs": ["fat", "slat"]}, "#/inputs/1", 'did you mean "salt"'),
        ({"inputs": ["fat", "fat"]}, "#/inputs", "once"),
        ({"inputs": ["fat", "word"]}, "#/inputs/1", "takes plain numbers"),
        ({"inputs": ["fat", "gaps"]}, "#/inputs/1", "missing in 3 rows"),
        ({"inputs": ["fat", "huge"]}, "#/inputs/1", "infinite in 2 rows"),
        ({"sample_weight": "nobody"}, "#/sample_weight", "unknown column of cheeses"),
        ({"sample_weight": "word"}, "#/sample_weight", "must be a column of numbers"),
        ({"sample_weight": "score"}, "#/sample_weight", "must hold numbers of at least 0"),
        ({"sample_weight": "gaps"}, "#/sample_weight", "missing in 3"),
        ({"sample_weight": "label"}, "#/sample_weight", "must not be the target"),
        ({"validation": {"fraction": 0.2, "group": "nobody"}}, "#/validation/group", "unknown column"),
        ({"validation": {"fraction": 0.2, "time": "word"}}, "#/validation/time", "times or numbers"),
        ({"validation": {"fraction": 0.2, "time": "gaps"}}, "#/validation/time", "missing in 3"),
        ({"validation": {"fraction": 0.2, "time": "day", "group": "word"}}, "#/validation/time", "combined with group"),
        ({"validation": {"fraction": 2}}, "#/validation/fraction", "below 1"),
        ({"validation": {"fraction": 0.2, "time": "day", "method": "hash"}}, "#/validation/method", "with time"),
        ({"validation": {"fraction": 0.2, "stratified": True, "method": "hash"}}, "#/validation/method", "no classes"),
        ({"validation": {"fraction": 0.2, "method": "hsah"}}, "#/validation/method", "hash, random"),
        ({"validation": {"fraction": 0.6}, "test": {"fraction": 0.4}}, "#/test/fraction", "leave rows to train on"),
        ({"validation": {"fraction": 0.6}, "test": {"fraction": 0.1, "time": "day"}}, "#/test/time", "left out"),
        ({"test": {"fraction": 0.1, "group": "nobody"}}, "#/test/group", "unknown column"),
        ({"test": {"dataset": "cheeses"}}, "#/test/fraction", "is required"),
        ({"validation": {"inputs": [[1, 2]], "targets": [1]}}, "#/validation", "inline"),
        ({"target": "score", "validation": {"fraction": 0.2, "stratified": True}}, "#/validation/stratified", "class"),
        ({"class_weights": {"nobody": 1}}, "#/class_weights/nobody", "unknown label"),
        ({"data": {"inputs": [[1, 2]], "targets": [1]}}, "#/dataset", "together with data"),
    ],
)
def test_what_a_data_set_cannot_do_is_said_at_once(rejected, cheese, fields, place, help):
    payload = {"network": "cheese", "dataset": "cheeses", "target": "label", **fields}
    problem = rejected(422, "POST", "/train", place, json=payload)
    assert help in str(problem["errors"])


def test_one_row_trains_but_cannot_be_divided(claimed, storage, network, rejected):
    store_table(storage, "tiny", {**NUMBERS, "score": {**NUMBERS["score"]}}, 1)
    job, _ = claimed(network="cheese", dataset="tiny", target="score")
    assert job["rows"] == 1
    payload = {"network": "cheese", "dataset": "tiny", "target": "score", "validation": {"fraction": 0.5}}
    assert "at least 2 rows" in str(rejected(422, "POST", "/train", "#/validation/fraction", json=payload))


def test_a_data_set_that_is_not_there_is_named(rejected, network):
    problem = rejected(404, "POST", "/train", json={"network": "cheese", "dataset": "nobody", "target": "x"})
    assert problem["errors"] == [{"pointer": "#/dataset", "detail": "names no data set"}]
    rejected(422, "POST", "/train", "#/dataset", json={"network": "cheese", "dataset": 5})


@pytest.mark.parametrize(
    ("columns", "help"),
    [
        ({"island": None}, 'lacks the column "island"'),
        ({"bill_length_mm": {"type": "category", "distinct": 2, "words": ["a", "b"]}}, "the network takes a number"),
        ({"bill_length_mm": {"type": "number", "distinct": 2, "infinite": 1}}, "is infinite in 1 row;"),
        ({"bill_length_mm": {"type": "number", "distinct": 0, "missing": 20}}, "has no value in any row"),
        ({"species": {"type": "category", "distinct": 2, "words": ["Adelie", "Emperor"]}}, 'holds "Emperor"'),
        ({"species": {"type": "category", "distinct": 1, "words": ["Adelie"]}}, "with one class"),
        ({"species": {"type": "category", "distinct": 0, "words": [], "missing": 20}}, "no row in which species"),
    ],
)
def test_another_table_has_to_fit_the_network(rejected, penguins, storage, columns, help):
    whole = {
        "species": {"type": "category", "distinct": 2, "words": ["Adelie", "Gentoo"]},
        "island": {"type": "category", "distinct": 2, "words": ["Dream", "Biscoe"]},
        "bill_length_mm": {"type": "number", "distinct": 9},
    }
    changed = {name: column for name, column in {**whole, **columns}.items() if column is not None}
    store_table(storage, "other", changed, 20)
    problem = rejected(422, "POST", "/train", "#/dataset", json={"network": "birds", "dataset": "other"})
    assert help in str(problem["errors"]).replace('\\"', '"')


def test_a_cell_that_the_first_table_had_in_every_row_may_be_missing_later(client, penguins, storage):
    island = {"type": "category", "distinct": 1, "words": ["Dream"], "missing": 5}
    species = {"type": "category", "distinct": 2, "words": ["Adelie", "Gentoo"]}
    bill = {"type": "number", "distinct": 9}
    store_table(storage, "other", {"species": species, "island": island, "bill_length_mm": bill}, 20)
    assert client.post("/train", json={"network": "birds", "dataset": "other"}).status_code == 202
    assert client.post("/train", json={"network": "birds", "data": [*BIRDS, {**BIRDS[0], "island": None}]}).json["rows"]


@pytest.mark.parametrize(
    ("categories", "column", "is_known"),
    [
        (["no", "unknown", "yes"], {"type": "boolean", "distinct": 2}, True),
        (["u", "v"], {"type": "boolean", "distinct": 2}, False),
        (["1.5", "2.5", "XL"], {"type": "number", "distinct": 2, "min": 1.5, "max": 2.5}, True),
        (["1.5", "2.5", "XL"], {"type": "number", "distinct": 2, "min": 3.5, "max": 4.5}, False),
        (["1", "2"], {"type": "number", "distinct": 2, "min": 7, "max": 8}, False),
        (["1", "2"], {"type": "category", "distinct": 3, "words": ["1.0", " 2", "NA"]}, True),
        (["1", "2"], {"type": "category", "distinct": 1, "words": ["NA"]}, False),
        (["12345678901234567", "x"], {"type": "number", "distinct": 2, "min": 1e16, "max": 2e16}, False),
        (["u", "v"], {"type": "time", "distinct": 2}, False),
    ],
)
def test_classes_are_read_in_whatever_way_a_data_set_holds_them(client, storage, categories, column, is_known):
    """The same for the data set that validates."""
    target = {"name": "y", "type": "category", "categories": categories}
    layer = {"type": "dense", "units": len(categories), "activation": "softmax"}
    body = {"name": "n", "inputs": [{"name": "x", "type": "number"}], "target": target, "layers": [layer]}
    assert client.post("/networks", json=body).status_code == 201
    numbers = {"x": {"type": "number", "distinct": 9}}
    words = {"type": "category", "distinct": len(categories), "words": categories}
    store_table(storage, "good", {**numbers, "y": words}, 20)
    store_table(storage, "other", {**numbers, "y": column}, 20)
    status = 202 if is_known else 422
    assert client.post("/train", json={"network": "n", "dataset": "other"}).status_code == status
    payload = {"network": "n", "dataset": "good", "validation": {"dataset": "other"}}
    assert client.post("/train", json=payload).status_code == status


def test_numbers_too_large_to_be_distinguished_are_no_categories(rejected, client, storage):
    columns = {
        "s": {"type": "category", "distinct": 2, "words": ["12345678901234567", "x"]},
        "y": {"type": "number", "distinct": 9},
    }
    store_table(storage, "words", columns, 20)
    store_table(storage, "ids", {**columns, "s": {"type": "number", "distinct": 2, "min": 1e16, "max": 2e16}}, 20)
    payload = {
        "name": "n",
        "dataset": "words",
        "inputs": ["s"],
        "target": "y",
        "layers": [{"type": "dense", "units": 1}],
    }
    assert client.post("/networks", json=payload).status_code == 201
    for path in ("/train", "/evaluate"):
        problem = rejected(422, "POST", path, "#/dataset", json={"network": "n", "dataset": "ids"})
        assert "too large to be distinguished" in problem["errors"][0]["detail"]


def test_a_network_that_knows_its_columns_is_not_given_them(rejected, penguins):
    payload = {"network": "birds", "dataset": "penguins", "inputs": ["year"], "target": "species"}
    rejected(422, "POST", "/train", "#/inputs", "#/target", json=payload)


# -- rows given inline, in the user's words --------------------------------------------------------------------------

BIRDS: list[dict[str, Any]] = [
    {"bill_length_mm": 39.1, "island": "Torgersen", "species": "Adelie"},
    {"bill_length_mm": None, "island": "Biscoe", "species": "Gentoo"},
    {"bill_length_mm": 49.0, "island": "Dream", "species": "Chinstrap"},
    {"bill_length_mm": 47.5, "island": "Biscoe", "species": None},
]


def test_rows_may_be_objects_in_the_words_of_the_network(claimed, penguins):
    job, claim = claimed(network="birds", data=BIRDS, validation=BIRDS[:2], class_weights={"Adelie": 2})
    tables = encoded_frames.decode(claim.data)
    assert (len(tables["training"]), len(tables["validation"])) == (4, 2)
    assert claim.datasets == {}
    assert job["options"]["validation"] == {"rows": 2}
    job, _ = claimed(network="birds", data=BIRDS, validation={"fraction": 0.5})
    assert job["options"]["validation"]["fraction"] == 0.5


@pytest.fixture
def plain(client):
    """A network whose columns are called like fields of the request."""
    inputs = [{"name": name, "type": "number", "scale": "none"} for name in ("validation", "class_weights")]
    target = {"name": "y", "type": "category", "categories": ["a", "b"]}
    layers = [{"type": "dense", "units": 1, "activation": "sigmoid"}]
    answer = client.post("/networks", json={"name": "plain", "inputs": inputs, "target": target, "layers": layers})
    assert answer.status_code == 201, answer.text


def plain_rows(**cells):
    """Twenty rows, the eighth with these cells."""
    rows = [{"validation": row, "class_weights": 1, "y": "ab"[row % 2], "w": 1} for row in range(20)]
    return [{**row, **cells} if place == 7 else row for place, row in enumerate(rows)]


@pytest.mark.parametrize("validation", [{"fraction": 0.5}, plain_rows(), None])
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("name", "value"), [("validation", 1e300), ("class_weights", -1e300), ("w", -1)])
def test_a_bad_cell_is_reported_where_the_request_has_it(rejected, plain, name, value, validation, seed):
    payload = {"network": "plain", "seed": seed, "validation": validation, "sample_weight": "w"}
    rejected(422, "POST", "/train", f"#/data/7/{name}", json={**payload, "data": plain_rows(**{name: value})})
    payload |= {"data": plain_rows(), "validation": plain_rows(**{name: value})}
    rejected(422, "POST", "/train", f"#/validation/7/{name}", json=payload)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"data": []}, "#/data"),
        ({"data": {"inputs": [[1]], "targets": [1]}}, "#/data"),
        ({"data": [BIRDS[0], 5]}, "#/data/1"),
        ({"data": [{**BIRDS[0], "wings": 2}]}, "#/data/0/wings"),
        ({"data": [{**BIRDS[0], "bill_length_mm": "long"}]}, "#/data/0/bill_length_mm"),
        ({"data": [{name: cell for name, cell in BIRDS[0].items() if name != "island"}]}, "#/data/0/island"),
        ({"data": [BIRDS[0], {**BIRDS[0], "species": "Emperor"}]}, "#/data/1/species"),
        ({"data": BIRDS[3:]}, "#/data"),
        ({"validation": [{**BIRDS[0], "wings": 2}]}, "#/validation/0/wings"),
        ({"validation": BIRDS[3:]}, "#/validation"),
        ({"data": BIRDS[:1], "validation": {"fraction": 0.5}}, "#/validation/fraction"),
        ({"sample_weight": "count"}, "#/data/0/count"),
        ({"class_weights": [1, 2]}, "#/class_weights"),
        ({"sample_weight": "island"}, "#/sample_weight"),
        ({"sample_weight": "species"}, "#/sample_weight"),
        ({"validation": {"fraction": 0.5, "time": "island"}}, "#/validation/time"),
        ({"data": BIRDS[:2], "class_weights": {"Adelie": 0, "Gentoo": 0}}, "#/class_weights"),
        ({"class_weights": {"Adelie": 1e300}}, "#/class_weights"),
    ],
)
def test_rows_that_do_not_fit_are_rejected_by_row_and_column(rejected, penguins, fields, place):
    rejected(422, "POST", "/train", place, json={"network": "birds", "data": BIRDS, **fields})
