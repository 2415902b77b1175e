"""A queue's URL brings its adapter, or a sentence about what is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.queues.celery import CeleryDispatcher
from service.queues.huey import HueyDispatcher
from service.queues.open import open_dispatcher
from service.storage.migrate import upgrade
from tests.acceptance.running import free_port

ROOT = Path(__file__).parents[3]
WITHOUT_CELERY = """
import sys
sys.modules["celery"] = None  # as if it were not installed
from service.cli.commands import main
main()
"""


def test_the_scheme_says_which_adapter(tmp_path):
    kinds = {f"sqlite:///{tmp_path}/queue.db": HueyDispatcher, "redis://127.0.0.1:1/0": HueyDispatcher}
    for url, kind in {**kinds, "celery+redis://127.0.0.1:1/0": CeleryDispatcher}.items():
        dispatcher = open_dispatcher(url)
        assert isinstance(dispatcher, kind)
        dispatcher.close()


@pytest.mark.parametrize("command", ["serve", "worker", "check"])
def test_without_celery_the_service_says_what_to_install(tmp_path, command):
    upgrade(f"sqlite:///{tmp_path / 'feedforward.db'}")
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_CELERY, command, "--data", str(tmp_path)],
        cwd=ROOT,
        env={"QUEUE_URL": "celery+redis://127.0.0.1:1/0", "FEEDFORWARD_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert "pip install 'celery[redis]" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
