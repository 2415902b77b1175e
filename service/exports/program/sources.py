"""The source text of the functions that an exported program calls, taken from this package's own modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: In the order in which a program has their definitions.
MODULES = ("activations", "layers", "cells", "columns", "rows", "bounds")
#: What a program imports where it uses the name.
IMPORTS = {name: f"import {name}" for name in ("base64", "csv", "math", "re", "sys")}
TYPES = ("Callable", "Mapping", "Sequence")


@dataclass(frozen=True)
class Definition:
    text: str
    uses: frozenset[str]  #: every name in it


@cache
def definitions() -> dict[str, Definition]:
    """Functions and constants of the modules by name, in order."""
    found = {}
    for module in MODULES:
        text = resources.files(__package__).joinpath(f"{module}.py").read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            for name in _names(node):
                source = ast.get_source_segment(text, node) or ""
                uses = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
                found[name] = Definition(source, frozenset(uses - {name}))
    return found


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        yield node.name
    if isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def sources(names: Iterable[str]) -> str:
    """The definitions of these names, and of the names in those; others are ignored."""
    known = definitions()
    wanted = {name for name in names if name in known}
    queue = list(wanted)
    while queue:
        more = {name for name in known[queue.pop()].uses if name in known} - wanted
        wanted |= more
        queue += more
    return "\n\n\n".join(definition.text for name, definition in known.items() if name in wanted)


def imports(code: str) -> Iterator[str]:
    """The lines that import from the standard library what a program uses."""
    words = names_in(code)
    yield from (line for name, line in IMPORTS.items() if name in words)
    if types := [name for name in TYPES if name in words]:
        yield f"from collections.abc import {', '.join(types)}"
    if "datetime" in words:
        yield "from datetime import UTC, datetime"
    if "Any" in words:
        yield "from typing import Any"


def names_in(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
