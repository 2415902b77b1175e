"""The members of an ensemble may have recipes: created, trained, asked, explained and exported as one network."""

import csv
import io

import numpy as np
import pytest

from tests.api.played import play

generator = np.random.default_rng(2)
COUNT = 160
X = generator.uniform(0, 10, COUNT)
ROWS = [
    {"x": float(x), "word": "ab"[index % 2], "few": float(index % 2), "y": float(int(x) % 2 + index % 2 + x / 100)}
    for index, x in enumerate(X.round(4))
]
HIDDEN = [{"type": "dense", "units": 6, "activation": "relu"}]
LAST = {"type": "dense", "units": 1}
SPEC = {
    "name": "mix",
    "inputs": [{"name": "x", "type": "number"}, {"name": "word", "type": "category", "categories": ["a", "b"]}],
    "target": {"name": "y", "type": "number"},
    "layers": [*HIDDEN, LAST],
    "dtype": "float64",
    "members": [{"count": 2, "encode": "number"}, {"count": 2, "encode": "piecewise"}],
}
TRAINING = {
    "network": "mix",
    "data": [{name: row[name] for name in ("x", "word", "y")} for row in ROWS],
    "epochs": 30,
    "batch_size": 8,
    "optimizer": {"type": "adam", "learning_rate": 0.02},
    "validation": {"fraction": 0.25},
    "early_stopping": {"monitor": "val_loss", "patience": 30, "restore_best": True},
}


@pytest.fixture
def mix(client):
    answer = client.post("/networks", json=SPEC)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def trained(client, storage, mix):
    answer = client.post("/train", json=TRAINING)
    assert answer.status_code == 202, answer.text
    return play(storage, answer.json["id"])


def test_a_recipe_reads_numbers_as_they_are_or_in_bins(mix):
    assert mix["members"] == 4
    plain, piecewise = mix["recipes"]
    assert (plain["count"], plain["inputs"]) == (2, [0, 17, 18])
    assert (piecewise["count"], piecewise.get("inputs")) == (2, None)
    assert mix["inputs"] == 19
    assert mix["table"]["inputs"][0]["encode"] == "piecewise"
    shapes = {shape["name"]: shape["inputs"] for shape in mix["shapes"]}
    assert [shapes[f"member_{member}.dense_1"] for member in (1, 2, 3, 4)] == [3, 3, 19, 19]


def test_what_it_shows_makes_it_again(client, mix):
    table = {name: mix["table"][name] for name in ("inputs", "target")}
    again = client.post("/networks?dry_run=true", json={**SPEC, **table, "name": "again", "members": mix["recipes"]})
    assert again.status_code == 200, again.text
    assert (again.json["recipes"], again.json["parameter_count"]) == (mix["recipes"], mix["parameter_count"])


def test_members_at_one_place_of_their_recipes_hold_out_the_same_rows_and_the_recipe_that_suits_counts(client, trained):
    average = client.get(f"/jobs/{trained.id}").json["average"]
    weights = average["weights"]
    assert weights[0] == weights[1] < weights[2] == weights[3]
    assert average["rows"] == pytest.approx(0.5 * COUNT, abs=10)
    assert average["loss"] < average["equal_loss"]


def test_it_answers_alike_in_every_form(client, trained, tmp_path):
    rows = [{name: row[name] for name in ("x", "word")} for row in ROWS[:7]]
    many = client.post("/predict", json={"network": "mix", "inputs": rows}).json["predictions"]
    one = client.get(f"/predict?network=mix&x={rows[0]['x']}&word=a").json
    assert one["predictions"][0]["y"] == pytest.approx(many[0]["y"], rel=1e-12)
    program = {}
    exec(compile(client.get("/networks/mix/export?format=python").text, "mix.py", "exec"), program)
    assert program["predict"](rows) == pytest.approx([row["y"] for row in many], rel=1e-12)
    assert client.get("/networks/mix/export?format=onnx").status_code == 200


def test_its_attributions_add_up(client, trained):
    body = {"network": "mix", "inputs": [{"x": 3.0, "word": "b"}], "attributions": True}
    (found,) = client.post("/predict", json=body).json["attributions"]
    assert set(found["inputs"]) == {"x", "word"}
    assert sum(found["inputs"].values()) + found["gap"] == pytest.approx(found["value"] - found["baseline"], abs=1e-9)


@pytest.mark.parametrize(("member", "inputs"), [(1, 3), (4, 19)])
def test_a_step_of_each_member_is_explained(client, trained, member, inputs):
    body = {"inputs": [{"x": 3.0, "word": "b"}], "targets": [1.0], "member": member}
    step = client.post("/networks/mix/explain", json=body)
    assert step.status_code == 200, step.text
    assert np.shape(step.json["layers"][0]["gradients"]["weights"]) == (inputs, 6)


def test_what_a_column_says_itself_stays(client):
    columns = [{"name": "x", "type": "number", "encode": "piecewise", "bins": 4}, {"name": "z", "type": "number"}]
    members = [{"encode": "number"}, {}, {"inputs": [0, 5]}]
    made = client.post("/networks?dry_run=true", json={**SPEC, "inputs": columns, "members": members}).json
    assert [recipe.get("inputs") for recipe in made["recipes"]] == [[0, 5], None, [0, 5]]


def test_a_recipe_without_bins_leaves_out_those_of_others(client):
    members = [{}, {"encode": "piecewise"}]
    made = client.post("/networks?dry_run=true", json={**SPEC, "members": members}).json
    assert [recipe.get("inputs") for recipe in made["recipes"]] == [[0, 17, 18], None]


def test_vectors_of_categories_belong_to_every_recipe(client):
    words = {"name": "word", "type": "category", "categories": ["a", "b"], "encode": "embedding", "size": 3}
    own = [{"type": "dense", "units": 2, "activation": "tanh"}, LAST]
    members = [{"encode": "number", "layers": own}, {"encode": "piecewise"}]
    made = client.post("/networks?dry_run=true", json={**SPEC, "inputs": ["x", words], "members": members})
    assert made.status_code == 200, made.text
    shapes = {shape["name"]: shape for shape in made.json["shapes"]}
    assert shapes["member_1.embedding_1"]["outputs"] == 4
    assert shapes["member_2.embedding_1"]["outputs"] == 20
    wrong = [{"encode": "number", "layers": [{"type": "dense", "units": 0}, LAST]}, {}]
    problem = client.post("/networks", json={**SPEC, "inputs": ["x", words], "members": wrong}).json
    assert problem["errors"][0]["pointer"] == "#/members/0/layers/0/units"


PLAIN = {"name": "plain", "inputs": 3, "layers": [*HIDDEN, LAST], "members": [{}, {"inputs": [0, 2]}]}


def test_a_network_of_numbers_may_have_members_that_read_some(client, storage):
    assert client.post("/networks", json=PLAIN).status_code == 201
    numbers = generator.normal(size=(40, 3))
    data = {"inputs": numbers.tolist(), "targets": numbers[:, :1].tolist()}
    body = {"network": "plain", "data": data, "epochs": 2, "validation": {"fraction": 0.3}}
    play(storage, client.post("/train", json=body).json["id"])
    assert client.get("/predict?network=plain&x=1,2,3").status_code == 200


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ([{}, {"encode": "number"}], "#/members/1/encode"),
        ([{}, {"inputs": [0, 3]}], "#/members/1/inputs"),
        ([{}, {"layers": [{"type": "dense", "units": 2}]}], "#/members/1/layers"),
        ([{}, {"optimizer": {"type": "adam", "learning_rate": 0}}], "#/members/1/optimizer/learning_rate"),
        ([{}, {"epochs": 3}], "#/members/1/epochs"),
        ([{}], "#/members"),
        ([], "#/members"),
        ([{"count": 64}, {}], "#/members"),
        ([1, 2], "#/members/0"),
    ],
)
def test_recipes_that_do_not_fit_are_rejected(rejected, members, pointer):
    rejected(422, "POST", "/networks", pointer, json={**PLAIN, "members": members})


def test_an_encoding_that_is_none_is_rejected(rejected):
    rejected(422, "POST", "/networks", "#/members/1/encode", json={**SPEC, "members": [{}, {"encode": "steps"}]})


# -- the proposal ----------------------------------------------------------------------------------------------------


@pytest.fixture
def uploaded(client):
    text = io.StringIO()
    lines = csv.DictWriter(text, list(ROWS[0]))
    lines.writeheader()
    lines.writerows(ROWS)
    assert client.post("/datasets?name=steps", data=text.getvalue(), content_type="text/csv").status_code == 201


def test_a_proposal_of_members_mixes_recipes_and_says_why(client, uploaded):
    proposal = client.get("/datasets/steps/proposal?target=y&members=5").json
    assert proposal["network"]["members"] == [{"count": 3, "encode": "number"}, {"count": 2, "encode": "piecewise"}]
    (reason,) = [one for one in proposal["reasons"] if one["option"] == "members"]
    assert reason["columns"] == ["x"]  # two numbers are no steps
    assert "2 of 5 members" in reason["reason"]
    made = client.post("/networks?dry_run=true", json={**proposal["network"], "layers": SPEC["layers"]})
    assert made.status_code == 200, made.text
    assert made.json["members"] == 5


def test_a_network_from_a_data_set_takes_recipes(client, uploaded):
    layers, members = SPEC["layers"], SPEC["members"]
    body = {"name": "steps", "from_dataset": "steps", "target": "y", "layers": layers, "members": members}
    made = client.post("/networks?dry_run=true", json=body)
    assert made.status_code == 200, made.text
    proposal = client.get("/datasets/steps/proposal?target=y&members=4").json
    same = client.post("/networks?dry_run=true", json={**proposal["network"], "layers": layers}).json
    assert made.json["recipes"] == same["recipes"]
    alone = client.post("/networks?dry_run=true", json={**body, "members": 4}).json
    assert alone["recipes"] is None
    assert "encode" not in alone["table"]["inputs"][0]


def test_members_of_words_alone_have_one_recipe(client):
    client.post("/datasets?name=words", data="a,y\n" + "p,1\nq,0\n" * 9, content_type="text/csv")
    assert client.get("/datasets/words/proposal?target=y&members=3").json["network"]["members"] == 3
