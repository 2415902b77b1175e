"""Schedules: trainings at set times."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from feedforward_client._sync.jobs import Job
from feedforward_client._sync.transport import Transport
from feedforward_client.records import Record
from feedforward_client.requests import Request, path


class Schedules:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, cron: str, train: Mapping[str, Any], **options: Any) -> Record:
        """`train` is the body of `POST /train`, with a data set by its name. Options: name, timezone, if_changed."""
        body = {"cron": cron, "train": train, **options}
        return Record(self._transport.json(Request("POST", "/schedules", body=body, creates=True)))

    def get(self, schedule: str) -> Record:
        """By id or name."""
        return Record(self._transport.json(Request("GET", path("schedules", schedule))))

    def list(self, **filters: Any) -> Iterator[Record]:
        """Newest first. Filter: network."""
        for fields in self._transport.pages("/schedules", filters):
            yield Record(fields)

    def update(self, schedule: str, **changes: Any) -> Record:
        """Change name, cron, timezone or if_changed; `paused=True` pauses, `paused=False` resumes."""
        return Record(self._transport.json(Request("PATCH", path("schedules", schedule), body=changes)))

    def run(self, schedule: str) -> Job:
        """Submit its training now."""
        request = Request("POST", path("schedules", schedule, "run"), creates=True)
        return Job(self._transport, self._transport.json(request))

    def delete(self, schedule: str) -> None:
        self._transport.send(Request("DELETE", path("schedules", schedule)))
