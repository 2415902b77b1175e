"""A short form of `python -m drills slow`."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.slow import ASKED, drill

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")


def test_slow_clients_cost_the_others_no_answer(tmp_path: Path) -> None:
    outcome = drill(tmp_path / "data", seconds=14, connections=200)
    assert outcome.idle.failures == [] and outcome.beside.failures == []
    assert all(outcome.beside.seconds[name] for name in ASKED)
    assert outcome.given_up["silent body"] >= 50
