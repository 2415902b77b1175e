from collections.abc import Iterator

import pytest

from tests.acceptance.client import Client
from tests.acceptance.running import RunningService, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running(tmp_path_factory.mktemp("service") / "data") as started:
        yield started


@pytest.fixture
def client(service: RunningService) -> Client:
    return Client(service.url)
