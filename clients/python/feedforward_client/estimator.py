"""What the classifier and the regressor share: send the rows, train, and ask the network again."""

from __future__ import annotations

import os
import uuid
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from feedforward_client import mlp
from feedforward_client._sync.client import Client
from feedforward_client._sync.jobs import Job
from feedforward_client._sync.networks import Network
from feedforward_client.bodies import prediction_body
from feedforward_client.drawing import draw_curves, draw_network
from feedforward_client.records import Prediction
from feedforward_client.requests import Request, given
from feedforward_client.tables import library_of, type_of, with_text_names

WAIT_SECONDS = 20
INLINE_NUMBERS = 500_000
ROWS_PER_REQUEST = 10_000
WEIGHT = "sample_weight"
Array = np.ndarray[Any, Any]


@lru_cache(maxsize=32)
def _shared_client(url: str | None, key: str | None, process: int) -> Client:
    """One pool of connections for all estimators of a process: GridSearchCV makes hundreds of them."""
    return Client(url, key)


class RemoteEstimator(BaseEstimator):
    """Has the parameters of scikit-learn's multilayer perceptrons."""

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: Any = "constant",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: int = 10,
        dtype: str = "float64",
        client: Client | None = None,
        url: str | None = None,
        key: str | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.dtype = dtype
        self.client = client
        self.url = url
        self.key = key

    @property
    def network_(self) -> Network:
        """The trained network: rename, publish or delete it."""
        check_is_fitted(self)
        return self._client().networks.get(self.network_id_)

    @property
    def job_(self) -> Job:
        check_is_fitted(self)
        return self._client().jobs.get(self.job_id_)

    def _client(self) -> Client:
        return self.client or _shared_client(self.url, self.key, os.getpid())

    def _fit(self, X: Any, targets: Array, spec: dict[str, Any], weights: Array | None, *, stratified: bool) -> Self:
        """`X`: an array, or the DataFrame of a table network. `spec`: outputs, activation, loss, labels, targets."""
        parameters, rows, seed = self.get_params(), len(X), self._seed()
        # First what can be rejected here, so that nothing is left behind.
        options = mlp.training(parameters, rows, seed, stratified=stratified)
        body = {
            "name": new_name(),
            "tags": {"made_by": type(self).__name__},
            "seed": seed,
            "dtype": self.dtype,
            "layers": mlp.layers(parameters, spec["outputs"], spec["output_activation"], rows),
            "loss": spec["loss"],
        }
        if self.table_:
            columns, data = self._upload(X, targets, spec["targets"], weights)
        else:
            columns = {"inputs": self._inputs(X), **given(labels=spec.get("labels"))}
            data = self._data(X, targets, weights)
        network = self._client().networks.create(**body, **columns)
        self._keep(network, self._train(network, {**options, **data}))
        return self

    def _inputs(self, X: Array) -> list[str] | int:
        """Columns of a DataFrame keep their names, so that others can ask the network by them."""
        return list(map(str, self.feature_names_in_)) if hasattr(self, "feature_names_in_") else int(X.shape[1])

    def _data(self, X: Array, targets: Array, weights: Array | None) -> dict[str, Any]:
        """Few numbers go with the request; many as an npz file, which is smaller and read faster."""
        if X.size <= INLINE_NUMBERS:
            return {"data": {"inputs": X, "targets": targets, **given(sample_weights=weights)}}
        columns = {"x": X, "y": targets, **given(**{WEIGHT: weights})}
        types = {"y": "category"} if targets.dtype.kind == "U" else {}
        dataset = self._client().datasets.upload(columns, new_name(), types=types)
        return {
            "dataset": dataset.name,
            "inputs": [f"x_{column}" for column in range(X.shape[1])],
            "target": _columns_of("y", targets),
            **given(sample_weight=None if weights is None else WEIGHT),
        }

    def _upload(
        self, X: Any, targets: Array, columns: list[dict[str, Any]], weights: Array | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Every column by its dtype: nothing is left out or guessed."""
        names, table, values = [column["name"] for column in columns], with_text_names(X), targets.reshape(len(X), -1)
        inputs = [{"name": name, "type": type_of(table[name].dtype)} for name in table.columns]
        if clash := {*table.columns} & {*names, WEIGHT}:
            raise ValueError(
                f"columns may not be called {sorted(clash)}: targets and weights are sent under these names"
            )
        table = table.assign(
            **{name: values[:, place] for place, name in enumerate(names)}, **given(**{WEIGHT: weights})
        )
        types = {column["name"]: "category" for column in columns if column["type"] == "category"}
        dataset = self._client().datasets.upload(table, new_name(), types=types)
        spec = {"dataset": dataset.name, "inputs": inputs, "target": columns if len(columns) > 1 else columns[0]}
        return spec, {"dataset": dataset.name, **given(sample_weight=None if weights is None else WEIGHT)}

    def _train(self, network: Network, options: dict[str, Any]) -> Job:
        client, body = self._client(), {"network": network.id, **options}
        headers = {} if self.verbose else {"Prefer": f"wait={WAIT_SECONDS}"}
        request = Request("POST", "/train", body=body, headers=headers, creates=True)
        job = Job(client.transport, client.transport.json(request))
        # An ended job still raises if it has failed.
        return job.wait(progress=self.verbose)

    def _keep(self, network: Network, job: Job) -> None:
        history = job.history()
        self.network_id_, self.job_id_ = network.id, job.id
        self._drawing = draw_network(network)
        self.n_iter_ = job.epoch
        self.loss_curve_ = history["loss"].tolist()
        self.validation_loss_curve_ = history["val_loss"].tolist() if "val_loss" in history else None
        self.loss_, self.best_loss_ = self.loss_curve_[-1], min(self.loss_curve_)
        self.n_layers_, self.n_outputs_ = len(network["layers"]) + 1, int(network["outputs"])
        self.out_activation_ = network["layers"][-1]["activation"]
        if not job["stopped_early"]:
            text = f"{self.max_iter} epochs (max_iter) were trained without an end by tol={self.tol}: it may learn more"
            warnings.warn(text, ConvergenceWarning, stacklevel=4)

    def _ask(self, X: Any) -> list[Prediction]:
        """Predictions in portions, all from the snapshot that the training ended with."""
        check_is_fitted(self)
        X = self._checked_again(X)
        transport = self._client().transport
        predictions = []
        for start in range(0, len(X), ROWS_PER_REQUEST):
            rows = slice(start, start + ROWS_PER_REQUEST)
            part = X.iloc[rows] if self.table_ else X[rows]
            body = prediction_body(part, network=self.network_id_, snapshot=self.job_id_)
            predictions.append(Prediction(transport.json(Request("POST", "/predict", body=body, reads=True))))
        return predictions

    def _checked(self, X: Any, y: Any, **options: Any) -> tuple[Any, Any]:
        """A DataFrame with text, categories, times or missing cells stays one; all else becomes an array of numbers."""
        self.table_ = is_table(X)
        if not self.table_:
            X, y = validate_data(self, X, y, dtype=np.float64, **options)
            return X, y
        validate_data(self, X, skip_check_array=True)
        return X, y

    def _checked_again(self, X: Any) -> Any:
        if not self.table_:
            return validate_data(self, X, dtype=np.float64, reset=False)
        if library_of(X) != "pandas":
            raise TypeError(
                f"was fitted on a DataFrame with more than numbers, and predicts such; got {type(X).__name__}"
            )
        validate_data(self, X, reset=False, skip_check_array=True)
        return X

    def _seed(self) -> int:
        if isinstance(self.random_state, int | np.integer):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def __getstate__(self) -> dict[str, Any]:
        """A pickle refers to the network by address and id. It holds no key: set FEEDFORWARD_KEY where it is read."""
        state = dict(super().__getstate__())
        return {**state, "key": None, "client": None, "url": self.client.url if self.client else self.url}

    def _repr_html_inner(self) -> str:
        inner = str(super()._repr_html_inner())
        if not hasattr(self, "network_id_"):
            return inner
        curves = {"loss": self.loss_curve_, **given(val_loss=self.validation_loss_curve_)}
        return f"{inner}<div>{self._drawing}{draw_curves(curves)}</div>"


def new_name() -> str:
    return f"sk-{uuid.uuid4().hex[:16]}"


def is_table(X: Any) -> bool:
    """Whether it is a DataFrame of pandas with something else than numbers."""
    if library_of(X) != "pandas":
        return False
    return any(type_of(dtype) != "number" for dtype in X.dtypes) or bool(X.isna().any(axis=None))


def _columns_of(name: str, values: Array) -> str | list[str]:
    return name if values.ndim == 1 else [f"{name}_{column}" for column in range(values.shape[1])]
