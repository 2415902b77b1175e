"""What a drill has found: how often, how long it took to recover, and what was compared."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass
class Times:
    """Of one kind of disturbance."""

    count: int = 0
    seconds: list[float] = field(default_factory=list)  #: to recover, where there was something to recover
    promised: float | None = None


@dataclass
class Report:
    drill: str
    backend: str
    times: dict[str, Times] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)  #: jobs and epochs that were equal
    failure: str | None = None
    skipped: str | None = None

    def expect(self, kind: str, promised: float | None) -> None:
        self.times.setdefault(kind, Times(promised=promised))

    def add(self, kind: str, *seconds: float) -> None:
        times = self.times.setdefault(kind, Times())
        times.count += 1
        times.seconds += seconds


HEADER = ("drill", "backend", "what", "count", "recovered", "median s", "max s", "promised s", "jobs", "epochs", "")


def table(reports: list[Report]) -> str:
    lines = [HEADER, *(line for report in reports for line in _lines(report))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_joined(line, widths) for line in (lines[0], rule, *lines[1:]))


def _joined(line: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"


def _lines(report: Report) -> list[tuple[str, ...]]:
    verdict = "skipped" if report.skipped else "FAILED" if report.failure else "equal"
    lines: list[tuple[str, ...]] = []
    for kind, times in report.times.items() or {"": Times()}.items():
        lines.append(
            (
                report.drill,
                report.backend,
                kind,
                str(times.count),
                str(len(times.seconds)),
                f"{statistics.median(times.seconds):.2f}" if times.seconds else "",
                f"{max(times.seconds):.2f}" if times.seconds else "",
                "" if times.promised is None else f"{times.promised:g}",
                str(report.compared.get("jobs", "")),
                str(report.compared.get("epochs", "")),
                verdict,
            )
        )
    return lines
