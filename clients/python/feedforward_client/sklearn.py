"""scikit-learn estimators that train on a Feedforward service. Needs scikit-learn."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_array, check_consistent_length, column_or_1d

from feedforward_client.estimator import Array, RemoteEstimator
from feedforward_client.records import Prediction

TARGET = "target"


class FeedforwardClassifier(ClassifierMixin, RemoteEstimator):
    """MLPClassifier whose network lives in the service.

    Takes scikit-learn's parameters with the same meaning; `activation`, `solver` and `learning_rate` also take any
    activation, optimizer (by name or as an object) and schedule of the service. `client`, or `url` and `key`, say where
    it is; by default FEEDFORWARD_URL and FEEDFORWARD_KEY.
    A DataFrame with text, categories, booleans, times or missing cells becomes a table network, whose preprocessing is
    fitted in the service; arrays and DataFrames of numbers are trained as they are, without scaling.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        X, y = self._checked(X, y)
        y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"needs samples of at least 2 classes; got 1 class: {self.classes_[0]!r}")
        labels = labels_of(self.classes_)
        binary = len(labels) == 2
        spec = {
            "outputs": 1 if binary else len(labels),
            "output_activation": "sigmoid" if binary else "softmax",
            "loss": "binary_cross_entropy" if binary else "cross_entropy",
            "labels": labels,
            "targets": [{"name": TARGET, "type": "category", "categories": labels}],
        }
        return self._fit(X, np.array(labels)[codes], spec, weights_of(sample_weight, X), stratified=True)

    def predict(self, X: Any) -> Array:
        probabilities = self.predict_proba(X)  # Before `classes_`: it says if nothing was fitted yet.
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def predict_proba(self, X: Any) -> Array:
        """Of each class in the order of `classes_`, (rows, classes)."""
        outputs = np.concatenate([prediction.outputs for prediction in self._ask(X)])
        return np.hstack([1 - outputs, outputs]) if len(self.classes_) == 2 else outputs

    def predict_log_proba(self, X: Any) -> Array:
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))


class FeedforwardRegressor(RegressorMixin, RemoteEstimator):
    """MLPRegressor whose network lives in the service; takes what FeedforwardClassifier takes.

    The loss is half the squared error, as in scikit-learn. For a table network, the service scales the targets too, and
    the losses are on that scale; predictions are in the targets' own units.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        X, y = self._checked(X, y, multi_output=True, y_numeric=True)
        y = check_array(y, ensure_2d=False, dtype=np.float64)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        check_consistent_length(X, y)
        y = y.reshape(len(X), -1)
        self._targets = [TARGET] if y.shape[1] == 1 else [f"{TARGET}_{place}" for place in range(y.shape[1])]
        spec = {
            "outputs": y.shape[1],
            "output_activation": "linear",
            "loss": "half_squared_error",
            "targets": [{"name": name, "type": "number"} for name in self._targets],
        }
        return self._fit(X, y, spec, weights_of(sample_weight, X), stratified=False)

    def predict(self, X: Any) -> Array:
        """In the units of the targets: (rows,), or (rows, targets) if there are several."""
        values = np.concatenate([self._values(prediction) for prediction in self._ask(X)])
        return values.ravel() if self.n_outputs_ == 1 else values

    def _values(self, prediction: Prediction) -> Array:
        if not self.table_:
            return prediction.outputs
        return np.array([[row[name] for name in self._targets] for row in prediction.predictions], dtype=np.float64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def labels_of(classes: Array) -> list[str]:
    """The classes as different words; `class_0`, `class_1`, … if they are none."""
    words = [str(one) for one in classes]
    usable = len({word.casefold() for word in words}) == len(words) and all(0 < len(word) <= 200 for word in words)
    return words if usable else [f"class_{place}" for place in range(len(words))]


def weights_of(sample_weight: Any, X: Any) -> Array | None:
    return None if sample_weight is None else np.asarray(_check_sample_weight(sample_weight, X, dtype=np.float64))
