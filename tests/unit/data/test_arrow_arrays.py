"""Numbers out of Arrow, against its own conversion, which imports pandas."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from service.data.arrow_arrays import array_of
from service.data.tables.chunks import write_chunks

ROOT = Path(__file__).parents[3]
READ = """
import sys
from pathlib import Path
from service.data.tables.chunks import decode_chunks
frame = decode_chunks([one.read_bytes() for one in Path(sys.argv[1]).iterdir()], ["a", "b"], 3)
assert len(frame.columns) == 2
assert "pandas" not in sys.modules
"""


@pytest.mark.parametrize(
    "piece",
    [
        pa.array([1.5, -0.0, float("inf"), float("nan")]),
        pa.array([1.5, None, 2.5], pa.float64()),
        pa.array([1.5, None, 2.5], pa.float32()),
        pa.array([None, None], pa.float64()),
        pa.array([3, 1, 2], pa.int32()),
        pa.array([2**62, -1], pa.int64()),
        pa.array([1, 2, 250], pa.uint8()),
        pa.array([1, None], pa.int32()),
        pa.array([True, False, None]),
        pa.array([], pa.float64()),
        pa.array(["a", None]),
        pa.array([0.5, 1.5, 2.5, 3.5]).slice(1, 2),
        pa.array([0.5, None, 2.5, None, 4.5]).slice(1, 3),
    ],
)
def test_they_are_the_same_as_by_arrow(piece):
    ours, theirs = array_of(piece), piece.to_numpy(zero_copy_only=False)
    assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
    if theirs.dtype == object:
        assert ours.tolist() == theirs.tolist()
    else:
        np.testing.assert_array_equal(ours, theirs)


def test_missing_codes_are_the_number_that_is_given():
    codes = array_of(pa.array([5, 1, None, 0], pa.int32()).slice(1, 3), missing=2)
    assert codes.tolist() == [1, 2, 0] and codes.dtype == np.int32


def test_a_table_is_read_without_pandas(tmp_path):
    pytest.importorskip("pandas")
    write_chunks(pa.table({"a": [1.0, None, 2.5], "b": pa.array(["x", "y", None])}), tmp_path)
    found = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
