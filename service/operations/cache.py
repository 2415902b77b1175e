"""A cache of values that are costly to make; the least recently used are dropped first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from service.operations.freed_memory import give_back

#: Dropping less than this is not worth the time that giving memory back takes.
MUCH_BYTES = 16 * 2**20


class Cache:
    """At most `max_bytes` of values under hashable keys, for any thread. Values are replaced, never changed."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._items: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._making: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """The value kept under `key`, or None."""
        with self._lock:
            return self._found(key)

    def _found(self, key: Hashable) -> Any:
        item = self._items.get(key)
        if item is None:
            return None
        self._items.move_to_end(key)
        return item[0]

    def put(self, key: Hashable, value: Any, size_bytes: int) -> None:
        """Keep a value; one that is larger than the whole cache is not kept."""
        if size_bytes > self._max_bytes:
            return
        with self._lock:
            dropped = self._drop(key)
            self._items[key] = value, size_bytes
            self._bytes += size_bytes
            while self._bytes > self._max_bytes:
                dropped += self._drop(next(iter(self._items)))
        _give_back(dropped)

    def remember(self, key: Hashable, make: Callable[[], Any], *, size_of: Callable[[Any], int]) -> Any:
        """The value kept under `key`. If there is none, one caller makes it, and the others wait for it."""
        while True:
            with self._lock:
                if (value := self._found(key)) is not None:
                    return value
                making = self._making.get(key)
                if making is None:
                    mine = self._making[key] = Future()
            if making is None:
                return self._made(key, make, size_of, mine)
            if (value := making.result()) is not None:
                return value

    def _made(self, key: Hashable, make: Callable[[], Any], size_of: Callable[[Any], int], made: Future[Any]) -> Any:
        """Make a value that others may wait for. If that fails, they make it themselves, and meet their own error."""
        value = None
        try:
            value = make()
            self.put(key, value, size_of(value))
        finally:
            with self._lock:
                del self._making[key]
            made.set_result(value)
        return value

    def forget(self, is_unwanted: Callable[[Hashable, Any], bool]) -> None:
        """Drop the values that are no longer needed."""
        with self._lock:
            unwanted = [key for key, (value, _) in self._items.items() if is_unwanted(key, value)]
            dropped = sum(map(self._drop, unwanted))
        _give_back(dropped)

    def _drop(self, key: Hashable) -> int:
        """Return the bytes of what was there."""
        item = self._items.pop(key, None)
        if item is None:
            return 0
        self._bytes -= item[1]
        return item[1]


def _give_back(dropped_bytes: int) -> None:
    if dropped_bytes >= MUCH_BYTES:
        give_back()
