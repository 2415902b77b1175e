"""Which executor runs the programs of this process: `python`, `native`, or `auto`, which is native where it works."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass

from service.engine.executors.base import Executor
from service.engine.executors.native.compiler import Unavailable
from service.engine.executors.native.selftest import tested
from service.engine.executors.python import PythonExecutor

NAMES = ("auto", "python", "native")
PYTHON = PythonExecutor()
#: To lower a call takes about as long as so many runs of it save.
WORTHWHILE_RUNS = 20

logger = logging.getLogger("feedforward.engine")


@dataclass
class _Choice:
    name: str = "auto"
    executor: Executor | None = None
    reason: str = ""


_choice = _Choice()


def choose(name: str) -> None:
    """Use this executor for every program prepared from now on."""
    if name not in NAMES:
        raise ValueError(f"{name} is not one of {', '.join(NAMES)}")
    _choice.name, _choice.executor, _choice.reason = name, None, ""


def chosen() -> Executor:
    """The executor in use. Raises Unavailable if `native` was chosen and does not work here."""
    if _choice.executor is None:
        _choice.executor = _found()
    return _choice.executor


def chosen_for(runs: int) -> Executor:
    """The executor for a program that runs so many times: `auto` leaves one that runs rarely to Python."""
    return PYTHON if _choice.name == "auto" and runs < WORTHWHILE_RUNS else chosen()


def prepare() -> None:
    """Load and test the executor now; if that fails, its first use says why."""
    with suppress(Unavailable):
        chosen()


def reason() -> str:
    """Why `auto` is not native; empty if it is, or if Python was chosen."""
    chosen()
    return _choice.reason


def _found() -> Executor:
    if _choice.name == "python":
        return PYTHON
    try:
        return tested()
    except Unavailable as error:
        if _choice.name == "native":
            raise
        _choice.reason = str(error)
        logger.info("Python makes the calls of the engine, because the native executor is off: %s.", error)
        return PYTHON
