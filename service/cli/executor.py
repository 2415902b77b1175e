"""The engine's executor, before the processes that need it start."""

from __future__ import annotations

import signal
import subprocess
import sys

from service.config import Config
from service.process.errors import CannotStart

CANNOT_BE_USED = (
    "FEEDFORWARD_EXECUTOR is native, and that executor cannot be used: {}. Choose auto or python, or mend this."
)
TEST_SECONDS = 120


def prepare_executor(config: Config) -> None:
    """Compile what the native executor needs, so that it is there when the processes start. Raises CannotStart if that
    executor was asked for, and cannot be had or does not compute what Python does."""
    from service.engine.executors.native import compiler

    if config.executor == "python":
        return
    try:
        compiler.library()
        if config.executor == "native":
            _test()
    except compiler.Unavailable as error:
        if config.executor == "native":
            raise CannotStart(CANNOT_BE_USED.format(error)) from None


def _test() -> None:
    """In a process of its own: this one needs no NumPy, and a library that does not fit may crash. Raises
    Unavailable."""
    from service.engine.executors.native.compiler import Unavailable

    command = [sys.executable, "-m", "service.engine.executors.native.selftest"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TEST_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"its self-test gave no result within {TEST_SECONDS} seconds") from None
    if done.returncode < 0:
        raise Unavailable(f"its self-test was ended by {signal.Signals(-done.returncode).name}")
    if done.returncode:
        raise Unavailable((done.stderr.strip().splitlines() or ["its self-test failed"])[-1].removesuffix("."))


def describe_executor(config: Config) -> str:
    """The executor that a process would use, and why it is Python if nobody asked for that. Raises CannotStart."""
    from service.engine.executors import choice
    from service.engine.executors.native.compiler import Unavailable

    choice.choose(config.executor)
    try:
        name, reason = choice.chosen().name, choice.reason()
    except Unavailable as error:
        raise CannotStart(CANNOT_BE_USED.format(error)) from None
    return f"{name}, because {reason}" if reason else name


def calls_left_to_python() -> list[str]:
    """A line for each part of the catalogue that needs Python between the native calls."""
    from service.engine.executors import choice
    from service.engine.executors.native.compiler import Unavailable
    from service.engine.inspection.left_calls import left_calls

    try:
        if choice.chosen().name == "python":
            return ["all calls"]
    except Unavailable:
        return []
    return [f"{part}: {', '.join(calls)}" for part, calls in left_calls().items()]
