"""The part of the SQL storage that keeps the log of answers."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.monitoring import Answer, AnswerFilter, NewAnswer, NewWatch, StoredAnswers
from service.domain.networks import Network
from service.domain.types import Json
from service.storage.answers import Answers, RowId
from service.storage.sql import answers, deletion, watches
from service.storage.sql.transaction import Transactions


class SqlAnswers(Answers):
    _transactions: Transactions

    def set_answer_log(self, network_id: str, settings: Json | None, watch: NewWatch | None = None) -> Network:
        with self._transactions.writing() as connection:
            network = answers.configure(connection, network_id, settings)
            watches.put(connection, network_id, None if settings is None else watch)
            return network

    def add_answers(self, network_id: str, new: Sequence[NewAnswer], *, max_rows: int) -> None:
        with self._transactions.writing() as connection:
            answers.add(connection, network_id, new, max_rows=max_rows)

    def read_answers(
        self, network_id: str, wanted: AnswerFilter, *, limit: int, after: int | None = None, inputs: bool = True
    ) -> Sequence[Answer]:
        with self._transactions.reading() as connection:
            return answers.read(connection, network_id, wanted, limit=limit, after=after, inputs=inputs)

    def find_answers(self, rows: Sequence[RowId]) -> Sequence[Answer]:
        with self._transactions.reading() as connection:
            return answers.find(connection, rows)

    def set_actuals(self, network_id: str, actuals: Sequence[tuple[RowId, Sequence[object]]]) -> int:
        with self._transactions.writing() as connection:
            return answers.set_actuals(connection, network_id, actuals)

    def stored_answers(self, network_id: str) -> StoredAnswers:
        with self._transactions.reading() as connection:
            return answers.stored(connection, network_id)

    def delete_answers(self, network_id: str) -> None:
        deletion.delete_answers(self._transactions, network_id)

    def read_reference(self, snapshot_id: str) -> Json | None:
        with self._transactions.reading() as connection:
            return answers.read_reference(connection, snapshot_id)

    def keep_reference(self, snapshot_id: str, reference: Json) -> None:
        with self._transactions.writing() as connection:
            answers.keep_reference(connection, snapshot_id, reference)
