import numpy as np
import pytest

from service.engine.rows import Rows
from service.jobs.encoded_rows import decode, encode
from service.schema.validation import DataError
from tests.unit.jobs.makers import NETWORK, XOR


def same(one, other):
    return all(
        (a is None and b is None) or (a.dtype == b.dtype and np.array_equal(a, b))
        for a, b in zip(vars(one).values(), vars(other).values(), strict=True)
    )


def test_rows_come_back_as_they_went():
    weighted = Rows.of(NETWORK, XOR.inputs, XOR.targets, [1, 2, 0, 0.5])
    training, validation = decode(NETWORK, encode(weighted, XOR))
    assert same(training, weighted)
    assert same(validation, XOR)


def test_validation_rows_may_be_missing():
    assert decode(NETWORK, encode(XOR))[1] is None


def test_rows_that_lie_crosswise_in_memory_come_back_in_order():
    crosswise = Rows(np.asfortranarray(XOR.inputs), XOR.targets[::-1])
    assert not crosswise.inputs.flags.c_contiguous
    assert same(decode(NETWORK, encode(crosswise))[0], crosswise)


def test_rows_of_another_network_are_rejected():
    with pytest.raises(DataError, match="inputs"):
        decode(NETWORK, encode(Rows(XOR.inputs[:, :1], XOR.targets)))
