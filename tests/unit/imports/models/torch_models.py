"""Makes the PyTorch models of this folder. `pip install torch==2.13.0 onnx onnxscript`, then
`python torch_models.py`."""

import json
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
MODELS = {
    "torch_mlp": nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3), nn.Softmax(1)),
    "torch_norms": nn.Sequential(
        nn.Linear(4, 6, bias=False),
        nn.BatchNorm1d(6),
        nn.ELU(0.7),
        nn.Linear(6, 5),
        nn.LayerNorm(5),
        nn.LeakyReLU(0.2),
        nn.Dropout(0.3),
        nn.Linear(5, 2),
    ),
    "torch_smooth": nn.Sequential(
        nn.Linear(4, 6),
        nn.SiLU(),
        nn.Linear(6, 6),
        nn.Softplus(),
        nn.Linear(6, 6),
        nn.Mish(),
        nn.Linear(6, 6),
        nn.Softsign(),
        nn.Linear(6, 6),
        nn.SELU(),
        nn.Linear(6, 5),
        nn.Hardsigmoid(),
        nn.Linear(5, 1),
        nn.Sigmoid(),
    ),
    "torch_gelu": nn.Sequential(nn.Linear(4, 6), nn.GELU(approximate="tanh"), nn.Linear(6, 1)),
    "torch_gelu_exact": nn.Sequential(nn.Linear(4, 6), nn.GELU(), nn.Linear(6, 1)),
    "torch_double": nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2)).double(),
}


def main() -> None:
    torch.manual_seed(3)
    for name, model in MODELS.items():
        dtype = next(model.parameters()).dtype
        x = torch.randn(20, 4, dtype=dtype)
        model(torch.randn(200, 4, dtype=dtype) * 2 + 1)  # running statistics
        model.eval()
        with torch.no_grad():
            y = model(x)
        (HERE / f"{name}.json").write_text(json.dumps({"inputs": x.tolist(), "outputs": y.tolist()}) + "\n")
        for way, dynamo in (("dynamo", True), ("script", False)):
            options = (
                {"dynamic_shapes": ({0: "rows"},), "external_data": False}
                if dynamo
                else {"dynamic_axes": {"x": {0: "rows"}}}
            )
            torch.onnx.export(model, (x,), HERE / f"{name}.{way}.onnx", dynamo=dynamo, input_names=["x"], **options)
    split = nn.Sequential(nn.Linear(4, 100), nn.ReLU(), nn.Linear(100, 2)).eval()
    x = torch.randn(20, 4)
    torch.onnx.export(split, (x,), HERE / "torch_split.onnx", dynamo=True, dynamic_shapes=({0: "rows"},))
    with torch.no_grad():
        answers = {"inputs": x.tolist(), "outputs": split(x).tolist()}
    (HERE / "torch_split.json").write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
