"""The registry of layers."""

from service.engine.layers.activation import ActivationLayer
from service.engine.layers.base import LAYERS
from service.engine.layers.batch_norm import BatchNorm
from service.engine.layers.dense import Dense
from service.engine.layers.dropout import Dropout
from service.engine.layers.embedding import Embedding
from service.engine.layers.layer_norm import LayerNorm
from service.engine.layers.residual import Residual

for kind in (Dense, ActivationLayer, Dropout, BatchNorm, LayerNorm, Residual, Embedding):
    LAYERS.add(kind)

__all__ = ["LAYERS"]
