import threading

import pytest

from service.errors import StorageUnavailable
from service.worker.loop import Loop


@pytest.mark.parametrize("fault", [StorageUnavailable(), RuntimeError("can't start new thread")])
def test_what_fails_once_comes_again(fault):
    stopping, faults = threading.Event(), [fault]

    def action():
        if faults:
            raise faults.pop()
        stopping.set()

    loop = Loop("test", action, seconds=0, stopping=stopping)
    loop.start()
    loop.join()
    assert stopping.is_set()
