"""The engine's executor, before the processes that need it start."""

from __future__ import annotations

from service.config import Config
from service.process.errors import CannotStart


def prepare_executor(config: Config) -> None:
    """Compile what the native executor needs, so that it is there when the processes start. Raises CannotStart if that
    executor was asked for and cannot be had."""
    from service.engine.executors.native import compiler

    if config.executor == "python":
        return
    try:
        compiler.library()
    except compiler.Unavailable as error:
        if config.executor == "native":
            raise CannotStart(f"FEEDFORWARD_EXECUTOR is native, and that executor cannot be used: {error}.") from None


def describe_executor(config: Config) -> str:
    """The executor that a process would use, and why it is Python if nobody asked for that. Raises CannotStart."""
    from service.engine.executors import choice
    from service.engine.executors.native.compiler import Unavailable

    choice.choose(config.executor)
    try:
        name, reason = choice.chosen().name, choice.reason()
    except Unavailable as error:
        raise CannotStart(f"FEEDFORWARD_EXECUTOR is native, and that executor cannot be used: {error}.") from None
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
