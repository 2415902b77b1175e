"""Say what answered rows turned out to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from service.data.signatures.signature import Signature
from service.domain.monitoring import Answer
from service.operations.backend import Backend
from service.operations.models.models import compiled, record_signature
from service.operations.request_reader import RequestReader
from service.storage.answers import RowId


@dataclass(frozen=True)
class Item:
    row: RowId
    actual: Any
    place: int  #: in the request


@dataclass(frozen=True)
class Feedback:
    stored: int
    unknown: Sequence[int]  #: places of items whose answer is not kept, or not yet


def give_feedback(backend: Backend, items: Sequence[Mapping[str, Any]]) -> Feedback:
    """Store the truth of rows; of several for one row the last counts. Raises Invalid, and stores nothing then."""
    wanted = [Item((item["id"], item["row"]), item["actual"], place) for place, item in enumerate(items)]
    known = {(answer.id, answer.row): answer for answer in backend.storage.find_answers([item.row for item in wanted])}
    by_network = _read(backend, [(item, known[item.row]) for item in wanted if item.row in known])
    with backend.storage.transaction():
        for network_id, actuals in sorted(by_network.items()):
            backend.storage.set_actuals(network_id, sorted(actuals.items()))
    return Feedback(sum(map(len, by_network.values())), [item.place for item in wanted if item.row not in known])


def _read(backend: Backend, items: Sequence[tuple[Item, Answer]]) -> Mapping[str, dict[RowId, Sequence[Any]]]:
    """What the items say, by network and row."""
    signatures = {network_id: _signature(backend, network_id) for network_id in {one.network_id for _, one in items}}
    parts, found = RequestReader(), defaultdict[str, dict[RowId, Sequence[Any]]](dict)
    for item, answer in items:
        read = partial(signatures[answer.network_id].read_actual, item.actual)
        found[answer.network_id][item.row] = parts.read(("items", item.place, "actual"), read)
    parts.finish()
    return found


def _signature(backend: Backend, network_id: str) -> Signature:
    record = backend.storage.get_network(network_id)
    return record_signature(record, compiled(backend, record))
