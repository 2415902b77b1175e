"""What was measured, kept in a file of JSON lines, so that a run can be interrupted, and go on later."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.real_tables.figures import Means


@dataclass
class Results:
    """Figures by table, split and method; new ones are appended to the file, if there is one."""

    path: Path | None = None
    _known: dict[tuple[str, int, str], Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            for line in self.path.read_text().splitlines():
                one = json.loads(line)
                self._known[one["table"], one["split"], one["method"]] = one["figures"]

    def has(self, table: str, split: int, method: str) -> bool:
        return (table, split, method) in self._known

    def add(self, table: str, split: int, method: str, figures: Mapping[str, float]) -> None:
        self._known[table, split, method] = figures
        if self.path is not None:
            line = {"table": table, "split": split, "method": method, "figures": figures}
            with self.path.open("a") as file:
                file.write(json.dumps(line) + "\n")

    def means(self, table: str, methods: Sequence[str], splits: Iterable[int]) -> Means:
        """Over the splits that all of these methods have; empty without any."""
        common = [split for split in splits if all(self.has(table, split, method) for method in methods)]
        values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for split in common:
            for method in methods:
                for name, value in self._known[table, split, method].items():
                    values[name][method].append(value)
        return {name: {method: statistics.fmean(own) for method, own in by.items()} for name, by in values.items()}
