"""A cache of values that are costly to make; the least recently used are dropped first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any


class Cache:
    """At most `max_bytes` of values under hashable keys, for any thread. Values are replaced, never changed."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._items: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """The value kept under `key`, or None."""
        with self._lock:
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
            self._drop(key)
            self._items[key] = value, size_bytes
            self._bytes += size_bytes
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._items)))

    def remember(self, key: Hashable, make: Callable[[], Any], *, size_bytes: int) -> Any:
        """The value kept under `key`, made first where there is none. Two racing callers may both make it."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value, size_bytes)
        return value

    def forget(self, is_unwanted: Callable[[Hashable, Any], bool]) -> None:
        """Drop the values that are no longer needed."""
        with self._lock:
            for key in [key for key, (value, _) in self._items.items() if is_unwanted(key, value)]:
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        item = self._items.pop(key, None)
        if item is not None:
            self._bytes -= item[1]
