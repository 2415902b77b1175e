"""Keys of rows: the same for the same content, on every machine."""

import struct
from hashlib import blake2b

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.data.frame import Column, Frame
from service.data.preprocessing.fitted import Fitted
from service.data.preprocessing.table import TableSpec
from service.data.row_keys import column_bits, matrix_bits, row_keys

NUMBERS = st.one_of(st.floats(allow_nan=False), st.sampled_from([0.0, -0.0, float("nan")]))


def by_hand(rows, seed):
    """SplitMix64 in whole numbers of any size."""
    keys = []
    for row in rows:
        z = seed
        for bits in row:
            z = (z + bits + 0x9E3779B97F4A7C15) % 2**64
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
            z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
            z ^= z >> 31
        keys.append((z >> 11) / 2**53)
    return keys


def bits_by_hand(number):
    number = 0.0 if number == 0 else float("nan") if number != number else number
    return struct.unpack("<Q", struct.pack("<d", number))[0]


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=50), st.integers(0, 2**63 - 1))
def test_keys_are_those_of_the_formula(rows, seed):
    columns = np.array(rows).T
    keys = row_keys(
        [column_bits(Column("number", np.ascontiguousarray(column))) for column in columns], len(rows), seed=seed
    )
    assert keys.tolist() == by_hand([[bits_by_hand(cell) for cell in row] for row in rows], seed)
    assert ((keys >= 0) & (keys < 1)).all()


def test_a_key_is_known_once_and_for_all():
    """A change would let rows that a network has trained on fall to the rows that it is judged on."""
    words = Column("category", np.array([0, 1, -1], np.int32), ("Biscoe", "Dream"))
    times = Column("time", np.array(["2026-01-01", "NaT", "1969-12-31T23:59:59.5"], "datetime64[us]"))
    numbers = Column("number", np.array([1.5, np.nan, -0.0]))
    keys = row_keys(map(column_bits, (words, times, numbers)), 3, seed=7)
    islands = [int.from_bytes(blake2b(word, digest_size=8).digest(), "little") for word in (b"Biscoe", b"Dream")]
    moments = [1_767_225_600_000_000, 2**63, 2**64 - 500_000]
    assert keys.tolist() == by_hand(
        [
            [word, moment, bits_by_hand(number)]
            for word, moment, number in zip([*islands, 0], moments, [1.5, np.nan, 0], strict=True)
        ],
        7,
    )


def test_a_word_counts_whatever_its_code():
    one = Column("category", np.array([0, 1, 0], np.int32), ("a", "b"))
    other = Column("category", np.array([1, 0, 1], np.int32), ("b", "a"))
    assert column_bits(one).tolist() == column_bits(other).tolist()


def test_a_matrix_in_the_precision_of_the_network_has_the_keys_of_its_columns():
    draw = np.random.default_rng(3).normal(size=(100, 3))
    narrow = draw.astype(np.float32)
    columns = [column_bits(Column("number", column.astype(float))) for column in narrow.T]
    assert row_keys(matrix_bits(narrow), 100, seed=1).tolist() == row_keys(columns, 100, seed=1).tolist()


def test_different_rows_spread_evenly():
    keys = row_keys(matrix_bits(np.arange(20_000.0).reshape(-1, 2)), 10_000, seed=0)
    counts, _ = np.histogram(keys, bins=10, range=(0, 1))
    assert (abs(counts - 1000) < 5 * np.sqrt(1000)).all()
    assert (
        abs(np.corrcoef(keys, row_keys(matrix_bits(np.arange(20_000.0).reshape(-1, 2)), 10_000, seed=1))[0, 1]) < 0.05
    )


def test_a_table_reads_a_cell_as_its_network_does():
    spec = TableSpec.from_json(
        {
            "inputs": [
                {"name": "kind", "type": "category", "categories": ["1", "2"]},
                {"name": "size", "type": "number"},
            ],
            "target": {"name": "y", "type": "number"},
        }
    )
    size = Column("number", np.array([1.0, 2.0, 3.0]))
    as_words = Frame({"kind": Column("category", np.array([0, 1, 2], np.int32), ("1", "2.0", "other")), "size": size})
    as_numbers = Frame({"kind": Column("number", np.array([1.0, 2.0, 9.0])), "size": size})
    bits = [list(Fitted.neutral(spec).bits(frame)) for frame in (as_words, as_numbers)]
    np.testing.assert_array_equal(bits[0], bits[1])
