import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from service.data.class_weights import read_class_weights, weigh_rows
from service.engine.faults import DataError

LABELS = ("dislike", "like", "love")


@pytest.mark.parametrize("classes", [[0, 0, 0, 1, 2, 2], [0, 0, 2], [1]])
def test_balanced_weights_are_those_of_scikit_learn(classes):
    weights = weigh_rows(np.array(classes), "balanced", LABELS)

    np.testing.assert_allclose(weights, compute_sample_weight("balanced", classes))


def test_weights_are_given_by_label_or_in_order_and_default_to_one():
    assert read_class_weights({"like": 3}, LABELS) == {"like": 3}
    assert read_class_weights([1, 0, 2.5], LABELS) == {"dislike": 1, "like": 0, "love": 2.5}
    assert weigh_rows(np.array([0, 1, 1]), {"like": 3}, LABELS).tolist() == [1, 3, 3]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("balance", ()),
        (3, ()),
        ([1, 2], ()),
        ([1, -2, 3], (1,)),
        ([1, "2", 3], (1,)),
        ({"hate": 2}, ("hate",)),
        ({"like": float("nan")}, ("like",)),
    ],
)
def test_bad_weights_are_told_by_their_place(value, place):
    with pytest.raises(DataError) as caught:
        read_class_weights(value, LABELS)

    assert [fault.path for fault in caught.value.faults] == [place]
