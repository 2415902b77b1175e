"""How good the answers of a network were, by snapshot and stretch of time, as far as the truth is known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from service.data.signatures.signature import Signature
from service.domain.monitoring import Answer, StoredAnswers
from service.domain.networks import Network
from service.monitoring.live_metrics import live_metrics
from service.operations.backend import Backend
from service.operations.models.models import answered_signatures
from service.operations.monitoring.window import MAX_ROWS, Window
from service.operations.validation import invalid

#: Stretches of time of one answer, at most.
MAX_WINDOWS = 1000


class Group(NamedTuple):
    """What one snapshot has answered, within a stretch of time if there is one."""

    snapshot_id: str
    version: int | None
    since: float | None
    until: float | None
    rows: int
    judged: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class Monitoring:
    network: Network
    stored: StoredAnswers
    window: Window
    every: float | None
    rows: int  #: that were read
    truncated: bool  #: there are more, and older ones
    snapshots: Sequence[Group]  #: newest first
    windows: Sequence[Group]  #: oldest first


def monitor(backend: Backend, network_ref: str, window: Window, every: float | None) -> Monitoring:
    """Raises NotFound and Invalid."""
    network = backend.storage.get_network(network_ref)
    found = backend.storage.read_answers(network.id, window.wanted(), limit=MAX_ROWS + 1, inputs=False)
    answers = found[:MAX_ROWS]
    signatures = answered_signatures(backend, network, (answer.snapshot_id for answer in answers))
    _reject_many(answers, every)
    return Monitoring(
        network,
        backend.storage.stored_answers(network.id),
        window,
        every,
        len(answers),
        len(found) > len(answers),
        list(_groups(signatures, answers, None)),
        [] if every is None else sorted(_groups(signatures, answers, every), key=lambda group: group.since or 0.0),
    )


def _reject_many(answers: Sequence[Answer], every: float | None) -> None:
    if answers and every is not None:
        spans = (answers[0].created_at - answers[-1].created_at) / every
        if spans > MAX_WINDOWS:
            raise invalid("every", f"must give at most {MAX_WINDOWS} stretches of time, got {math.ceil(spans)}")


def _groups(signatures: Mapping[str, Signature], answers: Sequence[Answer], every: float | None) -> Iterator[Group]:
    groups: dict[tuple[str, int | None], list[Answer]] = defaultdict(list)
    for answer in answers:
        groups[answer.snapshot_id, None if every is None else int(answer.created_at // every)].append(answer)
    for (snapshot_id, place), own in groups.items():
        since, until = (None, None) if place is None or every is None else (place * every, (place + 1) * every)
        judged = [answer for answer in own if answer.actual is not None]
        metrics = _metrics(signatures[snapshot_id], judged)
        yield Group(snapshot_id, own[0].version, since, until, len(own), len(judged), metrics)


def _metrics(signature: Signature, judged: Sequence[Answer]) -> dict[str, float]:
    if not judged:
        return {}
    outputs = np.array([answer.outputs for answer in judged], np.float64)  # NumPy makes NaN of None.
    targets = signature.actual_targets([answer.actual or () for answer in judged])
    return live_metrics(signature, outputs, targets)
