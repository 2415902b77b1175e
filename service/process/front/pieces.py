"""The pieces of a body as granian's protocol gives them, without waiting for one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from service.errors import BodyIncomplete


class Pieces:
    """Granian ends a body with one empty piece; a body that breaks off or has trailers ends with a second one."""

    def __init__(self, proto: Any) -> None:
        self._pieces: Any = aiter(proto)
        self._coming: Any = None
        self._empty = 0

    def next(self, call_back: Callable[[Any], None]) -> bytes | None:
        """The next piece, empty after the last; None if it has not arrived yet: `call_back` is called when it does.

        Raises BodyIncomplete.
        """
        while True:
            if self._coming is None:
                try:
                    self._coming = anext(self._pieces)
                except StopAsyncIteration:
                    if self._empty > 1:
                        raise BodyIncomplete from None
                    return b""
            if not self._coming.done():
                self._coming.add_done_callback(call_back)
                return None
            piece, self._coming = bytes(self._coming.result()), None
            if piece:
                return piece
            self._empty += 1

    def close(self) -> None:
        """Request no more pieces, and release the body: the server closes the connection of an unread body."""
        coming, self._coming, self._pieces = self._coming, None, None
        if coming is not None:
            coming.cancel()


class CallbackLoop:
    """Stands in for granian's event loop: runs a callback at once, on the thread that delivers the piece."""

    def __init__(self, aside: Executor) -> None:
        self._aside = aside

    def call_soon_threadsafe(self, callback: Callable[..., object], *arguments: Any, context: Any = None) -> None:
        callback(*arguments)

    def call_soon(self, callback: Callable[..., object], *arguments: Any, context: Any = None) -> None:
        """For a piece that had already arrived when requested: the caller is still processing the one before."""
        self._aside.submit(callback, *arguments)
