"""What the service noticed in a training, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def finding_lines(findings: Sequence[dict[str, Any]] | None) -> Iterator[str]:
    """Each finding of a job with its severity, and below it what to try; nothing where there are none."""
    for finding in findings or ():
        yield f"{finding['severity']}: {finding['sentence']}"
        if finding["try"]:
            yield f"  try: {'; '.join(finding['try'])}"
