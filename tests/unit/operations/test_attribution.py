"""Shares by the columns, words and units of a user's table."""

import numpy as np
import pytest

from service.data.frame import Column, Frame
from service.data.preprocessing.fitted import fit
from service.data.preprocessing.table import TableSpec
from service.domain.networks import Network as NetworkRecord
from service.domain.snapshots import Snapshot
from service.domain.versions import Choice, ChosenBy
from service.engine.inference import Predictor
from service.engine.layers.table import LAYERS
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from service.operations.inference.attribution import AttributionRequest, attributions
from service.operations.limits import Limits
from service.operations.models.models import Model
from service.schema.validation import DataError

COLOURS, SHAPES = ("red", "green", "blue"), ("round", "flat")
INPUTS = [
    {"name": "weight", "type": "number"},
    {"name": "colour", "type": "category", "categories": list(COLOURS)},
    {"name": "shape", "type": "category", "categories": list(SHAPES), "encode": "embedding"},
]
ROW = {"weight": 60.0, "colour": "blue", "shape": "flat"}


def a_frame(count=40):
    generator = np.random.default_rng(0)
    return Frame(
        {
            "weight": Column("number", generator.normal(50, 9, count)),
            "colour": Column("category", generator.integers(0, 3, count).astype(np.int32), COLOURS),
            "shape": Column("category", generator.integers(0, 2, count).astype(np.int32), SHAPES),
            "price": Column("number", generator.normal(4000, 500, count)),
            "weight_after": Column("number", generator.normal(40, 5, count)),
            "sort": Column("category", generator.integers(0, 3, count).astype(np.int32), ("a", "b", "c")),
        }
    )


def a_model(target, *, outputs, activation="linear", loss="mean_squared_error"):
    spec = TableSpec.from_json({"inputs": INPUTS, "target": target})
    layers = [LAYERS.write(spec.embedding), {"type": "dense", "units": outputs, "activation": activation}]
    network = Network(
        NetworkSpec.from_json({"inputs": spec.width, "layers": layers, "loss": loss, "dtype": "float64", "seed": 1})
    )
    record = NetworkRecord(
        id="net_1",
        name="fruit",
        description="",
        tags={},
        spec=network.spec.to_json(),
        features=spec.features,
        labels=spec.labels,
        inputs=spec.width,
        outputs=outputs,
        parameter_count=network.parameter_count,
        created_at=0.0,
        updated_at=0.0,
        table=spec.to_json(),
    )
    fitted = fit(spec, a_frame())
    snapshot = Snapshot(
        id="snap_1",
        network_id="net_1",
        job_id=None,
        epoch=0,
        kind="initial",
        alias=None,
        loss=None,
        val_loss=None,
        metrics={},
        dtype="float64",
        manifest=(),
        sha256="",
        size_bytes=0,
        created_at=0.0,
        preprocessing=fitted.to_json(),
    )
    choice = Choice(snapshot=snapshot, chosen_by=ChosenBy.INITIAL)
    return Model(record, choice, Predictor(network, network.initial_values())), fitted


def explained(model, rows=(ROW,), **body):
    inputs = model.signature.read_rows(list(rows)).values
    outputs = model.predictor.predict(inputs)
    return attributions(model, inputs, outputs, AttributionRequest(**body), Limits()), outputs


def test_a_number_is_explained_in_its_own_units_by_the_columns_of_the_table():
    model, fitted = a_model({"name": "price", "type": "number"}, outputs=1)
    (why,), outputs = explained(model)
    assert why.output == "price" and list(why.inputs) == ["weight", "colour", "shape"]
    assert why.value == pytest.approx(fitted.outputs_in_units(outputs)[0, 0])
    assert why.baseline == pytest.approx(fitted.outputs_in_units(np.zeros((1, 1)))[0, 0])
    assert sum(why.inputs.values()) + why.gap == pytest.approx(why.value - why.baseline)
    weights = model.network.tensors(model.values)["dense_1.weights"]
    scaled = (60 - np.mean(a_frame()["weight"].values)) / np.std(a_frame()["weight"].values)
    assert why.inputs["weight"] == pytest.approx(scaled * weights[0, 0] * fitted.units.scale[0])


def test_one_of_several_numbers_is_asked_for_by_its_name():
    target = [{"name": "price", "type": "number"}, {"name": "weight_after", "type": "number"}]
    model, fitted = a_model(target, outputs=2)
    with pytest.raises(DataError, match="output: is required: price, weight_after"):
        explained(model)
    (why,), outputs = explained(model, output="weight_after")
    assert why.output == "weight_after" and 20 < why.value < 60
    assert why.value == pytest.approx(fitted.outputs_in_units(outputs)[0, 1])


def test_a_class_is_explained_by_its_word_and_from_a_row_in_words():
    target = {"name": "sort", "type": "category", "categories": ["a", "b", "c"]}
    model, fitted = a_model(target, outputs=3, activation="softmax", loss="cross_entropy")
    (why,), outputs = explained(model, baseline={"weight": 50.0, "colour": "blue", "shape": "flat"})
    assert why.output == "abc"[int(outputs[0].argmax())]
    assert why.inputs["colour"] == why.inputs["shape"] == 0 != why.inputs["weight"]


def test_a_baseline_that_is_no_row_of_the_table_is_rejected_with_its_place():
    model, fitted = a_model({"name": "price", "type": "number"}, outputs=1)
    with pytest.raises(DataError) as rejected:
        explained(model, baseline={**ROW, "size": 4})
    assert [issue.path for issue in rejected.value.issues] == [("baseline", "size")]
