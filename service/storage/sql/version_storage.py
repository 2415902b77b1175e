"""The part of the SQL storage that keeps versions and aliases."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from service.domain.paging import Page
from service.domain.versions import UNKNOWN, Alias, AliasMove, Choice, Creator, NewMove, NewVersion, Version
from service.storage.sql import aliases, choice, versions
from service.storage.sql.transaction import Transactions
from service.storage.versions import Versions


class SqlVersions(Versions):
    _transactions: Transactions

    def choose_snapshot(self, network_id: str, ref: str) -> Choice:
        with self._transactions.reading() as connection:
            return choice.choose(connection, network_id, ref)

    def publish_version(self, version: NewVersion) -> Version:
        with self._transactions.writing() as connection:
            return versions.publish(connection, version)

    def get_version(self, network_id: str, ref: str) -> Version:
        with self._transactions.reading() as connection:
            return versions.get(connection, network_id, ref)

    def list_versions(self, network_id: str, page: Page) -> Sequence[Version]:
        with self._transactions.reading() as connection:
            return versions.list_page(connection, network_id, page)

    def served_versions(
        self, network_ids: Sequence[str], *, names: Sequence[str] | None = None
    ) -> Mapping[str, Sequence[str]]:
        with self._transactions.reading() as connection:
            published = versions.numbers(connection, network_ids, names)
            others = [network_id for network_id in network_ids if network_id not in published]
            live = choice.live_where_unpublished(connection, others, names)
        return {**published, **{network_id: [snapshot_id] for network_id, snapshot_id in live.items()}}

    def delete_version(self, network_id: str, ref: str) -> None:
        with self._transactions.writing() as connection:
            versions.delete(connection, network_id, ref)

    def move_alias(self, move: NewMove) -> Alias:
        with self._transactions.writing() as connection:
            return aliases.move(connection, move)

    def roll_back_alias(
        self, owner_id: str, name: str, *, expected: Container[int] | None = None, by: Creator = UNKNOWN
    ) -> Alias:
        with self._transactions.writing() as connection:
            return aliases.roll_back(connection, owner_id, name, expected=expected, by=by)

    def remove_alias(
        self, owner_id: str, name: str, *, expected: Container[int] | None = None, by: Creator = UNKNOWN
    ) -> None:
        with self._transactions.writing() as connection:
            aliases.remove(connection, owner_id, name, expected=expected, by=by)

    def get_alias(self, owner_id: str, name: str) -> Alias:
        with self._transactions.reading() as connection:
            return aliases.get(connection, owner_id, name)

    def list_aliases(self, owner_id: str, page: Page) -> Sequence[Alias]:
        with self._transactions.reading() as connection:
            return aliases.list_page(connection, owner_id, page)

    def list_alias_moves(self, owner_id: str, name: str, page: Page) -> Sequence[AliasMove]:
        with self._transactions.reading() as connection:
            return aliases.list_moves(connection, owner_id, name, page)
