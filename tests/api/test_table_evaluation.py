"""Judge a network in the words of a table."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.data.tables.profile import described
from service.domain.datasets import NewDataset
from service.domain.ids import new_id
from tests.api.birds import FRAME, SPECIES, fitted_network

ROWS = [
    {"mass": 3000, "bill": 40, "island": "Dream", "species": "Adelie"},
    {"mass": 9000, "species": "Adelie"},
    {"mass": 4000, "bill": 99, "island": "Atlantis", "species": "Gentoo"},
]


def labelled(client, network="birds", **body):
    answer = client.post("/evaluate", json={"network": network, **body})
    assert answer.status_code == 200, answer.text
    return answer.json


def figures(answer):
    """What it says apart from where the rows are from."""
    return {name: part for name, part in answer.items() if name != "evaluated_on"}


@pytest.fixture
def stored(storage):
    """Store a table as an upload of it would be."""

    def store(name, **cells):
        table, id, file = pa.table(cells), new_id("ds"), io.BytesIO()
        columns, _ = described(table)
        new = NewDataset(
            id=id,
            sha256="0" * 64,
            filename=None,
            format="csv",
            options={},
            size_bytes=1,
            rows=len(table),
            columns=columns,
            preview=[],
            warnings=[],
        )
        storage.begin_dataset(new)
        pq.write_table(table, file)
        storage.add_chunk(id, len(table), file.getvalue())
        storage.publish_dataset(id, name=name, fingerprint=id)

    return store


def network_of(client, inputs, target):
    layer = {"type": "dense", "units": len(target["categories"]), "activation": "softmax"}
    body = {"name": "asked", "inputs": inputs, "target": target, "layers": [layer]}
    answer = client.post("/networks", json=body)
    assert answer.status_code == 201, answer.text


def category(name, *categories):
    return {"name": name, "type": "category", "categories": list(categories)}


def test_rows_with_their_targets_are_judged(client, birds):
    told = labelled(client, data=ROWS, metrics=["accuracy"])
    assert told["metrics"]["accuracy"] == pytest.approx(2 / 3)
    assert told["confusion"]["labels"] == ["Adelie", "Gentoo", "Chinstrap"]
    assert told["confusion"]["counts"] == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert told["imputed"]["bill"] == {"rows": 1, "value": 42.0}
    assert told["unseen"] == {"island": {"rows": 1, "values": ["Atlantis"]}}


def test_targets_may_stand_apart(client, birds):
    inputs = [{name: cell for name, cell in row.items() if name != "species"} for row in ROWS]
    apart = {"inputs": inputs, "targets": ["Adelie", "Adelie", "Gentoo"]}
    assert figures(labelled(client, data=apart)) == figures(labelled(client, data=ROWS))


def test_metrics_of_numbers_are_in_the_units_of_the_table(client, storage):
    weights = [[0.0], [0], [0], [0]]
    fitted_network(client, storage, "scales", {"name": "weight", "type": "number"}, 1, weights=weights)
    told = labelled(client, "scales", data=[{"mass": 1, "weight": 150}, {"mass": 2, "weight": 300}], metrics=["mae"])
    assert told["metrics"]["mae"] == pytest.approx(75)
    assert told["loss"] == pytest.approx((100**2 + 50**2) / 2 / np.var(FRAME["weight"].values))


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ([{"mass": 1}], "#/data/0/species", "is required"),
        ([{"mass": 1, "species": "Emperor"}], "#/data/0/species", "must be one of Adelie, Gentoo, Chinstrap"),
        ([{"species": "Adelie"}], "#/data/0/mass", "is required"),
        ({"inputs": [{"mass": 1}], "targets": ["Emperor"]}, "#/data/targets/0", "must be one of"),
        ({"inputs": [{"mass": "heavy"}], "targets": ["Adelie"]}, "#/data/inputs/0/mass", "must be a finite number"),
        ({"inputs": [{"mass": 1}], "targets": []}, "#/data/targets", "an entry for each row"),
        (
            {"inputs": [{"mass": 1, "species": "Adelie"}], "targets": ["Adelie"]},
            "#/data/inputs/0/species",
            "given in targets already",
        ),
        ({"rows": []}, "#/data", "must be a list of rows"),
    ],
)
def test_rows_that_cannot_be_judged_are_rejected_at_their_place(rejected, birds, data, place, words):
    problem = rejected(422, "POST", "/evaluate", place, json={"network": "birds", "data": data})
    assert any(words in issue["detail"] for issue in problem["errors"] if issue["pointer"] == place), problem


def test_either_data_or_a_data_set_is_needed(rejected, birds):
    rejected(422, "POST", "/evaluate", "#/data", json={"network": "birds"})
    rejected(422, "POST", "/evaluate", json={"network": "birds", "data": ROWS, "dataset": "penguins"})
    rejected(404, "POST", "/evaluate", "#/dataset", json={"network": "birds", "dataset": "nowhere"})


def test_a_step_is_explained_in_the_words_of_the_table(client, birds):
    row = {"mass": 4000, "bill": 42, "island": "Dream"}
    answer = client.post("/networks/birds/explain", json={"inputs": row, "targets": "Gentoo"})
    assert answer.status_code == 200, answer.text
    assert answer.json["outputs"] == client.post("/predict", json={"network": "birds", "inputs": [row]}).json["outputs"]
    both = client.post("/networks/birds/explain", json={"inputs": [row, row], "targets": ["Gentoo", "Adelie"]})
    assert len(both.json["outputs"]) == 2


def test_a_step_of_a_row_that_cannot_be_read_is_rejected_at_its_place(rejected, birds):
    rejected(422, "POST", "/networks/birds/explain", "#/inputs/mass", json={"inputs": {"bill": 4}, "targets": "Gentoo"})
    rejected(422, "POST", "/networks/birds/explain", "#/targets", json={"inputs": {"mass": 4}, "targets": "Emperor"})


def test_a_step_of_a_network_that_is_not_stored_is_explained_too(client):
    layer = {"type": "dense", "units": 3, "activation": "softmax"}
    network = {"name": "tried", "inputs": [{"name": "bill", "type": "number"}], "target": SPECIES, "layers": [layer]}
    answer = client.post("/explain", json={"network": network, "inputs": {"bill": 2}, "targets": "Gentoo"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("cells", [{"mass": [1.0], "bill": [2.0], "island": ["Dream"]}, {"wings": [2.0]}])
def test_a_data_set_that_lacks_columns_is_rejected_as_a_training_rejects_it(rejected, birds, stored, cells):
    stored("poor", **cells)
    for path in ("/evaluate", "/train"):
        problem = rejected(422, "POST", path, "#/dataset", json={"network": "birds", "dataset": "poor"})
        lacking = f'lacks the column "species", which the network needs; it has {", ".join(cells)}'
        assert lacking in [issue["detail"] for issue in problem["errors"]]


def test_a_data_set_column_of_another_kind_is_rejected(rejected, birds, stored):
    stored("wrong", mass=["a"], bill=[2.0], island=["Dream"], species=["Adelie"])
    problem = rejected(422, "POST", "/evaluate", "#/dataset", json={"network": "birds", "dataset": "wrong"})
    assert "is a category column, and the network takes a number" in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("categories", "words", "read"),
    [
        (("no", "unknown", "yes"), ["yes", "no"], [True, False]),
        (("False", "True", "maybe"), ["True", "False"], [True, False]),
        (("1.5", "2.5", "XL"), ["1.5", "2.5"], [1.5, 2.5]),
        (("+1", "2", "x", "1e3"), ["+1", "1e3"], [1.0, 1000.0]),
    ],
)
def test_words_are_known_whatever_a_data_set_took_them_for(client, stored, categories, words, read):
    network_of(client, [category("s", *categories)], category("y", *categories))
    stored("plain", s=words, y=words)
    stored("taken", s=read, y=read)
    told = labelled(client, "asked", dataset="taken")
    assert "unseen" not in told
    assert figures(told) == figures(labelled(client, "asked", dataset="plain"))


def test_a_column_without_any_value_is_filled_in_of_whatever_kind(client, stored):
    inputs = [{"name": "t", "type": "time"}, {"name": "b", "type": "boolean"}, category("s", "u", "v")]
    network_of(client, inputs, category("y", "u", "v"))
    nothing = pa.array([None, None], pa.float64())
    stored("empty", t=nothing, b=nothing, s=nothing, y=["u", "v"])
    rows = [{"y": "u"}, {"y": "v"}]
    assert figures(labelled(client, "asked", dataset="empty")) == figures(labelled(client, "asked", data=rows))


def test_words_of_a_data_set_that_stand_for_missing_are_filled_in_unless_they_are_categories(client, stored):
    network_of(client, [category("land", "DE", "NA"), category("city", "Bonn", "Rome")], category("y", "u", "v"))
    stored("words", land=["NA", "DE"], city=["NA", " Rome "], y=["u", "v"])
    told = labelled(client, "asked", dataset="words")
    assert told["imputed"] == {"city": {"rows": 1, "value": "Bonn"}}
    assert "unseen" not in told


def test_a_cell_that_cannot_be_encoded_is_reported_where_its_table_has_it(client, rejected, stored):
    network_of(client, [{"name": "x", "type": "number", "scale": "none"}], category("y", "u", "v"))
    rows = [{"x": 1, "y": "u"}, {"x": 1e300, "y": "v"}]
    apart = {"inputs": [{"x": row["x"]} for row in rows], "targets": [row["y"] for row in rows]}
    rejected(422, "POST", "/evaluate", "#/data/1/x", json={"network": "asked", "data": rows})
    rejected(422, "POST", "/evaluate", "#/data/inputs/1/x", json={"network": "asked", "data": apart})
    stored("holes", x=[1.0, 1.0, 1e300], y=[None, "u", "v"])
    rejected(422, "POST", "/evaluate", "#/dataset/2/x", json={"network": "asked", "dataset": "holes"})
