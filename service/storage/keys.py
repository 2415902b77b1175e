"""What a storage promises of keys; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.access import Key, NewKey
from service.domain.paging import Page


class Keys(ABC):
    """A key is never deleted: who made what can be told for ever. A secret is known here by its SHA-256 alone."""

    @abstractmethod
    def add_key(self, key: NewKey) -> Key:
        """Raises AlreadyExists when there is a key with this digest."""

    @abstractmethod
    def find_key(self, digest: bytes) -> Key | None:
        """The key whose secret has this SHA-256, if there is one, alive or not."""

    @abstractmethod
    def get_key(self, key_id: str) -> Key:
        """Raises NotFound."""

    @abstractmethod
    def list_keys(self, page: Page) -> Sequence[Key]:
        """Newest first. Raises NotFound when `page.after` names nothing."""

    @abstractmethod
    def replace_key(self, key_id: str, key: NewKey, *, overlap_seconds: float) -> Key:
        """Store a key in place of another one, which expires after the overlap; what that one made passes on to it.

        Raises NotFound, and Conflict when the other one has been revoked or has expired.
        """

    @abstractmethod
    def revoke_key(self, key_id: str, *, with_made: bool) -> Sequence[Key]:
        """Revoke a key, and `with_made` all that it has made, and what those have made; return those it changed.

        Raises NotFound.
        """

    @abstractmethod
    def touch_key(self, key_id: str) -> None:
        """Note that a key is being used."""

    @abstractmethod
    def needs_keys(self) -> bool:
        """Whether a key was ever made, or made again since `open_without_keys`."""

    @abstractmethod
    def has_living_key(self) -> bool:
        """Whether there is a key that somebody could use."""

    @abstractmethod
    def open_without_keys(self) -> None:
        """Have `needs_keys` say no until the next key is made. Keys stay valid."""
