"""What a network takes and gives, in the words that protocols and file formats write out."""

import numpy as np
import pytest

from service.data.preprocessing.fitted import fit
from service.data.preprocessing.table import TableSpec
from service.data.signatures.choice import signature_of
from service.data.table_rows import Csv
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.schema.validation import DataError
from tests.api.birds import BILL, FRAME, ISLAND, MASS, SPECIES

INPUTS = [MASS, BILL, ISLAND]


def network(inputs, outputs, *, activation="softmax", loss="cross_entropy", dtype="float64"):
    layer = {"type": "dense", "units": outputs, "activation": activation}
    return Network(NetworkSpec.from_json({"inputs": inputs, "layers": [layer], "loss": loss, "dtype": dtype}))


def numbers(net, features=None, labels=None):
    return signature_of(net, features=features, labels=labels, table=None)


def table(target, outputs, **net):
    spec = TableSpec.from_json({"inputs": INPUTS, "target": target})
    statistics = fit(spec, FRAME).to_json()
    written = spec.to_json()
    return signature_of(
        network(4, outputs, **net), features=spec.features, labels=spec.labels, table=written, statistics=statistics
    )


def shown(specs):
    return [(spec.name, spec.kind, spec.dtype, spec.shape) for spec in specs]


def test_plain_numbers_are_one_input_whose_elements_have_the_features_names():
    signature = numbers(network(2, 3, dtype="float32"), ("fat", "salt"), ("a", "b", "c"))
    assert shown(signature.inputs) == [("x", "number", "float64", (-1, 2))]
    assert signature.inputs[0].elements == ("fat", "salt")
    assert shown(signature.outputs) == [
        ("outputs", "number", "float32", (-1, 3)),
        ("label", "category", "string", (-1,)),
        ("probabilities", "number", "float32", (-1, 3)),
    ]
    assert signature.outputs[1].categories == signature.outputs[2].elements == ("a", "b", "c")


def test_classes_without_labels_are_given_by_their_index():
    signature = numbers(network(2, 3))
    assert [spec.name for spec in signature.outputs] == ["outputs", "class", "probabilities"]
    assert signature.outputs[1].dtype == "int64"


def test_a_network_of_numbers_gives_its_outputs_alone():
    signature = numbers(network(2, 1, activation="linear", loss="mean_squared_error"))
    assert shown(signature.outputs) == [("outputs", "number", "float64", (-1, 1))]
    assert signature.kind is None and signature.classifier is None


def test_each_column_of_a_table_is_an_input_and_each_target_an_output():
    signature = table(SPECIES, 3)
    assert shown(signature.inputs) == [
        ("mass", "number", "float64", (-1, 1)),
        ("bill", "number", "float64", (-1, 1)),
        ("island", "category", "string", (-1, 1)),
    ]
    assert [(spec.required, spec.nullable) for spec in signature.inputs] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    assert signature.inputs[2].categories == ("Biscoe", "Dream")
    assert shown(signature.outputs) == [
        ("species", "category", "string", (-1,)),
        ("probabilities", "number", "float64", (-1, 3)),
    ]
    assert signature.outputs[1].elements == ("Adelie", "Gentoo", "Chinstrap")


def test_probabilities_get_another_name_beside_a_target_of_that_name():
    spec = TableSpec.from_json({"inputs": INPUTS, "target": {**SPECIES, "name": "probabilities"}})
    signature = signature_of(
        network(4, 3), features=spec.features, labels=spec.labels, table=spec.to_json(), statistics=None
    )
    assert [spec.name for spec in signature.outputs] == ["probabilities", "output_probability"]


def test_numbers_of_a_table_are_given_in_its_units():
    signature = table({"name": "weight", "type": "number"}, 1, activation="linear", loss="mean_squared_error")
    assert shown(signature.outputs) == [("weight", "number", "float64", (-1,))]
    assert signature.in_units(np.zeros((1, 1))).tolist() == [[250.0]]
    assert signature.kind == "regression"


def test_several_yes_or_no_are_an_output_each():
    target = [{"name": "male", "type": "boolean"}, {"name": "tagged", "type": "boolean"}]
    signature = table(target, 2, activation="sigmoid", loss="binary_cross_entropy")
    assert shown(signature.outputs)[:2] == [("male", "boolean", "bool", (-1,)), ("tagged", "boolean", "bool", (-1,))]
    assert signature.by_target([[0.9, 0.1]], [[0]], [["male"]]) == [{"male": True, "tagged": False}]


def test_it_is_written_as_json_with_every_field():
    written = table(SPECIES, 3).to_json()
    assert written["inputs"][2] == {
        "name": "island",
        "type": "category",
        "dtype": "string",
        "shape": [-1, 1],
        "categories": ["Biscoe", "Dream"],
        "elements": None,
        "required": False,
        "nullable": True,
    }


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ([{"salt": 1, "fat": 2}], (0, "salt")),
        ([[2, 1]], (0, 1)),
        (Csv("fat,salt\n2,1"), (0, "salt")),
        ([{"x": "2,1"}], (0, "x")),
    ],
)
def test_a_number_is_found_where_its_row_has_it_however_it_is_written(rows, path):
    assert numbers(network(2, 3), ("fat", "salt")).path_of((0, 1), rows) == path


def test_a_bare_number_is_found_by_its_row():
    assert numbers(network(1, 3)).path_of((4, 0), [1, 2, 3, 4, 5]) == (4,)
    assert numbers(network(1, 3)).path_of((), [1]) == ()


def test_an_encoded_number_is_found_by_its_column():
    signature = table(SPECIES, 3)
    assert [signature.path_of((7, place), None) for place in range(4)] == [
        (7, "mass"),
        (7, "bill"),
        (7, "island"),
        (7, "island"),
    ]


@pytest.mark.parametrize(
    ("value", "one"),
    [(0.5, True), ([0.2, 0.9], True), ([[0.2, 0.9]], False), ([], False), ([{"fat": 1}], False), ({"fat": 1}, True)],
)
def test_one_row_of_several_numbers_is_distinguished_from_rows(value, one):
    assert numbers(network(2, 3)).is_row(value) is one
    assert numbers(network(1, 3)).is_row(value) is not isinstance(value, list)
    assert table(SPECIES, 3).is_row(value) is not isinstance(value, list)


def test_csv_needs_names():
    with pytest.raises(DataError, match="whose inputs have names"):
        numbers(network(2, 3)).read_rows(Csv("a,b\n1,2"))
    assert numbers(network(2, 3), ("a", "b")).read_rows(Csv("b,a\n1,2")).values.tolist() == [[2, 1]]


def test_statistics_belong_to_networks_of_tables_alone():
    with pytest.raises(DataError, match="takes numbers as they are"):
        numbers(network(2, 3)).read_statistics({"rows": 1})
    signature = table(SPECIES, 3)
    assert signature.read_statistics(None) is None
    statistics = fit(signature.table, FRAME).to_json()
    assert signature.read_statistics(statistics) == statistics
    with pytest.raises(DataError, match="must be of the columns mass, bill, island"):
        signature.read_statistics({**statistics, "inputs": []})


def test_only_networks_of_numbers_are_given_their_columns():
    with pytest.raises(DataError, match="inputs: must not be given.*; target: must not be given"):
        table(SPECIES, 3).read_columns(["mass"], "species")
    plain = numbers(network(2, 3), ("fat", "salt"))
    assert plain.read_columns(None, "taste").inputs == ("fat", "salt")
    with pytest.raises(DataError, match="target: is required"):
        plain.read_columns(None, None)
    with pytest.raises(DataError, match="inputs: is required: name the columns of this network's 2 inputs"):
        numbers(network(2, 3)).read_columns(None, "taste")
    with pytest.raises(DataError, match="inputs: must name each column once"):
        plain.read_columns(["fat", "fat"], "taste")
    with pytest.raises(DataError, match="needs a network for the columns of a table"):
        plain.encoder()
