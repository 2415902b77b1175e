"""The synchronous client is the asynchronous one without its awaits."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "clients" / "python"
SOURCES = sorted((ROOT / "feedforward_client" / "_async").glob("*.py"))


def unasync():
    spec = importlib.util.spec_from_file_location("unasync", ROOT / "unasync.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_it_is_up_to_date(source):
    assert (ROOT / "feedforward_client" / "_sync" / source.name).read_text() == unasync().sync_code(source.read_text())


def test_nothing_is_left_over():
    written = sorted((ROOT / "feedforward_client" / "_sync").glob("*.py"))
    assert [path.name for path in written] == [path.name for path in SOURCES] and len(SOURCES) >= 7
    assert not [path.name for path in written if "async" in path.read_text().replace("_async by unasync", "")]


def test_the_service_and_its_tools_do_not_need_the_client():
    for folder in ("service", "migrations", "tools"):
        for path in (ROOT.parents[1] / folder).rglob("*.py"):
            assert "feedforward_client" not in path.read_text() and "import httpx" not in path.read_text(), path
