"""The example in the documentation of scikit-learn's own perceptrons, run with nothing but the import changed."""

from __future__ import annotations

import code
import contextlib
import doctest
import io
from collections.abc import Iterator
from typing import Any


def changed_import(theirs: type, ours: type) -> Iterator[str]:
    """The statements of the example."""
    import_theirs = f"from {theirs.__module__.rpartition('.')[0]} import {theirs.__name__}\n"
    import_ours = f"from feedforward_client.sklearn import {ours.__name__} as {theirs.__name__}\n"
    for example in doctest.DocTestParser().get_examples(theirs.__doc__ or ""):
        yield import_ours if example.source == import_theirs else example.source


def session(statements: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Each statement, and what an interactive interpreter prints for it. An error is raised."""
    names: dict[str, Any] = {"__name__": "__console__"}
    for statement in statements:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            compiled = code.compile_command(statement, symbol="single")
            assert compiled is not None, statement
            exec(compiled, names)
        yield statement, printed.getvalue()
