"""A process with a limit finds out in time, and by an error that can be told."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIMITED = """
import os, sys
os.environ.update(OPENBLAS_NUM_THREADS="1")
import threading
import numpy as np
from service.jobs.memory_limit import limit_memory, taken_bytes
threads = int(sys.argv[1])
before = taken_bytes()
limit_memory(64 * 2**20, beyond=before, threads=threads)
kept = []
try:
    while True:
        kept.append(np.ones(2**17))  # a MiB each
except MemoryError:
    print("refused after", len(kept), "MiB")
matrix = kept[0][:65536].reshape(256, 256)
del kept[-2:]
np.matmul(matrix, matrix)
print("still multiplies")
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts memory this way")


@pytest.mark.parametrize("threads", [1, 3])
def test_past_its_limit_a_process_gets_an_error_and_linear_algebra_goes_on(threads):
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(threads)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    rejected, still = run.stdout.splitlines()
    assert 64 <= int(rejected.split()[2]) <= 64 + threads * 48
    assert still == "still multiplies"
