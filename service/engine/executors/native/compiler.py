"""Compiles loop.c with the machine's own compiler, once: the library is kept under a hash of what it was made from."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCES = tuple(Path(__file__).with_name(name) for name in ("loop.c", "passes.h"))
#: No fused multiply-add but where one is called by its name, and no fast-math, so that every operation rounds as
#: NumPy's does.
FLAGS = ("-std=c11", "-O3", "-fPIC", "-shared", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
#: For compilers that cannot compile a function for several processors.
PLAIN = "-DONE_PROCESSOR"
SECONDS = 60


class Unavailable(Exception):
    """The native executor cannot be used here; the message says why."""


def library() -> Path:
    """The compiled library. Raises Unavailable."""
    path = folder() / f"loop-{_digest()}.so"
    if not path.exists():
        _compile(path)
    return path


def folder() -> Path:
    """Inside the environment, which belongs to the user who installed the service."""
    return Path(sys.prefix) / "lib" / "feedforward"


def main() -> None:
    """Compile, and say where the library is: `python service/engine/executors/native/compiler.py`."""
    print(library())


def _digest() -> str:
    parts = [*(source.read_bytes() for source in SOURCES), " ".join(FLAGS).encode(), platform.machine().encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _compile(path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        raise Unavailable("there is no C compiler (cc)")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as draft:
            made = Path(draft) / path.name
            error = _run(compiler, made) and _run(compiler, made, PLAIN)
            if error:
                raise Unavailable(f"{compiler} cannot compile {SOURCES[0].name}: {error}")
            made.chmod(0o755)
            made.replace(path)  # processes that compile at the same time replace each other's, which are the same
    except OSError as error:
        raise Unavailable(f"{path.parent} is not writable: {error.strerror}") from None


def _run(compiler: str, made: Path, *more: str) -> str:
    """Compile; return the last line of the compiler's errors, or nothing."""
    command = [compiler, *FLAGS, *more, str(SOURCES[0]), "-o", str(made), "-lm"]
    environment = os.environ | {"LC_ALL": "C"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=environment)
    except subprocess.TimeoutExpired:
        return f"no result after {SECONDS} seconds"
    lines = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
    return lines[-1] if done.returncode else ""


if __name__ == "__main__":
    main()
