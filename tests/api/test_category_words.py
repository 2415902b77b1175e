"""One cell, asked for in a URL, as CSV and as JSON: the same category each time."""

import csv
import io

import pytest

MASS = {"name": "mass", "type": "number"}


@pytest.fixture
def asked(client):
    """How one cell of a category column is answered, in each way of asking; without `impute` none may be missing."""

    def make(categories, impute="most_frequent"):
        land = {"name": "land", "type": "category", "categories": categories, "impute": impute}
        body = {
            "name": "lands",
            "inputs": [MASS, land],
            "target": {"name": "y", "type": "number"},
            "layers": [{"type": "dense", "units": 1}],
        }
        answer = client.post("/networks", json=body)
        assert answer.status_code == 201, answer.text

        def ask(*written):
            """`written` are the text, and whatever else JSON may have in its place."""
            line = io.StringIO()
            csv.writer(line).writerows([["mass", "land"], [1, written[0]]])
            return [
                client.get("/predict", query_string={"network": "lands", "mass": 1, "land": written[0]}),
                client.post("/predict?network=lands", data=line.getvalue(), content_type="text/csv"),
                *(
                    client.post("/predict", json={"network": "lands", "inputs": [{"mass": 1, "land": cell}]})
                    for cell in written
                ),
            ]

        return ask

    return make


@pytest.mark.parametrize(
    ("categories", "plain", "others"),
    [
        (["DE", "NA", "null"], "NA", [(" NA ",)]),
        (["DE", "NA", "null"], "null", [("null ",)]),
        (["False", "True", "maybe"], "True", [("true", True), ("yes",)]),
        (["false", "true"], "true", [("True", True), ("1", 1)]),
        (["1", "2"], "2", [("2.0", 2.0, 2)]),
        (["1.0", "2.0"], "2.0", [("2", 2.0, 2)]),
        (["1.5", "XL"], "1.5", [("1.50", 1.5)]),
    ],
)
def test_a_category_is_known_however_it_is_written_and_asked_for(asked, categories, plain, others):
    ask = asked(categories)
    expected = ask(plain)[-1].json
    assert "unseen" not in expected and "imputed" not in expected
    for written in [(plain,), *others]:
        assert [answer.json for answer in ask(*written)] == [expected] * (2 + len(written)), written


@pytest.mark.parametrize("text", ["NA", " na ", "None", "null", "nan"])
def test_a_word_for_missing_that_is_no_category_is_filled_in(asked, text):
    for answer in asked(["DE", "FR"])(text):
        assert answer.json["imputed"] == {"land": {"rows": 1, "value": "DE"}}
        assert "unseen" not in answer.json


@pytest.mark.parametrize("text", ["NA", ""])
def test_a_word_for_missing_is_rejected_where_a_category_is_needed(asked, text):
    for answer in asked(["DE", "FR"], "none")(text):
        assert answer.status_code == 422, answer.text
        issue = answer.json["errors"][0]
        assert "land" in (issue.get("pointer") or issue["parameter"])


@pytest.fixture
def told(client):
    """How rows with one more target are taken by a network of these classes: to train it, and to judge it."""

    def make(categories, target):
        layers = [{"type": "dense", "units": 1, "activation": "sigmoid"}]
        classes = {"name": "y", "type": "category", "categories": categories}
        body = {"name": "classes", "inputs": [MASS], "target": classes, "layers": layers}
        assert client.post("/networks", json=body).status_code == 201
        data = [{"mass": place, "y": word} for place, word in enumerate([*categories, target])]
        return [client.post(path, json={"network": "classes", "data": data}) for path in ("/train", "/evaluate")]

    return make


@pytest.mark.parametrize(
    ("categories", "target"),
    [(["no", "yes"], True), (["1", "2"], "2.0"), (["1", "2"], 2), (["a", "b"], " a "), (["NA", "b"], "NA")],
)
def test_a_class_is_known_however_a_row_writes_it(told, categories, target):
    trained, labelled = told(categories, target)
    assert (trained.status_code, labelled.status_code) == (202, 200), trained.text
    assert labelled.json["rows"] == 3


@pytest.mark.parametrize("target", ["c", "1", True])
def test_a_class_that_the_network_does_not_tell_is_rejected(told, target):
    for answer in told(["a", "b"], target):
        assert answer.status_code == 422
        assert [issue["pointer"] for issue in answer.json["errors"]] == ["#/data/2/y"]


def test_a_word_for_a_missing_class_leaves_a_row_out_of_training_and_cannot_be_judged(told):
    trained, labelled = told(["a", "b"], "NA")
    assert (trained.status_code, labelled.status_code) == (202, 422)
