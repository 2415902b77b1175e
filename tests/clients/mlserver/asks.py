"""Encodes a DataFrame and an array by MLServer's codecs, as JSON lines for `mlserver infer`, and decodes its answers.

Run by the Python of the environment of mlserver: `python asks.py encode FILE`, then `python asks.py decode FILE`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlserver.codecs import NumpyCodec, PandasCodec
from mlserver.types import InferenceRequest, InferenceResponse

ROWS = np.array([[5.1, 3.5, 1.4, 0.2], [0.0, 9.0, 4.3, 1.3], [0.5, 0.25, 2.0, 1.0]])
BIRDS = pd.DataFrame({"mass": [3000.0, 5000.0, 4000.0], "bill": [40.0, 44.0, 42.0], "island": ["Dream", "Biscoe", ""]})


def encode(folder: Path) -> None:
    numbers = InferenceRequest(inputs=[NumpyCodec.encode_input("x", ROWS)])
    birds = PandasCodec.encode_request(BIRDS.astype({"island": object}), use_bytes=False)
    for name, request in (("iris", numbers), ("birds", birds)):
        (folder / f"{name}.jsonl").write_text(request.model_dump_json() + "\n")


def decode(folder: Path) -> None:
    print(json.dumps({name: read(folder / f"{name}.out.jsonl") for name in ("iris", "birds")}))


def read(path: Path) -> dict[str, Any]:
    response = InferenceResponse.model_validate_json(path.read_text().splitlines()[0])
    return {output.name: np.reshape(output.data.root, output.shape).tolist() for output in response.outputs}


if __name__ == "__main__":
    {"encode": encode, "decode": decode}[sys.argv[1]](Path(sys.argv[2]))
