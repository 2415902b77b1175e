"""What a worker does for searches. It is passed in, since decisions need operations, which workers do not import."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Searching(NamedTuple):
    look: Callable[[], None]  #: move on all searches that may have something to do
    go_on: Callable[[str], None]  #: move on the search of this id: a trial of it has stopped
