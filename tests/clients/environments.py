"""Environments of foreign clients, one for each folder here that has a requirements.txt; made by `.ci/clients`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
#: Where `.ci/clients` makes them.
FOLDER = Path(os.environ.get("FEEDFORWARD_CLIENTS") or ROOT / ".clients")


def program(client: str, name: str = "python") -> str:
    """A program of a client's environment. Skips the test where there is none, or it is not the locked one."""
    environment, wanted = FOLDER / client, HERE / client / "requirements.txt"
    installed = environment / "requirements.txt"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        pytest.skip(f"The environment of {client} is not there: run .ci/clients {client}")
    return str(environment / "bin" / name)


def run(*command: str, seconds: float = 120) -> str:
    """What a program prints."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout
