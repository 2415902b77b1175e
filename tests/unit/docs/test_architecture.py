"""The picture of a job's states is that of the code, and every path in the journeys exists."""

import re
from pathlib import Path

from service.domain.status import MOVES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_state_diagram_shows_exactly_the_legal_moves():
    shown = set(re.findall(r"^    (\w+) --> (\w+)$", PAGE, re.MULTILINE))
    assert shown == {(str(status), str(target)) for status, targets in MOVES.items() for target in targets}


def test_every_file_and_function_that_is_named_exists():
    named = re.findall(r"`([\w/]+\.py)(?::(\w+))?`", PAGE)
    assert len(named) > 20
    for path, function in named:
        files = [file for folder in (ROOT, ROOT / "service") if (file := folder / path).is_file()]
        # In a sentence that has named a folder already, its other files go by their name.
        files = files or list((ROOT / "service").rglob(path))
        assert files, f"{path} does not exist"
        assert not function or any(re.search(rf"\b(def|class) {function}\b", file.read_text()) for file in files), (
            f"{path} has no {function}"
        )


def test_every_file_that_the_recipes_name_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = {
        path
        for path in re.findall(r"`([\w./-]+)`", text)
        if re.match(r"(service|tests|docs|frontend|migrations|openapi)[/.]", path) and "NNNN" not in path
    }
    assert len(named) > 30
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
