"""A short form of `python -m drills soak`, and how its figures are judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.soak import Outcome, drill
from drills.usage import Usage

on_linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")


@on_linux
def test_the_same_work_is_done_again_and_again_without_a_failure(tmp_path: Path) -> None:
    outcome = drill(tmp_path / "data", seconds=4)
    assert outcome.failures == []
    assert outcome.rounds >= 1 and len(outcome.seconds) > 20
    assert all(usage.memory > 0 and usage.files > 10 and usage.threads > 3 for usage in outcome.usages)
    assert outcome.growth("memory") < 1.5


def test_what_grows_or_slows_down_is_named() -> None:
    flat = [Usage(100, 10, 10)] * 40
    assert Outcome([0.001] * 1000, flat).faults == []
    assert Outcome([0.001] * 900 + [0.002] * 100, flat).faults == ["p99 grew to 2.00"]
    grown = flat[:30] + [Usage(120, 10, 11)] * 10
    assert Outcome([0.001] * 1000, grown).faults == ["memory grew to 1.200", "threads grew to 1.100"]
    assert Outcome([0.001] * 1000, flat[:20] + grown[20:30] + flat[:10], failures=["train: 503"]).faults == [
        "train: 503"
    ]
