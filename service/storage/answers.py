"""What a storage promises of the log of answers; see `service.storage.base` for what holds for all of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from service.domain.monitoring import Answer, AnswerFilter, NewAnswer, NewWatch, StoredAnswers
from service.domain.networks import Network
from service.domain.types import Json

#: A row of an answer: the id of its request, and its number there.
RowId = tuple[str, int]


class Answers(ABC):
    """The rows of a network are numbered, and the oldest go when there are more than it keeps."""

    @abstractmethod
    def set_answer_log(self, network_id: str, settings: Json | None, watch: NewWatch | None = None) -> Network:
        """Which answers of a network are kept from now on; None: none. Raises NotFound.

        With a watch, workers look for drift in them, for the first time at once.
        """

    @abstractmethod
    def add_answers(self, network_id: str, answers: Sequence[NewAnswer], *, max_rows: int) -> None:
        """Store all of them and delete what is beyond the newest `max_rows`. Raises NotFound, and Conflict when the
        network is being deleted."""

    @abstractmethod
    def read_answers(
        self, network_id: str, wanted: AnswerFilter, *, limit: int, after: int | None = None, inputs: bool = True
    ) -> Sequence[Answer]:
        """Newest first, after the one with the number `after`; without `inputs` these are left unread."""

    @abstractmethod
    def find_answers(self, rows: Sequence[RowId]) -> Sequence[Answer]:
        """Those of the rows that are kept, without their inputs, in any order."""

    @abstractmethod
    def set_actuals(self, network_id: str, actuals: Sequence[tuple[RowId, Sequence[object]]]) -> int:
        """Store the truth of rows in place of an earlier one; return how many were still kept."""

    @abstractmethod
    def stored_answers(self, network_id: str) -> StoredAnswers: ...

    @abstractmethod
    def delete_answers(self, network_id: str) -> None:
        """Delete all of them, in bounded batches."""

    @abstractmethod
    def read_reference(self, snapshot_id: str) -> Json | None:
        """How the rows that trained a snapshot are distributed; None where that was not kept."""

    @abstractmethod
    def keep_reference(self, snapshot_id: str, reference: Json) -> None:
        """Keep it with a snapshot that has none. Nothing where there is one, or the snapshot has been deleted."""
