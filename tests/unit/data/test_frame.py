"""A table in memory, and as bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.data import frame_bytes
from service.data.frame import Column, Frame
from service.data.kinds.registry import KINDS

NUMBERS = st.floats(width=64)
MICROSECONDS = st.integers(-(2**62), 2**62)


@st.composite
def columns(draw, rows):
    kind = draw(st.sampled_from(sorted(KINDS)))
    if kind == "category":
        words = draw(st.lists(st.text(), unique=True, max_size=4))
        codes = draw(st.lists(st.integers(-1, len(words) - 1), min_size=rows, max_size=rows))
        return Column("category", np.array(codes, np.int32), tuple(words))
    cells = {"number": NUMBERS, "boolean": st.sampled_from([0.0, 1.0, np.nan]), "time": MICROSECONDS}[kind]
    return Column(kind, np.array(draw(st.lists(cells, min_size=rows, max_size=rows)), KINDS[kind].dtype))


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 5))
    names = draw(st.lists(st.text(), unique=True, min_size=1, max_size=4))
    return Frame({name: draw(columns(rows)) for name in names})


def example() -> Frame:
    return Frame(
        {
            "mass": Column("number", np.array([3750.0, np.nan, np.inf])),
            "island": Column("category", np.array([1, -1, 0], np.int32), ("Biscoe", "Dream")),
            "tagged": Column("boolean", np.array([1.0, 0.0, np.nan])),
            "seen": Column("time", np.array(["2007-11-11", "NaT", "2008-01-01"], "datetime64[us]")),
        }
    )


@given(frames())
def test_a_frame_comes_back_from_its_bytes_bit_for_bit(frame):
    back = frame_bytes.decode(frame_bytes.encode(frame))
    assert back.names == frame.names
    for name in frame.names:
        assert (back[name].kind, back[name].words) == (frame[name].kind, frame[name].words)
        assert back[name].values.tobytes() == frame[name].values.tobytes()


@pytest.mark.parametrize("data", [b"", b"no frame at all", frame_bytes.encode(example())[:-4]])
def test_bytes_that_are_no_frame_are_rejected(data):
    with pytest.raises(ValueError, match="no frame"):
        frame_bytes.decode(data)


def test_each_kind_knows_its_missing_cells_and_infinity_is_none():
    missing = {name: column.missing.tolist() for name, column in example().columns.items()}
    assert missing == {
        "mass": [False, True, False],
        "island": [False, True, False],
        "tagged": [False, False, True],
        "seen": [False, True, False],
    }


def test_rows_are_taken_by_index_or_mask_and_columns_by_name():
    frame = example()
    assert len(frame) == 3
    assert frame.take(np.array([2, 0]))["island"].values.tolist() == [0, 1]
    assert len(frame.take(~frame["mass"].missing)) == 2
    assert frame.select(["seen", "mass"]).names == ("seen", "mass")


def test_categories_are_recoded_to_other_words():
    column = Column("category", np.array([0, 1, -1, 2], np.int32), ("a", "b", "c"))
    assert column.recoded(["c", "a"]).tolist() == [1, -2, -1, 0]


def test_columns_of_different_lengths_or_types_are_rejected():
    with pytest.raises(ValueError, match="one length"):
        Frame({"a": Column("number", np.zeros(2)), "b": Column("number", np.zeros(3))})
    with pytest.raises(ValueError, match="vector of float64, got float32"):
        Column("number", np.zeros(2, np.float32))
