"""How often each network was asked by the Open Inference Protocol, and how long that took.

Kept as counters of Prometheus: they add up over all web processes of a machine, and `/metrics` shows them too.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import current_app
from prometheus_client import CollectorRegistry, Counter, Gauge

from service.operations.models.models import Model

KEY = "feedforward.inference_statistics"
PREFIX = "feedforward_inference"
LABELS = ["network", "version"]
PHASES = ("input", "infer", "output", "fail")
#: Stands for all weights that were never published.
UNPUBLISHED = "unpublished"
#: Networks and versions that are counted one by one; what comes later is counted together.
MAX_COUNTED = 1000
OTHERS = ("other", "other")

#: Figures by name, such as `seconds_input`.
Figures = Mapping[str, float]


class Times(NamedTuple):
    """Seconds of one request."""

    input: float
    infer: float
    output: float


class _Counted(NamedTuple):
    """The counters of one version of a network. Looking them up costs more than counting."""

    requests: Counter
    failures: Counter
    rows: Counter
    seconds: tuple[Counter, ...]
    last: Gauge


class InferenceStatistics:
    def __init__(self, own: CollectorRegistry, shown: CollectorRegistry) -> None:
        """Counts in one registry, and reads what all processes have counted from the other."""
        self._shown = shown
        self._requests = Counter(f"{PREFIX}_requests", "Inferences answered", LABELS, registry=own)
        self._failures = Counter(f"{PREFIX}_failures", "Inferences rejected", LABELS, registry=own)
        self._rows = Counter(f"{PREFIX}_rows", "Rows of inferences", LABELS, registry=own)
        self._seconds = Counter(f"{PREFIX}_seconds", "Time of inferences", [*LABELS, "phase"], registry=own)
        self._last = Gauge(
            f"{PREFIX}_last", "When the last inference was answered", LABELS, registry=own, multiprocess_mode="max"
        )
        self._counted: dict[tuple[str, str], _Counted] = {}

    def count(self, model: Model, rows: int, times: Times) -> None:
        counted = self._of(model)
        counted.requests.inc()
        counted.rows.inc(rows)
        for counter, seconds in zip(counted.seconds, times, strict=False):
            counter.inc(seconds)
        counted.last.set(time.time())

    def count_failure(self, model: Model, seconds: float) -> None:
        counted = self._of(model)
        counted.failures.inc()
        counted.seconds[PHASES.index("fail")].inc(seconds)

    def figures(self) -> Mapping[tuple[str, str], Figures]:
        """What was counted, by network id and version."""
        found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for metric in self._shown.collect():
            if not metric.name.startswith(f"{PREFIX}_"):
                continue
            name = metric.name.removeprefix(f"{PREFIX}_")
            for sample in metric.samples:
                if sample.name.endswith("_created"):
                    continue
                phase = sample.labels.get("phase")
                key = sample.labels["network"], sample.labels["version"]
                found[key][f"{name}_{phase}" if phase else name] += sample.value
        return found

    def _of(self, model: Model) -> _Counted:
        labels = model.record.id, label_of(model)
        counted = self._counted.get(labels)
        if counted is None:
            if len(self._counted) >= MAX_COUNTED:
                labels = OTHERS
            counted = self._counted[labels] = _Counted(
                self._requests.labels(*labels),
                self._failures.labels(*labels),
                self._rows.labels(*labels),
                tuple(self._seconds.labels(*labels, phase) for phase in PHASES),
                self._last.labels(*labels),
            )
        return counted


def label_of(model: Model) -> str:
    version = model.snapshot.version
    return UNPUBLISHED if version is None else str(version)


def statistics() -> InferenceStatistics:
    """Those of the app that answers this request."""
    found: InferenceStatistics = current_app.extensions[KEY]
    return found


def shown(name: str, version: str, figures: Figures) -> dict[str, Any]:
    """As Triton writes them. Nothing waits in a queue here, and nothing is answered from a cache of answers."""
    count = int(figures.get("requests", 0))
    spent = {phase: round(figures.get(f"seconds_{phase}", 0.0) * 1e9) for phase in PHASES}
    total = sum(spent[phase] for phase in PHASES if phase != "fail")
    none = {"count": 0, "ns": 0}
    return {
        "name": name,
        "version": version,
        "last_inference": round(figures.get("last", 0.0) * 1000),
        "inference_count": int(figures.get("rows", 0)),
        "execution_count": count,
        "inference_stats": {
            "success": {"count": count, "ns": total},
            "fail": {"count": int(figures.get("failures", 0)), "ns": spent["fail"]},
            "queue": none,
            "compute_input": {"count": count, "ns": spent["input"]},
            "compute_infer": {"count": count, "ns": spent["infer"]},
            "compute_output": {"count": count, "ns": spent["output"]},
            "cache_hit": none,
            "cache_miss": none,
        },
        "batch_stats": [],
    }
