"""scikit-learn's parameters of a multilayer perceptron as a network and a training of the service."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}
OWN_SCHEDULES = {
    "invscaling": '"exponential" or {"type": "polynomial", …}',
    "adaptive": '"plateau"',
}


def layers(parameters: Mapping[str, Any], outputs: int, activation: str, rows: int) -> list[dict[str, Any]]:
    """Dense layers. scikit-learn divides `alpha` by the rows of a batch, the service's `l2` does not."""
    sizes = parameters["hidden_layer_sizes"]
    l2 = parameters["alpha"] / batch_size(parameters, rows)
    hidden = ACTIVATIONS.get(parameters["activation"], parameters["activation"])
    sizes = [sizes] if isinstance(sizes, Integral) else list(sizes)
    return [
        *({"type": "dense", "units": int(size), "activation": hidden, "l2": l2} for size in sizes),
        {"type": "dense", "units": outputs, "activation": activation, "l2": l2},
    ]


def training(parameters: Mapping[str, Any], rows: int, seed: int, *, stratified: bool) -> dict[str, Any]:
    """The options of `POST /train`."""
    options: dict[str, Any] = {
        "epochs": parameters["max_iter"],
        "batch_size": batch_size(parameters, rows),
        "shuffle": parameters["shuffle"],
        "seed": seed,
        "optimizer": optimizer(parameters),
        "schedule": schedule(parameters["learning_rate"]),
        "early_stopping": {
            "monitor": "val_loss" if parameters["early_stopping"] else "loss",
            "patience": parameters["n_iter_no_change"],
            "min_delta": parameters["tol"],
            "restore_best": bool(parameters["early_stopping"]),
        },
        "snapshots": {"best": False, "last": True},
    }
    if parameters["early_stopping"]:
        options["validation"] = {"fraction": parameters["validation_fraction"], "stratified": stratified}
    return options


def batch_size(parameters: Mapping[str, Any], rows: int) -> int:
    size = parameters["batch_size"]
    if size == "auto":
        return min(200, rows)
    if not isinstance(size, Integral) or size < 1:
        raise ValueError(f'batch_size must be "auto" or a whole number of at least 1; got {size!r}')
    return min(int(size), rows)


def optimizer(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`adam` and `sgd` mean what they mean in scikit-learn; any other is the service's."""
    solver, rate = parameters["solver"], parameters["learning_rate_init"]
    if isinstance(solver, Mapping):
        return {"learning_rate": rate, **solver}
    if solver == "lbfgs":
        raise ValueError('solver "lbfgs" is none of the service; use "adam", "sgd" or another of docs/catalogue.md')
    if solver == "adam":
        moments = {"beta1": parameters["beta_1"], "beta2": parameters["beta_2"], "epsilon": parameters["epsilon"]}
        return {"type": "adam", "learning_rate": rate, **moments}
    if solver == "sgd" and parameters["momentum"]:
        kind = "nesterov" if parameters["nesterovs_momentum"] else "momentum"
        return {"type": kind, "learning_rate": rate, "momentum": parameters["momentum"]}
    return {"type": solver, "learning_rate": rate}


def schedule(learning_rate: str | Mapping[str, Any]) -> Any:
    if isinstance(learning_rate, str) and learning_rate in OWN_SCHEDULES:
        raise ValueError(
            f'learning_rate "{learning_rate}" is none of the service; use "constant", {OWN_SCHEDULES[learning_rate]}'
        )
    return learning_rate
