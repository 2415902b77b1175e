"""Records PyTorch's learning-rate factors; run in an environment with torch, writes schedules.json beside itself."""

import json
from pathlib import Path

import torch
from torch.optim import lr_scheduler

RUNS = [
    ({"type": "one_cycle"}, "OneCycleLR", {"max_lr": 1.0, "total_steps": "steps"}, 13, 7),
    (
        {"type": "one_cycle", "pct_start": 0.1, "div_factor": 10, "final_div_factor": 100},
        "OneCycleLR",
        {"max_lr": 1.0, "total_steps": "steps", "pct_start": 0.1, "div_factor": 10, "final_div_factor": 100},
        20,
        5,
    ),
    ({"type": "cosine"}, "CosineAnnealingLR", {"T_max": "steps"}, 10, 6),
    ({"type": "cosine", "min_factor": 0.1}, "CosineAnnealingLR", {"T_max": "steps", "eta_min": 0.1}, 4, 9),
    ({"type": "polynomial", "power": 2}, "PolynomialLR", {"total_iters": "steps", "power": 2.0}, 8, 5),
    ({"type": "step", "every_epochs": 2, "factor": 0.5}, "StepLR", {"step_size": 6, "gamma": 0.5}, 3, 9),
    ({"type": "exponential", "factor": 0.8}, "ExponentialLR", {"gamma": 0.8}, 1, 12),
]

PLATEAU = {"type": "plateau", "factor": 0.5, "patience": 2, "min_delta": 0.01, "min_factor": 0.1}
VALUES = [1.0, 0.9, 0.895, 0.9, 0.93, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.7, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75]


def optimizer() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=1.0)


def record(schedule: dict, name: str, settings: dict, steps_per_epoch: int, epochs: int) -> dict:
    steps, stepped = steps_per_epoch * epochs, optimizer()
    given = {key: steps if value == "steps" else value for key, value in settings.items()}
    scheduler = getattr(lr_scheduler, name)(stepped, **given)
    factors = []
    for step in range(steps):
        factors.append(stepped.param_groups[0]["lr"])
        stepped.step()
        if step + 1 < steps:
            scheduler.step()
    return {
        "torch": f"{name}({', '.join(f'{key}={value}' for key, value in given.items())})",
        "schedule": schedule,
        "steps_per_epoch": steps_per_epoch,
        "epochs": epochs,
        "factors": factors,
    }


def record_plateau() -> dict:
    stepped, factors = optimizer(), []
    scheduler = lr_scheduler.ReduceLROnPlateau(
        stepped, factor=0.5, patience=2, threshold=0.01, threshold_mode="abs", min_lr=0.1, eps=0.0
    )
    for value in VALUES:
        scheduler.step(value)
        factors.append(stepped.param_groups[0]["lr"])
    return {"schedule": PLATEAU, "values": VALUES, "factors": factors}


if __name__ == "__main__":
    recorded = {"torch": torch.__version__, "runs": [record(*run) for run in RUNS], "plateau": record_plateau()}
    Path(__file__).with_name("schedules.json").write_text(json.dumps(recorded, indent=1) + "\n")
