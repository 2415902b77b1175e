import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from service.data.class_weights import BALANCED, read_class_weights, weigh_by_class, weigh_rows
from service.data.targets import TargetForm
from service.engine.network import Network
from service.engine.rows import Rows
from service.engine.spec import NetworkSpec
from service.schema.validation import DataError

LABELS = ("dislike", "like", "love")


@pytest.mark.parametrize("classes", [[0, 0, 0, 1, 2, 2], [0, 0, 2], [1]])
def test_balanced_weights_are_those_of_scikit_learn(classes):
    weights = weigh_rows(np.array(classes), BALANCED, LABELS)

    np.testing.assert_allclose(weights, compute_sample_weight("balanced", classes))


def test_weights_are_given_by_label_or_in_order_and_default_to_one():
    assert read_class_weights({"like": 3}, LABELS) == {"like": 3}
    assert read_class_weights([1, 0, 2.5], LABELS) == {"dislike": 1, "like": 0, "love": 2.5}
    assert weigh_rows(np.array([0, 1, 1]), {"like": 3}, LABELS).tolist() == [1, 3, 3]


NETWORK = Network(
    NetworkSpec.from_json(
        {"inputs": 1, "loss": "cross_entropy", "layers": [{"type": "dense", "units": 3, "activation": "softmax"}]}
    )
)
FORM = TargetForm.of(NETWORK.spec, NETWORK.outputs, LABELS)


def rows_of(targets, sample_weights=None):
    return Rows.of(NETWORK, [[0.5]] * len(targets), targets, sample_weights)


def test_rows_are_weighted_by_their_class_and_by_themselves():
    rows = rows_of([[1, 0, 0], [0, 1, 0], [0, 1, 0]], [1, 2, 0])
    weighted = weigh_by_class(rows, {"like": 3}, FORM)
    assert weighted.sample_weights.tolist() == [1, 6, 0]
    assert weighted.sample_weights.dtype == np.float32


@pytest.mark.parametrize(
    ("targets", "sample_weights", "weights", "help"),
    [
        ([[1, 0, 0], [0, 1, 0]], None, {"dislike": 0, "like": 0}, "no row would have any weight"),
        ([[1, 0, 0], [0, 1, 0]], [1, 0], {"dislike": 0}, "no row would have any weight"),
        ([[1, 0, 0], [0, 1, 0]], None, {"like": 1e300}, "must be a finite number"),
        ([[1, 0, 0], [0, 1, 0]], [1, 1e30], {"like": 1e30}, "must be a finite number"),
        ([[0.5, 0.5, 0], [0, 1, 0]], None, {"like": 2}, "needs a target that names one class"),
    ],
)
def test_rows_are_not_weighted_as_nothing_or_beyond_every_number(targets, sample_weights, weights, help):
    with pytest.raises(DataError, match=help) as caught:
        weigh_by_class(rows_of(targets, sample_weights), weights, FORM)
    assert [issue.path for issue in caught.value.issues] == [("class_weights",)]


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
def test_bad_weights_are_reported_by_their_place(value, place):
    with pytest.raises(DataError) as caught:
        read_class_weights(value, LABELS)

    assert [issue.path for issue in caught.value.issues] == [place]
