"""Loads exported networks with MLflow, predicts with them, and prints what came out as JSON.

Run by the Python of the environment of MLflow: `python loads.py FOLDER ROWS`, with the names and the rows of networks
as JSON: objects for a DataFrame, lists for an array. FOLDER has NAME.zip for each.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import mlflow.onnx
import mlflow.pyfunc
import numpy as np
import onnx
import onnxruntime
import pandas as pd
from mlflow.models import Model


def main(folder: Path, rows: dict[str, list[Any]]) -> None:
    print(json.dumps({name: loaded(folder / name, given) for name, given in rows.items()}))


def loaded(folder: Path, rows: list[Any]) -> dict[str, Any]:
    with zipfile.ZipFile(folder.with_suffix(".zip")) as file:
        file.extractall(folder)
    model, described = mlflow.pyfunc.load_model(str(folder)), Model.load(str(folder))
    example = described.load_input_example(str(folder))
    return {
        "predicted": plain(model.predict(as_input(rows))),
        "example": plain(example),
        "of_example": plain(model.predict(as_objects(example))),
        "signature": described.signature.to_dict(),
        "outputs": output_names(mlflow.onnx.load_model(str(folder))),
        "flavors": list(described.flavors),
    }


def as_input(rows: list[Any]) -> Any:
    return as_objects(pd.DataFrame(rows)) if isinstance(rows[0], dict) else np.array(rows)


def as_objects(rows: Any) -> Any:
    """MLflow cannot hand texts of pandas 3 to ONNX Runtime unless their column is of dtype object."""
    if isinstance(rows, pd.DataFrame):
        texts = [name for name in rows if not pd.api.types.is_numeric_dtype(rows[name])]
        return rows.astype(dict.fromkeys(texts, object))
    return rows


def plain(found: Any) -> dict[str, Any]:
    if isinstance(found, pd.DataFrame):
        return {str(name): column.tolist() for name, column in found.items()}
    return {name: column.tolist() for name, column in (found if isinstance(found, dict) else {"x": found}).items()}


def output_names(model: onnx.ModelProto) -> list[str]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [output.name for output in session.get_outputs()]


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
