"""docs/live.md is true: its shell lines run one after another, and their answers are those it shows."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import ROOT, RunningService
from tests.acceptance.test_readme import matches, shell

BLOCKS = re.findall(
    r"^```sh\n(.*?)^```\n(?:\n```json\n(.*?)^```\n)?", (ROOT / "docs/live.md").read_text(), re.MULTILINE | re.DOTALL
)


@pytest.mark.usefixtures("curl")
def test_the_story_of_live_weights_runs_as_reported(service: RunningService, client: Client, tmp_path: Path) -> None:
    (tmp_path / "service").symlink_to(ROOT / "service")
    assert len(BLOCKS) >= 7
    for lines, shown in BLOCKS:
        *_, answer = shell(lines.replace("\ncurl", "\necho; curl"), service, tmp_path).splitlines()
        if shown:
            expected = json.loads(shown, parse_float=Decimal)
            assert matches(expected, json.loads(answer)), f"{lines}\nis answered\n{answer}"
    judged = client.get("/networks/penguins/diff?from=1&to=2")["metrics"]
    assert judged["from"]["metrics"]["accuracy"] > judged["to"]["metrics"]["accuracy"]
