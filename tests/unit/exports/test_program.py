"""Exported Python files, each run by a process that has NumPy and not the service, against the service."""

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.table import INPUTS as COLUMN_TYPES
from service.data.preprocessing.table import TableSpec
from service.data.signatures.choice import signature_of
from service.data.signatures.output_rows import class_probabilities, output_rows
from service.engine.activations.table import ACTIVATIONS
from service.engine.inference import predict
from service.engine.layers.residual import Residual
from service.engine.layers.table import LAYERS as LAYER_TYPES
from service.engine.metrics.decisions import ClassThreshold
from service.exports.program import encoding, network
from service.exports.program.file import program
from service.exports.program.sources import definitions
from service.exports.source import NotExportable, Source
from tests.unit.engine.executors.comparing import LAYERS
from tests.unit.engine.factories import a_network, dense, some_rows, some_values
from tests.unit.exports.tables import ENSEMBLES, MEMBERS, NETWORKS, cells, hard_rows, source, table_source

DTYPES = ("float32", "float64")
FAR = {"float32": 1e-6, "float64": 1e-12}
#: Runs every file that it is given and prints, as JSON, what each predicts for its rows.
DRIVER = """
import json, runpy, sys
from pathlib import Path
for path in sorted(Path().glob("*.py")):
    file = runpy.run_path(str(path))
    rows = json.loads(path.with_suffix(".json").read_text())
    found = [file[name](rows).tolist() for name in ("predict", "predict_proba", "outputs") if name in file]
    print(json.dumps({"file": path.stem, "found": found, "names": [name for name in file if name[:7] == "predict"]}))
assert not [name for name in sys.modules if name.startswith(("service", "tests"))]
"""


def run_all(folder, made):
    """What each of the exported files predicts: `predict`, `predict_proba` if it has it, and its outputs."""
    for name, (exported, rows) in made.items():
        (folder / f"{name}.py").write_text(program(exported))
        (folder / f"{name}.json").write_text(json.dumps(rows))
    done = subprocess.run([sys.executable, "-I", "-c", DRIVER], cwd=folder, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return {answer["file"]: answer["found"] for answer in map(json.loads, done.stdout.splitlines())}


def loaded(exported):
    """What the file defines, in this process."""
    file: dict[str, Any] = {"__name__": "file"}
    exec(program(exported), file)
    return file


def plain(made, **about):
    signature = signature_of(made, **{"features": None, "labels": None, "table": None} | about)
    return Source("plain", "snap_1", signature, some_values(made))


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_layer_and_activation_gives_the_same_outputs(tmp_path, dtype):
    exported = {}
    for number, hidden in enumerate(LAYERS.values()):
        made = plain(a_network(*hidden, dense(3, "softmax"), dtype=dtype, loss="cross_entropy"))
        exported[f"case_{number}"] = made, some_rows(made.network, 50).inputs.tolist()
    found = run_all(tmp_path, exported)
    for (name, (made, rows)), about in zip(exported.items(), LAYERS, strict=True):
        expected = predict(made.network, made.values, np.array(rows, dtype))
        classes, chances, outputs = found[name]
        np.testing.assert_allclose(chances, expected, rtol=0, atol=FAR[dtype], err_msg=about)
        assert (classes, chances) == (expected.argmax(axis=1).tolist(), outputs)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_temperature_divides_the_scores(tmp_path, dtype):
    made = plain(a_network(dense(4, "tanh"), dense(3, "softmax"), dtype=dtype, loss="cross_entropy"))
    rows = some_rows(made.network, 50).inputs
    _, chances, _ = run_all(tmp_path, {"warm": (replace(made, temperature=2.5), rows.tolist())})["warm"]
    expected = predict(made.network, made.values, rows, 2.5)
    np.testing.assert_allclose(chances, expected, rtol=0, atol=FAR[dtype])
    assert np.abs(expected - predict(made.network, made.values, rows)).max() > 0.01


def test_a_threshold_decides_about_its_class_and_leaves_the_probabilities():
    many = plain(a_network(dense(4, "tanh"), dense(3, "softmax"), loss="cross_entropy"))
    two = plain(a_network(dense(1, "sigmoid"), loss="binary_cross_entropy"), labels=("no", "yes"))
    for made, index in ((many, 0), (many, 2), (two, 0), (two, 1)):
        rows = some_rows(made.network, 50).inputs
        outputs = predict(made.network, made.values, rows)
        value = float(np.quantile(class_probabilities(outputs)[:, index], 0.4))
        own = made.signature.with_threshold(ClassThreshold(index, value))
        file = loaded(replace(made, signature=own))
        expected = own.classifier.classes(output_rows(outputs))
        names = made.signature.form.labels or (0, 1, 2)
        assert file["predict"](rows.tolist()).tolist() == [names[one] for one in expected]
        assert expected != made.signature.classifier.classes(output_rows(outputs))
        np.testing.assert_allclose(file["predict_proba"](rows.tolist()), class_probabilities(outputs), rtol=1e-12)


@pytest.mark.parametrize(("members", "temperature"), [("alike", 1.0), ("two recipes", 1.6)])
def test_an_ensemble_gives_the_mean_of_its_members(tmp_path, members, temperature):
    made, expected = {}, {}
    for kind, layers in ENSEMBLES.items():
        network = a_network(*layers, members=MEMBERS[members], loss=kind)
        warmth = temperature if kind.endswith("cross_entropy") else 1.0
        exported, rows = replace(plain(network), temperature=warmth), some_rows(network).inputs
        exported.values[-3:] = [1, 0, 3]
        made[kind] = (exported, rows.tolist())
        expected[kind] = predict(network, exported.values, rows, warmth)
    for kind, (*_, outputs) in run_all(tmp_path, made).items():
        np.testing.assert_allclose(outputs, expected[kind], rtol=1e-12, err_msg=kind)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_table_gives_the_same_predictions(tmp_path, dtype):
    rows = [*hard_rows(np.random.default_rng(7)), *cells(np.random.default_rng(8), 100, gaps=0.2)]
    exported = {name: (source(name, dtype), rows) for name in NETWORKS}
    for name, (predicted, *chances, outputs) in run_all(tmp_path, exported).items():
        signature = source(name, dtype).signature
        expected = predict(signature.network, exported[name][0].values, signature.read_rows(rows).values)
        np.testing.assert_allclose(outputs, expected, rtol=FAR[dtype], atol=FAR[dtype] / 100)
        if signature.classifier is None:
            units = signature.in_units(expected)
            units = units[:, 0] if units.shape[1] == 1 else units
            np.testing.assert_allclose(predicted, units, rtol=10 * FAR[dtype])
            continue
        classes = signature.classifier.classes(output_rows(np.array(outputs)))
        by_target = signature.by_target(outputs, classes, signature.classifier.labels(classes))
        rows_of = predicted if signature.classifier.multilabel else [[one] for one in predicted]
        assert [dict(zip(signature.target_names, row, strict=True)) for row in rows_of] == by_target
        assert bool(chances) == signature.classifier.gives_probabilities
        if chances:
            wanted = [list(row.values()) for row in signature.classifier.probabilities(output_rows(expected))]
            np.testing.assert_allclose(chances[0], wanted, rtol=0, atol=FAR[dtype])


def command(folder, exported, text):
    (folder / "file.py").write_text(program(exported))
    data = text if isinstance(text, bytes) else text.encode()
    done = subprocess.run([sys.executable, "-I", "file.py"], cwd=folder, input=data, capture_output=True)
    return done.returncode, *(part.decode().replace("\r\n", "\n") for part in (done.stdout, done.stderr))


def as_csv(rows):
    text = io.StringIO()
    lines = csv.DictWriter(text, list(rows[0]))
    lines.writeheader()
    lines.writerows(rows)
    return text.getvalue()


def test_the_command_line_turns_csv_into_csv(tmp_path):
    made, rows = source("kind", "float64"), cells(np.random.default_rng(3), 40, gaps=0.2)
    code, out, errors = command(tmp_path, made, as_csv(rows))
    assert (code, errors) == (0, "")
    head, *lines = csv.reader(out.splitlines())
    assert head == ["kind", "probability_x", "probability_y", "probability_z"]
    expected = predict(made.network, made.values, made.signature.read_rows(rows).values)
    np.testing.assert_allclose(np.array([line[1:] for line in lines], float), expected, rtol=0, atol=1e-12)
    assert [line[0] for line in lines] == np.array(["x", "y", "z"])[expected.argmax(axis=1)].tolist()


@pytest.mark.parametrize("features", [None, ("fat", "salt", "age")])
def test_rows_of_numbers_may_be_lists_or_objects_or_csv(tmp_path, features):
    made = plain(a_network(dense(2)), features=features)
    rows = np.random.default_rng(0).normal(size=(5, 3))
    names = ("a", "b", "c") if features is None else features
    # By name, the order makes no difference.
    objects = [dict(sorted(zip(names, row, strict=True))) for row in rows.tolist()]
    expected = predict(made.network, made.values, rows)
    found = run_all(tmp_path, {"lists": (made, rows.tolist()), "objects": (made, objects), "none": (made, [])})
    np.testing.assert_allclose(found["lists"][0], expected, rtol=1e-12)
    np.testing.assert_allclose(found["objects"][0], expected, rtol=1e-12)
    assert found["none"][0] == []
    _, out, _ = command(tmp_path, made, as_csv(objects))
    head, *lines = csv.reader(out.splitlines())
    assert head == ["output_1", "output_2"]
    np.testing.assert_allclose(np.array(lines, float), expected, rtol=1e-12)


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """Folders, each with one exported program: of a network without names, of one with them, and of a table."""
    made = {
        "unnamed": plain(a_network(dense(2))),
        "named": plain(a_network(dense(2)), features=("fat", "salt", "age")),
        "table": table_source(REQUIRED, Fitted.neutral(REQUIRED), [dense(1)]),
    }
    return {kind: (tmp_path_factory.mktemp(kind), exported) for kind, exported in made.items()}


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("named", "fat,salt\n1,2\n", "the first line must name the columns: fat, salt, age (missing: age)"),
        ("named", "fat,salt,age\n1,much,3\n", "row 0, column salt: a number is needed, not 'much'"),
        ("named", "fat,salt,age\n1,2,3\n1,,3\n", "row 1 needs a value of salt"),
        ("named", "fat,salt,age\n1,2,3\n1,2\n", "row 1 has 2 cells, and the first line 3"),
        ("named", "fat,salt,age,fat\n1,2,3,4\n", "the first line must name each column once: fat, salt, age, fat"),
        ("unnamed", "a,b\n1,2\n", "a row has 3 numbers, not 2"),
        ("unnamed", "", "the first line must name the columns, and there is none"),
        ("table", "1,true,x,2024-01-01\n", "the first line must name the columns: mass, flag, n, at (missing: mass, "),
        ("table", "mass,flag,n,at\n1,yes,x,2024\n,no,x,\n", "row 1 needs a value of mass"),
        ("table", b"mass,flag,n,at\n1,yes,\xff,2024\n", "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_bad_file_ends_the_command_with_one_sentence(commands, kind, text, message):
    folder, exported = commands[kind]
    code, out, errors = command(folder, exported, text)
    assert (code, out) == (1, "")
    assert errors.startswith(f"file.py: {message}") and errors.count("\n") == 1


def test_the_command_reads_the_mark_that_spreadsheets_put_first(commands):
    folder, exported = commands["named"]
    code, out, errors = command(folder, exported, b"\xef\xbb\xbffat,salt,age,more\n1,2,3,x\n")
    assert (code, errors, out.count("\n")) == (0, "", 2)


REQUIRED = TableSpec.from_json(
    {
        "inputs": [
            {"name": "mass", "type": "number", "impute": "none"},
            {"name": "flag", "type": "boolean"},
            {"name": "n", "type": "category", "categories": ["2", "yes", "x"]},
            {"name": "at", "type": "time"},
        ],
        "target": {"name": "y", "type": "number"},
    }
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mass": None}, "row 1 needs a value of mass"),
        ({"mass": "heavy"}, "row 1, column mass: a number is needed, not 'heavy'"),
        ({"mass": 1e60}, "row 1 has a number that is missing or too large"),
        ({"flag": "perhaps"}, "row 1, column flag: true or false is needed, not 'perhaps'"),
        ({"at": "yesterday"}, "row 1, column at: a time as in ISO 8601 is needed, not 'yesterday'"),
    ],
)
def test_a_bad_cell_is_an_error_with_its_reason(change, message):
    file = loaded(table_source(REQUIRED, Fitted.neutral(REQUIRED), [dense(1)]))
    with pytest.raises(ValueError, match=message):
        file["predict"]([{"mass": 1}, {"mass": 2} | change])


def test_cells_may_be_of_python_of_numpy_or_texts():
    file = loaded(table_source(REQUIRED, Fitted.neutral(REQUIRED), [dense(1)], dtype="float64"))
    noon = datetime(2024, 2, 29, 12, tzinfo=UTC)
    ways = [
        {"mass": 2, "flag": True, "n": 2, "at": noon},
        {"mass": "2", "flag": "YES", "n": "2.0", "at": "2024-02-29T12:00:00Z"},
        {"mass": np.float32(2), "flag": np.bool_(True), "n": " 2 ", "at": np.datetime64("2024-02-29T12")},
        {"mass": " 2.0 ", "flag": 1, "n": np.float64(2), "at": noon.astimezone(timezone(timedelta(hours=9)))},
        {"mass": 2.0, "flag": "1", "n": np.int64(2), "at": "2024-02-29 21:00+09:00"},
    ]
    assert len(set(file["predict"](ways).tolist())) == 1
    gaps = [{"mass": 1}, {"mass": 1, "flag": "NaN", "n": float("nan"), "at": np.datetime64("NaT")}]
    gaps += [{"mass": 1, "flag": None, "n": "", "at": ""}, {"mass": 1, "flag": float("nan"), "n": "NA", "at": "null"}]
    assert len(set(file["predict"](gaps).tolist())) == 1
    assert len(set(file["predict"]([{"mass": 1, "n": n} for n in (2, True, "x", "new")]).tolist())) == 4


def test_a_large_network_packs_its_numbers():
    made = plain(a_network(dense(200, "tanh"), dense(60), dtype="float32"))
    assert "unpacked(\n" in program(made) and "np.array(\n" not in program(made)
    file = loaded(made)
    for name, tensor in made.network.tensors(made.values).items():
        assert file["W"][name].tobytes() == tensor.tobytes()


def test_shown_numbers_are_the_same_bits():
    for dtype in DTYPES:
        made = plain(a_network(dense(7, "tanh"), dense(2), dtype=dtype))
        file = loaded(made)
        for name, tensor in made.network.tensors(made.values).items():
            assert file["W"][name].dtype == dtype and file["W"][name].tobytes() == tensor.tobytes()


def test_names_and_labels_cannot_become_code():
    nasty = ['"""', "'); import os", "{x}", "\\", "a\nb", "日本"]
    table = TableSpec.from_json(
        {
            "inputs": [{"name": name, "type": "category", "categories": nasty} for name in nasty],
            "target": {"name": '"y"', "type": "category", "categories": nasty},
        }
    )
    made = table_source(table, Fitted.neutral(table), [dense(6, "softmax")], loss="cross_entropy")
    file = loaded(made)
    assert file["CLASSES"] == nasty
    rows = [dict.fromkeys(nasty, word) for word in nasty]
    expected = predict(made.network, made.values, made.signature.read_rows(rows).values)
    np.testing.assert_allclose(file["outputs"](rows), expected, atol=1e-6)


def test_everything_in_the_catalogue_has_a_form():
    assert set(encoding.WRITERS) == set(COLUMN_TYPES.entries.values())
    assert {*network.CALLS, Residual} == set(LAYER_TYPES.entries.values())
    assert set(ACTIVATIONS) - {"linear"} <= set(definitions())


def test_what_has_no_form_is_refused_by_name(monkeypatch):
    monkeypatch.setattr("service.exports.program.network.CALLS", {})
    with pytest.raises(NotExportable, match="python has no form of the layer embedding_1 here"):
        program(source("kind", "float32"))
