"""Records 20 steps of PyTorch's optimizers in float64; run in an environment with torch, writes optimizers.json.

The gradient is that of f(w) = Σ cosh(wᵢ) + ½ Σ (wᵢ wᵢ₊₁)² + ½ Σ sin(2 wᵢ), smooth and not quadratic:
g = sinh(w) + w (left² + right²) + cos(2 w), where left and right are the neighbours, 0 beyond the ends.
"""

import json
import math
from pathlib import Path

import torch

STEPS = 20
START = [0.9, -1.3, 0.05, 2.1, -0.4, 0.0, 1.7]

RUNS = [
    ("sgd", "SGD", {"learning_rate": 0.05}, {}),
    ("momentum", "SGD", {"learning_rate": 0.02, "momentum": 0.9}, {}),
    ("nesterov", "SGD", {"learning_rate": 0.02, "momentum": 0.9}, {"nesterov": True}),
    ("adagrad", "Adagrad", {"learning_rate": 0.1, "epsilon": 1e-10}, {}),
    ("rmsprop", "RMSprop", {"learning_rate": 0.02, "rho": 0.9, "epsilon": 1e-8}, {}),
    ("adadelta", "Adadelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6}, {}),
    ("adam", "Adam", {"learning_rate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}, {}),
    (
        "adamw",
        "AdamW",
        {"learning_rate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.1},
        {},
    ),
    (
        "nadam",
        "NAdam",
        {"learning_rate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "momentum_decay": 0.004},
        {},
    ),
]


def gradient(w: torch.Tensor) -> torch.Tensor:
    padded = torch.nn.functional.pad(w, (1, 1))
    return torch.sinh(w) + w * (padded[:-2] ** 2 + padded[2:] ** 2) + torch.cos(2 * w)


def torch_settings(name: str, ours: dict) -> dict:
    given = {"lr": ours["learning_rate"]}
    if "beta1" in ours:
        given["betas"] = (ours["beta1"], ours["beta2"])
    if "rho" in ours:
        given["alpha" if name == "rmsprop" else "rho"] = ours["rho"]
    if "epsilon" in ours:
        given["eps"] = ours["epsilon"]
    return given | {key: ours[key] for key in ("momentum", "weight_decay", "momentum_decay") if key in ours}


def record(name: str, torch_name: str, ours: dict, extra: dict) -> dict:
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    given = torch_settings(name, ours) | extra
    optimizer = getattr(torch.optim, torch_name)([w], foreach=False, **given)
    parameters, gradients = [], []
    for _ in range(STEPS):
        w.grad = gradient(w.detach())
        gradients.append(w.grad.tolist())
        optimizer.step()
        parameters.append(w.tolist())
    assert all(math.isfinite(value) for value in parameters[-1])
    return {
        "optimizer": {"type": name, **ours},
        "torch": f"{torch_name}({', '.join(f'{key}={value}' for key, value in given.items())})",
        "gradients": gradients,
        "parameters": parameters,
    }


if __name__ == "__main__":
    # NAdam keeps its product of momenta in the default dtype; float32 there would cost seven digits.
    torch.set_default_dtype(torch.float64)
    recorded = {
        "torch": torch.__version__,
        "gradient": "sinh(w) + w (left² + right²) + cos(2 w), neighbours beyond the ends 0",
        "start": START,
        "runs": [record(*run) for run in RUNS],
    }
    Path(__file__).with_name("optimizers.json").write_text(json.dumps(recorded, ensure_ascii=False) + "\n")
