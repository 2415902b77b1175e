"""Executes a notebook that trains with the Python client, and prints its outputs as JSON.

Run by the Python of the environment of notebook: `python shows.py http://127.0.0.1:8000 clients/python`.
"""

from __future__ import annotations

import json
import sys

import nbformat
from nbclient import NotebookClient

CELLS = (
    """
import sys
sys.path.insert(0, {package!r})
from feedforward_client import Client
client = Client({url!r})
layers = [{{"type": "dense", "units": 4, "activation": "tanh"}}, {{"type": "dense", "units": 1}}]
network = client.networks.create("notebook", inputs=2, layers=layers)
job = network.train(([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]), epochs=2000).wait(progress=True)
""",
    "network",
    "job.history()",
)


def outputs(url: str, package: str) -> list[list[dict[str, str]]]:
    cells = [nbformat.v4.new_code_cell(cell.format(url=url, package=package)) for cell in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=100, kernel_name="python3").execute()
    return [[dict(output.get("data", {})) for output in cell.outputs] for cell in notebook.cells]


if __name__ == "__main__":
    print(json.dumps(outputs(sys.argv[1], sys.argv[2])))
