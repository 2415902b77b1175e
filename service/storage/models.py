"""What a storage promises of models, the names of services; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence

from service.domain.paging import Page
from service.domain.versions import UNKNOWN, Creator, NamedModel, ServedChoice


class Models(ABC):
    """A model owns aliases as a network does (`Versions`), and they may point at versions of any network."""

    @abstractmethod
    def ensure_model(self, name: str, *, by: Creator = UNKNOWN) -> NamedModel:
        """The model of that name, made where there is none."""

    @abstractmethod
    def get_model(self, ref: str) -> NamedModel:
        """By name or id. Raises NotFound."""

    @abstractmethod
    def list_models(self, page: Page, *, names: Sequence[str] | None = None) -> Sequence[NamedModel]:
        """Newest first; with `names`, those that match one of the patterns.

        Raises NotFound when `page.after` names nothing.
        """

    @abstractmethod
    def delete_model(self, model_id: str) -> None:
        """Delete a model with its aliases and their moves. Raises NotFound."""

    @abstractmethod
    def choose_for_model(self, model_ref: str, alias: str) -> ServedChoice:
        """The network and the snapshot that an alias of a model points at; `live` means `production`.

        Raises NotFound.
        """

    @abstractmethod
    def version_of_model(self, model_ref: str, alias: str) -> Hashable:
        """As `version_of`, for what `choose_for_model` brings."""
