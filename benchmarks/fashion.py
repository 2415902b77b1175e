"""Fashion-MNIST through the service, upload included, compared with PyTorch: `python -m benchmarks.fashion`.

A network of 784-256-128-10 is trained on 60,000 pictures (Adam, batches of 128, one thread) and evaluated on the 10,000
others. The service's time begins with the upload of the table and ends with the job; PyTorch's has its rows in memory.
The pictures are those of Debian's package dataset-fashion-mnist; PyTorch is `--peer-python`'s, see benchmarks.training.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.settings import dense_layers

FOLDER = Path("/usr/share/datasets/fashion-mnist")
ROOT = Path(__file__).parents[1]
WIDTHS = (784, 256, 128, 10)
BATCH_SIZE = 128
LEARNING_RATE = 0.001

Array = npt.NDArray[Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--peer-python", default=os.environ.get("PEER_PYTHON", sys.executable))
    parser.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not FOLDER.is_dir():
        sys.exit(f"{FOLDER} is not there; on Debian: apt install dataset-fashion-mnist")
    if options.peer:
        print(json.dumps(by_torch(options.epochs)))
        return
    print(
        f"| {options.epochs} epochs | seconds in all | of these training | test accuracy |\n| --- | --- | --- | --- |"
    )
    ours = through_service(options.epochs)
    print("| Feedforward, upload {:.1f} s | {:.1f} | {:.1f} | {:.4f} |".format(*ours), flush=True)
    seconds, accuracy = peer(options)
    print(f"| PyTorch | {seconds:.1f} | {seconds:.1f} | {accuracy:.4f} |")
    print(f"ours / PyTorch: in all {ours[1] / seconds:.2f}, training {ours[2] / seconds:.2f}")


def through_service(epochs: int) -> tuple[float, float, float, float]:
    """Seconds of the upload, of everything, of the training alone; and the accuracy."""
    from tests.acceptance.client import Client
    from tests.acceptance.running import running

    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as service:
        client = Client(service.url)
        table = as_table("train")
        begun = time.perf_counter()
        upload(service.url, "fashion", table)
        uploaded = time.perf_counter()
        client.post("/networks", network())
        job = client.ask("POST", "/train", training(epochs), Prefer="wait=30").json
        while job["status"] in ("queued", "running"):
            job = client.ask("GET", f"/jobs/{job['id']}", Prefer="wait=30").json
        ended = time.perf_counter()
        assert job["status"] == "succeeded", job
        upload(service.url, "fashion-test", as_table("t10k"))
        labelled = client.ask("POST", "/evaluate", {"network": "fashion", "dataset": "fashion-test"}).json
        counts = np.array(labelled["confusion"]["counts"])
        return uploaded - begun, ended - begun, job["seconds"], float(counts.trace() / counts.sum())


def network() -> dict[str, Any]:
    layers = dense_layers(WIDTHS, "relu", "softmax")
    target = {"name": "label", "type": "category"}
    return {"name": "fashion", "dataset": "fashion", "inputs": "auto", "target": target, "layers": layers}


def training(epochs: int) -> dict[str, Any]:
    optimizer = {"type": "adam", "learning_rate": LEARNING_RATE}
    body = {"network": "fashion", "dataset": "fashion", "epochs": epochs, "batch_size": BATCH_SIZE}
    return {**body, "optimizer": optimizer}


def as_table(part: str) -> bytes:
    pictures, labels = read(part)
    file = io.BytesIO()
    np.savez(file, pixel=pictures, label=labels.astype(str))
    return file.getvalue()


def upload(url: str, name: str, table: bytes) -> None:
    address = f"{url}/datasets?name={name}&format=npz"
    request = urllib.request.Request(address, table, {"Content-Type": "application/octet-stream"})
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201


def read(part: str) -> tuple[Array, Array]:
    pictures = idx(FOLDER / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, WIDTHS[0]).astype(np.float32) / 255
    return pictures, idx(FOLDER / f"{part}-labels-idx1-ubyte.gz", 8)


def idx(path: Path, header: int) -> Array:
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)


# -- the peer --------------------------------------------------------------------------------------------------------


def peer(options: argparse.Namespace) -> tuple[float, float]:
    command = [options.peer_python, "-m", "benchmarks.fashion", "--peer", "--epochs", str(options.epochs)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    seconds, accuracy = json.loads(done.stdout)
    return seconds, accuracy


def by_torch(epochs: int) -> tuple[float, float]:
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y, test_x, test_y = (torch.from_numpy(array.copy()) for part in ("train", "t10k") for array in read(part))
    y, test_y = y.long(), test_y.long()
    mean, deviation = x.mean(0), x.std(0)
    x, test_x = ((rows - mean) / deviation for rows in (x, test_x))
    first, second, third, last = WIDTHS
    model = nn.Sequential(
        nn.Linear(first, second), nn.ReLU(), nn.Linear(second, third), nn.ReLU(), nn.Linear(third, last)
    )
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE, fused=True)
    loss = nn.CrossEntropyLoss()
    begun = time.perf_counter()
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss(model(x[batch]), y[batch]).backward()
            optimizer.step()
    seconds = time.perf_counter() - begun
    with torch.no_grad():
        return seconds, float((model(test_x).argmax(1) == test_y).float().mean())


if __name__ == "__main__":
    main()
