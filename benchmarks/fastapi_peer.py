"""The digits network behind FastAPI, as its users write it: a typed body, a typed answer, NumPy in between.

    PEER_PYTHON -m benchmarks.fastapi_peer PORT

`PEER_PYTHON` is of an environment with requirements-bench.txt; nothing of the service is imported. The view is `async`,
which spares FastAPI the thread that it would take otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

SIZES = (64, 32, 10)
RANDOM = np.random.default_rng(0)
WEIGHTS = [RANDOM.normal(size=sizes).astype(np.float32) for sizes in zip(SIZES, SIZES[1:], strict=False)]


class Body(BaseModel):
    network: str
    inputs: list[list[float]]


class Prediction(BaseModel):
    network: str
    outputs: list[list[float]]
    classes: list[int]
    probabilities: list[dict[str, float]]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    print("ready", flush=True)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/predict")  # type: ignore[untyped-decorator]  # FastAPI is in an environment of its own
async def predict(body: Body) -> Prediction:
    hidden = np.maximum(np.asarray(body.inputs, np.float32) @ WEIGHTS[0], 0)
    scores = np.exp((z := hidden @ WEIGHTS[1]) - z.max(axis=1, keepdims=True))
    outputs = scores / scores.sum(axis=1, keepdims=True)
    rows = outputs.tolist()
    probabilities = [{str(index): share for index, share in enumerate(row)} for row in rows]
    return Prediction(
        network=body.network, outputs=rows, classes=outputs.argmax(axis=1).tolist(), probabilities=probabilities
    )


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
