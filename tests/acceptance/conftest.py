import os
import shutil
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


@pytest.fixture
def curl() -> None:
    """Skips where curl is missing, but never in CI."""
    if shutil.which("curl") is None and not os.environ.get("CI"):
        pytest.skip("No curl on this machine: apt install curl")
