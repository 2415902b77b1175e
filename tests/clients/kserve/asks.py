"""Asks a running service by kserve's client, and prints what the client saw as JSON.

Run by the Python of the environment of kserve: `python asks.py http://127.0.0.1:8000`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from typing import Any

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3], [0.5, 0.25, 2.0, 1.0]])
BILL = np.array([[40.0], [np.nan], [42.0]])


def request(name: str, inputs: list[InferInput]) -> InferRequest:
    return InferRequest(model_name=name, infer_inputs=inputs)


def tensor(name: str, datatype: str, values: Any, *, binary: bool) -> InferInput:
    found = InferInput(name=name, shape=list(values.shape), datatype=datatype)
    found.set_data_from_numpy(values, binary_data=binary)
    return found


def read(response: Any) -> dict[str, Any]:
    outputs = {one.name: [plain(value) for value in one.as_numpy().tolist()] for one in response.outputs}
    return {"id": response.id, "model": response.model_name, **outputs}


def plain(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


async def error_of(asked: Awaitable[Any]) -> str:
    try:
        await asked
    except Exception as error:  # Which class it is depends on the part of the client that raises it.
        return f"{type(error).__name__}: {error}"
    return "no error"


async def ask_v2(url: str) -> dict[str, Any]:
    client = InferenceRESTClient(RESTConfig(protocol="v2"))

    async def infer(name: str, *inputs: InferInput) -> dict[str, Any]:
        return read(await client.infer(url, request(name, list(inputs)), model_name=name))

    def columns(binary: bool) -> list[InferInput]:
        island = np.array([["Dream"], ["Biscoe"], [""]], np.object_)
        return [
            tensor("mass", "FP64", np.array([[3000.0], [5000.0], [4000.0]]), binary=binary),
            tensor("bill", "FP64", BILL, binary=binary),
            tensor("island", "BYTES", island, binary=binary),
        ]

    wrong = request("iris", [tensor("x", "FP64", ROWS[:, :3], binary=False)])
    unknown = request("nothing", [tensor("x", "FP64", ROWS, binary=False)])
    return {
        "live": await client.is_server_live(url),
        "ready": await client.is_server_ready(url),
        "model_ready": await client.is_model_ready(url, "iris"),
        "unknown_ready": await client.is_model_ready(url, "nothing"),
        "json": await infer("iris", tensor("x", "FP64", ROWS, binary=False)),
        "binary": await infer("iris", tensor("x", "FP64", ROWS, binary=True)),
        "columns_json": await infer("birds", *columns(False)),
        "columns_binary": await infer("birds", *columns(True)),
        "wrong": await error_of(client.infer(url, wrong, model_name="iris")),
        "unknown": await error_of(client.infer(url, unknown, model_name="nothing")),
    }


async def ask_v1(url: str) -> dict[str, Any]:
    client = InferenceRESTClient(RESTConfig(protocol="v1"))
    return {
        "v1": await client.infer(url, {"instances": ROWS.tolist()}, model_name="iris"),
        "v1_ready": await client.is_model_ready(url, "iris"),
        "v1_wrong": await error_of(client.infer(url, {"instances": [[1]]}, model_name="iris")),
    }


async def main() -> None:
    url = sys.argv[1]
    print(json.dumps({**await ask_v2(url), **await ask_v1(url)}))


if __name__ == "__main__":
    asyncio.run(main())
