"""A network as an MLflow model: a zip of the folder that MLflow itself would write, without MLflow."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import zipfile
from collections.abc import Mapping
from typing import Any

import onnx

from service.domain.times import utc_text
from service.exports.mlflow.example import example_row
from service.exports.mlflow.signature import signature_of, takes_columns
from service.exports.mlflow.yaml import yaml_text
from service.exports.onnx.inputs import input_names
from service.exports.onnx.model import build
from service.exports.source import Source

ONNX_FILE, EXAMPLE, SERVING_EXAMPLE = "model.onnx", "input_example.json", "serving_input_example.json"
#: What loads and runs the model, as one environment.
REQUIREMENTS = ("mlflow>=2.9,<4", "numpy>=1.26,<3", "onnx>=1.14,<2", "onnxruntime>=1.16,<2", "pandas>=2,<4")
#: The first moment that a zip can hold.
FIRST_DATE = (1980, 1, 1, 0, 0, 0)


def mlflow_files(source: Source) -> dict[str, bytes]:
    """The files of the model's folder by name. Raises NotExportable."""
    columns = takes_columns(source)
    # MLflow hands a single column to a model as a matrix, and several as one vector each.
    flat = columns and len(input_names(source, by_column=True)) > 1
    model = build(source, by_column=columns, flat=flat)
    texts = {
        "MLmodel": yaml_text(_description(source, model, columns=columns)),
        "requirements.txt": "".join(f"{line}\n" for line in REQUIREMENTS),
        "python_env.yaml": _environment(),
        **_examples(source, columns=columns),
    }
    return {ONNX_FILE: model.SerializeToString(), **{name: text.encode() for name, text in texts.items()}}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The same bytes for the same files, at any time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, FIRST_DATE)
            entry.external_attr = 0o644 << 16
            # Weights are as good as random: compressing them takes time, and saves nothing.
            entry.compress_type = zipfile.ZIP_STORED if name == ONNX_FILE else zipfile.ZIP_DEFLATED
            file.writestr(entry, data)
    return packed.getvalue()


def _description(source: Source, model: onnx.ModelProto, *, columns: bool) -> dict[str, Any]:
    example = {"artifact_path": EXAMPLE, "serving_input_path": SERVING_EXAMPLE}
    frame = {"pandas_orient": "split", "type": "dataframe"} if columns else {"type": "ndarray"}
    return {
        "flavors": {
            "onnx": {
                "code": None,
                "data": ONNX_FILE,
                "onnx_session_options": None,
                "onnx_version": onnx.__version__,
                "providers": ["CPUExecutionProvider"],
            },
            "python_function": {
                "data": ONNX_FILE,
                "env": {"virtualenv": "python_env.yaml"},
                "loader_module": "mlflow.onnx",
                "python_version": platform.python_version(),
            },
        },
        "metadata": _about(source),
        "model_uuid": hashlib.sha256(_identity(source).encode()).hexdigest()[:32],
        "saved_input_example_info": {**example, **frame},
        "signature": signature_of(model, columns=columns),
        "utc_time_created": utc_text(source.created_at),
    }


def _identity(source: Source) -> str:
    return source.snapshot if source.coverage is None else f"{source.snapshot} {source.coverage.level!r}"


def _about(source: Source) -> dict[str, str | float]:
    level = {} if source.coverage is None else {"feedforward.interval": source.coverage.level}
    return {"feedforward.network": source.name, "feedforward.snapshot": source.snapshot, **level}


def _examples(source: Source, *, columns: bool) -> Mapping[str, str]:
    """One row as Python reads it, and as a request to `mlflow models serve`."""
    row = example_row(source)
    if not columns:
        return {EXAMPLE: json.dumps([row]), SERVING_EXAMPLE: json.dumps({"inputs": [row]})}
    frame = {"columns": list(input_names(source, by_column=True)), "data": [row]}
    return {EXAMPLE: json.dumps(frame), SERVING_EXAMPLE: json.dumps({"dataframe_split": frame})}


def _environment() -> str:
    return f"python: {platform.python_version()}\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
