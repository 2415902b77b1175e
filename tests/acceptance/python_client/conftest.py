from collections.abc import Iterator
from itertools import count

import pytest

from feedforward_client import Client
from tests.acceptance.running import RunningService

NUMBERS = count(1)


@pytest.fixture
def client(service: RunningService) -> Iterator[Client]:
    with Client(service.url) as client:
        yield client


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"n{next(NUMBERS)}"
