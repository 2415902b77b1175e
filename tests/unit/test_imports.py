"""The import picture: which part of the service may know which."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service"
MODULES = sorted(SERVICE.rglob("*.py"))

GROUND = {"service.domain", "service.errors", "service.engine"}
MIDDLE = {"service.jobs", "service.data", "service.storage"}
#: Part to the parts it may import, itself aside. A part that is not here may not exist.
MAY_IMPORT = {
    "service.engine": set(),
    "service.domain": {"service.engine"},
    "service.errors": set(),
    "service.config": {"service.callbacks"},
    "service.callbacks": GROUND,
    "service.jobs": {"service.data", *GROUND},
    "service.data": GROUND,
    "service.storage": GROUND,
    "service.operations": {"service.callbacks"} | MIDDLE | GROUND,
    "service.api": {"service.callbacks", "service.operations", *MIDDLE, *GROUND},
    "service.dashboard": set(),
    "service.worker": {"service.callbacks", "service.operations", *MIDDLE, *GROUND},
    "service.process": {"service.config"},
    "service.demo": set(),
    "service.app": {"service.api", "service.config", "service.dashboard", "service.operations", *MIDDLE, *GROUND},
}
#: The command line starts all the others.
MAY_IMPORT["service.cli"] = set(MAY_IMPORT) - {"service.cli"}


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
            # `from service import errors` names the part only in what it imports.
            found |= {
                f"{node.module}.{alias.name}" if node.module == "service" else str(node.module) for alias in node.names
            }
    return found


def test_the_service_is_found():
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_parts_below_its_own(path):
    own = part_of(name_of(path))
    if own == "service":
        assert path.read_text() == ""
        return
    wrong = {
        imported
        for imported in imports_of(path)
        if imported.startswith("service") and part_of(imported) not in MAY_IMPORT[own] | {own}
    }
    assert not wrong


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(name_of(path)) == "service.engine"], ids=name_of)
def test_the_engine_knows_only_numpy_and_the_standard_library(path):
    outside = {imported.split(".")[0] for imported in imports_of(path)} - set(sys.stdlib_module_names)
    assert outside <= {"numpy", "service"}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=name_of)
def test_a_package_file_is_empty(path):
    assert path.read_text() == ""


def test_only_the_composition_roots_read_the_configuration():
    readers = {part_of(name_of(path)) for path in MODULES if "service.config" in imports_of(path)}
    assert readers <= {"service.app", "service.cli", "service.process"}
