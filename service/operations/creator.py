"""Who makes something: the caller of a request."""

from __future__ import annotations

from service.domain.versions import Creator
from service.operations.backend import Backend


def creator(backend: Backend) -> Creator:
    return Creator(backend.caller.label, backend.caller.key_id)
