"""Why a file is no table, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

SHOWN = 60


@dataclass(frozen=True)
class TableIssue:
    """`line` counts from 1 as an editor does; of formats without lines `row` counts from 1."""

    message: str
    line: int | None = None
    row: int | None = None
    column: str | None = None
    text: str | None = None  #: of the cell

    def in_words(self) -> str:
        places = [f"line {self.line}"] if self.line is not None else []
        places += [f"row {self.row}"] if self.row is not None else []
        places += [f'column "{self.column}"'] if self.column is not None else []
        got = "" if self.text is None else f', got "{shortened(self.text)}"'
        return f"{', '.join(places)}: {self.message}{got}" if places else f"{self.message}{got}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class TableError(Exception):
    """The file cannot be read as a table."""

    def __init__(self, issues: Iterable[TableIssue]) -> None:
        self.issues = tuple(issues)
        super().__init__("; ".join(issue.in_words() for issue in self.issues))


def reject(message: str, **place: Any) -> TableError:
    return TableError([TableIssue(message, **place)])


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
