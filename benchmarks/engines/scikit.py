"""scikit-learn's multi-layer perceptron, one `partial_fit` for an epoch."""

from __future__ import annotations

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.settings import LEARNING_RATE, Setting


class Scikit:
    def __init__(self, setting: Setting, optimizer: str, threads: int) -> None:
        self._x, y = setting.data()
        self._y = y.argmax(axis=1) if setting.task == "classes" else y[:, 0]
        self._classes = {} if setting.task == "value" else {"classes": np.unique(self._y)}
        self._model = (MLPRegressor if setting.task == "value" else MLPClassifier)(
            hidden_layer_sizes=setting.widths[1:-1],
            activation=setting.hidden,
            solver=optimizer,
            alpha=0.0,
            batch_size=setting.batch_size,
            learning_rate_init=LEARNING_RATE,
            momentum=0.0,
            nesterovs_momentum=False,
        )
        # The model has weights only after a first fit; ours go into the same arrays, which its optimizer holds.
        self._fit()
        for (weights, biases), coefficients, intercepts in zip(
            setting.start(), self._model.coefs_, self._model.intercepts_, strict=True
        ):
            assert coefficients.dtype == np.float32
            coefficients[...], intercepts[...] = weights, biases

    def epochs(self, count: int) -> float:
        for _ in range(count):
            self._fit()
        return float(self._model.loss_)

    def _fit(self) -> None:
        self._model.partial_fit(self._x, self._y, **self._classes)
