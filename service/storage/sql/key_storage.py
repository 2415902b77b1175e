"""The part of the SQL storage that keeps keys."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.access import Key, NewKey
from service.domain.paging import Page
from service.storage.keys import Keys
from service.storage.sql import keys
from service.storage.sql.transaction import Transactions

_TAKEN = "There is a key with this secret already."


class SqlKeys(Keys):
    _transactions: Transactions

    def add_key(self, key: NewKey) -> Key:
        with self._transactions.writing(taken=_TAKEN) as connection:
            return keys.add(connection, key)

    def find_key(self, digest: bytes) -> Key | None:
        with self._transactions.reading() as connection:
            return keys.find(connection, digest)

    def get_key(self, key_id: str) -> Key:
        with self._transactions.reading() as connection:
            return keys.get(connection, key_id)

    def list_keys(self, page: Page) -> Sequence[Key]:
        with self._transactions.reading() as connection:
            return keys.list_page(connection, page)

    def replace_key(self, key_id: str, key: NewKey, *, overlap_seconds: float) -> Key:
        with self._transactions.writing(taken=_TAKEN) as connection:
            return keys.replace(connection, key_id, key, overlap_seconds=overlap_seconds)

    def revoke_key(self, key_id: str, *, with_made: bool) -> Sequence[Key]:
        with self._transactions.writing() as connection:
            return keys.revoke(connection, key_id, with_made=with_made)

    def touch_key(self, key_id: str) -> None:
        with self._transactions.writing() as connection:
            keys.touch(connection, key_id)

    def needs_keys(self) -> bool:
        with self._transactions.reading() as connection:
            return keys.are_needed(connection)

    def has_living_key(self) -> bool:
        with self._transactions.reading() as connection:
            return keys.is_any_alive(connection)

    def open_without_keys(self) -> None:
        with self._transactions.writing() as connection:
            keys.open_all(connection)
