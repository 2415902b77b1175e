"""Requests of the Open Inference Protocol for the benchmarks, from rows (rows, columns)."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

PATH = "/v2/models/digits/infer"


class Request(NamedTuple):
    body: bytes
    headers: dict[str, str]


def json_request(rows: npt.NDArray[np.float32], outputs: str | None = None) -> Request:
    """One FP32 tensor in JSON; `outputs` names the only output that is wanted."""
    return Request(_head(rows, outputs, data=rows.reshape(-1).tolist()), {})


def binary_request(rows: npt.NDArray[np.float32], outputs: str | None = None) -> Request:
    """The same as bytes, with the answer as bytes too."""
    content = rows.astype("<f4").tobytes()
    head = _head(rows, outputs, is_binary=True, parameters={"binary_data_size": len(content)})
    headers = {"Inference-Header-Content-Length": str(len(head)), "Content-Type": "application/octet-stream"}
    return Request(head + content, headers)


def _head(rows: npt.NDArray[np.float32], outputs: str | None, *, is_binary: bool = False, **tensor: object) -> bytes:
    body: dict[str, object] = {
        "inputs": [{"name": "x", "shape": list(rows.shape), "datatype": "FP32", **tensor}],
        "parameters": {"binary_data_output": is_binary},
    }
    if outputs is not None:
        body["outputs"] = [{"name": outputs, "parameters": {"binary_data": is_binary}}]
    return json.dumps(body).encode()
