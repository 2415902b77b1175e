"""The digits network as a model of MLServer, for `benchmarks.serving --mlserver`; its answer has outputs alone."""

from __future__ import annotations

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

SIZES = (64, 32, 10)
RANDOM = np.random.default_rng(0)
WEIGHTS = [RANDOM.normal(size=sizes).astype(np.float32) for sizes in zip(SIZES, SIZES[1:], strict=False)]


class Digits(MLModel):  # type: ignore[misc]  # MLServer is in an environment of its own
    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        hidden = np.maximum(NumpyCodec.decode_input(payload.inputs[0]) @ WEIGHTS[0], 0)
        scores = np.exp((z := hidden @ WEIGHTS[1]) - z.max(axis=1, keepdims=True))
        outputs = NumpyCodec.encode_output("predict", scores / scores.sum(axis=1, keepdims=True))
        return InferenceResponse(model_name=self.name, outputs=[outputs])
