"""Server-Sent Events, as the HTML standard has them."""

from __future__ import annotations

import json
from typing import Any

from feedforward_client.records import Record


class Event(Record):
    """`kind`: submitted, started, prepared, epochs, snapshot, findings, ended, … A stream resumes after an `id`."""

    shown = ("kind", "job")

    def __init__(self, kind: str, event_id: str, fields: dict[str, Any]) -> None:
        super().__init__({**fields, "kind": kind})
        self.kind = kind
        self.id = event_id


class EventParser:
    """Takes lines, gives an event where one is complete."""

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.has_ended = False
        self._kind, self._data = "", list[str]()

    def take(self, line: str) -> Event | None:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                self._kind = value
            elif name == "data":
                self._data.append(value)
            return None
        kind, data, self._kind, self._data = self._kind, self._data, "", []
        if kind == "end":
            self.has_ended = True
        if not data or kind == "end":
            return None
        return Event(kind, self.last_id, json.loads("\n".join(data)))
