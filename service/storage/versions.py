"""What a storage promises of versions and aliases; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping, Sequence

from service.domain.paging import Page
from service.domain.versions import UNKNOWN, Alias, AliasMove, Choice, Creator, NewMove, NewVersion, Version


class Versions(ABC):
    """A version holds its snapshot, and an alias its version: nothing that is held is deleted or replaced.

    An alias belongs to a network. `expected` are the numbers of the moves one of which must be its newest, or
    PreconditionFailed is raised and nothing is written.
    """

    @abstractmethod
    def choose_snapshot(self, network_id: str, ref: str) -> Choice:
        """The snapshot that a reference means. Raises NotFound. A reference is an alias, or else

        * `live`: the alias `production`, else the newest of the imported snapshots and of what a job of origin `train`
          ended with when it succeeded, else `initial`;
        * `latest`: the newest snapshot of any job;
        * `best`: the best of the succeeded jobs that monitored the same number on the same rows as the newest of those
          that have a best one, else `latest`;
        * `initial`: the first weights;
        * the number or the id of a version, the id of a snapshot, or of a job, for the newest of its snapshots.
        """

    @abstractmethod
    def publish_version(self, version: NewVersion) -> Version:
        """Publish a snapshot under the next number of its network.

        Raises NotFound, AlreadyExists when it is published already, and Conflict when the network is being deleted.
        """

    @abstractmethod
    def get_version(self, network_id: str, ref: str) -> Version:
        """By number or id. Raises NotFound."""

    @abstractmethod
    def list_versions(self, network_id: str, page: Page) -> Sequence[Version]:
        """Newest first. Raises NotFound when `page.after` names nothing."""

    @abstractmethod
    def served_versions(
        self, network_ids: Sequence[str], *, names: Sequence[str] | None = None
    ) -> Mapping[str, Sequence[str]]:
        """What each of some networks serves: the numbers of its published versions from the first, or else the id of
        the snapshot that is live. With `names`, of networks whose name matches. Some statements for all of them."""

    @abstractmethod
    def delete_version(self, network_id: str, ref: str) -> None:
        """Its snapshot stays. Raises NotFound, and Conflict while an alias points at it."""

    @abstractmethod
    def move_alias(self, move: NewMove) -> Alias:
        """Point an alias at a version; it is made where there is none. To where it points already is no move.

        Raises NotFound for the version, and PreconditionFailed.
        """

    @abstractmethod
    def roll_back_alias(
        self, owner_id: str, name: str, *, expected: Container[int] | None = None, by: Creator = UNKNOWN
    ) -> Alias:
        """Undo the newest move that is not undone yet.

        Raises NotFound, PreconditionFailed, and Conflict where there is none, or its version is gone.
        """

    @abstractmethod
    def remove_alias(
        self, owner_id: str, name: str, *, expected: Container[int] | None = None, by: Creator = UNKNOWN
    ) -> None:
        """Its moves stay, and go on if it is made again. Raises NotFound, PreconditionFailed."""

    @abstractmethod
    def get_alias(self, owner_id: str, name: str) -> Alias:
        """Raises NotFound."""

    @abstractmethod
    def list_aliases(self, owner_id: str, page: Page) -> Sequence[Alias]:
        """In the order of their names, after the name `page.after`."""

    @abstractmethod
    def list_alias_moves(self, owner_id: str, name: str, page: Page) -> Sequence[AliasMove]:
        """Newest first, after the number `page.after`, also of an alias that was removed. Raises NotFound."""
