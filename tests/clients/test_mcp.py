"""The official client of the Model Context Protocol, in all its modes, against the running service."""

from __future__ import annotations

import json

import pytest

from tests.clients.environments import HERE, ROOT, program, run

REVISIONS = {"auto": "2026-07-28", "2026-07-28": "2026-07-28", "legacy": "2025-11-25"}


@pytest.fixture(scope="module", params=REVISIONS)
def seen(request, service):
    table = ROOT / "service/demo/penguins.csv"
    printed = run(program("mcp"), str(HERE / "mcp" / "asks.py"), service.url, request.param, str(table))
    return {"mode": request.param, **json.loads(printed)}


def test_it_speaks_the_revision_of_its_mode(seen):
    assert seen["revision"] == REVISIONS[seen["mode"]] and len(seen["tools"]) == 10


def test_it_trains_on_a_table_and_predicts(seen):
    assert seen["job"] == ["succeeded", 20] and seen["labels"] == ["Adelie"] and seen["rows"] == "validation"
    assert {"island", "bill_length_mm"} <= set(seen["explained"])
    assert seen["promoted"] == 1 and f"talk-{seen['mode']}" in seen["networks"]


def test_the_session_in_the_documentation_is_what_was_said(seen):
    shown = (ROOT / "docs/assistants.md").read_text().partition("```text\n")[2].partition("\n```")[0]
    assert seen["transcript"] == shown.splitlines(), "Write this into docs/assistants.md:\n" + "\n".join(
        seen["transcript"]
    )


def test_it_shows_what_was_wrong(seen):
    is_error, issues = seen["wrong"]
    assert is_error and {"pointer": "#/epochs", "detail": "must be at least 1, got 0"} in issues
    code, message = seen["unknown"]
    assert code == -32602 and "predict" in message
