import threading

import pytest

from service.errors import StorageUnavailable
from service.worker.loop import Loop


@pytest.mark.parametrize("issue", [StorageUnavailable(), RuntimeError("can't start new thread")])
def test_what_fails_once_comes_again(issue):
    stopping, issues = threading.Event(), [issue]

    def action():
        if issues:
            raise issues.pop()
        stopping.set()

    loop = Loop("test", action, seconds=0, stopping=stopping)
    loop.start()
    loop.join()
    assert stopping.is_set()
