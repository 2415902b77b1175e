"""Networks that textbooks work out by hand, and how near to their numbers ours must be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "worked_examples.json").read_text())
ONE_STEP = sorted(name for name, example in EXAMPLES.items() if "after_one_step" in example["expect"])


def close(actual: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.array(actual, float), np.array(expected, float), rtol=0, atol=1e-12)


def weights_are(layers: Iterable[dict[str, Any]], expected: dict[str, Any]) -> None:
    for layer, weights in zip(layers, expected["weights"], strict=True):
        close(layer["weights"], weights)
    for layer, biases in zip(layers, expected.get("biases", []), strict=False):
        close(layer["biases"], biases)
