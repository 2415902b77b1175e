"""An upload as the newest revision of a name, unless the newest one is the same file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from service.domain.datasets import Dataset
from service.errors import NotFound
from service.storage.base import Storage


@dataclass(frozen=True)
class Revision:
    """`content` says what is uploaded and how it is read.

    Rows may come back later, so a revision is identified by its content and the revision that it follows: of one
    file sent twice at once, one is stored.
    """

    storage: Storage
    name: str
    content: str

    def look(self) -> tuple[str, Dataset | None]:
        """The fingerprint of a revision to be made now, and the newest one if it has the same content."""
        newest = self._newest()
        if newest is None:
            return self._following(0), None
        known = (self.storage.find_dataset(one) for one in (self.content, self._following(newest.revision - 1)))
        return self._following(newest.revision), next((one for one in known if one and one.id == newest.id), None)

    def _newest(self) -> Dataset | None:
        try:
            return self.storage.get_dataset(self.name)
        except NotFound:
            return None

    def _following(self, revision: int) -> str:
        return hashlib.sha256(f"{self.content} after {self.name}@{revision}".encode()).hexdigest()
