"""Models: names that clients ask, whatever network answers."""
# Generated from _async by unasync.py; change it there.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedforward_client._sync.transport import Transport
from feedforward_client.records import Record
from feedforward_client.requests import Request, given, path


class Models:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, model: str) -> Record:
        return Record(self._transport.json(Request("GET", path("models", model))))

    def list(self) -> Iterator[Record]:
        for fields in self._transport.pages("/models", {}):
            yield Record(fields)

    def aliases(self, model: str) -> Iterator[Record]:
        for fields in self._transport.pages(path("models", model, "aliases"), {}):
            yield Record(fields)

    def alias(self, model: str, alias: str = "production") -> Record:
        """The network and version that an alias points at."""
        return Record(self._transport.json(Request("GET", path("models", model, "aliases", alias))))

    def moves(self, model: str, alias: str = "production") -> Iterator[Record]:
        """Every move of an alias, newest first."""
        for fields in self._transport.pages(path("models", model, "aliases", alias, "moves"), {}):
            yield Record(fields)

    def remove_alias(self, model: str, alias: str) -> None:
        self._transport.send(Request("DELETE", path("models", model, "aliases", alias)))

    def promote(
        self, model: str, network: str, version: int, alias: str = "production", note: str | None = None
    ) -> Record:
        """Point an alias of the model at a version of a network; makes the model if there is none."""
        body: dict[str, Any] = {"network": network, "version": version, **given(note=note)}
        return Record(self._transport.json(Request("PUT", path("models", model, "aliases", alias), body=body)))

    def roll_back(self, model: str, alias: str = "production") -> Record:
        request = Request("POST", path("models", model, "aliases", alias, "rollback"), creates=True)
        return Record(self._transport.json(request))

    def delete(self, model: str) -> None:
        self._transport.send(Request("DELETE", path("models", model)))
