"""Models: names of services, whose aliases point at versions of any network."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from service.domain.paging import Page
from service.domain.versions import Alias, NamedModel
from service.errors import Invalid, NotFound
from service.operations import names
from service.operations.backend import Backend
from service.operations.creator import creator
from service.operations.models import promotion
from service.operations.validation import naming


def list_models(backend: Backend, page: Page) -> Sequence[NamedModel]:
    """Newest first. Raises NotFound."""
    return backend.storage.list_models(page)


def get_model(backend: Backend, ref: str) -> NamedModel:
    """By name or id. Raises NotFound."""
    return backend.storage.get_model(ref)


def delete_model(backend: Backend, ref: str) -> None:
    """Raises NotFound."""
    backend.storage.delete_model(backend.storage.get_model(ref).id)


def move_alias(
    backend: Backend, model_ref: str, alias: str, body: Mapping[str, Any], expected: Container[int] | None
) -> Alias:
    """Point an alias of a model at a version of a network; the model is made where there is none.

    Raises Invalid, NotFound, PreconditionFailed.
    """
    with naming("network", "network"):
        network = backend.storage.get_network(body["network"])
    with backend.storage.transaction():
        model = _find_or_make(backend, model_ref)
        return promotion.move_alias(
            backend, network, alias, body["version"], owner_id=model.id, expected=expected, note=body.get("note")
        )


def _find_or_make(backend: Backend, ref: str) -> NamedModel:
    try:
        return backend.storage.get_model(ref)
    except NotFound:
        if issues := list(names.name_issues(ref, "model")):
            raise Invalid(fields=issues) from None
    return backend.storage.ensure_model(ref, by=creator(backend))
