"""Which executor runs the programs of this process."""

from __future__ import annotations

from service.engine.executors.base import Executor
from service.engine.executors.python import PythonExecutor

PYTHON = PythonExecutor()


def chosen() -> Executor:
    return PYTHON
