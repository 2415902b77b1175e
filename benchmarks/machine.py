"""What the figures depend on besides the code: the processor, and the kernel that the linear algebra chose for it."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from service.engine.executors import choice

#: What changes the kernel that OpenBLAS would choose by itself.
OVERRIDES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_VERBOSE", "NPY_DISABLE_CPU_FEATURES")


def describe() -> Iterator[str]:
    processor = cpu()
    yield f"CPU: {processor}. OpenBLAS kernel of NumPy: {kernel()}. Executor of ours: {choice.chosen().name}."
    if "AMD" in processor:
        yield (
            "torch multiplies with MKL, which takes its AVX2 path on AMD although the CPU may have AVX-512: its ratios "
            "at c, d and e are partly those of two BLAS libraries."
        )


def cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def kernel() -> str:
    """The name of the kernel, from the library that NumPy's wheel brings; unknown of another build."""
    for path in (Path(np.__file__).parents[1] / "numpy.libs").glob("*openblas*"):
        library = ctypes.CDLL(str(path))
        for name in ("scipy_openblas_get_corename64_", "openblas_get_corename64_", "openblas_get_corename"):
            if hasattr(library, name):
                function = getattr(library, name)
                function.restype = ctypes.c_char_p
                return str(function().decode())
    return "unknown"
