"""Packages that only some operations need: they are imported where they are used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import NotInstalled


@contextmanager
def needs_onnx() -> Iterator[None]:
    """Around the import of a module that imports `onnx`. Raises NotInstalled."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise NotInstalled(
            "ONNX files need a package that is not installed here: pip install 'onnx>=1.23,<2'"
        ) from error
