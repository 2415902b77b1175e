"""The import picture: which part of the service imports which."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service"
MODULES = sorted(SERVICE.rglob("*.py"))

#: Part to the parts it imports, itself aside: no more, and no less. A part that is not here may not exist.
IMPORTS = {
    "service.schema": set(),
    "service.errors": set(),
    "service.periodic": set(),
    "service.domain": set(),
    "service.engine": {"schema"},
    "service.data": {"engine", "schema"},
    "service.imports": {"engine", "schema"},
    "service.exports": {"data", "domain", "engine", "schema"},
    "service.monitoring": {"data", "engine", "schema"},
    "service.search": {"schema"},
    "service.callbacks": {"domain"},
    "service.tracking": {"callbacks", "domain"},
    "service.queues": set(),
    "service.jobs": {"data", "domain", "engine", "monitoring", "schema"},
    "service.storage": {"domain", "errors"},
    "service.access": {"domain", "errors", "periodic", "storage"},
    "service.operations": {
        "access",
        "callbacks",
        "data",
        "domain",
        "engine",
        "errors",
        "exports",
        "imports",
        "jobs",
        "monitoring",
        "periodic",
        "queues",
        "schema",
        "search",
        "storage",
        "tracking",
    },
    "service.api": {
        "access",
        "callbacks",
        "data",
        "domain",
        "engine",
        "errors",
        "jobs",
        "monitoring",
        "operations",
        "schema",
        "search",
        "tracking",
    },
    "service.dashboard": set(),
    "service.worker": {"callbacks", "domain", "errors", "jobs", "queues", "storage", "tracking"},
    "service.config": {"callbacks", "domain", "tracking"},
    "service.limits": {"config", "domain", "operations"},
    "service.process": {"config", "errors"},
    "service.demo": set(),
    "service.app": {
        "access",
        "api",
        "config",
        "dashboard",
        "domain",
        "engine",
        "errors",
        "limits",
        "operations",
        "process",
        "queues",
        "storage",
    },
    "service.cli": {
        "access",
        "api",
        "app",
        "config",
        "demo",
        "domain",
        "engine",
        "errors",
        "jobs",
        "limits",
        "operations",
        "process",
        "queues",
        "storage",
        "worker",
    },
}


def part_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> set[str]:
    """Every module imported anywhere in a file, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            # `from service.jobs import options` names the file only in what it imports.
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else str(node.module) for name in full}
    return found


FILES = {name_of(path): path for path in MODULES}
GRAPH = {name: {other for other in imports_of(path) if other in FILES} for name, path in FILES.items()}


def test_the_service_is_found():
    assert len(MODULES) > 50


@pytest.mark.parametrize("part", IMPORTS)
def test_a_part_imports_exactly_the_parts_it_is_listed_with(part):
    used = {part_of(other) for name in GRAPH if part_of(name) == part for other in GRAPH[name]} - {part}
    assert used == {f"service.{name}" for name in IMPORTS[part]}


def test_every_part_is_listed():
    assert {part_of(name) for name in FILES} - {"service"} == set(IMPORTS)
    assert (SERVICE / "__init__.py").read_text() == ""


def test_a_part_is_listed_below_every_part_that_imports_it():
    order = [part.removeprefix("service.") for part in IMPORTS]
    assert [
        (part, below)
        for place, part in enumerate(order)
        for below in IMPORTS[f"service.{part}"]
        if below not in order[:place]
    ] == []


def test_no_files_import_each_other_in_a_circle():
    try:
        tuple(TopologicalSorter(GRAPH).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(name_of(path)) == "service.engine"], ids=name_of)
def test_the_engine_knows_only_numpy_and_the_standard_library(path):
    outside = {imported.split(".")[0] for imported in imports_of(path)} - set(sys.stdlib_module_names)
    assert outside <= {"numpy", "service"}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=name_of)
def test_a_package_file_is_empty(path):
    assert path.read_text() == ""


def test_only_the_composition_roots_read_the_configuration():
    readers = {part_of(name_of(path)) for path in MODULES if "service.config" in imports_of(path)}
    assert readers <= {"service.app", "service.cli", "service.limits", "service.process"}
