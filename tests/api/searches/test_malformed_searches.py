"""Bodies that no search can be made of: each is told what would be right, at the place where it is wrong."""

import json

import pytest

from tests.api.searches.searched import BODY, RATE, UNITS

FLOAT = {"type": "float", "low": 0.001, "high": 0.1}
INT = {"type": "int", "low": 2, "high": 6}
VALUES = {"values": [3, 4]}


def placed(pointer, *below):
    return "/".join(["#/parameters", pointer.replace("~", "~0").replace("/", "~1"), *below])


def nested(depth):
    return {"a": nested(depth - 1)} if depth else {}


R, U, B = placed(RATE), placed(UNITS), placed("/training/batch_size")
#: By pointer: the parameters, where they are wrong, and words of what would be right.
PARAMETERS = [
    (None, "#/parameters", "is required"),
    ([FLOAT], "#/parameters", "must be an object with at least one parameter by its pointer, got a list"),
    ({}, "#/parameters", "got an empty object"),
    ({"": FLOAT}, placed(""), "must be a JSON Pointer such as /training/batch_size"),
    ({"network/seed": FLOAT}, placed("network/seed"), "must be a JSON Pointer"),
    ({"/": FLOAT}, placed("/"), "must begin with /network/ or /training/"),
    ({"/network": FLOAT}, placed("/network"), "and name what stands there"),
    ({"/jobs/0": FLOAT}, placed("/jobs/0"), "must begin with /network/ or /training/"),
    ({"/training/": FLOAT}, placed("/training/"), "must name something"),
    ({f"{RATE}/": FLOAT}, placed(f"{RATE}/"), "must name something"),
    ({"/network/layers//units": INT}, placed("/network/layers//units"), "must name something"),
    ({"/training/optimiser/rate": FLOAT}, placed("/training/optimiser/rate"), 'did you mean "optimizer"'),
    ({"/training/dataset": {"values": ["a"]}}, placed("/training/dataset"), "unknown field of training to search"),
    ({"/network/layers/9/units": INT}, placed("/network/layers/9/units"), "one of the 2 items"),
    ({"/network/layers/-/units": INT}, placed("/network/layers/-/units"), "by its number from 0"),
    ({"/network/layers/01/units": INT}, placed("/network/layers/01/units"), "by its number from 0"),
    ({"/network/layers/0/unit": INT}, placed("/network/layers/0/unit", "low"), 'did you mean "units"'),
    ({"/network/layers/0/units/x": INT}, placed("/network/layers/0/units/x"), "must lead into an object or a list"),
    ({"/training/" + "a" * 600: FLOAT}, placed("/training/" + "a" * 600), "must be a JSON Pointer"),
    ({f"/training/optimizer/x{index}": FLOAT for index in range(51)}, "#/parameters", "at most 50 parameters"),
    ({RATE: None}, R, "or an object with a type, got null"),
    ({RATE: 3}, R, "or an object with a type, got 3"),
    ({RATE: {}}, f"{R}/type", "known: float, int, values"),
    ({RATE: {"type": ["float"]}}, f"{R}/type", "known: float, int, values"),
    ({RATE: {"type": "float"}}, f"{R}/low", "is required"),
    ({RATE: {**FLOAT, "low": None}}, f"{R}/low", "must be a number, got null"),
    ({RATE: {**FLOAT, "low": True}}, f"{R}/low", "must be a number, got true"),
    ({RATE: {**FLOAT, "low": "0.1"}}, f"{R}/low", "must be a number"),
    ({RATE: {**FLOAT, "low": 0.1}}, f"{R}/high", "must be more than low"),
    ({RATE: {**FLOAT, "low": -1e308, "high": 1e308}}, f"{R}/low", "must be above 0"),
    ({RATE: {**FLOAT, "scale": "cubic"}}, f"{R}/scale", "must be one of linear, log"),
    ({RATE: {**FLOAT, "steps": 10**30}}, f"{R}/steps", "must be a whole number"),
    ({RATE: {**FLOAT, "step": 3}}, f"{R}/step", 'did you mean "steps"'),
    ({UNITS: {**INT, "low": 1.5}}, f"{U}/low", "must be a whole number, got 1.5"),
    ({UNITS: {**INT, "low": -5}}, f"{U}/low", "must be at least 1, got -5"),
    ({UNITS: {**INT, "high": 10**9}}, f"{U}/high", "at most 250,000 are allowed"),
    ({"/training/batch_size": {"values": []}}, f"{B}/values", "must have at least 1 item"),
    ({"/training/batch_size": {"values": "abc"}}, f"{B}/values", "must be a list"),
    ({"/training/batch_size": {"values": list(range(1, 102))}}, f"{B}/values", "at most 100 items"),
    ({"/training/batch_size": {"values": [8, 8.0]}}, f"{B}/values/1", "occurs twice"),
    ({"/training/batch_size": {"values": [[]]}}, f"{B}/values/0", "must be a whole number, got a list"),
    ({"/training/batch_size": {"values": [nested(60)]}}, f"{B}/values/0", "must be a whole number, got an object"),
    ({"/network/layers": {"values": [[]]}}, placed("/network/layers", "values/0"), "must have at least 1 item"),
    ({"/network/loss": {"values": ["mse"]}}, placed("/network/loss", "values/0"), "known: mean_squared_error"),
    ({RATE: {**FLOAT, "when": []}}, f"{R}/when", "must be an object with a value by pointer, got a list"),
    ({RATE: {**FLOAT, "when": {}}}, f"{R}/when", "got an empty object"),
    ({RATE: {**FLOAT, "when": {"/x": 1}}}, f"{R}/when/~1x", "must be the pointer of another parameter"),
    ({RATE: {**FLOAT, "when": {UNITS: [3]}}, UNITS: VALUES}, f"{R}/when/{U[13:]}", "one of the parameter's values"),
    (
        {RATE: {"values": [0.1], "when": {UNITS: 3}}, UNITS: {**VALUES, "when": {RATE: 0.1}}},
        f"{U}/when",
        "must not depend on this parameter itself",
    ),
]
OTHERS = [
    ({"space": {RATE: FLOAT}}, "#/space", "one of your own stands in parameters"),
    ({"space": "large"}, "#/space", 'must be "auto"'),
    ({"dataset": "cheeses", "target": "label", "space": 3}, "#/space", 'must be "auto"'),
    ({"sampler": 3}, "#/sampler", "must be a sampler name or an object with a type, got 3"),
    ({"sampler": {}}, "#/sampler/type", "known: grid, random, sobol, tpe"),
    ({"sampler": {"type": "random", "seed": -1}}, "#/sampler/seed", "must be at least 0"),
    ({"sampler": {"type": "random", "seed": 10**40}}, "#/sampler/seed", "must be a whole number"),
    ({"pruner": "asha2"}, "#/pruner", 'did you mean "asha"'),
    ({"pruner": {"type": "asha", "factor": 1}}, "#/pruner/factor", "must be at least 2"),
    ({"pruner": {"type": "asha", "min_epochs": 9}}, "#/pruner/min_epochs", "must be less than the 3 epochs"),
    ({"objective": []}, "#/objective", "must be an object"),
    ({"objective": {"metric": None}}, "#/objective/metric", "must be a text, got null"),
    ({"objective": {"goal": "max"}}, "#/objective/goal", "must be one of minimize, maximize"),
    ({"limits": 3}, "#/limits", "must be an object"),
    ({"limits": {"trials": True}}, "#/limits/trials", "must be a whole number, got true"),
    ({"limits": {"trials": 10**9}}, "#/limits/trials", "must be at most 10000"),
    ({"limits": {"parallel": 257}}, "#/limits/parallel", "must be at most 256"),
    ({"limits": {"seconds": -1}}, "#/limits/seconds", "must be above 0"),
    ({"limits": {"hours": 1}}, "#/limits/hours", "known: trials, parallel"),
    ({"points": {}}, "#/points", "must be a list of objects: values by pointer, got an object"),
    ({"points": [{RATE: 0.01}, 3]}, "#/points/1", "must be an object: values by pointer, got 3"),
    ({"points": [{}] * 101}, "#/points", "at most 100 points"),
    ({"points": [{RATE: None}]}, f"#/points/0/{R[13:]}", "must be a number from 0.001 to 0.1, got null"),
    ({"points": [{UNITS: 3.5}]}, f"#/points/0/{U[13:]}", "must be a whole number from 2 to 6"),
    ({"points": [{"/network/seed": 1}]}, "#/points/0/~1network~1seed", "known: /training/optimizer/learning_rate"),
    ({"folds": "five"}, "#/folds", "must be a number of folds, or an object with their count"),
    ({"folds": 1}, "#/folds/count", "must be at least 2"),
    ({"folds": {"cuont": 2}}, "#/folds/cuont", 'did you mean "count"'),
    ({"repeats": 1.5}, "#/repeats", "must be a whole number"),
    ({"repeats": 21}, "#/repeats", "must be at most 20"),
    ({"warm_start": "tune"}, "#/warm_start", "must be a list"),
    ({"warm_start": [3]}, "#/warm_start/0", "must be a text"),
    ({"name": "a:b"}, "#/name", "must be 1 to 100 letters"),
    ({"network": "cheese"}, "#/network", "must be an object"),
    ({"network": {}}, "#/network/layers", "is required"),
    ({"network": {**BODY["network"], "layers": {}}}, "#/network/layers", "must be a list"),
    ({"network": {**BODY["network"], "inputs": ["taste"]}}, "#/network/inputs/0", "known: fat, salt, label"),
    ({"network": {"from_dataset": "cheeses"}}, "#/network/target", "is required: the column to predict"),
    ({"training": []}, "#/training", "must be an object"),
    ({"training": {**BODY["training"], "data": {"inputs": [[1, 2]]}}}, "#/training/data", "must be a dataset"),
    ({"training": {**BODY["training"], "start_from": "latest"}}, "#/training/start_from", "a search does this itself"),
    ({"training": {**BODY["training"], "batch_size": -3}}, "#/training/batch_size", "must be at least 1"),
    ({"dataset": 3}, "#/dataset", "must be a text"),
    ({"keep": "best"}, "#/keep", "unknown field"),
]


@pytest.fixture
def told(client, cheeses, count_rows):
    """What is said at a place about a body that is refused; nothing is written of it."""

    def told(body, place):
        before = count_rows()
        answer = client.post("/searches", data=json.dumps(body), content_type="application/json")
        assert answer.status_code == 422, (body, answer.text)
        assert count_rows() == before
        found = [issue["detail"] for issue in answer.json["errors"] if issue["pointer"] == place]
        assert found, (body, place, answer.json["errors"])
        return " ".join(found)

    return told


def test_parameters_that_lead_nowhere_or_hold_nothing_to_draw_are_told_so_at_their_place(told):
    for parameters, place, words in PARAMETERS:
        assert words in told({**BODY, "parameters": parameters}, place)


def test_so_is_every_other_field(told):
    for change, place, words in OTHERS:
        assert words in told({**BODY, **change}, place)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"name":',
        b"\xff",
        b'{"limits": {"seconds": NaN}}',
        b'{"limits": {"target": 1e400}}',
        b'{"parameters": ' + b'{"a": ' * 3000 + b"1" + b"}" * 3001,
        b"[]",
        b"null",
    ],
)
def test_a_body_that_is_no_object_in_json_is_told_so(client, body):
    answer = client.post("/searches", data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text
    assert "JSON" in answer.json["detail"] or answer.json["errors"][0]["detail"] == "must be an object"
