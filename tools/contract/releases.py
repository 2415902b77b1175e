"""The document of the last release, and the breaks that were made since on purpose.

`docs/breaking.txt` lists intended breaks, each as the tool prints it, below `# ` and words of the CHANGELOG line that
announces it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from tools.contract.operations import breaks
from tools.contract.schemas import Json

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "openapi.json"
RELEASES = ROOT / "docs" / "releases"
INTENDED = ROOT / "docs" / "breaking.txt"
CHANGELOG = ROOT / "CHANGELOG.md"


def faults() -> list[str]:
    """What is wrong between the committed document and the last release's; empty where nothing is."""
    found = breaks(read(last_release()), read(DOCUMENT))
    return compared(found, INTENDED.read_text(encoding="utf-8"), CHANGELOG.read_text(encoding="utf-8"))


def last_release() -> Path:
    """The newest `openapi-1.2.3.json`."""
    return max(RELEASES.glob("openapi-*.json"), key=lambda path: [int(part) for part in re.findall(r"\d+", path.name)])


def read(path: Path) -> Json:
    document: Json = json.loads(path.read_text(encoding="utf-8"))
    return document


def compared(found: Iterable[str], intended: str, changelog: str) -> list[str]:
    """Hold the breaks that were found against those intended, and these against the CHANGELOG."""
    found, lines = list(found), [line.strip() for line in intended.splitlines() if line.strip()]
    listed = [line for line in lines if not line.startswith("#")]
    quotes = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    told = " ".join(changelog.split())
    return [
        *(f"breaks clients of the last release: {line}" for line in found if line not in listed),
        *(f"docs/breaking.txt lists what breaks nothing: {line}" for line in listed if line not in found),
        *(f"docs/breaking.txt quotes no line of CHANGELOG.md: {quote}" for quote in quotes if quote not in told),
        *(["docs/breaking.txt: each break stands below its CHANGELOG line"] if listed and lines[0][0] != "#" else []),
    ]
