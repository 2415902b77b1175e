"""A short form of `python -m drills hostile`."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.hostile import CASES, run

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")

#: Those that train or read much; `python -m drills hostile` has them too.
LONG = {"a-snapshot-of-every-epoch"}


def test_no_hostile_client_takes_anything_from_others(tmp_path: Path) -> None:
    told: list[str] = []
    failures = run(tmp_path / "data", [name for name in CASES if name not in LONG], told.append)
    assert failures == {}
    assert len(told) == len(CASES) - len(LONG)
