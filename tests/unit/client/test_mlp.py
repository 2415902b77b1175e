"""Parameters of scikit-learn as layers of the service."""

import numpy as np
import pytest

from feedforward_client import mlp


@pytest.mark.parametrize("sizes", [3, np.int64(3), (3,), np.array([3])])
def test_hidden_layers_are_one_size_or_several(sizes):
    parameters = {"hidden_layer_sizes": sizes, "alpha": 0.5, "batch_size": "auto", "activation": "logistic"}
    hidden, last = mlp.layers(parameters, outputs=1, activation="linear", rows=10)
    assert hidden == {"type": "dense", "units": 3, "activation": "sigmoid", "l2": 0.05} and last["units"] == 1
