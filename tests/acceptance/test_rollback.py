"""`python -m drills rollback`, which is short."""

from __future__ import annotations

from pathlib import Path

import pytest

from drills.faults import Missing
from drills.rollback import drill


def test_an_upgrade_can_be_rolled_back_to_its_backup(tmp_path: Path) -> None:
    said: list[str] = []
    try:
        drill(tmp_path, None, said.append)
    except Missing as missing:
        pytest.skip(str(missing))
    assert len(said) == 4
