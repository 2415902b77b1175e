"""The compiled loop, loaded into this process."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache, partial
from threading import BrokenBarrierError

import numpy as np
import numpy.typing as npt

from service.engine.executors.native import compiler
from service.engine.executors.native.compiler import Unavailable
from service.engine.executors.native.row import WORDS

Table = npt.NDArray[np.int64]
#: Runs part of a table: an address and a number of rows.
Run = Callable[[int, int], None]


@cache
def loaded(*, brief: bool = False) -> Run:
    """The function that runs rows. With `brief` it keeps the interpreter's lock, which costs less than to give it up
    and wait for it where rows take microseconds. Raises Unavailable."""
    run = _library(brief).run
    run.argtypes, run.restype = [ctypes.c_void_p, ctypes.c_int64], _insist
    return run


@cache
def fuses() -> bool:
    """Whether the processor multiplies and adds with one rounding, so that the loop computes small products."""
    return bool(_library(True).fuses())


def _library(brief: bool) -> ctypes.CDLL:
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        raise Unavailable("addresses are not of 64 bits")
    path = compiler.library()
    try:
        return (ctypes.PyDLL if brief else ctypes.CDLL)(str(path))
    except OSError as error:
        raise Unavailable(f"{path} cannot be loaded: {error}") from None


def _insist(is_whole: int) -> None:
    if not is_whole:
        raise BrokenBarrierError


def part(run: Run, table: Table, start: int, stop: int) -> Callable[[], object]:
    """A call of the rows start … stop - 1. The table must outlive it."""
    first = table.__array_interface__["data"][0] + start * WORDS * table.itemsize
    return partial(run, first, stop - start)
