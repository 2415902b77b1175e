"""The user's own rows to predict for: with ids and the target, as JSON, CSV, Parquet and Arrow."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = [
    {"id": 7, "mass": 6000.0, "bill": 40.0, "island": "Dream", "species": "Adelie"},
    {"id": 8, "mass": 3000.0, "bill": None, "island": None, "species": None},
]
IGNORED = {"id": {"reason": "no_input"}, "species": {"reason": "target"}}
PARQUET = "application/vnd.apache.parquet"
STREAM, FILE = "application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.file"


def parquet(table):
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def arrow(table, new=pa.ipc.new_stream, options=None):
    sink = io.BytesIO()
    with new(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return sink.getvalue()


def posted(client, rows, network="birds"):
    answer = client.post("/predict", json={"network": network, "inputs": rows})
    assert answer.status_code == 200, answer.text
    return answer.json


def sent(client, data, media_type, query="network=birds", **headers):
    return client.post(f"/predict?{query}", data=data, content_type=media_type, headers=headers)


def without(row, *names):
    return {name: cell for name, cell in row.items() if name not in names}


def test_ids_and_the_target_are_ignored_and_listed(client, birds):
    answer = posted(client, ROWS)
    assert answer.pop("ignored") == IGNORED
    assert answer == posted(client, [without(row, "id", "species") for row in ROWS])


def test_a_csv_body_may_hold_them_too(client, birds):
    text = "id,mass,bill,island,species\n7,6000,40,Dream,Adelie\n8,3000,,,\n"
    assert sent(client, text, "text/csv").json == posted(client, ROWS)


def test_a_network_of_named_numbers_ignores_other_columns(client, network):
    answer = posted(client, [{"fat": 0.2, "salt": 0.9, "id": "a"}], "cheese")
    assert answer["ignored"] == {"id": {"reason": "no_input"}}
    assert answer["outputs"] == posted(client, [[0.2, 0.9]], "cheese")["outputs"]


@pytest.mark.parametrize(
    ("row", "place", "near"),
    [
        ({"mas": 6000}, "#/inputs/0/mas", "mass"),
        ({"mass": 6000, "Bill": 40}, "#/inputs/0/Bill", "bill"),
        ({"mass": 6000, "ilsand": "Dream", "id": 7}, "#/inputs/0/ilsand", "island"),
    ],
)
def test_a_misspelt_column_is_an_error(rejected, birds, row, place, near):
    problem = rejected(422, "POST", "/predict", place, json={"network": "birds", "inputs": [row]})
    [issue] = [issue for issue in problem["errors"] if issue["pointer"] == place]
    assert f'did you mean "{near}"?' in issue["detail"]


def test_naming_the_input_with_null_lets_a_column_like_it_be_ignored(client, birds):
    assert posted(client, [{"mass": 1, "bill": None, "bills": 3}])["ignored"] == {"bills": {"reason": "no_input"}}


def test_the_baseline_of_attributions_takes_no_other_columns(rejected, birds):
    body = {"network": "birds", "inputs": [{"mass": 1}], "attributions": {"baseline": {"mass": 1, "id": 3}}}
    rejected(422, "POST", "/predict", json=body)


@pytest.mark.parametrize(
    ("media_type", "write"),
    [
        (PARQUET, parquet),
        (STREAM, arrow),
        (FILE, lambda table: arrow(table, pa.ipc.new_file)),
        (STREAM, lambda table: arrow(table, options=pa.ipc.IpcWriteOptions(compression="zstd"))),
    ],
    ids=["parquet", "stream", "file", "packed stream"],
)
def test_parquet_and_arrow_bodies_are_answered_as_the_same_rows_in_json(client, birds, media_type, write):
    answer = sent(client, write(pa.Table.from_pylist(ROWS)), media_type)
    assert answer.status_code == 200, answer.text
    assert answer.json == posted(client, ROWS)
    lines = sent(client, write(pa.Table.from_pylist(ROWS)), media_type, Accept="text/csv")
    assert lines.text.splitlines()[0].startswith("species,")


def test_a_file_may_lack_columns_that_can_be_imputed(client, birds):
    table = pa.table({"mass": [6000, 3000], "island": pa.array(["Dream", "Biscoe"]).dictionary_encode()})
    assert sent(client, parquet(table), PARQUET).json == posted(client, table.to_pylist())


def test_a_file_of_named_numbers_is_read_by_its_names(client, network):
    table = pa.table({"salt": np.array([0.9], np.float32), "fat": [0.25], "id": [1]})
    expected = posted(client, [{"fat": 0.25, "salt": float(np.float32(0.9)), "id": 1}], "cheese")
    assert sent(client, parquet(table), PARQUET, "network=cheese").json == expected


@pytest.mark.parametrize(
    ("columns", "place", "words"),
    [
        ({"bill": [1.0]}, "#/inputs/mass", "is required"),
        ({"mass": [1.0], "ilsand": ["Dream"]}, "#/inputs/ilsand", 'did you mean "island"'),
        ({"mass": ["heavy"]}, "#/inputs/mass", "must be a number column, but is a category column here"),
        ({"mass": [1.0, None]}, "#/inputs/1/mass", "is missing"),
        ({"mass": [1.0, float("inf")]}, "#/inputs/1/mass", "finite"),
        ({"mass": [[1.0]]}, "#/inputs", "is of type"),
    ],
)
def test_a_file_that_does_not_fit_is_rejected_with_its_place(rejected, birds, columns, place, words):
    data = parquet(pa.table(columns))
    problem = rejected(422, "POST", "/predict?network=birds", place, data=data, content_type=PARQUET)
    assert words in str(problem["errors"])


@pytest.mark.parametrize("media_type", [PARQUET, STREAM, FILE])
@pytest.mark.parametrize("data", [b"", b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"mass\n1\n"])
def test_a_body_that_is_no_such_file_is_rejected(rejected, birds, media_type, data):
    rejected(422, "POST", "/predict?network=birds", "#/inputs", data=data, content_type=media_type)


def test_more_rows_than_one_request_may_have_are_rejected_unread(rejected, birds):
    data = parquet(pa.table({"mass": pa.array(np.zeros(10_001))}))
    problem = rejected(422, "POST", "/predict?network=birds", "#/inputs", data=data, content_type=PARQUET)
    assert "at most 10,000 rows, got 10,001" in problem["errors"][0]["detail"]


def test_a_file_needs_the_network_in_the_query(rejected, birds):
    data = parquet(pa.table({"mass": [1.0]}))
    rejected(422, "POST", "/predict", "network", data=data, content_type=PARQUET)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_nan_in_json_gets_the_hint_to_send_null(rejected, birds, word):
    body = f'{{"network": "birds", "inputs": [{{"island": "É", "mass": {word}}}]}}'
    problem = rejected(400, "POST", "/predict", data=body, content_type="application/json")
    assert "send null for a missing value" in problem["detail"]
    other = rejected(400, "POST", "/predict", data='{"network": None}', content_type="application/json")
    assert "null" not in other["detail"]
