"""The answers that a network keeps: list them, delete them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.data.signatures.signature import Signature
from service.domain.monitoring import Answer, AnswerFilter
from service.domain.networks import Network
from service.errors import NotFound
from service.operations.backend import Backend
from service.operations.models.models import answered_signatures


@dataclass(frozen=True)
class ListedAnswers:
    network: Network
    signatures: Mapping[str, Signature]  #: by snapshot
    answers: Sequence[Answer]


def list_answers(
    backend: Backend, network_ref: str, wanted: AnswerFilter, *, limit: int, after: str | None
) -> ListedAnswers:
    """Newest first. Raises NotFound."""
    network = backend.storage.get_network(network_ref)
    number = None if after is None else _number(after)
    found = backend.storage.read_answers(network.id, wanted, limit=limit, after=number)
    signatures = answered_signatures(backend, network, (answer.snapshot_id for answer in found))
    return ListedAnswers(network, signatures, found)


def delete_answers(backend: Backend, network_ref: str) -> None:
    """All that are kept, and what became of them. Raises NotFound."""
    backend.storage.delete_answers(backend.storage.get_network(network_ref).id)


def _number(after: str) -> int:
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise NotFound(f"There is no answer {after}.")
    return int(after)
