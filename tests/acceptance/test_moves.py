"""An alias is moved under load, in front of two web processes: nothing fails, and every answer is of its version.

The long form is `python -m benchmarks.moves`."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import moves
from service.storage import migrate
from tests.acceptance.running import running
from tests.acceptance.test_scaled import database_url

__all__ = ["database_url"]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_move_under_load_fails_no_request_and_is_seen_by_the_next_one(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.setenv("FEEDFORWARD_WEB_WORKERS", "2")
    if database == "postgresql":
        url = request.getfixturevalue("database_url")
        migrate.upgrade(url)
        monkeypatch.setenv("DATABASE_URL", url)
    with running(tmp_path / "data") as service:
        found = moves.on(service, moves=60, rate=200)
    assert found.failures == []
    assert found.outdated == []
    assert {one.version for one in found.asked} == {1, 2}
