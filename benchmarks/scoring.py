"""What scoring a table costs: `python -m benchmarks.scoring`.

The rows of a data set predicted by a job of a running service (queue, child, blocks, publication; from its start to its
end), against a plain loop over the same Parquet chunks in one process: read, prepare, forward pass, write Parquet.
In turns; medians, and the ratio of each pair of neighbours. The memory is what the service's processes
took beyond what they had before, at its highest, for all the rows and for a quarter of them.
"""

from __future__ import annotations

import argparse
import http.client
import io
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.proc import children_of, shared_memory_of
from service.data.signatures.choice import signature_of
from service.data.signatures.scores import scores
from service.data.tables.chunks import MAX_ROWS, frame_of, read_chunk
from service.data.tables.score_table import score_table, write_chunk
from service.engine.inference import Predictor
from service.engine.network import Network
from service.engine.spec import NetworkSpec
from tests.acceptance.client import Client
from tests.acceptance.running import running

COLUMNS = 10
LAYERS = [{"type": "dense", "units": 64, "activation": "relu"}, {"type": "dense", "units": 3, "activation": "softmax"}]
PARQUET = "application/vnd.apache.parquet"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plain:
        print(plain(options.plain))
        return
    with tempfile.TemporaryDirectory() as folder, running(Path(folder, "data")) as service:
        client = Client(service.url)
        table = rows_of(options.rows)
        client.post("/networks", network())
        for name, part in (("whole", table), ("quarter", table.slice(0, options.rows // 4))):
            upload(service.port, name, part)
        compare(client, plain_program(table, Path(folder)), options.repeats, options.rows)
        for name in ("quarter", "whole"):
            print(f"memory, {name}: {highest(service.pid, client, name) / 2**20:.0f} MiB")


def rows_of(count: int) -> pa.Table:
    chance = np.random.default_rng(0)
    numbers = {f"x{at}": chance.normal(at, 3, count) for at in range(COLUMNS)}
    return pa.table({"key": pa.array(np.arange(count), pa.int64()), **numbers})


def network() -> dict[str, Any]:
    inputs = [f"x{at}" for at in range(COLUMNS)]
    return {"name": "scorer", "inputs": inputs, "labels": ["a", "b", "c"], "layers": LAYERS, "seed": 1}


def upload(port: int, name: str, table: pa.Table) -> None:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("POST", f"/datasets?name={name}", sink.getvalue(), {"Content-Type": PARQUET})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()


# -- the plain loop ----------------------------------------------------------------------------------------------------


def plain_program(table: pa.Table, folder: Path) -> list[str]:
    """A process of its own, of the priority of a job's."""
    chunks = folder / "chunks"
    chunks.mkdir()
    for number, first in enumerate(range(0, table.num_rows, MAX_ROWS)):
        (chunks / f"{number:05}.parquet").write_bytes(write_chunk(table.slice(first, MAX_ROWS)))
    return ["nice", "-n", "10", sys.executable, "-m", "benchmarks.scoring", "--plain", str(folder)]


def plain(folder: Path) -> float:
    """Seconds to predict the chunks in a folder, and to write the answers as Parquet into one file."""
    spec = network()
    compiled = Network(NetworkSpec.from_json({"inputs": COLUMNS, "layers": LAYERS, "seed": 1}))
    signature = signature_of(compiled, features=tuple(spec["inputs"]), labels=tuple(spec["labels"]), table=None)
    predictor = Predictor(compiled, compiled.initial_values())
    began = time.perf_counter()
    with (folder / "predicted").open("wb") as target:
        for path in sorted((folder / "chunks").iterdir()):
            table = read_chunk(path.read_bytes(), [*spec["inputs"], "key"])
            encoded = signature.read_frame(frame_of(table, spec["inputs"]))
            columns = scores(signature, predictor.predict(encoded.values), probabilities=True)
            target.write(write_chunk(score_table(table.select(["key"]), columns)))
    return time.perf_counter() - began


def compare(client: Client, loop: list[str], repeats: int, rows: int) -> None:
    own, theirs = [], []
    for _ in range(repeats):
        theirs.append(float(subprocess.run(loop, check=True, capture_output=True).stdout))
        own.append(job_seconds(client, "whole"))
    ratios = [their / our for their, our in zip(theirs, own, strict=True)]
    print(f"plain loop: {rows / statistics.median(theirs):,.0f} rows/s")
    print(f"job:        {rows / statistics.median(own):,.0f} rows/s")
    print(f"ratio:      {statistics.median(ratios):.2f} ({', '.join(f'{ratio:.2f}' for ratio in ratios)})")


def job_seconds(client: Client, dataset: str) -> float:
    job = client.post("/predictions", {"network": "scorer", "dataset": dataset, "columns": ["key"]})
    while (job := client.get(f"/jobs/{job['id']}"))["status"] not in ("succeeded", "failed"):
        time.sleep(0.05)
    assert job["status"] == "succeeded", job["error"]
    started, ended = (np.datetime64(job[name].removesuffix("Z")) for name in ("started_at", "finished_at"))
    client.ask("DELETE", f"/datasets/{job['output']}")
    return float((ended - started) / np.timedelta64(1, "us")) / 1e6


# -- memory ------------------------------------------------------------------------------------------------------------


def highest(service: int, client: Client, dataset: str) -> int:
    """The highest memory of the service's processes together while a data set is predicted, less that before."""
    found, done = [memory_of(service)], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            found.append(memory_of(service))

    watcher = threading.Thread(target=watch)
    watcher.start()
    job_seconds(client, dataset)
    done.set()
    watcher.join()
    return max(found) - found[0]


def memory_of(pid: int) -> int:
    return shared_memory_of(pid) + sum(memory_of(int(child)) for child in children_of(pid))


if __name__ == "__main__":
    main()
