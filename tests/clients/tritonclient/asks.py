"""Asks a running service by tritonclient, and prints what the client saw as JSON.

Run by the Python of the environment of tritonclient: `python asks.py 127.0.0.1:8000`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3], [0.5, 0.25, 2.0, 1.0]])
MASS = np.array([[3000.0], [5000.0], [4000.0]])
BILL = np.array([[40.0], [np.nan], [42.0]])
ISLAND = np.array([["Dream"], ["Biscoe"], [""]], np.object_)


def tensor(name: str, datatype: str, values: Any, *, binary: bool = True) -> triton.InferInput:
    found = triton.InferInput(name, list(values.shape), datatype)
    found.set_data_from_numpy(values, binary_data=binary)
    return found


def read(result: Any) -> dict[str, Any]:
    """All outputs by name, with the model's version."""
    response = result.get_response()
    outputs = {one["name"]: plain(result.as_numpy(one["name"])) for one in response["outputs"]}
    return {"version": response["model_version"], "id": response["id"], **outputs}


def plain(values: Any) -> Any:
    return [plain(value) for value in values] if isinstance(values, np.ndarray | list) else _scalar(values)


def _scalar(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value.item() if hasattr(value, "item") else value


def error_of(ask: Callable[[], Any]) -> str:
    try:
        ask()
    except InferenceServerException as error:
        return f"{error.status()}: {error.message()}"
    return "no error"


def describe(client: triton.InferenceServerClient) -> dict[str, Any]:
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "model_ready": client.is_model_ready("iris"),
        "version_ready": client.is_model_ready("iris", "production"),
        "unknown_ready": client.is_model_ready("nothing"),
        "server": client.get_server_metadata(),
        "metadata": client.get_model_metadata("birds"),
        "version_metadata": client.get_model_metadata("iris", "1"),
        "config": client.get_model_config("birds"),
        "index": client.get_model_repository_index(),
        "statistics": client.get_inference_statistics("iris"),
        "all_statistics": client.get_inference_statistics(),
    }


def infer(client: triton.InferenceServerClient) -> dict[str, Any]:
    def ask(binary: bool, outputs: Any = None, **options: Any) -> dict[str, Any]:
        return read(client.infer("iris", [tensor("x", "FP64", ROWS, binary=binary)], outputs=outputs, **options))

    wanted = triton.InferRequestedOutput
    mixed = [wanted("label", binary_data=False), wanted("probabilities", binary_data=True)]
    top = [wanted("probabilities", binary_data=True, class_count=2)]
    found = {
        "binary": ask(True),
        "json": ask(False),
        "mixed": ask(True, mixed, request_id="7"),
        "json_outputs": ask(False, [wanted("probabilities", binary_data=False)]),
        "top": ask(True, top),
        "fp32": read(client.infer("iris", [tensor("x", "FP32", ROWS.astype(np.float32))])),
        "next": ask(True, model_version="next"),
        "second": ask(True, model_version="2"),
    }
    for algorithm in ("gzip", "deflate"):
        for binary in (True, False):
            options = {"request_compression_algorithm": algorithm, "response_compression_algorithm": algorithm}
            found[f"{algorithm}_{binary}"] = ask(binary, **options)
    return found


def infer_columns(client: triton.InferenceServerClient) -> dict[str, Any]:
    def ask(binary: bool) -> dict[str, Any]:
        cells = [("mass", "FP64", MASS), ("bill", "FP64", BILL), ("island", "BYTES", ISLAND)]
        return read(client.infer("birds", [tensor(*cell, binary=binary) for cell in cells]))

    return {"columns_binary": ask(True), "columns_json": ask(False)}


def reject(client: triton.InferenceServerClient) -> dict[str, str]:
    def ask(name: str, given: triton.InferInput, version: str = "") -> Callable[[], Any]:
        return lambda: client.infer(name, [given], model_version=version)

    good = tensor("x", "FP64", ROWS)
    return {
        "unknown": error_of(ask("nothing", good)),
        "unknown_version": error_of(ask("iris", good, "9")),
        "shape": error_of(ask("iris", tensor("x", "FP64", ROWS[:, :3]))),
        "name": error_of(ask("iris", tensor("input-0", "FP64", ROWS))),
        "datatype": error_of(ask("iris", tensor("x", "BYTES", ROWS.astype(str).astype(np.object_)))),
        "missing": error_of(ask("iris", tensor("x", "FP64", np.full((1, 4), np.nan)))),
        "missing_json": error_of(ask("iris", tensor("x", "FP64", np.full((1, 4), np.nan), binary=False))),
        "trace": error_of(client.get_trace_settings),
        "shared_memory": error_of(client.get_system_shared_memory_status),
        "load": error_of(lambda: client.load_model("nothing")),
        "load_config": error_of(lambda: client.load_model("iris", config="{}")),
    }


def reload(client: triton.InferenceServerClient) -> dict[str, Any]:
    client.unload_model("iris")
    unloaded = client.is_model_ready("iris"), error_of(lambda: client.get_model_metadata("iris"))
    client.load_model("iris")
    return {"unloaded": unloaded, "loaded": client.is_model_ready("iris")}


def main() -> None:
    client = triton.InferenceServerClient(sys.argv[1])
    parts = (infer, infer_columns, describe, reject, reload)
    seen = {name: value for part in parts for name, value in part(client).items()}
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
