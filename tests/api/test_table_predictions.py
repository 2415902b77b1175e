"""Ask a network in the words of a table."""

import csv
import io

import numpy as np
import pytest

from tests.api.birds import BILL, ISLAND, MASS, SPECIES, fitted_network


def asked(client, **arguments):
    answer = client.get("/predict", query_string={"network": "birds", **arguments})
    assert answer.status_code == 200, answer.text
    return answer.json


def posted(client, rows, network="birds", **body):
    answer = client.post("/predict", json={"network": network, "inputs": rows, **body})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_row_by_names_is_answered_in_words(client, birds):
    answer = asked(client, mass="6000", bill="42", island="Biscoe", top_k=2)
    scores = np.array([2000 / np.sqrt(500000), 0, 0])
    expected = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(answer["outputs"], [expected])
    assert answer["labels"] == ["Adelie"]
    assert answer["predictions"] == [{"species": "Adelie"}]
    assert list(answer["probabilities"][0]) == ["Adelie", "Gentoo", "Chinstrap"]
    assert [item["label"] for item in answer["top_k"][0]] == ["Adelie", "Gentoo"]
    assert "imputed" not in answer and "unseen" not in answer


def test_what_a_row_can_do_without_is_filled_in_and_reported(client, birds):
    answer = asked(client, mass="4000")
    assert answer["imputed"] == {"bill": {"rows": 1, "value": 42.0}, "island": {"rows": 1, "value": "Dream"}}
    assert answer["outputs"] == asked(client, mass="4000", bill="42", island="Dream")["outputs"]


def test_a_category_nobody_has_seen_is_reported(client, birds):
    answer = asked(client, mass="4000", bill="NA", island="Atlantis")
    assert answer["unseen"] == {"island": {"rows": 1, "values": ["Atlantis"]}}
    assert list(answer["imputed"]) == ["bill"]


@pytest.mark.parametrize(
    ("arguments", "parameter", "words"),
    [
        ({}, "mass", "is required"),
        ({"bill": "3"}, "mass", "is required"),
        ({"mass": ""}, "mass", "is required"),
        (
            {"mass": "4", "bil": "3"},
            "bil",
            'did you mean "bill"? Known: network, snapshot, top_k, _model, _interval, _format, mass',
        ),
        ({"mass": "heavy"}, "mass", 'must be a finite number, got "heavy"'),
        ({"mass": "1e999"}, "mass", "finite number"),
        ({"x": "1,2,3"}, "x", "takes each column by its name"),
        ({"mass": "1", "top_k": "4"}, "top_k", "at most 3"),
    ],
)
def test_a_row_that_cannot_be_read_says_what_would_be_right(rejected, birds, arguments, parameter, words):
    query = "&".join(f"{name}={value}" for name, value in {"network": "birds", **arguments}.items())
    problem = rejected(422, "GET", f"/predict?{query}", parameter)
    assert any(words in issue["detail"] for issue in problem["errors"] if issue["parameter"] == parameter), problem


def test_rows_as_objects_are_answered_as_each_is_alone(client, birds):
    rows = [
        {"mass": 6000, "bill": 40, "island": "Dream"},
        {"mass": 3000, "island": None},
        {"mass": 4000, "island": "?"},
    ]
    together = posted(client, rows)
    alone = [posted(client, [row])["outputs"][0] for row in rows]
    np.testing.assert_allclose(together["outputs"], alone, rtol=1e-12)
    assert together["imputed"] == {"bill": {"rows": 2, "value": 42.0}, "island": {"rows": 1, "value": "Dream"}}
    assert together["unseen"] == {"island": {"rows": 1, "values": ["?"]}}
    query = asked(client, mass="6000", bill="40", island="Dream")
    np.testing.assert_allclose(query["outputs"][0], together["outputs"][0], rtol=1e-12)


def test_issues_in_rows_have_their_row_and_column(rejected, birds):
    rows = [{"mass": 1, "ilsand": "Dream"}, {"bill": 3}, {"mass": "heavy"}]
    rejected(422, "POST", "/predict", "#/inputs/0/ilsand", "#/inputs/1/mass", json={"network": "birds", "inputs": rows})
    rejected(422, "POST", "/predict", "#/inputs/0/mass", json={"network": "birds", "inputs": [{"mass": "heavy"}]})
    rejected(422, "POST", "/predict", "#/inputs/0/mass", json={"network": "birds", "inputs": [{"mass": [1]}]})
    rejected(422, "POST", "/predict", "#/inputs/0", json={"network": "birds", "inputs": [[1, 2, 3]]})
    rejected(422, "POST", "/predict", "#/inputs", json={"network": "birds", "inputs": []})


CSV = "island;mass;bill\r\nDream;6000;40\r\n;3000;\r\n"


def test_a_json_row_says_the_same_in_strings(client, birds):
    assert posted(client, [{"mass": " 6000 ", "bill": "n/a"}]) == posted(client, [{"mass": 6000, "bill": None}])


def test_csv_in_is_answered_as_the_same_rows_in_json(client, birds):
    answer = client.post("/predict?network=birds&top_k=1", data=CSV, content_type="text/csv; charset=utf-8")
    assert answer.status_code == 200, answer.text
    assert answer.json == posted(client, [{"mass": 6000, "bill": 40, "island": "Dream"}, {"mass": 3000}], top_k=1)


def test_attributions_are_not_dropped_from_csv_without_a_word(rejected, birds):
    body = {"network": "birds", "inputs": [{"mass": 1}], "attributions": True}
    rejected(422, "POST", "/predict", "#/attributions", json=body, headers={"Accept": "text/csv"})


def test_csv_out_has_a_line_for_each_row(client, birds):
    answer = client.post("/predict?network=birds", data=CSV, content_type="text/csv", headers={"Accept": "text/csv"})
    assert answer.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    rows = posted(client, [{"mass": 6000, "bill": 40, "island": "Dream"}, {"mass": 3000}])
    assert [line["species"] for line in lines] == rows["labels"]
    assert float(lines[1]["probability of Gentoo"]) == rows["probabilities"][1]["Gentoo"]


@pytest.mark.parametrize(
    ("query", "body", "path"),
    [
        ("", CSV, "network"),
        ("network=birds&snapshots=latest", CSV, "snapshots"),
        ("network=birds", "mass,bil\n1,2\n", "#/inputs/bil"),
        ("network=birds", "mass,bill\n1,2\nheavy,3\n", "#/inputs/1/mass"),
        ("network=birds", "mass,bill\n1\n", "#/inputs/0"),
    ],
)
def test_csv_that_cannot_be_read_is_rejected_with_its_place(rejected, birds, query, body, path):
    rejected(422, "POST", f"/predict?{query}", path, data=body, content_type="text/csv")


def test_csv_in_another_encoding_is_rejected(rejected, birds):
    problem = rejected(422, "POST", "/predict?network=birds", data=b"m\xe4ss\n1", content_type="text/csv")
    assert "UTF-8" in problem["detail"]


def test_a_json_body_takes_no_query(rejected, birds):
    rejected(422, "POST", "/predict?network=birds", "network", json={"network": "birds", "inputs": [{"mass": 1}]})


def test_an_answer_is_json_or_csv_and_nothing_else(rejected, birds):
    rejected(
        406, "POST", "/predict", json={"network": "birds", "inputs": [{"mass": 1}]}, headers={"Accept": "image/png"}
    )


def test_numbers_of_a_table_are_not_judged_as_classes(rejected, client, storage):
    target = {"name": "price", "type": "number"}
    fitted_network(client, storage, "prices", target, 1, weights=[[1], [0], [0], [0]], loss="mean_squared_error")
    rows = {"data": [{"mass": 1, "bill": 2, "island": "Dream", "price": 3}]}
    problem = rejected(
        422, "POST", "/train", "#/metrics/0", json={"network": "prices", "metrics": ["accuracy"], **rows}
    )
    assert "regression" in problem["errors"][0]["detail"]
    rejected(422, "POST", "/evaluate", "#/metrics/0", json={"network": "prices", "metrics": ["log_loss"], **rows})


def test_numbers_come_back_in_the_units_of_the_table(client, storage):
    target = [{"name": "weight", "type": "number"}, {"name": "price", "type": "number", "scale": "none"}]
    fitted_network(client, storage, "scales", target, 2, weights=[[1, 0], [0, 1], [0, 0], [0, 0]])
    answer = posted(client, [{"mass": 4000, "bill": 42, "island": "Dream"}, {"mass": 5000, "bill": 44}], "scales")
    deviation = np.sqrt(12500)
    assert answer["predictions"][0] == {"weight": pytest.approx(250), "price": pytest.approx(0)}
    expected = 250 + deviation * 1000 / np.sqrt(500000)
    assert answer["predictions"][1]["weight"] == answer["outputs"][1][0] == pytest.approx(expected)
    lines = client.post(
        "/predict?network=scales", data="mass\n4000\n", content_type="text/csv", headers={"Accept": "text/csv"}
    ).text.split()
    assert lines[0] == "weight,price" and float(lines[1].split(",")[0]) == pytest.approx(250)


def test_yes_and_no_are_answered_so(client, storage):
    weights = [[1], [0], [0], [0]]
    fitted_network(
        client, storage, "sexes", {"name": "male", "type": "boolean"}, 1, weights=weights, activation="sigmoid"
    )
    answer = posted(client, [{"mass": 5000}, {"mass": 3000}], "sexes")
    assert answer["predictions"] == [{"male": True}, {"male": False}]
    assert answer["labels"] == ["true", "false"]


def test_a_yes_or_no_each_is_answered_so(client, storage):
    target = [{"name": "male", "type": "boolean"}, {"name": "tagged", "type": "boolean"}]
    weights = [[1, -1], [0, 0], [0, 0], [0, 0]]
    fitted_network(
        client, storage, "both", target, 2, weights=weights, activation="sigmoid", loss="binary_cross_entropy"
    )
    answer = posted(client, [{"mass": 5000}, {"mass": 3000}], "both")
    assert answer["predictions"] == [{"male": True, "tagged": False}, {"male": False, "tagged": True}]


def test_attributions_are_by_the_users_columns_and_units(client, birds):
    answer = posted(client, [{"mass": 6000, "bill": 40, "island": "Dream"}], attributions=True)
    told = answer["attributions"][0]
    assert list(told["inputs"]) == ["mass", "bill", "island"]
    assert sum(told["inputs"].values()) == pytest.approx(told["value"] - told["baseline"], abs=1e-3)


def test_a_network_that_no_rows_have_trained_answers_all_the_same(client):
    layer = {"type": "dense", "units": 3, "activation": "softmax"}
    client.post("/networks", json={"name": "new", "inputs": [BILL, ISLAND], "target": SPECIES, "layers": [layer]})
    assert len(posted(client, [{"bill": 3}], "new")["outputs"][0]) == 3


def test_a_network_of_numbers_takes_csv_by_its_features(client, network):
    answer = client.post("/predict?network=cheese", data="salt,fat\n0.9,0.2\n", content_type="text/csv")
    assert answer.json == posted(client, [[0.2, 0.9]], "cheese")
    told = client.post("/predict", json={"network": "cheese", "inputs": [[0.2, 0.9]]}, headers={"Accept": "text/csv"})
    assert told.text.splitlines()[0] == "label,output_1,probability of dislike,probability of like"


@pytest.fixture
def copy(client, birds):
    """A network of the same columns that nobody has trained."""
    names = ("layers", "dtype")
    known = client.get("/networks/birds").json
    body = {"name": "copy", "inputs": [MASS, BILL, ISLAND], "target": SPECIES} | {key: known[key] for key in names}
    made = client.post("/networks", json=body)
    assert made.status_code == 201, made.text


def as_json(client):
    exported = client.get("/networks/birds/weights").json
    return {"json": {key: exported[key] for key in ("layers", "preprocessing")}}


def as_safetensors(client):
    body = client.get("/networks/birds/weights?format=safetensors").data
    return {"data": body, "headers": {"Content-Type": "application/octet-stream"}}


@pytest.mark.parametrize("exported", [as_json, as_safetensors])
def test_weights_take_along_how_the_columns_were_read(client, copy, exported):
    rows = [{"mass": 3500, "bill": 41.5, "island": "Dream"}, {"mass": 4100}]
    before = posted(client, rows, network="copy")
    made = client.post("/networks/copy/snapshots", **exported(client))
    assert made.status_code == 201, made.text
    after = posted(client, rows, network="copy")
    assert after["predictions"] == posted(client, rows)["predictions"] != before["predictions"]


def test_weights_without_how_the_columns_were_read_are_rejected_unless_nothing_was_learnt(rejected, client, copy):
    layers = client.get("/networks/birds/weights").json["layers"]
    rejected(422, "POST", "/networks/copy/snapshots", "#/preprocessing", json={"layers": layers})
    untrained = client.get("/networks/copy/weights").json
    assert untrained["preprocessing"] is None
    again = {key: untrained[key] for key in ("layers", "preprocessing")}
    assert client.post("/networks/copy/snapshots", json=again).status_code == 201


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda known: known["inputs"][0].update(name="weight"), "#/preprocessing/inputs"),
        (lambda known: known["inputs"].pop(), "#/preprocessing/inputs"),
        (lambda known: known["inputs"][0]["scaling"].update(scale=0), "#/preprocessing/inputs/0/scaling/scale"),
        (lambda known: known["inputs"].__setitem__(1, 7), "#/preprocessing/inputs/1"),
        (lambda known: known["target"].append({"shift": 1, "scale": 1}), "#/preprocessing/target"),
        (lambda known: known["inputs"][2].update(fill=2), "#/preprocessing/inputs/2/fill"),
        (lambda known: known["inputs"][1].pop("fill"), "#/preprocessing/inputs/1/fill"),
        (lambda known: known["inputs"][0]["scaling"].update(knots=[1, 2]), "#/preprocessing/inputs/0/scaling/knots"),
        (lambda known: known.pop("rows"), "#/preprocessing/rows"),
        (lambda known: known.update(words=[]), "#/preprocessing/words"),
    ],
)
def test_how_columns_were_read_must_be_of_these_columns(rejected, client, copy, change, pointer):
    body = as_json(client)["json"]
    change(body["preprocessing"])
    rejected(422, "POST", "/networks/copy/snapshots", pointer, json=body)


def test_a_network_of_numbers_has_no_preprocessing(rejected, client, network):
    known = client.get("/networks/cheese/weights").json
    assert "preprocessing" not in known
    body = {"layers": known["layers"], "preprocessing": {"rows": 1}}
    rejected(422, "POST", "/networks/cheese/snapshots", "#/preprocessing", json=body)


def test_csv_out_names_what_was_completed_and_what_is_unknown_where_it_is_asked_to(client, birds):
    rows = "mass,island,bill\n3000,Biscoe,40\n3000,Mars,\n3000,,40\n"
    answer = client.post(
        "/predict?network=birds&cells=true", data=rows, content_type="text/csv", headers={"Accept": "text/csv"}
    )
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["imputed"] for line in lines] == ["", "bill", "island"]
    assert [line["unseen"] for line in lines] == ["", "island", ""]
    body = {"network": "birds", "inputs": [{"mass": 1}]}
    in_json = client.post("/predict?cells=true", json=body, headers={"Accept": "text/csv"})
    assert next(csv.DictReader(io.StringIO(in_json.text)))["imputed"] == "bill, island"


def test_a_blank_line_of_one_column_is_a_row(client):
    column = {"name": "v", "type": "number"}
    layers = [{"type": "dense", "units": 1}]
    client.post("/networks", json={"name": "one", "inputs": [column], "target": "y", "layers": layers})
    for text, rows in (("v\n1\n\n9\n", 3), ("\nv\n\n1\n", 2), ("v\r\n1\r\n\r\n", 2)):
        answer = client.post("/predict?network=one", data=text, content_type="text/csv")
        assert len(answer.json["predictions"]) == rows
        assert answer.json["imputed"]["v"]["rows"] == 1


def test_an_untrained_network_says_so(client, storage, birds):
    made = client.post("/networks", json={"name": "new", "inputs": 1, "layers": [{"type": "dense", "units": 1}]}).json
    answer = client.get("/predict?network=new&x=1").json
    assert answer["trained"] is False and "no training has changed them" in answer["warnings"][0]
    assert "trained" not in asked(client, mass="4000")
    weights = client.get("/networks/new/weights").json
    given = client.post("/networks/new/snapshots", json=weights)
    assert given.status_code == 201, given.text
    assert "trained" not in client.get("/predict?network=new&x=1").json
    assert given.json["network"] == made["id"]
