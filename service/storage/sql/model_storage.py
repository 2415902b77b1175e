"""The part of the SQL storage that keeps models."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from service.domain.paging import Page
from service.domain.versions import UNKNOWN, Creator, NamedModel, ServedChoice
from service.storage.models import Models
from service.storage.sql import models
from service.storage.sql.transaction import Transactions
from service.storage.sql.version import DataVersion


class SqlModels(Models):
    _transactions: Transactions
    _data_version: DataVersion | None

    def ensure_model(self, name: str, *, by: Creator = UNKNOWN) -> NamedModel:
        taken = f"A model named {name!r} is being made. Try again."
        with self._transactions.writing(taken=taken) as connection:
            return models.ensure(connection, name, by)

    def get_model(self, ref: str) -> NamedModel:
        with self._transactions.reading() as connection:
            return models.get(connection, ref)

    def list_models(self, page: Page, *, names: Sequence[str] | None = None) -> Sequence[NamedModel]:
        with self._transactions.reading() as connection:
            return models.list_page(connection, page, names=names)

    def delete_model(self, model_id: str) -> None:
        with self._transactions.writing() as connection:
            models.delete(connection, model_id)

    def choose_for_model(self, model_ref: str, alias: str) -> ServedChoice:
        with self._transactions.reading() as connection:
            return models.choose(connection, model_ref, alias)

    def version_of_model(self, model_ref: str, alias: str) -> Hashable:
        if self._data_version is not None:
            return self._data_version.read()
        with self._transactions.reading() as connection:
            return models.version_of(connection, model_ref, alias)
