"""Tables of pandas, polars and NumPy as uploads and as rows."""

import io

import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet
import pytest

from feedforward_client.bodies import training_data
from feedforward_client.plain import plain
from feedforward_client.tables import csv_upload, read_upload, rows_of, type_of, types_query

FRAME = pd.DataFrame(
    {
        "text": ["1", "2", None],
        "code": pd.Categorical([7, 8, 7]),
        "number": [1.5, np.nan, 3],
        "yes": pd.array([True, None, False], dtype="boolean"),
        "when": pd.to_datetime(["2024-01-02 00:00:00", None, "2024-03-04 05:06:07"]),
    },
    index=[10, 11, 12],
)


def test_a_frame_becomes_parquet_without_its_index_and_says_which_numbers_are_categories():
    upload = read_upload(FRAME)
    stored = pyarrow.parquet.read_table(io.BytesIO(upload.content))
    assert stored.column_names == list(FRAME.columns) and upload.types == {"code": "category"}


def test_without_pyarrow_a_frame_becomes_csv_with_the_types_that_parquet_would_show():
    upload = csv_upload(FRAME)
    assert upload.content.splitlines()[:2] == [b"text,code,number,yes,when", b"1,7,1.5,True,2024-01-02 00:00:00"]
    assert upload.types == {"text": "category", "code": "category", "yes": "boolean", "when": "time"}
    assert types_query(upload.types) == "text:category,code:category,yes:boolean,when:time"


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [("int8", "number"), ("UInt16", "number"), ("Float64", "number"), ("bool", "boolean"), ("category", "category"),
     ("str", "category"), ("object", "category"), ("datetime64[ns, UTC]", "time")],
)  # fmt: skip
def test_a_dtype_has_a_column_type(dtype, kind):
    assert type_of(pd.Series([], dtype=dtype).dtype) == kind


def test_columns_that_become_one_as_text_are_rejected():
    with pytest.raises(ValueError, match="different names as text"):
        read_upload(pd.DataFrame([[1, 2]], columns=[1, "1"]))


def test_polars_matrices_columns_files_and_bytes_are_uploads(tmp_path):
    file = tmp_path / "birds.csv"
    file.write_text("a\n1\n")
    assert pyarrow.parquet.read_table(io.BytesIO(read_upload(pl.DataFrame({"a": [1]})).content)).column_names == ["a"]
    assert np.load(io.BytesIO(read_upload(np.eye(2)).content))["column"].shape == (2, 2)
    assert np.load(io.BytesIO(read_upload({"a": ["x", "y"]}).content))["a"].tolist() == ["x", "y"]
    assert read_upload(file).filename == "birds.csv" and read_upload(b"a\n1\n").content == file.read_bytes()


def test_what_is_no_table_is_rejected(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file"):
        read_upload(tmp_path / "missing.csv")
    with pytest.raises(TypeError, match="got int"):
        read_upload(3)
    with pytest.raises(TypeError, match="use a DataFrame"):
        read_upload({"a": np.array([1, "x"], dtype=object)})


def test_rows_keep_names_and_missing_cells_become_null():
    assert plain(rows_of(FRAME))[1] == {"text": "2", "code": 8, "number": None, "yes": None, "when": None}
    assert plain(rows_of(FRAME))[2] == {
        "text": None,
        "code": 7,
        "number": 3,
        "yes": False,
        "when": "2024-03-04T05:06:07",
    }
    assert plain(rows_of(pl.DataFrame({"a": [1, None]}))) == [{"a": 1}, {"a": None}]
    assert plain(rows_of({"a": np.float32(0.5)})) == [{"a": 0.5}]
    assert plain(rows_of(np.array([[1, np.nan]]))) == [[1.0, None]]
    with pytest.raises(TypeError, match="rows are"):
        rows_of("text")


def test_times_of_numpy_are_iso():
    assert plain(np.array(["2024-01-02", "NaT"], dtype="datetime64[D]")) == ["2024-01-02T00:00:00.000000", None]


def test_what_json_has_no_form_for_is_named():
    with pytest.raises(TypeError, match="complex"):
        plain({"a": [1j]})


def test_pairs_are_training_data():
    pair = training_data((np.eye(2), [0, 1]))
    assert plain(pair) == {"inputs": [[1, 0], [0, 1]], "targets": [0, 1]}
    assert training_data(([[1]], [2], [3]))["sample_weights"] == [3]
    assert training_data(pd.DataFrame({"a": [1]})) == [{"a": 1}]
    with pytest.raises(TypeError, match="pair"):
        training_data((1,))
