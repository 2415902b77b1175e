"""Numbers below the smallest normal one (1.2e-38 in float32) count as zero while a network trains.

A network that has learned its rows has gradients of such numbers. They change no weight, but processors compute them in
microcode: on an Intel Xeon, a step of Adam at 64-32-10 took six times as long. JAX and TensorFlow do the same.

The setting belongs to a thread of the processor, for all loops that run in it: NumPy's, BLAS's and the native
executor's.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np

#: Of glibc's and musl's `fenv_t`: its size in words of 32 bits, the word of the control register, and in that the bits
#: "flush to zero" (results) and "denormals are zero" (operands).
LAYOUTS = {"x86_64": (8, 7, 0x8040), "aarch64": (2, 0, 1 << 24)}


class _Thread:
    """Reads and writes the setting of the thread that calls it."""

    def __init__(self, words: int, at: int, bits: int) -> None:
        self._at, self._bits = at, bits
        self._environment = ctypes.c_uint32 * words
        # PyDLL keeps the interpreter's lock: to give it up would take longer than the call.
        library = ctypes.PyDLL(None)
        self._read: Callable[[object], int] = library.fegetenv
        self._write: Callable[[object], int] = library.fesetenv

    def set(self, flushes: bool) -> bool:
        """Return what was set before."""
        environment = self._environment()
        self._read(environment)
        before = environment[self._at]
        if bool(before & self._bits) != flushes:
            environment[self._at] = before | self._bits if flushes else before & ~self._bits
            self._write(environment)
        return bool(before & self._bits)


def _of_this_machine() -> _Thread | None:
    layout = LAYOUTS.get(platform.machine()) if sys.platform == "linux" else None
    if layout is None:
        return None
    try:
        thread = _Thread(*layout)
    except (OSError, AttributeError):
        return None
    before = thread.set(True)
    works = (np.float32(1e-38) * np.float32(0.1)) == 0
    thread.set(before)
    return thread if works else None


_thread = _of_this_machine()
#: Whether subnormal numbers count as zero in a training on this machine.
FLUSHES = _thread is not None


class FlushedSubnormals:
    """Within this context, in the thread that entered it, subnormal numbers are zero; where the machine cannot, they
    are not, and nothing else differs."""

    def __enter__(self) -> Self:
        self._before = _thread.set(True) if _thread else True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if not self._before and _thread:
            _thread.set(False)
