"""Nodes that are layers, or scalings of each number, by operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from service.engine.activations.table import Softmax
from service.engine.arrays import Array
from service.imports.onnx.activations import short
from service.imports.onnx.chain import Chain
from service.imports.onnx.errors import rejected


def _gemm(chain: Chain, given: list[Any], attributes: dict[str, Any], where: str) -> None:
    if attributes.get("transA"):
        raise rejected(f"{where} transposes its rows")
    weights = _constant(given, 0, where)
    weights = weights.T if attributes.get("transB") else weights
    alpha, beta = attributes.get("alpha", 1.0), attributes.get("beta", 1.0)
    biases = None if len(given) < 2 or given[1] is None else _constant(given, 1, where).reshape(-1)
    _dense(
        chain,
        weights if alpha == 1 else weights * alpha,
        biases if beta == 1 or biases is None else biases * beta,
        where,
    )


def _dense(chain: Chain, weights: Array, biases: Array | None, where: str) -> None:
    if weights.ndim != 2 or weights.shape[0] != chain.width:
        raise rejected(f"{where} has weights of the shape {weights.shape} for {chain.width:,} inputs")
    if biases is not None:
        biases = np.broadcast_to(biases, (weights.shape[1],))
    chain.dense(weights, biases)


def _batch_normalization(chain: Chain, given: list[Any], attributes: dict[str, Any], where: str) -> None:
    if attributes.get("training_mode", 0):
        raise rejected(f"{where} normalises by each batch itself (training_mode=1); export the model for inference")
    scale, shift, mean, variance = (_vector(given, place, chain.width, where) for place in range(4))
    tensors = {"scale": scale, "shift": shift, "mean": mean, "variance": variance}
    momentum, epsilon = attributes.get("momentum", 0.9), attributes.get("epsilon", 1e-5)
    chain.normalise("batch_norm", tensors, momentum=short(momentum), epsilon=short(epsilon))


def _layer_normalization(chain: Chain, given: list[Any], attributes: dict[str, Any], where: str) -> None:
    if attributes.get("axis", -1) not in (-1, 1):
        raise rejected(f"{where} normalises another axis than the last one")
    scale = _vector(given, 0, chain.width, where)
    shift = _vector(given, 1, chain.width, where) if len(given) > 1 and given[1] is not None else np.zeros_like(scale)
    tensors = {"scale": scale, "shift": shift}
    chain.normalise("layer_norm", tensors, epsilon=short(attributes.get("epsilon", 1e-5)))


def _softmax(chain: Chain, given: list[Any], attributes: dict[str, Any], where: str) -> None:
    if attributes.get("axis", -1) not in (-1, 1):
        raise rejected(f"{where} is of another axis than the last one")
    chain.activate(Softmax())


def _scaler(chain: Chain, given: list[Any], attributes: dict[str, Any], where: str) -> None:
    """(x - offset) scale, of ai.onnx.ml."""
    chain.shift(-np.asarray(attributes.get("offset", [0.0]), np.float64))
    chain.scale(attributes.get("scale", [1.0]))


def _constant(given: list[Any], place: int, where: str) -> Any:
    if place >= len(given) or not isinstance(given[place], np.ndarray) or given[place].dtype.kind != "f":
        raise rejected(f"{where} needs constant numbers as its input {place + 2}")
    return given[place]


def _vector(given: list[Any], place: int, width: int, where: str) -> Array:
    vector: Array = _constant(given, place, where).reshape(-1)
    if len(vector) != width:
        raise rejected(f"{where} has {len(vector):,} numbers for a layer of {width:,}")
    return vector


STEPS: Mapping[str, Callable[[Chain, list[Any], dict[str, Any], str], None]] = MappingProxyType(
    {
        "Gemm": _gemm,
        "MatMul": lambda chain, given, attributes, where: _dense(chain, _constant(given, 0, where), None, where),
        "BatchNormalization": _batch_normalization,
        "LayerNormalization": _layer_normalization,
        "Softmax": _softmax,
        "Scaler": _scaler,
    }
)
